import { describe, expect, it } from "vitest";
import { dinEvseId, dinTimeout } from "../../src/iso15118/din70121/index.ts";
import { toHex } from "../../src/util/bytes.ts";

describe("an EVSE id of DIN SPEC 91286", () => {
  it.each([
    ["+49*89*6360", "49a89a6360"],
    ["49*89*6360", "49a89a6360"],
    ["49A80737A45678", "49a80737a45678"],
    ["9".repeat(64), "99".repeat(32)],
  ])("%s goes as %s", (text, hex) => {
    expect(toHex(dinEvseId(text) ?? new Uint8Array(0))).toBe(hex);
  });

  it.each(["", "+", "49*89*636", "DE*PNX*E00001", "49B89B6360", "9".repeat(66)])("bad case: %s is none", (text) => {
    expect(dinEvseId(text)).toBeUndefined();
  });
});

describe("the times of DIN SPEC 70121", () => {
  it.each([
    ["SessionSetupReq", 2000],
    ["PowerDeliveryReq", 2000],
    ["CurrentDemandReq", 250],
    ["WeldingDetectionReq", 2000],
  ] as const)("%s is answered within %i ms", (request, ms) => {
    expect(dinTimeout(request)).toBe(ms);
  });
});
