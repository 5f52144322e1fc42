import type { SignCertificateRequest } from "../../../ocpp/v201/messages.generated.ts";
import { PeerError } from "../../../util/errors.ts";
import type { Handler, StationContext } from "../../context.ts";
import { printable } from "../../services/words.ts";

/** A02, A03: the request is taken, signed, and the certificate sent by CertificateSigned afterwards. */
export const signCertificate: Handler<"SignCertificate"> = (request, context, afterwards) => {
  const { identity, services } = context;
  const signed = services.signing.sign(request.csr, useOf(request), identity);
  services.reporter.decide({
    step: 0,
    station: identity,
    title: signed.ok
      ? `${useOf(request)} signed: ${signed.certificate.subject.toString()}`
      : `${useOf(request)} refused: ${printable(signed.reason)}`,
    outcome: signed.ok ? "ok" : "refused",
    rule: "OCPP 2.0.1 A02",
  });
  if (!signed.ok) return { status: "Rejected", statusInfo: { reasonCode: "InvalidCSR" } };
  afterwards(() => void deliver(signed.chain, request, context));
  return { status: "Accepted" };
};

async function deliver(chain: string, request: SignCertificateRequest, { call, identity, services }: StationContext) {
  const note = (title: string, outcome: "ok" | "refused") =>
    services.reporter.decide({ step: 0, station: identity, title, outcome, rule: "OCPP 2.0.1 A02" });
  try {
    const { status } = await call("CertificateSigned", { certificateChain: chain, certificateType: useOf(request) });
    note(`the station's answer to its certificate: ${status}`, status === "Accepted" ? "ok" : "refused");
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    note(`the certificate could not be delivered: ${printable(error.message)}`, "refused");
  }
}

function useOf({ certificateType = "ChargingStationCertificate" }: SignCertificateRequest) {
  return certificateType;
}
