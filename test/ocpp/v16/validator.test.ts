import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { validator } from "../../../src/ocpp/v16/validator.ts";

const timestamp = "2026-01-01T00:00:00Z";
const status = { connectorId: 1, errorCode: "NoError", status: "Available" };

/** Faulty payloads with the code and the words they are refused with; the spellings are 1.6's. */
const refused = [
  ["a required property missing", "Authorize", {}, "OccurenceConstraintViolation", "payload lacks idTag"],
  [
    "a string too long",
    "Authorize",
    { idTag: "x".repeat(21) },
    "FormationViolation",
    "idTag is longer than 20 characters",
  ],
  [
    "a value outside its list",
    "StatusNotification",
    { ...status, status: "Free" },
    "FormationViolation",
    "status must",
  ],
  [
    "a date that is none",
    "StatusNotification",
    { ...status, timestamp: "yesterday" },
    "FormationViolation",
    "timestamp",
  ],
  [
    "a string for a number",
    "StatusNotification",
    { ...status, connectorId: "1" },
    "TypeConstraintViolation",
    "connectorId must be of type integer",
  ],
  ["null as payload", "Heartbeat", null, "TypeConstraintViolation", "payload must be of type object"],
  ["a property unknown here", "Heartbeat", { tag: 1 }, "PropertyConstraintViolation", "unknown here: tag"],
  ["an unknown action", "TransactionEvent", {}, "NotImplemented", "OCPP 1.6 has no such action"],
] as const;

describe("validator of OCPP 1.6", () => {
  it.each(refused)("bad case: %s", (_name, action, payload, code, words) => {
    const verdict = validator.validate(action, "request", payload);
    expect(verdict).toMatchObject({ ok: false, code, description: expect.stringContaining(words) });
  });

  it("knows the 28 actions of 1.6, the 11 of its security whitepaper and no other", () => {
    const schemas: { $id: string }[] = JSON.parse(readFileSync("schemas/ocpp1.6.json", "utf8"));
    const actions = schemas.flatMap(({ $id }) => /^urn:(\w+)\.req$/.exec($id)?.[1] ?? []);
    expect(actions).toHaveLength(28 + 11);
    expect(actions.every((action) => validator.knows(action))).toBe(true);
    expect(["constructor", "Get15118EVCertificate", ""].some((action) => validator.knows(action))).toBe(false);
  });

  it("takes every limit with one decimal, whatever a binary fraction makes of it, and none with two", () => {
    const profile = (limit: number) => ({
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: "TxDefaultProfile",
        chargingProfileKind: "Absolute",
        chargingSchedule: {
          chargingRateUnit: "A",
          startSchedule: timestamp,
          chargingSchedulePeriod: [{ startPeriod: 0, limit }],
        },
      },
    });
    const taken = (limit: number) => validator.validate("SetChargingProfile", "request", profile(limit)).ok;
    const tenths = Array.from({ length: 1000 }, (_, index) => index / 10);
    expect(tenths.filter((limit) => !taken(limit))).toEqual([]);
    expect(taken(10.05)).toBe(false);
  });
});
