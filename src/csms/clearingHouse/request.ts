/** A car's request for a contract, as it came through the station: read, and proven by the car's signature. Pure. */
import {
  type ContractRequest,
  type ContractRequestName,
  chainOf,
  verifyContractRequest,
} from "../../iso15118/contractMessages.ts";
import { bodyOf, iso2, type MessageHeader } from "../../iso15118/iso2/index.ts";
import { PeerError } from "../../util/errors.ts";
import { type Certificate, describeCertificate, parseCertificate, X509Error } from "../../x509/index.ts";
import { judgeRole } from "../services/roleChain.ts";
import type { ContractAuthorities } from "./ports.ts";
import { type Refusal, refuse } from "./refusal.ts";

export type CarRequest = ContractRequest & { readonly header: MessageHeader };

/** The octets of a whole message; a clause when they are none that asks for a contract. */
export function readRequest(exi: Uint8Array): CarRequest | string {
  try {
    const { root, value } = iso2.decode(exi);
    const found = root === "V2G_Message" ? bodyOf(value) : undefined;
    if (root !== "V2G_Message" || !found) return `${root} is no message with a request`;
    const { name, message } = found;
    if (name === "CertificateInstallationReq") return { name, message, header: value.Header };
    if (name === "CertificateUpdateReq") return { name, message, header: value.Header };
    return `${name} does not ask for a contract`;
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return `it cannot be read (${error.message})`;
  }
}

/** Who asks: the certificate whose key the car has proven to hold, and which the new contract's key is encrypted for. */
export type Asker = { readonly ok: true; readonly path: readonly [Certificate, ...Certificate[]] } | Refusal;

export interface AskerQuestion {
  readonly request: CarRequest;
  readonly authorities: ContractAuthorities;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Certificate by role and path, then the signature: whoever cannot sign learns nothing of accounts. */
export function identify(question: AskerQuestion): Asker {
  const certificates = readCertificates(question.request);
  if (typeof certificates === "string") {
    return refuse("FAILED_CertChainError", certificates, "Send certificates in DER.");
  }
  const path = pathOf(certificates, question);
  if (!path.ok) return path;
  const [leaf] = path.path;
  const signed = verifyContractRequest(question.request, question.request.header.Signature, leaf.publicKey);
  if (signed.ok) return path;
  const fix = `Sign the request with the private key of ${describeCertificate(leaf)}.`;
  return refuse("FAILED_SignatureError", signed.reason, fix);
}

function readCertificates(request: CarRequest): readonly [Certificate, ...Certificate[]] | string {
  try {
    const [leaf, ...subs] = sent[request.name](request);
    return [parseCertificate(leaf), ...subs.map((der) => parseCertificate(der))];
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return `a certificate cannot be read (${error.message})`;
  }
}

type Octets = readonly [Uint8Array, ...Uint8Array[]];

const sent: Readonly<Record<ContractRequestName, (request: CarRequest) => Octets>> = {
  CertificateInstallationReq: ({ message }) => ["OEMProvisioningCert" in message ? message.OEMProvisioningCert : none],
  CertificateUpdateReq: ({ message }) =>
    "ContractSignatureCertChain" in message ? chainOf(message.ContractSignatureCertChain) : [none],
};
const none = new Uint8Array(0);

function pathOf(
  [leaf, ...subs]: readonly [Certificate, ...Certificate[]],
  { request, authorities, time }: AskerQuestion,
): Asker {
  const install = request.name === "CertificateInstallationReq";
  const { roots, intermediates } = install ? authorities.oem : authorities.contracts;
  const known = { intermediates: [...subs, ...intermediates], anchors: roots, time };
  const verdict = judgeRole({ role: install ? "oem" : "contract", edition: "iso15118-2", leaf, ...known });
  if (verdict.ok) return { ok: true, path: [leaf, ...verdict.path.slice(1)] };
  const { reason, certificate, fix } = verdict;
  const code = reason === "expired" ? "FAILED_CertificateExpired" : "FAILED_CertChainError";
  const what = install ? "provisioning certificate" : "contract certificate";
  return refuse(code, `${what}: ${reason.replaceAll("_", " ")} (${certificate})`, fix);
}
