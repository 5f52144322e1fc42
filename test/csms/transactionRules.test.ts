import { describe, expect, it } from "vitest";
import { applyEvent, type TransactionEvent, type TransactionRecord } from "../../src/csms/services/transactionRules.ts";

type Told = readonly [eventType: TransactionEvent["eventType"], readings: readonly number[]];

function take(...told: readonly Told[]): TransactionRecord | undefined {
  return told.reduce<TransactionRecord | undefined>((before, [eventType, readings], seqNo) => {
    const timestamp = `2026-01-01T00:00:0${seqNo}Z`;
    const idToken = { idToken: "04AABBCCDD", type: "ISO14443" };
    return applyEvent("CP1", before, {
      transactionId: "tx",
      eventType,
      seqNo,
      timestamp,
      idToken,
      readings,
      message: {},
    });
  }, undefined);
}

describe("the meter of a transaction", () => {
  it.each<[string, readonly Told[], number]>([
    [
      "its course told as it goes",
      [
        ["Started", [100]],
        ["Updated", [150]],
        ["Ended", [170]],
      ],
      170,
    ],
    [
      "its course told once more at the end",
      [
        ["Started", [100]],
        ["Updated", [150]],
        ["Ended", [100, 130, 170]],
      ],
      170,
    ],
    [
      "a loss of power, with what was kept before",
      [
        ["Started", [100]],
        ["Updated", [150]],
        ["Ended", [100, 130]],
      ],
      150,
    ],
  ])("is in order: %s", (_name, told, meterEndWh) => {
    expect(take(...told)).toMatchObject({ problems: [], meterStartWh: 100, meterEndWh });
  });

  it.each<[string, readonly Told[]]>([
    [
      "while it runs",
      [
        ["Started", [100]],
        ["Updated", [90]],
      ],
    ],
    [
      "at the end",
      [
        ["Started", [100]],
        ["Updated", [150]],
        ["Ended", [140]],
      ],
    ],
    [
      "in the course told at the end",
      [
        ["Started", [100]],
        ["Ended", [100, 170, 150]],
      ],
    ],
  ])("bad case: runs backwards %s", (_name, told) => {
    expect(take(...told)?.problems).toEqual([expect.stringMatching(/^the meter runs backwards: /)]);
  });
});
