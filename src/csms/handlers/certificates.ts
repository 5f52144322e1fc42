/** Contracts for cars, and the status of certificates: the same in every version. */
import type {
  Get15118EVCertificateRequest,
  Get15118EVCertificateResponse,
  GetCertificateStatusResponse,
  OCSPRequestDataType,
} from "../../ocpp/v201/messages.generated.ts";
import { toBase64 } from "../../util/bytes.ts";
import { contractDecision } from "../clearingHouse/decision.ts";
import type { StationContext } from "../context.ts";
import { readHashData } from "../services/contractHashes.ts";

export type ContractWish = Pick<Get15118EVCertificateRequest, "action" | "exiRequest" | "iso15118SchemaVersion">;

/** M01, M02: the clearing house answers the car; a refusal that the car can read is an answer too. */
export async function provideContract(
  { action, exiRequest, iso15118SchemaVersion: schema }: ContractWish,
  { identity, services }: StationContext,
  version: string,
): Promise<Get15118EVCertificateResponse> {
  const occasion = { station: identity, action: "Get15118EVCertificate", payload: undefined };
  const wrongChain = services.faults.strike(["wrong-chain"], occasion) !== undefined;
  const answer = await services.clearingHouse.provideEncoded({ schema, request: exiRequest, action, wrongChain });
  const rule = `${version} ${action === "Install" ? "M01" : "M02"}`;
  services.reporter.decide(contractDecision(answer, rule, { station: identity }));
  if (answer.status === "Accepted") return { status: "Accepted", exiResponse: toBase64(answer.exi) };
  // OCPP wants a response also where there is none.
  return { status: "Failed", exiResponse: "", statusInfo: { reasonCode: answer.reasonCode } };
}

/** What a GetCertificateStatusResponse can carry. */
const MAX_RESULT = 5_500;

/** M06: the responder's answer as it is, base64 of its DER; the station judges it. */
export async function certificateStatus(
  { ocspRequestData }: { ocspRequestData: OCSPRequestDataType },
  { services }: StationContext,
): Promise<GetCertificateStatusResponse> {
  const certId = readHashData(ocspRequestData);
  const result = certId && (await services.revocation.query(certId, ocspRequestData.responderURL));
  const ocspResult = result?.response && toBase64(result.response);
  if (ocspResult !== undefined && ocspResult.length <= MAX_RESULT) return { status: "Accepted", ocspResult };
  return { status: "Failed", statusInfo: { reasonCode: result?.verdict.outcome ?? "InvalidHash" } };
}
