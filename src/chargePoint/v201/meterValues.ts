/** EVerest's power meter readings as OCPP 2.0.1 meter values (part 2, J). */
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { SignedMeterValue } from "../../interfaces/types/units_signed.ts";
import type {
  MeasurandEnumType,
  MeterValueType,
  PhaseEnumType,
  ReadingContextEnumType,
  SampledValueType,
  SignedMeterValueType,
} from "../../ocpp/v201/messages.generated.ts";

export interface Reading {
  readonly powermeter: Powermeter;
  /** State of charge in percent, when the car told it. */
  readonly soc?: number;
  /** Stands for the whole reading, when the meter signs it as one. */
  readonly signed?: SignedMeterValue;
}

type Part = "total" | "DC" | "L1" | "L2" | "L3" | "N";
type Parts = { readonly [P in Part]?: number };

interface Source {
  readonly measurand: MeasurandEnumType;
  readonly unit: string;
  readonly parts: (meter: Powermeter) => Parts | undefined;
  /** How a conductor is named for this quantity. */
  readonly phase: (part: Part) => PhaseEnumType | undefined;
}

const none = () => undefined;
const conductor = (part: Part): PhaseEnumType | undefined => (part === "total" || part === "DC" ? undefined : part);
const toNeutral = (part: Part): PhaseEnumType | undefined =>
  part === "L1" || part === "L2" || part === "L3" ? `${part}-N` : undefined;

const sources: readonly Source[] = [
  { measurand: "Energy.Active.Import.Register", unit: "Wh", parts: (m) => m.energy_Wh_import, phase: conductor },
  { measurand: "Energy.Active.Export.Register", unit: "Wh", parts: (m) => m.energy_Wh_export, phase: conductor },
  { measurand: "Power.Active.Import", unit: "W", parts: (m) => importing(m.power_W, 1), phase: conductor },
  { measurand: "Power.Active.Export", unit: "W", parts: (m) => importing(m.power_W, -1), phase: conductor },
  { measurand: "Power.Reactive.Import", unit: "var", parts: (m) => m.VAR, phase: conductor },
  { measurand: "Current.Import", unit: "A", parts: (m) => m.current_A, phase: conductor },
  { measurand: "Voltage", unit: "V", parts: (m) => m.voltage_V, phase: toNeutral },
  { measurand: "Frequency", unit: "Hz", parts: (m) => m.frequency_Hz && { total: m.frequency_Hz.L1 }, phase: none },
];

/** EVerest gives power with a sign, OCPP two quantities without: what flows the other way is none. */
function importing(power: Parts | undefined, sign: 1 | -1): Parts | undefined {
  return power && Object.fromEntries(Object.entries(power).map(([part, watts]) => [part, Math.max(0, sign * watts)]));
}

/**
 * What of a reading is asked for; undefined when nothing of it is, as an empty list may not be sent.
 *
 * @param measurands names as in SampledDataCtrlr and AlignedDataCtrlr.
 * @param sign whether signed values go along (SignReadings).
 */
export function meterValue(
  { powermeter, soc, signed }: Reading,
  context: ReadingContextEnumType,
  measurands: readonly string[],
  sign = false,
): MeterValueType | undefined {
  const wanted = sources.filter(({ measurand }) => measurands.includes(measurand));
  const sampledValue = wanted.flatMap((source) => sampled(source, powermeter, context));
  if (soc !== undefined && measurands.includes("SoC")) {
    sampledValue.push({ value: soc, context, measurand: "SoC", location: "EV", unitOfMeasure: { unit: "Percent" } });
  }
  const first = sampledValue[0];
  const signature = sign ? (signed ?? powermeter.signed_meter_value) : undefined;
  if (first && signature) sampledValue[0] = { ...first, signedMeterValue: toSigned(signature) };
  return first && { timestamp: powermeter.timestamp, sampledValue };
}

function sampled(source: Source, meter: Powermeter, context: ReadingContextEnumType): SampledValueType[] {
  const parts = Object.entries(source.parts(meter) ?? {}) as [Part, number][];
  return parts.map(([part, value]) => {
    const phase = source.phase(part);
    return {
      value,
      context,
      measurand: source.measurand,
      ...(phase ? { phase } : {}),
      unitOfMeasure: { unit: source.unit },
    };
  });
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

/** Leaves out every other intermediate value until at most `limit` are left; the first and the last always stay (E06, J02). */
export function thinOut<T>(values: readonly T[], limit: number): T[] {
  let kept = [...values];
  while (kept.length > Math.max(2, limit)) {
    const last = kept.length - 1;
    kept = kept.filter((_, index) => index === 0 || index === last || index % 2 === 0);
  }
  return kept;
}
