import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DateTimeError, isDateTime, readDateTime } from "../../src/ocpp/dateTime.ts";

const times = [
  ["2026-01-02T03:04:05Z", Date.UTC(2026, 0, 2, 3, 4, 5)],
  ["2026-01-02T03:04:05.678+01:30", Date.UTC(2026, 0, 2, 1, 34, 5, 678)],
  ["2026-01-02T03:04:05", Date.UTC(2026, 0, 2, 3, 4, 5)],
  ["2026-01-02 03:04:05.123456789Z", Date.UTC(2026, 0, 2, 3, 4, 5, 123)],
  ["2016-12-31t23:59:60z", Date.UTC(2016, 11, 31, 23, 59, 59)],
] as const;
const wrong = [
  "",
  "2026-01-02",
  "2026-13-02T03:04:05Z",
  "2026-01-02T24:00:00Z",
  "2026-01-02T03:04:05+1",
  "now",
  "x".repeat(1e6),
];

describe("dateTime", () => {
  it.each(times)("reads %s", (text, time) => expect(readDateTime(text)).toBe(time));

  it.each(wrong.map((text) => [text.slice(0, 30), text]))("bad case: refuses '%s'", (_name, text) => {
    expect(isDateTime(text)).toBe(false);
    expect(() => readDateTime(text)).toThrow(DateTimeError);
  });

  it("reads back every time that JavaScript writes", () => {
    const date = fc.date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(fc.property(date, (value) => readDateTime(value.toISOString()) === value.getTime()));
  });
});
