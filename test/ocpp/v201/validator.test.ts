import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { validator } from "../../../src/ocpp/v201/validator.ts";

const idToken = { idToken: "DE8AA1A2B3C4D5", type: "eMAID" };
const status = { timestamp: "2026-01-01T00:00:00Z", connectorStatus: "Available", evseId: 1, connectorId: 1 };

/** Faulty payloads with the code and the words they are refused with. */
const refused = [
  ["a required property missing", "Authorize", {}, "OccurenceConstraintViolation", "payload lacks idToken"],
  [
    "an empty list",
    "Authorize",
    { idToken, iso15118CertificateHashData: [] },
    "OccurenceConstraintViolation",
    "iso15118CertificateHashData",
  ],
  [
    "a string too long",
    "Authorize",
    { idToken: { ...idToken, idToken: "x".repeat(37) } },
    "FormatViolation",
    "idToken.idToken is longer than 36 characters",
  ],
  [
    "a value outside its list",
    "Authorize",
    { idToken: { ...idToken, type: "EMAID" } },
    "FormatViolation",
    "idToken.type must be one of Central, eMAID",
  ],
  ["a date that is none", "StatusNotification", { ...status, timestamp: "yesterday" }, "FormatViolation", "timestamp"],
  [
    "a string for a number",
    "StatusNotification",
    { ...status, evseId: "1" },
    "TypeConstraintViolation",
    "evseId must be of type integer",
  ],
  ["null as payload", "Authorize", null, "TypeConstraintViolation", "payload must be of type object"],
  ["an array as payload", "Authorize", [], "TypeConstraintViolation", "payload must be of type object"],
  ["a property unknown here", "Authorize", { idToken, tag: 1 }, "PropertyConstraintViolation", "unknown here: tag"],
  ["an unknown action", "Levitate", {}, "NotImplemented", "no such action"],
] as const;

describe("validator of OCPP 2.0.1", () => {
  it("accepts a longest eMAID token, and custom data of any content", () => {
    const payload = { idToken: { idToken: "x".repeat(36), type: "eMAID" }, customData: { vendorId: "v", more: [1] } };
    expect(validator.validate("Authorize", "request", payload)).toEqual({ ok: true });
  });

  it.each(refused)("bad case: %s", (_name, action, payload, code, words) => {
    const verdict = validator.validate(action, "request", payload);
    expect(verdict).toMatchObject({ ok: false, code, description: expect.stringContaining(words) });
  });

  it("knows the 64 actions and no other", () => {
    const schemas: { $id: string }[] = JSON.parse(readFileSync("schemas/ocpp2.0.1.json", "utf8"));
    const actions = schemas.flatMap(({ $id }) => /^urn:(\w+)\.req$/.exec($id)?.[1] ?? []);
    expect(actions).toHaveLength(64);
    expect(actions.every((action) => validator.knows(action))).toBe(true);
    expect(["constructor", "__proto__", "authorize", ""].some((action) => validator.knows(action))).toBe(false);
  });

  it("bad case: nothing that was received comes back in a refusal, however long", () => {
    const secret = "s3cret ".repeat(150_000);
    const payloads = [
      { idToken: { idToken: secret, type: "eMAID" } },
      { idToken: { idToken: "x", type: secret } },
      { idToken, [secret]: 1 },
      secret,
    ];
    for (const payload of payloads) {
      const started = performance.now();
      const verdict = validator.validate("Authorize", "request", payload);
      expect(performance.now() - started).toBeLessThan(250);
      expect(JSON.stringify(verdict).length).toBeLessThan(350);
      expect(JSON.stringify(verdict)).not.toContain("s3cret");
    }
  });

  it("bad case: a __proto__ key is an unknown property and pollutes nothing", () => {
    const payload: unknown = JSON.parse('{"idToken":{"idToken":"x","type":"eMAID"},"__proto__":{"polluted":true}}');
    expect(validator.validate("Authorize", "request", payload)).toMatchObject({ code: "PropertyConstraintViolation" });
    expect(Object.hasOwn({}, "polluted") || "polluted" in {}).toBe(false);
  });
});
