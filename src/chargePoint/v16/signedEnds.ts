/** What a meter signs at both ends of a transaction, and the room that StopTransaction has for it. */
import type { MeterValue, ReadingContext } from "../../ocpp/v16/types.ts";
import { signedMeterValue } from "./meterValues.ts";

/** Room for the message around the meter values of a transaction. */
const ENVELOPE_BYTES = 2048;

export interface SignedEnds {
  readonly begin?: MeterValue;
  readonly end?: MeterValue;
}

/** @param begin what the meter has signed, if it signs at all; likewise `end`. */
export function signedEnds(
  startedAt: string,
  begin: string | undefined,
  endedAt: string,
  end: { readonly signed_meter_data: string } | undefined,
): SignedEnds {
  const context = { begin: "Transaction.Begin", end: "Transaction.End" } satisfies Record<string, ReadingContext>;
  return {
    ...(begin === undefined ? {} : { begin: signedMeterValue(begin, context.begin, startedAt) }),
    ...(end ? { end: signedMeterValue(end.signed_meter_data, context.end, endedAt) } : {}),
  };
}

/**
 * The signed values with as many of those kept as fit into a message; some meters give the signature of the begin only at the end.
 *
 * @param take gives the values kept that have room in so many bytes.
 */
export function withSignedEnds(
  { begin, end }: SignedEnds,
  maxMessageSize: number,
  take: (room: number) => readonly MeterValue[],
): MeterValue[] {
  const size = (value: MeterValue | undefined) => (value ? Buffer.byteLength(JSON.stringify(value)) : 0);
  const kept = take(maxMessageSize - ENVELOPE_BYTES - size(begin) - size(end));
  return [...(begin && !kept.some(isSignedBegin) ? [begin] : []), ...kept, ...(end ? [end] : [])];
}

function isSignedBegin({ sampledValue }: MeterValue): boolean {
  return sampledValue.some(({ format, context }) => format === "SignedData" && context === "Transaction.Begin");
}
