/**
 * A clearing house for contracts, as the ecosystem of Plug & Charge has them: it knows which car has which account, issues a
 * contract certificate as the mobility operator's CA, and sends it to the car in the name of the provisioning service
 * (ISO 15118-2, 8.4.3.10 and 8.4.3.11; VDE-AR-E 2802-100-1).
 */
import { sealContractKey } from "../../iso15118/contractKey.ts";
import { type ContractRequestName, encodeDelivery } from "../../iso15118/contractMessages.ts";
import { normaliseEmaid, sameEmaid } from "../../iso15118/emaid.ts";
import { ISO2_NAMESPACE } from "../../iso15118/iso2/index.ts";
import { createDraft, type DraftOptions, issue, member } from "../../pki/index.ts";
import { BytesError, fromBase64 } from "../../util/bytes.ts";
import type { Clock } from "../../util/clock.ts";
import type { Random } from "../../util/random.ts";
import { type Certificate, describeCertificate, generateKey } from "../../x509/index.ts";
import { printable } from "../services/words.ts";
import { type ContractAnswer, encoded, failed, refused } from "./answer.ts";
import type { Account, Accounts, ContractAuthorities } from "./ports.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { type CarRequest, identify, readRequest } from "./request.ts";

export interface ClearingHouseOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Undefined while there are none. */
  readonly authorities: () => ContractAuthorities | undefined;
  readonly accounts: Accounts;
  /** Written into contract certificates; none when undefined. */
  readonly ocspUrl: () => string | undefined;
}

/** What is asked of it, by whatever way. */
export interface ContractQuestion {
  readonly exi: Uint8Array;
  /** What the station says that it is; must fit. */
  readonly action?: "Install" | "Update";
  /** For a test of cars: in the name of who may not, the operator itself. */
  readonly wrongChain?: boolean;
}

export interface EncodedQuestion extends Pick<ContractQuestion, "action" | "wrongChain"> {
  /** Namespace of ISO 15118-2. */
  readonly schema: string;
  readonly request: string;
}

const IV_LENGTH = 16;

export class ClearingHouse {
  readonly #options: ClearingHouseOptions;

  constructor(options: ClearingHouseOptions) {
    this.#options = options;
  }

  /** Never throws for what a car or a station sent. */
  async provide({ exi, action, wrongChain = false }: ContractQuestion): Promise<ContractAnswer> {
    const authorities = this.#options.authorities();
    if (!authorities) {
      return failed("NotEnabled", "there is no provisioning service here", "Give the CSMS a PKI with CPS and MO keys.");
    }
    const request = readRequest(exi);
    if (typeof request === "string") return failed("FormatViolation", request, "Pass the car's message on as it came.");
    if (action !== undefined && actions[request.name] !== action) {
      const fix = "Name the action that the car's message is for.";
      return failed("InvalidValue", `${request.name} is not for the action ${action}`, fix);
    }
    const account = this.#examine(request, authorities);
    if (!account.ok) return refused(request, account);
    const { mo, cps } = authorities;
    return this.#deliver(request, account, { mo, cps: wrongChain ? mo : cps });
  }

  /** As {@link provide}, by a message in base64 that comes with the name of its schema, as OCPP and OPCP send it. */
  async provideEncoded({ schema, request, ...rest }: EncodedQuestion): Promise<ContractAnswer> {
    if (schema !== ISO2_NAMESPACE) {
      return failed("UnsupportedParam", "only ISO 15118-2 is spoken here", "Have contracts installed by ISO 15118-2.");
    }
    try {
      return await this.provide({ exi: fromBase64(request), ...rest });
    } catch (error) {
      if (!(error instanceof BytesError)) throw error;
      return failed("FormatViolation", "the request is not base64", "Send the car's message in base64.");
    }
  }

