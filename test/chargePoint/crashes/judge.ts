/** Does the CSMS hold what the station has kept: each message once, whole and in order? By content. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import type { TransactionEventRequest } from "../../../src/ocpp/v201/messages.generated.ts";
import type { Line, Queued } from "./journal.ts";
import type { Version } from "./plan.ts";

/** A message as the CSMS got it, with the number of the transaction that it gave, when it gave one. */
export interface Arrival {
  readonly action: string;
  readonly payload: object;
  readonly transactionId?: number;
}

export interface Evidence {
  readonly version: Version;
  readonly resumes: boolean;
  /** Of all lives, in their order. */
  readonly journal: readonly (readonly Line[])[];
  readonly arrivals: readonly Arrival[];
}

/** What the CSMS took in, and how often it was told again. */
export interface Holdings {
  readonly held: readonly Arrival[];
  readonly repeats: number;
}

/** What an EVSE reported to the station; again after a kill, when it did not know whether it was heard. */
interface Told {
  readonly session: string;
  readonly event: SessionEvent["event"];
  /** When it was told, once or more: the first that was taken counts. */
  readonly times: readonly string[];
  /** Whether the station said that it had taken it. */
  readonly done: boolean;
}

/** What is wrong, in words; empty when nothing is. */
export function judge(evidence: Evidence): string[] {
  const { held } = holdings(evidence.arrivals);
  const told = toldOf(evidence.journal);
  const sessions = [...new Set(told.map(({ session }) => session))];
  const bySession = sessions.flatMap((session) => {
    const own = told.filter((one) => one.session === session);
    const faults = evidence.version === "1.6" ? judge16(own, held) : judge201(session, own, held, evidence);
    return faults.map((fault) => `session ${session.slice(7, 8)}/${session.slice(-1)}: ${fault}`);
  });
  return [...compare(queuedOf(evidence.journal), held), ...bySession];
}

/** A CSMS that compares by content takes a message that is the last one once more for what it is. */
export function holdings(arrivals: readonly Arrival[]): Holdings {
  const held = arrivals.filter((arrival, index) => {
    const before = arrivals[index - 1];
    return !before || !isDeepStrictEqual([arrival.action, arrival.payload], [before.action, before.payload]);
  });
  return { held, repeats: arrivals.length - held.length };
}

/**
 * Every message that was on disk has come, in that order; one of which it is not known may have come. Two samples of one
 * reading are the same to whoever compares by content.
 */
function compare(queued: readonly { readonly message: Queued; readonly kept: boolean }[], held: readonly Arrival[]) {
  const faults: string[] = [];
  let next = 0;
  for (const { message, kept } of queued) {
    const arrival = held[next];
    const before = held[next - 1];
    if (arrival && isDeepStrictEqual(contentOf(message), contentOf(arrival))) next++;
    else if (before && isDeepStrictEqual(contentOf(message), contentOf(before))) continue;
    else if (kept)
      faults.push(`lost, late or changed: ${inWords(message)}; there is ${arrival ? inWords(arrival) : "nothing"}`);
  }
  return [
    ...faults.slice(0, 3),
    ...held
      .slice(next)
      .map((arrival) => `not from the queue: ${inWords(arrival)}`)
      .slice(0, 3),
  ];
}

/** OCPP 1.6 numbers a transaction when it is sent, so its number is no content. */
function contentOf({ action, payload }: { action: string; payload: object }): unknown {
  if (action === "TransactionEvent") return { action, payload };
  const { transactionId: _, ...content } = payload as { transactionId?: unknown };
  return { action, payload: content };
}

function inWords({ action, payload }: { action: string; payload: object }): string {
  return `${action} ${JSON.stringify(payload).slice(0, 160)}`;
}

