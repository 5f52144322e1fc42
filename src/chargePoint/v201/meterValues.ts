/** Power meter readings as OCPP 2.0.1 meter values (part 2, J). */
import type { SignedMeterValue } from "../../interfaces/types/units_signed.ts";
import type {
  MeterValueType,
  ReadingContextEnumType,
  SampledValueType,
  SignedMeterValueType,
} from "../../ocpp/v201/messages.generated.ts";
import { type Measured, measured, type Reading } from "../measurands.ts";

/**
 * What of a reading is asked for; undefined when nothing of it is, as an empty list may not be sent.
 *
 * @param measurands names as in SampledDataCtrlr and AlignedDataCtrlr.
 * @param sign whether signed values go along (SignReadings).
 */
export function meterValue(
  reading: Reading,
  context: ReadingContextEnumType,
  measurands: readonly string[],
  sign = false,
): MeterValueType | undefined {
  const { powermeter, signed } = reading;
  const sampledValue = measured(reading, measurands).map((value) => sampled(value, context));
  const first = sampledValue[0];
  const signature = sign ? (signed ?? powermeter.signed_meter_value) : undefined;
  if (first && signature) sampledValue[0] = { ...first, signedMeterValue: toSigned(signature) };
  return first && { timestamp: powermeter.timestamp, sampledValue };
}

function sampled({ unit, ...value }: Measured, context: ReadingContextEnumType): SampledValueType {
  return { ...value, context, unitOfMeasure: { unit } };
}

function toSigned(signed: SignedMeterValue): SignedMeterValueType {
  return {
    signedMeterData: signed.signed_meter_data,
    signingMethod: signed.signing_method,
    encodingMethod: signed.encoding_method,
    publicKey: signed.public_key ?? "",
  };
}

/** Adds the signature of the first value where the meter gives it only at the end. */
export function signBegin(values: readonly MeterValueType[], signature: SignedMeterValue): MeterValueType[] {
  const unsigned = ({ context, signedMeterValue }: SampledValueType) =>
    context === "Transaction.Begin" && signedMeterValue === undefined;
  const [begin, ...others] = values;
  const [first, ...rest] = begin?.sampledValue ?? [];
  if (!begin || !first || !unsigned(first)) return [...values];
  return [{ ...begin, sampledValue: [{ ...first, signedMeterValue: toSigned(signature) }, ...rest] }, ...others];
}
