/** What a CSMS can hold against a transaction: order, completeness, meter values (OCPP 2.0.1, E01 to E08; 1.6, 4.8 and 4.10). Pure. */
import { isDeepStrictEqual } from "node:util";
import { readDateTime } from "../../ocpp/dateTime.ts";

/** `type` is one of OCPP 2.0.1; absent in 1.6, which has none. */
export interface Token {
  readonly idToken: string;
  readonly type?: string;
}

/** What a station tells of a transaction, in whatever version of OCPP. */
export interface TransactionEvent {
  readonly transactionId: string;
  readonly eventType: "Started" | "Updated" | "Ended";
  readonly seqNo: number;
  readonly timestamp: string;
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly idToken?: Token;
  readonly chargingState?: string;
  readonly stoppedReason?: string;
  /** Of the import register in Wh, in order. */
  readonly readings: readonly number[];
  /** As it came. */
  readonly message: object;
}

export interface TransactionRecord {
  readonly identity: string;
  readonly transactionId: string;
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly idToken?: Token;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly lastSeqNo: number;
  readonly lastTimestamp: string;
  readonly chargingState?: string;
  readonly stoppedReason?: string;
  /** Readings of the import register in Wh: the first and the last. */
  readonly meterStartWh?: number;
  readonly meterEndWh?: number;
  /** How many events came, repeated ones not counted. */
  readonly events: number;
  /** Every rule that was broken, in words. */
  readonly problems: readonly string[];
}

/** Energy delivered so far, to the thousandth, or undefined while no register was read. */
export function energyWh({ meterStartWh, meterEndWh }: TransactionRecord): number | undefined {
  if (meterStartWh === undefined || meterEndWh === undefined) return undefined;
  return Math.round((meterEndWh - meterStartWh) * 1000) / 1000;
}

/** The transaction with `event` taken in; new entries of `problems` are what is wrong with the event. */
export function applyEvent(
  identity: string,
  before: TransactionRecord | undefined,
  event: TransactionEvent,
): TransactionRecord {
  const record = merge(identity, before, event);
  const problems = [
    ...orderProblems(before, event),
    ...meterProblems(isWholeCourse(event) ? undefined : before?.meterEndWh, event.readings),
    ...(event.eventType === "Ended" ? endProblems(record) : []),
  ];
  return { ...record, problems: [...(before?.problems ?? []), ...problems] };
}

/** The same event again, because the station did not get our answer, is in order; another one under its number is not. */
export function repeatProblems(known: object, again: object, seqNo: number): string[] {
  const same = isDeepStrictEqual({ ...known, offline: true }, { ...again, offline: true });
  return same ? [] : [`seqNo ${seqNo} came twice with different content`];
}

function merge(
  identity: string,
  before: TransactionRecord | undefined,
  event: TransactionEvent,
): Omit<TransactionRecord, "problems"> {
  const { chargingState, connectorId, evseId, idToken, readings, seqNo, stoppedReason, timestamp, transactionId } =
    event;
  const [first] = readings;
  const latest = readings.at(-1);
  // After a loss of power the course that was kept may end before what was told last.
  const last = latest !== undefined && isWholeCourse(event) ? Math.max(latest, before?.meterEndWh ?? latest) : latest;
  return {
    ...(before ?? { identity, transactionId, startedAt: timestamp, lastSeqNo: seqNo, lastTimestamp: timestamp }),
    ...(evseId !== undefined && { evseId, ...(connectorId !== undefined && { connectorId }) }),
    ...(idToken && !before?.idToken && { idToken }),
    ...(chargingState !== undefined && { chargingState }),
    ...(stoppedReason !== undefined && { stoppedReason }),
    ...(event.eventType === "Ended" && { endedAt: timestamp }),
    ...(first !== undefined && before?.meterStartWh === undefined && { meterStartWh: first }),
    ...(last !== undefined && { meterEndWh: last }),
    ...(before && before.lastSeqNo > seqNo ? {} : { lastSeqNo: seqNo, lastTimestamp: timestamp }),
    events: (before?.events ?? 0) + 1,
  };
}

/** An Ended of OCPP 2.0.1 may bring the readings of the whole transaction once more, from its begin (J02). */
function isWholeCourse({ eventType, readings }: TransactionEvent): boolean {
  return eventType === "Ended" && readings.length > 1;
}

function orderProblems(before: TransactionRecord | undefined, { eventType, seqNo, timestamp }: TransactionEvent) {
  if (!before) return eventType === "Started" && seqNo === 0 ? [] : [`begins with ${eventType}, seqNo ${seqNo}`];
  return [
    ...(before.endedAt === undefined ? [] : [`${eventType} after Ended`]),
    ...(eventType === "Started" ? ["Started twice"] : []),
    ...(seqNo === before.lastSeqNo + 1 ? [] : [`seqNo ${seqNo} follows ${before.lastSeqNo}`]),
    ...(readDateTime(timestamp) < readDateTime(before.lastTimestamp)
      ? [`${timestamp} follows ${before.lastTimestamp}`]
      : []),
  ];
}

function meterProblems(before: number | undefined, readings: readonly number[]): string[] {
  const series = before === undefined ? readings : [before, ...readings];
  const fall = series.findIndex((reading, index) => reading < (series[index - 1] ?? reading));
  return fall < 0 ? [] : [`the meter runs backwards: ${series[fall]} Wh after ${series[fall - 1]} Wh`];
}

function endProblems({ idToken, meterEndWh = 0, meterStartWh = 0 }: Omit<TransactionRecord, "problems">): string[] {
  return !idToken && meterEndWh > meterStartWh ? ["energy was delivered to nobody: no event has an idToken"] : [];
}
