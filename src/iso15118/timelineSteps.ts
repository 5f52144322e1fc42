/** Where messages stand on the timeline, from plug to energy. */
import type { Step } from "../util/trace.ts";

const CHARGING: Step = 6;

/** By names without Req and Res; what is not named here belongs to charging. */
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

export function timelineStep(name: string): Step {
  return steps[name.replace(/Re[qs]$/, "")] ?? CHARGING;
}
