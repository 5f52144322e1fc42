/** The configuration of OCPP 1.6 against EVerest's: every key with its access, type, bounds and default. */
import { expect, it } from "vitest";
import { z } from "zod";
import { type KeySpec, keySpecs } from "../../../src/chargePoint/v16/configuration/schema.ts";
import { plainSchema } from "../../../src/chargePoint/v16/configuration/values.ts";
import { type EverestKey, everestKeys } from "./everestKeys.ts";

/** Of a value, or of a text's length. */
function sample(type: EverestKey[4], size: number): unknown {
  return type === "string" ? "x".repeat(Math.max(0, size)) : size;
}

function typeOf({ schema }: KeySpec): string {
  const plain = plainSchema(schema);
  if (plain instanceof z.ZodBoolean) return "boolean";
  if (plain instanceof z.ZodArray) return "list";
  if (plain instanceof z.ZodObject) return "object";
  return plain instanceof z.ZodNumber ? "number" : "string";
}

const rows = everestKeys.map((row) => ({ name: `${row[0]}.${row[1]}`, row }));

it.each(rows)("$name", ({ row: [section, key, presence, access, type, bounds, byDefault] }) => {
  const spec = keySpecs.get(key.toLowerCase());
  if (!spec) throw new Error(`${key} is not known`);
  const { schema } = spec;
  expect([spec.section, spec.key]).toEqual([section, key]);
  // Passwords go in only, also in EVerest; its schema does not say so.
  expect(spec.access).toBe(key === "AuthorizationKey" ? "W" : access);
  expect(typeOf(spec)).toBe(type === "integer" ? "number" : type);
  // Who looks after certificates is said by ISO15118PnCEnabled where this key is absent, so it has no default here.
  const given = key === "ISO15118CertificateManagementEnabled" ? undefined : byDefault;
  const mayBeAbsent = schema instanceof z.ZodExactOptional || schema instanceof z.ZodDefault;
  expect(mayBeAbsent).toBe(presence === "may" || given !== undefined);
  expect(schema instanceof z.ZodDefault ? schema.parse(undefined) : undefined).toEqual(given);
  const [least = "", most = ""] = bounds.split("..");
  const takes = (size: number) => schema.safeParse(sample(type, size)).success;
  if (least !== "" && least !== "-") {
    expect([takes(Number(least)), Number(least) > 0 && takes(Number(least) - 1)]).toEqual([true, false]);
  }
  if (most !== "") expect([takes(Number(most)), takes(Number(most) + 1)]).toEqual([true, false]);
});

it("knows no other keys", () => {
  const known = new Set(everestKeys.map(([, key]) => key.toLowerCase()));
  expect([...keySpecs.keys()].filter((key) => !known.has(key))).toEqual([]);
});
