/** Power meter readings as OCPP 1.6 meter values (7.33, 7.43). */
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { MeterValue, ReadingContext, SampledValue, UnitOfMeasure } from "../../ocpp/v16/types.ts";
import { type Measured, measured, type Reading } from "../measurands.ts";

/** Digits after the point that a text of a value keeps. */
const DECIMALS = 3;

/** What of a reading is asked for; undefined when nothing of it is, as an empty list says nothing. */
export function meterValue(
  reading: Reading,
  context: ReadingContext,
  measurands: readonly string[],
): MeterValue | undefined {
  const values = measured(reading, measurands).map((value) => sampled(value, context));
  const heat = measurands.includes("Temperature") ? temperatures(reading.powermeter, context) : [];
  const sampledValue = [...values, ...heat];
  return sampledValue.length > 0 ? { timestamp: reading.powermeter.timestamp, sampledValue } : undefined;
}

/** What the meter has signed, as one value without a measurand. */
export function signedMeterValue(data: string, context: ReadingContext, timestamp: string): MeterValue {
  return { timestamp, sampledValue: [{ value: data, context, format: "SignedData" }] };
}

/** Wh as the integer that StartTransaction and StopTransaction carry. */
export function wholeWh(energyWh: number): number {
  return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.round(energyWh)));
}

function sampled({ value, measurand, unit, phase, location }: Measured, context: ReadingContext): SampledValue {
  return {
    value: numberText(value),
    context,
    format: "Raw",
    measurand,
    ...(phase ? { phase } : {}),
    location: location ?? "Outlet",
    ...unitOf(unit),
  };
}

/** 1.6 has no hertz; a frequency is in hertz all the same. */
function unitOf(unit: Measured["unit"]): { unit?: UnitOfMeasure } {
  return unit === "Hz" ? {} : { unit };
}

function temperatures({ temperatures = [] }: Powermeter, context: ReadingContext): SampledValue[] {
  return temperatures.map(({ temperature }) => ({
    value: numberText(temperature),
    context,
    format: "Raw",
    measurand: "Temperature",
    unit: "Celsius",
  }));
}

function numberText(value: number): string {
  return String(Number(value.toFixed(DECIMALS)));
}
