/** Judges an EV's contract chain at the station, in the words that PaymentDetailsRes needs. */
import { type ContractRefusal, judge, responseCode } from "../../evseSecurity/index.ts";
import type { OCSPRequestDataList } from "../../interfaces/types/evse_security.ts";
import type { CertificateHashDataInfo } from "../../interfaces/types/iso15118.ts";
import type { ContractFault, ContractVerdict } from "../../secc/iso2/protocol.ts";
import type { Certificate } from "../../x509/index.ts";

const faults = {
  FAILED_NoCertificateAvailable: "NoCertificateAvailable",
  FAILED_CertificateNotAllowedAtThisEVSE: "CertificateNotAllowed",
  FAILED_CertificateExpired: "CertificateExpired",
  FAILED_CertChainError: "CertChainError",
} as const satisfies Record<ContractRefusal, ContractFault>;

/** When a root may be missing. */
const untrusted: ReadonlySet<ContractFault> = new Set(["NoCertificateAvailable", "CertificateNotAllowed"]);
const whereRootsAre = "Roots of contracts are those of mo_ca_bundle and v2g_ca_bundle of EvseSecurity.";

export interface ContractQuestion {
  /** Leaf first. */
  readonly chain: readonly Certificate[];
  /** Roots of mobility operators and of V2G. */
  readonly anchors: readonly Certificate[];
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whom to ask about revocation; asked only when the chain is in order. */
  ocspRequestData(): Promise<OCSPRequestDataList>;
}

export async function judgeContract({
  chain,
  anchors,
  time,
  ocspRequestData,
}: ContractQuestion): Promise<ContractVerdict> {
  const [leaf, ...subs] = chain;
  if (!leaf) return { result: "CertChainError", reason: "there is no contract certificate", fix: "Send one." };
  const verdict = judge({ role: "contract", edition: "iso15118-2", leaf, chain: subs, anchors, time });
  if (!verdict.ok) {
    const { reason, certificate, fix } = verdict;
    const result = faults[responseCode(verdict)];
    const mend = untrusted.has(result) ? `${fix} ${whereRootsAre}` : fix;
    return { result, reason: `${reason.replaceAll("_", " ")} (${certificate})`, fix: mend };
  }
  const root = verdict.path.at(-1)?.subject.toString() ?? "";
  return { result: "Valid", root, hashData: hashDataOf(await ocspRequestData()) };
}

/** OCPP wants every member, so what has no responder is left out. */
function hashDataOf({ ocsp_request_data_list }: OCSPRequestDataList): CertificateHashDataInfo[] {
  return ocsp_request_data_list.flatMap(({ certificate_hash_data: hash, responder_url }) =>
    hash && responder_url !== undefined
      ? [
          {
            hashAlgorithm: hash.hash_algorithm,
            issuerNameHash: hash.issuer_name_hash,
            issuerKeyHash: hash.issuer_key_hash,
            serialNumber: hash.serial_number,
            responderURL: responder_url,
          },
        ]
      : [],
  );
}
