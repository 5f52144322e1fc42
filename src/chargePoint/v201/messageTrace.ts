/** OCPP messages on the timeline: what a person wants to know of each, and nothing secret. */
import type { Actor, Step, TraceEvent, TraceValue } from "../../util/trace.ts";

/** The step of the guide that a message belongs to; all others are 0, provisioning. */
const steps: Readonly<Record<string, Step>> = {
  StatusNotification: 1,
  Get15118EVCertificate: 2,
  RequestStartTransaction: 3,
  Authorize: 4,
  TransactionEvent: 6,
  RequestStopTransaction: 6,
  MeterValues: 6,
};

export function stepOf(action: string): Step {
  return steps[action] ?? 0;
}

/** Paths of the facts shown. Values of variables are not among them: one may be a password. */
const facts = [
  "status",
  "certificateStatus",
  "idTokenInfo.status",
  "eventType",
  "triggerReason",
  "transactionInfo.chargingState",
  "transactionInfo.stoppedReason",
  "seqNo",
  "idToken.idToken",
  "evseId",
  "connectorId",
  "connectorStatus",
  "transactionInfo.transactionId",
  "transactionId",
  "reason",
  "interval",
  "certificateType",
  "requestedMessage",
  "requestId",
  "remoteStartId",
  "reportBase",
  "type",
  "vendorId",
  "messageId",
  "statusInfo.reasonCode",
] as const;

/** A message as a timeline entry, named as in `Authorize.req`. */
export function traced(from: Actor, to: Actor, action: string, suffix: "req" | "conf", payload: object): TraceEvent {
  const found = facts.flatMap((path): [string, TraceValue][] => {
    const value = at(payload, path);
    return isPlain(value) ? [[path.slice(path.lastIndexOf(".") + 1), value]] : [];
  });
  const detail = Object.fromEntries([...found, ...attachments(payload)]);
  return {
    step: stepOf(action),
    kind: "message",
    from,
    to,
    title: `${action}.${suffix}`,
    ...(Object.keys(detail).length > 0 ? { detail } : {}),
  };
}

function at(payload: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), payload);
}

/** Large parts are told by what matters of them. */
function attachments(payload: object): [string, TraceValue][] {
  const { certificate, iso15118CertificateHashData, meterValue, offline } = payload as Record<string, unknown>;
  const found: [string, TraceValue][] = [];
  if (offline === true) found.push(["offline", true]);
  if (typeof certificate === "string") found.push(["certificate", `${certificate.length} characters`]);
  if (Array.isArray(iso15118CertificateHashData)) {
    const serials = iso15118CertificateHashData.map((hash) => (isObject(hash) ? String(hash.serialNumber) : ""));
    found.push(["iso15118CertificateHashData", serials.map((serial) => `serial ${serial}`)]);
  }
  const energy = Array.isArray(meterValue) ? lastEnergy(meterValue) : undefined;
  if (energy !== undefined) found.push(["energyWh", energy]);
  return found;
}

function lastEnergy(meterValues: readonly unknown[]): number | undefined {
  const last = meterValues.at(-1);
  const samples = isObject(last) && Array.isArray(last.sampledValue) ? last.sampledValue : [];
  const energy = samples.find((sample) => isObject(sample) && sample.measurand === "Energy.Active.Import.Register");
  return isObject(energy) && typeof energy.value === "number" ? energy.value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
