/** A car gets its contract through the CSMS (OCPP 2.0.1 M01, M02; the Plug & Charge extension of OCPP 1.6). */
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../interfaces/types/iso15118.ts";
import type { Get15118EVCertificateRequest, Get15118EVCertificateResponse } from "../ocpp/v201/messages.generated.ts";
import type { Tracer } from "../util/trace.ts";
import type { Outcome } from "./csms.ts";

export interface CarCertificatePorts {
  readonly trace: Tracer;
  /** Whether cars may be served at all. */
  enabled(): boolean;
  /** The setting that says it, for people. */
  readonly enabledKey: string;
  /** Get15118EVCertificate. */
  ask(request: Get15118EVCertificateRequest): Promise<Outcome<Get15118EVCertificateResponse>>;
}

/** Passes a car's CertificateInstallationReq or CertificateUpdateReq to the CSMS and its answer back, unchanged. */
export async function certificateForCar(
  { trace, enabled, enabledKey, ask }: CarCertificatePorts,
  { certificate_action, exi_request, iso15118_schema_version }: RequestExiStreamSchema,
): Promise<ResponseExiStreamStatus> {
  const refuse = (title: string, fix: string): ResponseExiStreamStatus => {
    trace.add({ step: 2, kind: "decision", from: "OCPP", title, outcome: "refused", rule: "M01, M02", fix });
    return { status: "Failed", certificate_action };
  };
  if (!enabled()) return refuse("contract installation is switched off", `Set ${enabledKey} to true.`);
  const outcome = await ask({
    iso15118SchemaVersion: iso15118_schema_version,
    action: certificate_action,
    exiRequest: exi_request,
  });
  if (outcome.kind !== "answered") {
    return refuse(`no contract for the car: ${outcome.reason}`, "Look at the CSMS's log, and at the connection to it.");
  }
  const { status, exiResponse } = outcome.response;
  return { status, certificate_action, ...(exiResponse ? { exi_response: exiResponse } : {}) };
}