  #examine(request: CarRequest, authorities: ContractAuthorities): Examined | Refusal {
    const { clock, accounts } = this.#options;
    const asker = identify({ request, authorities, time: clock.now() });
    if (!asker.ok) return asker;
    const [leaf] = asker.path;
    const revoked = asker.path.find((certificate, index) => {
      const issuer = asker.path[index + 1];
      return issuer && accounts.isRevoked(certificate, issuer);
    });
    if (revoked) {
      const fix = "Use a car or a contract whose certificates are good.";
      return refuse("FAILED_CertificateRevoked", `${describeCertificate(revoked)} is revoked`, fix);
    }
    const account = request.name === "CertificateInstallationReq" ? this.#ofCar(leaf) : this.#ofContract(request, leaf);
    if (!account.ok || account.account.active) return account;
    const fix = "Conclude a new contract, or take the block from this one.";
    return refuse("FAILED_ContractCanceled", `contract ${printable(account.account.emaid)} has ended`, fix);
  }

  #ofCar(leaf: Certificate): Examined | Refusal {
    const pcid = leaf.subject.CN ?? "";
    const account = this.#options.accounts.ofCar(pcid);
    if (account) return { ok: true, account, leaf };
    const fix = `Register the car's PCID ${printable(pcid)} with a contract.`;
    return refuse(
      "FAILED_NoCertificateAvailable",
      `no contract is known for the car with PCID ${printable(pcid)}`,
      fix,
    );
  }

  /** The contract certificate says whose it is; what the message says must fit. */
  #ofContract({ message }: CarRequest, leaf: Certificate): Examined | Refusal {
    const emaid = leaf.subject.CN ?? "";
    const said = "eMAID" in message ? message.eMAID : "";
    if (!sameEmaid(said, emaid)) {
      const reason = `eMAID ${printable(said)} came with the certificate of ${printable(emaid)}`;
      return refuse("FAILED_CertChainError", reason, "Send the eMAID of the certificate.");
    }
    const account = this.#options.accounts.ofContract(emaid);
    if (account) return { ok: true, account, leaf };
    const fix = "Add the contract, or have another one installed.";
    return refuse("FAILED_NoCertificateAvailable", `there is no contract ${printable(emaid)}`, fix);
  }

  async #deliver(
    request: CarRequest,
    { account, leaf: own }: Examined,
    { cps, mo }: Pick<ContractAuthorities, "cps" | "mo">,
  ): Promise<ContractAnswer> {
    const { random, accounts } = this.#options;
    const [issuer] = mo.chain;
    // Dashes are for people: messages carry 15 characters.
    const emaid = normaliseEmaid(account.emaid);
    const draft = this.#draft(emaid, issuer);
    const { certificate, key } = await issue(draft, { certificate: issuer, key: mo.key }, this.#drafting);
    const { privateKey: ephemeral } = await generateKey("P-256");
    const sealed = sealContractKey({ key, recipient: own.publicKey, ephemeral, iv: random.bytes(IV_LENGTH) });
    const delivery = {
      ...sealed,
      provisioningChain: cps.chain.map(({ der }) => der),
      contractChain: [certificate, ...mo.chain].map(({ der }) => der),
      eMAID: emaid,
    };
    const { SessionID } = request.header;
    const exi = encoded(() => encodeDelivery(delivery, { request: request.name, SessionID }, cps.key));
    if (typeof exi === "string")
      return failed("TooLargeElement", exi, "Issue shorter certificates, for example without an OCSP responder.");
    accounts.issued(certificate, issuer, emaid);
    const title = `contract ${printable(emaid)} made for ${describeCertificate(own)}`;
    return { status: "Accepted", exi, ResponseCode: "OK", emaid, title };
  }

  /** A contract certificate as the test PKI makes them, no longer valid than its issuer. */
  #draft(eMAID: string, issuer: Certificate) {
    const draft = createDraft(member("contract"), { ...this.#drafting, eMAID });
    return { ...draft, notAfter: Math.min(draft.notAfter, issuer.notAfter) };
  }

  get #drafting(): DraftOptions {
    const { clock, random, ocspUrl } = this.#options;
    const url = ocspUrl();
    return { clock, random, ...(url !== undefined && { ocspUrl: url }) };
  }
}

interface Examined {
  readonly ok: true;
  readonly account: Account;
  /** The car's own certificate. */
  readonly leaf: Certificate;
}

const actions: Readonly<Record<ContractRequestName, "Install" | "Update">> = {
  CertificateInstallationReq: "Install",
  CertificateUpdateReq: "Update",
};
