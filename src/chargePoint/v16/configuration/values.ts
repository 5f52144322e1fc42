/** Values of configuration keys as OCPP 1.6 carries them: all of them text. */
import { z } from "zod";
import { measurands } from "../../measurands.ts";
import type { Key, Values } from "./schema.ts";

/** Longest text of a value in GetConfiguration.conf. */
const MAX_VALUE = 500;

/** What measurands this station can measure at all; Temperature depends on the meter. */
export const known: readonly string[] = [...measurands, "Temperature"];

export function toText(value: unknown): string {
  return wholeText(value).slice(0, MAX_VALUE);
}

/** Not cut to what a message holds. */
export function wholeText(value: unknown): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** `A, B` as its names; empty text has none. */
export function namesIn(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** What `text` says for a key of this kind; undefined when it says nothing that fits. */
export function fromText(schema: z.ZodType, text: string): unknown {
  const value = parsed(plainSchema(schema), text);
  return schema.safeParse(value).success ? value : undefined;
}

function parsed(schema: unknown, text: string): unknown {
  if (schema instanceof z.ZodBoolean) return { true: true, false: false }[text.toLowerCase()];
  if (schema instanceof z.ZodNumber) return /^[+-]?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
  return schema instanceof z.ZodObject ? parsedJson(text) : text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Without default, and whether or not it may be absent. */
export function plainSchema(schema: z.ZodType): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional
    ? plainSchema(schema.unwrap() as z.ZodType)
    : schema;
}

/** What a text of the right type must be besides; in words for people. */
interface Rule {
  readonly expected: (values: Values) => string;
  readonly fits: (text: string, values: Values) => boolean;
}

const measurandRule: Rule = {
  expected: ({ Internal }) => `measurands out of ${Internal.SupportedMeasurands}`,
  fits: (text, { Internal }) => {
    const supported = namesIn(Internal.SupportedMeasurands);
    return namesIn(text).every((name) => supported.includes(name));
  },
};

const featureProfiles = [
  "Core",
  "FirmwareManagement",
  "LocalAuthListManagement",
  "Reservation",
  "SmartCharging",
  "RemoteTrigger",
  // Their sections say whether they are there; that they are listed too does no harm.
  "Security",
  "PnC",
  "CostAndPrice",
  "Custom",
];
const purposes = ["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"];
const rotations = ["NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR"];

const someOf = (words: readonly string[]): Rule => ({
  expected: () => `some of ${words.join(", ")}`,
  fits: (text) => namesIn(text).every((name) => words.includes(name)),
});

/** Rules beyond type and bounds. */
export const rules: { readonly [K in Key]?: Rule } = {
  MeterValuesAlignedData: measurandRule,
  MeterValuesSampledData: measurandRule,
  StopTxnAlignedData: measurandRule,
  StopTxnSampledData: measurandRule,
  SupportedMeasurands: someOf(known),
  IgnoredProfilePurposesOffline: someOf(purposes),
  SupportedFeatureProfiles: {
    expected: () => `Core and some of ${featureProfiles.join(", ")}`,
    fits: (text) => namesIn(text).includes("Core") && namesIn(text).every((name) => featureProfiles.includes(name)),
  },
  ConnectorPhaseRotation: {
    expected: () => `for connectors from 0 on one of ${rotations.join(", ")}, as in 0.RST,1.RST`,
    fits: (text, { Core }) =>
      namesIn(text).every((part) => {
        const [, connector, rotation = ""] = /^(\d{1,4})\.(\w+)$/.exec(part.replaceAll(/\s/g, "")) ?? [];
        return connector !== undefined && Number(connector) <= Core.NumberOfConnectors && rotations.includes(rotation);
      }),
  },
  ConnectorEvseIds: {
    expected: () => "EVSE ids of 7 to 37 characters, separated by commas",
    fits: (text) => text.split(",").every((id) => id.length >= 7 && id.length <= 37),
  },
};

/** Rules that a file is held to as well as a change; EVerest's own files break the others. */
export const fileRules: readonly Key[] = [
  "SupportedMeasurands",
  "SupportedFeatureProfiles",
  "MeterValuesAlignedData",
  "MeterValuesSampledData",
  "StopTxnAlignedData",
  "StopTxnSampledData",
];
