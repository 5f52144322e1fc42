import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import type { Line } from "./journal.ts";
import { type Arrival, type Evidence, holdings, judge } from "./judge.ts";

const session = "00000001-0000-4000-8000-000000000000";
const times = {
  start: "2026-01-01T00:00:01.000Z",
  charge: "2026-01-01T00:00:02.000Z",
  end: "2026-01-01T00:00:03.000Z",
};

function event(name: SessionEvent["event"], timestamp: string): SessionEvent {
  return { uuid: session, timestamp, event: name };
}

const told: readonly Line[] = [
  { says: "doing", index: 1, event: event("TransactionStarted", times.start) },
  { says: "done", index: 1 },
  { says: "doing", index: 2, event: event("ChargingStarted", times.charge) },
  { says: "done", index: 2 },
  { says: "doing", index: 3, event: event("TransactionFinished", times.end) },
  { says: "done", index: 3 },
];

function journalOf(messages: readonly Arrival[]): Line[] {
  const queued = messages.flatMap(({ action, payload }, number): Line[] => [
    { says: "queued", number, message: { action, payload, session } },
    { says: "kept", number },
  ]);
  return [...told, ...queued];
}

const events: readonly Arrival[] = [
  { eventType: "Started", timestamp: times.start, seqNo: 0, transactionInfo: { transactionId: session } },
  { eventType: "Updated", timestamp: times.charge, seqNo: 1, transactionInfo: { transactionId: session } },
  {
    ...{ eventType: "Ended", timestamp: times.end, seqNo: 2 },
    transactionInfo: { transactionId: session, stoppedReason: "Local" },
  },
].map((payload) => ({ action: "TransactionEvent", payload }));

const messages16: readonly Arrival[] = [
  { action: "StartTransaction", payload: { timestamp: times.start }, transactionId: 7 },
  { action: "MeterValues", payload: { transactionId: 7, connectorId: 1 } },
  { action: "StopTransaction", payload: { transactionId: 7, timestamp: times.end } },
];

const sound201: Evidence = { version: "2.0.1", resumes: false, journal: [journalOf(events)], arrivals: events };
const sound16: Evidence = { version: "1.6", resumes: false, journal: [journalOf(messages16)], arrivals: messages16 };

describe.each([sound201, sound16])("the judge of $version", (sound) => {
  const [first, second, third] = sound.arrivals as [Arrival, Arrival, Arrival];

  it("finds nothing wrong with what came once, or once more at once", () => {
    expect(judge(sound)).toEqual([]);
    const repeated = [first, first, second, third, third];
    expect(judge({ ...sound, arrivals: repeated })).toEqual([]);
    expect(holdings(repeated)).toMatchObject({ repeats: 2, held: [first, second, third] });
  });

  const wrong: readonly [string, readonly Arrival[]][] = [
    ["a message is missing", [first, third]],
    ["the end is missing", [first, second]],
    ["the start is missing", [second, third]],
    ["everything is missing", []],
    ["the order is another", [second, first, third]],
    ["an older message comes again", [first, second, first, third]],
    [
      "something comes that was never queued",
      [first, second, third, { ...third, payload: { ...third.payload, more: 1 } }],
    ],
    ["the content is another", [first, second, { ...third, payload: { ...third.payload, timestamp: times.charge } }]],
  ];
  it.each(wrong)("bad case: %s", (_name, arrivals) => {
    expect(judge({ ...sound, arrivals })).not.toEqual([]);
  });

  it("lets an EVSE say again after a kill what the station had taken already", () => {
    const again: readonly Line[] = [
      { says: "doing", index: 1, event: event("TransactionStarted", "2026-01-01T00:00:09.000Z") },
      { says: "done", index: 1 },
    ];
    const [first, ...rest] = [...journalOf(sound.arrivals)].filter((line) => line.says !== "done" || line.index !== 1);
    expect(judge({ ...sound, journal: [[...(first ? [first] : []), ...rest], again] })).toEqual([]);
  });

  it("lets a message be there or not of which the station did not know yet", () => {
    const killed = [...told.slice(0, 5), ...journalOf(sound.arrivals).filter(({ says }) => says === "queued")];
    expect(judge({ ...sound, journal: [killed] })).toEqual([]);
  });
});
