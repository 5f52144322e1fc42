/** Does the CSMS accept a contract? Chain, revocation, and the contract itself (OCPP 2.0.1, C07). */
import type { AuthorizeRequest } from "../../ocpp/v201/messages.generated.ts";
import type { Clock } from "../../util/clock.ts";
import { describeCertificate, type OcspCertId, sameOcspCertId } from "../../x509/index.ts";
import type { CsmsPki } from "../options.ts";
import type { AccountStore } from "../store/accounts.ts";
import type { CertificateStore } from "../store/certificates.ts";
import { type ContractPath, followChain, pathQuestions, type RevocationQuestion } from "./contractChain.ts";
import { type ContractVerdict, contractVerdict, endedStates, type Finding } from "./contractFindings.ts";
import { fitPath, hashQuestions } from "./contractHashes.ts";
import { canonicalEmaid } from "./emaid.ts";
import type { Revocation, RevocationService } from "./revocation.ts";
import { printable, printableUrl } from "./words.ts";

export interface ContractServiceOptions {
  readonly accounts: AccountStore;
  readonly certificates: CertificateStore;
  readonly revocation: RevocationService;
  readonly pki: () => CsmsPki;
  readonly clock: Clock;
}

/** As OCPP 2.0.1 asks, which 2.1 and the extension of 1.6 do too. */
export interface ContractQuestion extends Pick<AuthorizeRequest, "certificate" | "iso15118CertificateHashData"> {
  readonly idToken: { readonly idToken: string };
}

/** Told of each check that was passed, in words. */
export type Note = (title: string) => void;

export class ContractService {
  readonly #options: ContractServiceOptions;

  constructor(options: ContractServiceOptions) {
    this.#options = options;
  }

  /** Chain and hash data are both checked where both came; the first check that fails decides. */
  async authorize(question: ContractQuestion, note: Note): Promise<ContractVerdict> {
    const finding = await this.#examine(question, note);
    return contractVerdict(finding, this.#options.accounts.contract(question.idToken.idToken) ?? "Unknown");
  }

  async #examine(question: ContractQuestion, note: Note): Promise<Finding> {
    const { certificates, clock, pki } = this.#options;
    const { certificate, idToken, iso15118CertificateHashData = [] } = question;
    const chain = certificate === undefined ? undefined : followChain(certificate, pki(), clock.now());
    if (chain?.ok === false) return chain;
    const path = chain?.path;
    if (path) note(pathInWords(path));
    const asked = hashQuestions(iso15118CertificateHashData, (certId) => certificates.subject(certId));
    if ("finding" in asked) return asked;
    if (path && !fitPath(asked, path)) {
      return { finding: "badChain", reason: "the hash data are not of the certificates that came with them" };
    }
    const questions = distinct([...(path ? pathQuestions(path) : []), ...asked]);
    return (await this.#revocationFinding(questions, note)) ?? this.#contractFinding(idToken.idToken, path, questions);
  }

  async #revocationFinding(questions: readonly RevocationQuestion[], note: Note): Promise<Finding | undefined> {
    const { revocation } = this.#options;
    if (questions.length === 0) note("the chain names no OCSP responder: revocation is not checked");
    const answers = await Promise.all(
      questions.map(async (question) => ({ question, answer: await revocation.status(question.certId, question.url) })),
    );
    for (const { question, answer } of answers) {
      const finding = revocationFinding(question, answer);
      if (finding) return finding;
      note(`${question.subject} is good according to OCSP responder ${printableUrl(question.url)}`);
    }
    return undefined;
  }

  #contractFinding(emaid: string, path: ContractPath | undefined, questions: readonly RevocationQuestion[]): Finding {
    const stranger = path ? this.#ownerByName(emaid, path) : this.#ownerByHash(emaid, questions);
    if (stranger) return stranger;
    const status = this.#options.accounts.contract(emaid);
    const name = printable(emaid);
    if (status === undefined) return { finding: "unknownContract", reason: `there is no contract ${name}` };
    return { finding: endedStates.includes(status) ? "ended" : "valid", reason: `contract ${name} is ${status}` };
  }

  /** The contract certificate's CN is its eMAID (ISO 15118-2, annex F). */
  #ownerByName(emaid: string, [leaf]: ContractPath): Finding | undefined {
    if (leaf.subject.all("CN").length === 1 && canonicalEmaid(leaf.subject.CN ?? "") === canonicalEmaid(emaid)) {
      return undefined;
    }
    return { finding: "otherContract", reason: `${describeCertificate(leaf)} is not of contract ${printable(emaid)}` };
  }

  /** Without the certificate, only what is known of its contract can tell whose it is. */
  #ownerByHash(emaid: string, questions: readonly RevocationQuestion[]): Finding | undefined {
    const { accounts, clock } = this.#options;
    const known = questions.flatMap(({ certId }) => accounts.contractCertificate(certId) ?? []);
    const own = known.find((certificate) => certificate.emaid === canonicalEmaid(emaid));
    if (own && own.notAfter < clock.now()) {
      return { finding: "expired", reason: `the certificate of contract ${printable(emaid)} has expired` };
    }
    if (own || (known.length === 0 && !accounts.hasCertificates(emaid))) return undefined;
    return { finding: "otherContract", reason: `the certificate is not one of contract ${printable(emaid)}` };
  }
}

function pathInWords(path: ContractPath): string {
  const root = path.at(-1) ?? path[0];
  return `contract chain of ${describeCertificate(path[0])} leads to root ${describeCertificate(root)}`;
}

function distinct(questions: readonly RevocationQuestion[]): RevocationQuestion[] {
  const isFirst = (certId: OcspCertId, index: number) =>
    questions.findIndex((other) => sameOcspCertId(other.certId, certId)) === index;
  return questions.filter(({ certId }, index) => isFirst(certId, index));
}

function revocationFinding({ subject, url }: RevocationQuestion, answer: Revocation): Finding | undefined {
  const responder = `OCSP responder ${printableUrl(url)}`;
  switch (answer.outcome) {
    case "good":
      return undefined;
    case "revoked":
      return { finding: "revoked", reason: `${subject} is revoked according to ${responder}` };
    case "unknown":
      return { finding: "notIssued", reason: `${subject} is not known to ${responder}` };
    case "unknownIssuer":
      return { finding: "untrusted", reason: `the issuer of ${subject} is not known here` };
    case "notAllowed":
      return { finding: "responderNotAllowed", reason: `${responder} may not be asked` };
    case "unreachable":
    case "malformed":
      return { finding: "statusUnavailable", reason: `${responder}: ${answer.message}` };
    default:
      return { finding: "statusUnavailable", reason: `${responder}: ${inWords(answer.outcome)}` };
  }
}

/** `wrongResponder` is "wrong responder". */
function inWords(outcome: string): string {
  return outcome.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
