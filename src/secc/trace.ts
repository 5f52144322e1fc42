/** V2G messages on the timeline. */
import type { Step, Tracer } from "../util/trace.ts";

/** Where a message stands on the way from plug to energy; what is not named here belongs to charging. */
const steps: Readonly<Record<string, Step>> = {
  supportedAppProtocol: 1,
  SessionSetup: 1,
  ServiceDiscovery: 2,
  ServiceDetail: 2,
  PaymentServiceSelection: 2,
  ServicePaymentSelection: 2,
  CertificateInstallation: 2,
  CertificateUpdate: 2,
  PaymentDetails: 2,
};
const CHARGING: Step = 6;
const PROOF: Step = 2;

/** A message's step: AuthorizationReq proves the contract, AuthorizationRes tells the EV the decision. */
function stepOf(name: string): Step {
  if (name === "AuthorizationReq") return PROOF;
  return steps[name.replace(/Re[qs]$/, "")] ?? CHARGING;
}

/** What is worth knowing of a response at a glance. */
export interface MessageFacts {
  readonly ResponseCode?: string;
  readonly EVSEProcessing?: string;
}

/** Adds a message once, with who sent it. */
export function traceMessage(trace: Tracer, from: "EV" | "EVSE", title: string, facts: MessageFacts = {}): void {
  const { ResponseCode } = facts;
  trace.add({
    step: stepOf(title),
    kind: "message",
    from,
    to: from === "EV" ? "EVSE" : "EV",
    title,
    ...(ResponseCode === undefined ? {} : { outcome: /^failed/i.test(ResponseCode) ? "refused" : "ok" }),
    ...(Object.keys(facts).length > 0 ? { detail: { ...facts } } : {}),
  });
}
