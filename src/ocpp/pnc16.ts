/**
 * Plug & Charge in OCPP 1.6: messages of OCPP 2.0.1 as JSON text inside of DataTransfer (OCA application note "Using
 * ISO 15118 Plug & Charge with OCPP 1.6", 2020). A DataTransfer has a status of its own, the outer one; most messages
 * inside have another, the inner one.
 */
import type { DataTransferRequest } from "./v16/messages.generated.ts";
import type { Calls as Calls201, InstallCertificateRequest } from "./v201/messages.generated.ts";
import { createValidator, type Direction } from "./validator.ts";

export const pncVendorId = "org.openchargealliance.iso15118pnc";

/** What both sides say in it. The first four are the station's, the others the CSMS's. */
export const pncActions = [
  "Authorize",
  "SignCertificate",
  "GetCertificateStatus",
  "Get15118EVCertificate",
  "CertificateSigned",
  "InstallCertificate",
  "DeleteCertificate",
  "GetInstalledCertificateIds",
  "TriggerMessage",
] as const;
export type PncAction = (typeof pncActions)[number];

/** As in 2.0.1; a root for OEM certificates may be offered too, which no station keeps. */
export type PncCalls = Omit<Pick<Calls201, PncAction>, "InstallCertificate"> & {
  InstallCertificate: {
    request: Omit<InstallCertificateRequest, "certificateType"> & {
      certificateType: InstallCertificateRequest["certificateType"] | "OEMRootCertificate";
    };
    response: Calls201["InstallCertificate"]["response"];
  };
};

export type PncPayload<A extends PncAction, D extends Direction> = PncCalls[A][D];

/** What `data` of a DataTransfer held. */
export type PncReading<T> =
  | { readonly ok: true; readonly payload: T }
  /** Not there, no JSON or not the message it should be; in words, without what was received. */
  | { readonly ok: false; readonly description: string };

/** What goes into `data`, or why the message cannot be said in it. */
export type PncWriting =
  | { readonly ok: true; readonly data: string }
  | { readonly ok: false; readonly description: string };

export function isPncAction(messageId: string | undefined): messageId is PncAction {
  return pncActions.some((action) => action === messageId);
}

/** A message as text, checked. */
export function writePnc<A extends PncAction, D extends Direction>(
  action: A,
  direction: D,
  payload: PncPayload<A, D>,
): PncWriting {
  const verdict = writing.validate(action, direction, payload);
  return verdict.ok ? { ok: true, data: JSON.stringify(payload) } : { ok: false, description: verdict.description };
}

/** Never throws. What the other end adds is left alone; the simpler forms that the application note has are taken too. */
export function readPnc<A extends PncAction, D extends Direction>(
  action: A,
  direction: D,
  data: string | undefined,
): PncReading<PncPayload<A, D>> {
  if (data === undefined) return { ok: false, description: "there is no data" };
  const payload = widened(action, direction, parseJson(data));
  const verdict = reading.validate(action, direction, payload);
  if (!verdict.ok) return { ok: false, description: verdict.description };
  return { ok: true, payload: payload as PncPayload<A, D> };
}

/** The DataTransfer.req around a message. */
export function pncRequest(messageId: PncAction, data: string): DataTransferRequest {
  return { vendorId: pncVendorId, messageId, data };
}

const schemas = new URL("../../schemas/ocpp2.0.1.json", import.meta.url);

/** Base64 characters of a CertificateInstallationRes: more than 2.0.1 has, as one with two full chains needs it. */
const MAX_EXI_RESPONSE = 7500;

const writing = createValidator("2.0.1", schemas, withOverlay);
const reading = createValidator("2.0.1", schemas, (id, schema) => withoutClosure(withOverlay(id, schema)));

interface Schema {
  readonly definitions?: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
  readonly properties?: Readonly<Record<string, object>>;
}

/** Where this extension differs from 2.0.1. */
function withOverlay(id: string, schema: Schema): object {
  if (id === "urn:Get15118EVCertificate.conf") {
    const exiResponse = { ...schema.properties?.exiResponse, maxLength: MAX_EXI_RESPONSE };
    return { ...schema, properties: { ...schema.properties, exiResponse } };
  }
  if (id === "urn:InstallCertificate.req") {
    const use = schema.definitions?.InstallCertificateUseEnumType;
    const widerUse = { ...use, enum: [...(use?.enum ?? []), "OEMRootCertificate"] };
    return { ...schema, definitions: { ...schema.definitions, InstallCertificateUseEnumType: widerUse } };
  }
  return schema;
}

/** A copy in which every object may have further properties. */
function withoutClosure(schema: object): object {
  const entries = Object.entries(schema).filter(([key, value]) => !(key === "additionalProperties" && value === false));
  return Object.fromEntries(entries.map(([key, value]) => [key, open(value)]));
}

function open(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  return typeof value === "object" && value !== null ? withoutClosure(value) : value;
}

type JsonObject = Record<string, unknown>;

/** Stations and systems in the field also write Authorize as the application note does: with a bare eMAID, and with 1.6's idTagInfo in the answer. */
function widened(action: PncAction, direction: Direction, payload: unknown): unknown {
  if (action !== "Authorize" || !isObject(payload)) return payload;
  if (direction === "request") return { ...payload, idToken: tokenOf(payload.idToken, "eMAID") };
  return isObject(payload.idTokenInfo) ? { ...payload, idTokenInfo: infoOf(payload.idTokenInfo) } : payload;
}

function tokenOf(token: unknown, type: string): unknown {
  return typeof token === "string" ? { idToken: token, type } : token;
}

function infoOf({ expiryDate, parentIdTag, ...info }: JsonObject): JsonObject {
  return {
    ...(expiryDate === undefined ? {} : { cacheExpiryDateTime: expiryDate }),
    ...(parentIdTag === undefined ? {} : { groupIdToken: tokenOf(parentIdTag, "Central") }),
    ...info,
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
