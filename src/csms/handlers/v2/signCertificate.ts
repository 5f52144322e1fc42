import type { SignCertificateResponse } from "../../../ocpp/v201/messages.generated.ts";
import type { Afterwards } from "../../../rpc/peer.ts";
import type { CallingContext } from "../../context.ts";
import { isSigningUse, type SigningUse } from "../../services/signing.ts";
import { sign } from "../signing.ts";

interface Request {
  readonly csr: string;
  readonly certificateType?: string;
}

type Deliver = (
  action: "CertificateSigned",
  request: { certificateChain: string; certificateType: SigningUse },
) => Promise<{ status: string }>;

/** A02, A03: the request is taken, signed, and the certificate sent by CertificateSigned afterwards. */
export function signCertificate(
  { csr, certificateType: use = "ChargingStationCertificate" }: Request,
  context: CallingContext<Deliver>,
  afterwards: Afterwards,
): SignCertificateResponse {
  if (!isSigningUse(use)) return { status: "Rejected", statusInfo: { reasonCode: "UnsupportedParam" } };
  const deliver = async (certificateChain: string) =>
    (await context.call("CertificateSigned", { certificateChain, certificateType: use })).status;
  if (sign({ csr, use, rule: "OCPP 2.0.1 A02", deliver }, context, afterwards)) return { status: "Accepted" };
  return { status: "Rejected", statusInfo: { reasonCode: "InvalidCSR" } };
}
