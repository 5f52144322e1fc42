import { toBase64 } from "../../../util/bytes.ts";
import type { Handler } from "../../context.ts";
import { readHashData } from "../../services/contractHashes.ts";

/** What a GetCertificateStatusResponse can carry. */
const MAX_RESULT = 5_500;

/** M06: the responder's answer as it is, base64 of its DER; the station judges it. */
export const getCertificateStatus: Handler<"GetCertificateStatus"> = async ({ ocspRequestData }, { services }) => {
  const certId = readHashData(ocspRequestData);
  const result = certId && (await services.revocation.query(certId, ocspRequestData.responderURL));
  const ocspResult = result?.response && toBase64(result.response);
  if (ocspResult !== undefined && ocspResult.length <= MAX_RESULT) return { status: "Accepted", ocspResult };
  return { status: "Failed", statusInfo: { reasonCode: result?.verdict.outcome ?? "InvalidHash" } };
};
