/** OCPP messages on the timeline: what a person wants to know of each, and nothing secret. */
import { pncVendorId } from "../ocpp/pnc16.ts";
import type { Actor, Step, TraceEvent, TraceValue } from "../util/trace.ts";

/** The step of the guide that a message belongs to; all others are 0, provisioning. */
const steps: Readonly<Record<string, Step>> = {
  StatusNotification: 1,
  Get15118EVCertificate: 2,
  RequestStartTransaction: 3,
  RemoteStartTransaction: 3,
  Authorize: 4,
  TransactionEvent: 6,
  StartTransaction: 6,
  StopTransaction: 6,
  RequestStopTransaction: 6,
  RemoteStopTransaction: 6,
  MeterValues: 6,
};

/** @param request tells what a DataTransfer is about. */
export function stepOf(action: string, request: object): Step {
  return steps[carried(action, request) ?? action] ?? 0;
}

/** The message of Plug & Charge that a DataTransfer of OCPP 1.6 carries. */
function carried(action: string, request: object): string | undefined {
  const { vendorId, messageId } = request as Record<string, unknown>;
  return action === "DataTransfer" && vendorId === pncVendorId && typeof messageId === "string" ? messageId : undefined;
}

/** Paths of the facts shown. Values of variables are not among them: one may be a password. */
const facts = [
  "status",
  "certificateStatus",
  "idTokenInfo.status",
  "idTagInfo.status",
  "eventType",
  "triggerReason",
  "transactionInfo.chargingState",
  "transactionInfo.stoppedReason",
  "seqNo",
  "idToken.idToken",
  "idTag",
  "evseId",
  "connectorId",
  "connectorStatus",
  "errorCode",
  "meterStart",
  "meterStop",
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

/**
 * A message as a timeline entry, named as in `Authorize.req`, and with what it carries as in `DataTransfer(Authorize).req`.
 *
 * @param request the one that `payload` answers, for a conf.
 */
export function traced(
  from: Actor,
  to: Actor,
  action: string,
  suffix: "req" | "conf",
  payload: object,
  request = payload,
): TraceEvent {
  const inner = carried(action, request);
  const detail = { ...detailOf(payload), ...(inner === undefined ? {} : innerDetail(payload)) };
  return {
    step: stepOf(action, request),
    kind: "message",
    from,
    to,
    title: `${inner === undefined ? action : `${action}(${inner})`}.${suffix}`,
    ...(Object.keys(detail).length > 0 ? { detail } : {}),
  };
}

function detailOf(payload: object): { [key: string]: TraceValue } {
  const found = facts.flatMap((path): [string, TraceValue][] => {
    const value = at(payload, path);
    return isPlain(value) ? [[path.slice(path.lastIndexOf(".") + 1), value]] : [];
  });
  return Object.fromEntries([...found, ...attachments(payload)]);
}

/** The inner status beside the outer one. */
function innerDetail(payload: object): { [key: string]: TraceValue } {
  const { data } = payload as Record<string, unknown>;
  const inner = typeof data === "string" ? parseJson(data) : undefined;
  const { status, ...detail } = isObject(inner) ? detailOf(inner) : {};
  return { ...(status === undefined ? {} : { innerStatus: status }), ...detail };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function at(payload: object, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), payload);
}

/** Large parts are told by what matters of them. */
function attachments(payload: object): [string, TraceValue][] {
  const {
    certificate,
    iso15118CertificateHashData,
    meterValue,
    transactionData = meterValue,
    offline,
  } = payload as Record<string, unknown>;
  const found: [string, TraceValue][] = [];
  if (offline === true) found.push(["offline", true]);
  if (typeof certificate === "string") found.push(["certificate", `${certificate.length} characters`]);
  if (Array.isArray(iso15118CertificateHashData)) {
    const serials = iso15118CertificateHashData.map((hash) => (isObject(hash) ? String(hash.serialNumber) : ""));
    found.push(["iso15118CertificateHashData", serials.map((serial) => `serial ${serial}`)]);
  }
  const energy = Array.isArray(transactionData) ? lastEnergy(transactionData) : undefined;
  if (energy !== undefined) found.push(["energyWh", energy]);
  return found;
}

function lastEnergy(meterValues: readonly unknown[]): number | undefined {
  const last = meterValues.at(-1);
  const samples = isObject(last) && Array.isArray(last.sampledValue) ? last.sampledValue : [];
  const energy = samples.find((sample) => isObject(sample) && sample.measurand === "Energy.Active.Import.Register");
  // A number in 2.0.1, its text in 1.6.
  const value = isObject(energy) ? Number(energy.value) : Number.NaN;
  return Number.isNaN(value) ? undefined : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
