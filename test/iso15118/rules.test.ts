import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isEmaid, normaliseEmaid, sameEmaid } from "../../src/iso15118/emaid.ts";
import { iso2 } from "../../src/iso15118/iso2/index.ts";
import { physicalValue, plainValue } from "../../src/iso15118/physicalValue.ts";
import { messageTimes } from "../../src/iso15118/timers.ts";

describe("an eMAID", () => {
  test.each(["DE-ABC-C00012345-6", "de-abc-c00012345", "UKSWI123456791A", "DEABCC0123456X"])("%s is one", (text) => {
    expect(isEmaid(text)).toBe(true);
  });

  test.each([
    "",
    "DEABCC012345",
    "UKSWI123456791AB",
    "1KSWI123456791A",
    "UKSWI12345679 A",
    "UKSWI12345679Ä",
    "UKſWI123456791A",
  ])("bad case: %j is none", (text) => {
    expect(isEmaid(text)).toBe(false);
  });

  test("is the same in every spelling", () => {
    expect(normaliseEmaid("de-8ac-c12e456l8-9-y")).toBe("DE8ACC12E456L89Y");
    expect(sameEmaid("uk-swi-123456791-a", "UKSWI123456791A")).toBe(true);
    expect(sameEmaid("UKSWI123456791A", "UKSWI123456791B")).toBe(false);
  });
});

describe("a physical value", () => {
  test.each([
    [230, { Multiplier: 0, Value: 230 }],
    [0, { Multiplier: 0, Value: 0 }],
    [-1.5, { Multiplier: -1, Value: -15 }],
    [32767, { Multiplier: 0, Value: 32767 }],
    [60000, { Multiplier: 1, Value: 6000 }],
    [22080.5, { Multiplier: 0, Value: 22081 }],
    [33.3333, { Multiplier: -2, Value: 3333 }],
    [32_767_000, { Multiplier: 3, Value: 32767 }],
  ])("of %d", (value, expected) => {
    expect(physicalValue(value, "W")).toEqual({ ...expected, Unit: "W" });
  });

  test("is what it was, to 16 bits", () => {
    fc.assert(
      fc.property(fc.double({ min: -3e7, max: 3e7, noNaN: true }), (value) => {
        const back = plainValue(physicalValue(value, "V"));
        return Math.abs(back - value) <= Math.max(Math.abs(value) / 3276, 0.0005);
      }),
    );
  });

  test("bad case: a number that does not fit is our own fault", () => {
    expect(() => physicalValue(1e9, "W")).toThrow("no physical value");
    expect(() => physicalValue(Number.NaN, "W")).toThrow("no physical value");
  });
});

test("every request has its times, and the EVSE's are the shorter ones", () => {
  const requests = Object.keys(iso2.elements).filter((name) => name.endsWith("Req"));
  expect(Object.keys(messageTimes).sort()).toEqual(["supportedAppProtocolReq", ...requests].sort());
  for (const { timeout, performance } of Object.values(messageTimes)) expect(performance).toBeLessThan(timeout);
});
