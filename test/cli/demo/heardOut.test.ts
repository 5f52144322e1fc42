import { describe, expect, it } from "vitest";
import { heardOut } from "../../../src/cli/demo/heardOut.ts";
import type { TraceEntry, TraceValue } from "../../../src/util/trace.ts";

function sent(title: string, detail: { [key: string]: TraceValue } = {}): TraceEntry {
  return { time: 0, step: 6, kind: "message", from: "OCPP", to: "CSMS", title: `${title}.req`, detail };
}
function answered(title: string): TraceEntry {
  return { time: 0, step: 6, kind: "message", from: "CSMS", to: "OCPP", title: `${title}.conf` };
}
const occupied = [sent("StatusNotification", { connectorStatus: "Occupied" }), answered("StatusNotification")];
const free = [sent("StatusNotification", { connectorStatus: "Available" }), answered("StatusNotification")];
const freed = [sent("StatusNotification", { status: "Available" }), answered("StatusNotification")];
const began = [sent("StartTransaction"), answered("StartTransaction")];
const stopped = [sent("StopTransaction"), answered("StopTransaction")];
const event = (eventType: string) => [sent("TransactionEvent", { eventType }), answered("TransactionEvent")];

describe("the CSMS has heard a session out", () => {
  it.each<[string, boolean, readonly TraceEntry[]]>([
    ["nothing was said", false, []],
    ["the connector is occupied", false, occupied],
    ["a refused car has gone", true, [...occupied, ...free]],
    ["the end of the transaction is missing", false, [...occupied, ...event("Started"), ...free]],
    ["the last answer is missing", false, [...occupied, ...event("Started"), ...event("Ended"), ...free.slice(0, 1)]],
    ["all is said and answered", true, [...occupied, ...event("Started"), ...event("Ended"), ...free]],
    ["the end is missing in OCPP 1.6", false, [...began, ...freed]],
    ["all is said and answered in OCPP 1.6", true, [...began, ...stopped, ...freed]],
    [
      "a call failed",
      true,
      [...occupied, sent("NotifyEvent"), { time: 0, step: 6, kind: "fault", from: "OCPP", title: "x" }, ...free],
    ],
  ])("%s: %s", (_, expected, entries) => {
    expect(heardOut(entries)).toBe(expected);
  });
});