function judge201(session: string, told: readonly Told[], held: readonly Arrival[], { resumes }: Evidence): string[] {
  const events = held
    .filter(({ action }) => action === "TransactionEvent")
    .map(({ payload }) => payload as TransactionEventRequest)
    .filter(({ transactionInfo }) => transactionInfo.transactionId === session);
  const started = find(told, "TransactionStarted");
  if (events.length === 0) return started?.done ? ["the transaction is not there"] : [];
  const ended = find(told, "TransactionFinished");
  const [first] = events;
  const last = events.at(-1);
  const updates = told.filter(({ event, done }) => done && event.startsWith("Charging"));
  const endsAsTold = isTold(last?.timestamp, ended) && last?.transactionInfo.stoppedReason === "Local";
  return [
    ...faultIf(
      !isDeepStrictEqual(
        events.map(({ seqNo }) => seqNo),
        events.map((_, index) => index),
      ),
      "seqNo has gaps",
    ),
    ...faultIf(first?.eventType !== "Started" || !isTold(first.timestamp, started), "the start is another"),
    ...faultIf(events.filter(({ eventType }) => eventType === "Started").length !== 1, "it starts more than once"),
    ...faultIf(last?.eventType !== "Ended", "it has no end"),
    ...faultIf(events.filter(({ eventType }) => eventType === "Ended").length > 1, "it ends more than once"),
    ...faultIf(ended?.done === true && !endsAsTold, "the end is another"),
    ...faultIf(
      !resumes && !ended && last?.transactionInfo.stoppedReason !== "PowerLoss",
      "the loss of power did not end it",
    ),
    ...updates
      .filter((update) => !events.some(({ timestamp }) => isTold(timestamp, update)))
      .map(({ event, times }) => `${event} of ${times.join(" or ")} is not there`),
    ...energyFaults(events),
  ];
}

/** In the order of their times, the readings of the meter never become less; those kept for the end are of before. */
function energyFaults(events: readonly TransactionEventRequest[]): string[] {
  const readings = events
    .flatMap(({ meterValue = [] }) => meterValue)
    .toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))
    .flatMap(({ sampledValue }) => sampledValue.filter(({ measurand }) => measurand?.startsWith("Energy")))
    .map(({ value }) => value);
  return faultIf(
    readings.some((value, index) => value < (readings[index - 1] ?? 0)),
    "the meter runs backwards",
  );
}

function judge16(told: readonly Told[], held: readonly Arrival[]): string[] {
  const started = find(told, "TransactionStarted");
  const ended = find(told, "TransactionFinished");
  const starts = held.filter(
    ({ action, payload }) => action === "StartTransaction" && isTold(timeOf(payload), started),
  );
  if (starts.length === 0) return started?.done ? ["the transaction is not there"] : [];
  const [{ transactionId } = { transactionId: undefined }] = starts;
  const own = held.filter(({ payload }) => (payload as { transactionId?: number }).transactionId === transactionId);
  const stops = own.filter(({ action }) => action === "StopTransaction");
  return [
    ...faultIf(starts.length > 1, "it starts more than once"),
    ...faultIf(stops.length !== 1, `it stops ${stops.length} times`),
    ...faultIf(own.at(-1)?.action !== "StopTransaction", "something follows its end"),
    ...faultIf(ended?.done === true && !isTold(timeOf(stops[0]?.payload), ended), "the end is another"),
  ];
}

function isTold(time: string | undefined, told: Told | undefined): boolean {
  return time !== undefined && told?.times.includes(time) === true;
}

function timeOf(payload: object | undefined): string | undefined {
  return (payload as { timestamp?: string } | undefined)?.timestamp;
}

function find(told: readonly Told[], event: SessionEvent["event"]): Told | undefined {
  return told.find((one) => one.event === event);
}

function faultIf(isFault: boolean, fault: string): string[] {
  return isFault ? [fault] : [];
}

function toldOf(journal: readonly (readonly Line[])[]): Told[] {
  const lines = journal.flat();
  const acts = new Map<number, Told>();
  for (const line of lines) {
    if (line.says !== "doing" || !line.event) continue;
    const { uuid: session, event, timestamp } = line.event;
    const done = lines.some((other) => other.says === "done" && other.index === line.index);
    acts.set(line.index, { session, event, done, times: [...(acts.get(line.index)?.times ?? []), timestamp] });
  }
  return [...acts.values()];
}

function queuedOf(journal: readonly (readonly Line[])[]): { message: Queued; kept: boolean }[] {
  return journal.flatMap((life) =>
    life.flatMap((line) => {
      if (line.says !== "queued") return [];
      const kept = life.some((other) => other.says === "kept" && other.number === line.number);
      return { message: line.message, kept };
    }),
  );
}
