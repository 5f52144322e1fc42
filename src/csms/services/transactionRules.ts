/** What a CSMS can hold against a transaction: order, completeness, meter values (OCPP 2.0.1, E01 to E08). Pure. */
import { isDeepStrictEqual } from "node:util";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type {
  ChargingStateEnumType,
  IdTokenType,
  MeterValueType,
  ReasonEnumType,
  SampledValueType,
  TransactionEventRequest,
} from "../../ocpp/v201/messages.generated.ts";

export interface TransactionRecord {
  readonly identity: string;
  readonly transactionId: string;
  readonly evseId?: number;
  readonly connectorId?: number;
  readonly idToken?: IdTokenType;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly lastSeqNo: number;
  readonly lastTimestamp: string;
  readonly chargingState?: ChargingStateEnumType;
  readonly stoppedReason?: ReasonEnumType;
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
  event: TransactionEventRequest,
): TransactionRecord {
  const readings = importReadings(event.meterValue ?? []);
  const record = merge(identity, before, event, readings);
  const problems = [
    ...orderProblems(before, event),
    ...meterProblems(before?.meterEndWh, readings),
    ...(event.eventType === "Ended" ? endProblems(record) : []),
  ];
  return { ...record, problems: [...(before?.problems ?? []), ...problems] };
}

/** The same event again, because the station did not get our answer, is in order; another one under its number is not. */
export function repeatProblems(known: TransactionEventRequest, again: TransactionEventRequest): string[] {
  const same = isDeepStrictEqual({ ...known, offline: true }, { ...again, offline: true });
  return same ? [] : [`seqNo ${again.seqNo} came twice with different content`];
}

function merge(
  identity: string,
  before: TransactionRecord | undefined,
  event: TransactionEventRequest,
  readings: readonly number[],
): Omit<TransactionRecord, "problems"> {
  const { evse, idToken, seqNo, timestamp, transactionInfo } = event;
  const { chargingState, stoppedReason, transactionId } = transactionInfo;
  const [first] = readings;
  const last = readings.at(-1);
  return {
    ...(before ?? { identity, transactionId, startedAt: timestamp, lastSeqNo: seqNo, lastTimestamp: timestamp }),
    ...(evse && { evseId: evse.id, ...(evse.connectorId !== undefined && { connectorId: evse.connectorId }) }),
    ...(idToken && !before?.idToken && { idToken }),
    ...(chargingState && { chargingState }),
    ...(stoppedReason && { stoppedReason }),
    ...(event.eventType === "Ended" && { endedAt: timestamp }),
    ...(first !== undefined && before?.meterStartWh === undefined && { meterStartWh: first }),
    ...(last !== undefined && { meterEndWh: last }),
    ...(before && before.lastSeqNo > seqNo ? {} : { lastSeqNo: seqNo, lastTimestamp: timestamp }),
    events: (before?.events ?? 0) + 1,
  };
}

function orderProblems(
  before: TransactionRecord | undefined,
  { eventType, seqNo, timestamp }: TransactionEventRequest,
) {
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

/** All readings of the import register in Wh, in order of their time stamps as they stand. */
function importReadings(meterValues: readonly MeterValueType[]): number[] {
  return meterValues.flatMap(({ sampledValue }) => sampledValue.filter(isImportRegister).map(inWattHours));
}

/** `Energy.Active.Import.Register` is what a sampled value without a measurand is. */
function isImportRegister({ measurand = "Energy.Active.Import.Register", phase }: SampledValueType): boolean {
  return measurand === "Energy.Active.Import.Register" && phase === undefined;
}

function inWattHours({ unitOfMeasure, value }: SampledValueType): number {
  const { multiplier = 0, unit = "Wh" } = unitOfMeasure ?? {};
  return value * 10 ** multiplier * (unit === "kWh" ? 1000 : 1);
}
