import { sign } from "../signing.ts";
import type { Handler } from "./context.ts";

/** Security whitepaper, A02: a client certificate. */
export const signCertificate: Handler<"SignCertificate"> = ({ csr }, context, afterwards) => {
  const deliver = async (certificateChain: string) =>
    (await context.call("CertificateSigned", { certificateChain })).status;
  const rule = "OCPP 1.6 security whitepaper, A02";
  const accepted = sign({ csr, use: "ChargingStationCertificate", rule, deliver }, context, afterwards);
  return { status: accepted ? "Accepted" : "Rejected" };
};
