/** What EVerest's power meters measure, in OCPP's quantities; the versions only write them down differently. */
import type { Powermeter } from "../interfaces/types/powermeter.ts";
import type { SignedMeterValue } from "../interfaces/types/units_signed.ts";
import type { PhaseEnumType } from "../ocpp/v201/messages.generated.ts";

export interface Reading {
  readonly powermeter: Powermeter;
  /** State of charge in percent, when the car told it. */
  readonly soc?: number;
  /** What the station lets the car have, in ampere a phase and in watt. */
  readonly offered?: Offered;
  /** Stands for the whole reading, when the meter signs it as one. */
  readonly signed?: SignedMeterValue;
}

export interface Offered {
  readonly current_A?: number;
  readonly power_W?: number;
}

export const measurands = [
  "Energy.Active.Import.Register",
  "Energy.Active.Export.Register",
  "Power.Active.Import",
  "Power.Active.Export",
  "Power.Reactive.Import",
  "Current.Import",
  "Voltage",
  "Frequency",
  "Current.Offered",
  "Power.Offered",
  "SoC",
] as const;

/** One measured value. */
export interface Measured {
  readonly measurand: (typeof measurands)[number];
  readonly value: number;
  readonly unit: "Wh" | "W" | "var" | "A" | "V" | "Hz" | "Percent";
  readonly phase?: PhaseEnumType;
  /** Absent: at the outlet. */
  readonly location?: "EV";
}

type Part = "total" | "DC" | "L1" | "L2" | "L3" | "N";
type Parts = { readonly [P in Part]?: number };

interface Source {
  readonly measurand: Measured["measurand"];
  readonly unit: Measured["unit"];
  readonly parts: (reading: Reading) => Parts | undefined;
  /** How a conductor is named for this quantity. */
  readonly phase: (part: Part) => PhaseEnumType | undefined;
  readonly location?: "EV";
}

const none = () => undefined;
const conductor = (part: Part): PhaseEnumType | undefined => (part === "total" || part === "DC" ? undefined : part);
const toNeutral = (part: Part): PhaseEnumType | undefined =>
  part === "L1" || part === "L2" || part === "L3" ? `${part}-N` : undefined;
const total = (value: number | undefined): Parts | undefined => (value === undefined ? undefined : { total: value });

const sources: readonly Source[] = [
  {
    measurand: "Energy.Active.Import.Register",
    unit: "Wh",
    parts: ({ powermeter }) => powermeter.energy_Wh_import,
    phase: conductor,
  },
  {
    measurand: "Energy.Active.Export.Register",
    unit: "Wh",
    parts: ({ powermeter }) => powermeter.energy_Wh_export,
    phase: conductor,
  },
  {
    measurand: "Power.Active.Import",
    unit: "W",
    parts: ({ powermeter }) => flowing(powermeter.power_W, 1),
    phase: conductor,
  },
  {
    measurand: "Power.Active.Export",
    unit: "W",
    parts: ({ powermeter }) => flowing(powermeter.power_W, -1),
    phase: conductor,
  },
  { measurand: "Power.Reactive.Import", unit: "var", parts: ({ powermeter }) => powermeter.VAR, phase: conductor },
  { measurand: "Current.Import", unit: "A", parts: ({ powermeter }) => powermeter.current_A, phase: conductor },
  { measurand: "Voltage", unit: "V", parts: ({ powermeter }) => powermeter.voltage_V, phase: toNeutral },
  { measurand: "Frequency", unit: "Hz", parts: ({ powermeter }) => total(powermeter.frequency_Hz?.L1), phase: none },
  { measurand: "Current.Offered", unit: "A", parts: ({ offered }) => total(offered?.current_A), phase: none },
  { measurand: "Power.Offered", unit: "W", parts: ({ offered }) => total(offered?.power_W), phase: none },
  { measurand: "SoC", unit: "Percent", parts: ({ soc }) => total(soc), phase: none, location: "EV" },
];

/** EVerest gives power with a sign, OCPP two quantities without: what flows the other way is none. */
function flowing(power: Parts | undefined, sign: 1 | -1): Parts | undefined {
  return power && Object.fromEntries(Object.entries(power).map(([part, watts]) => [part, Math.max(0, sign * watts)]));
}

/** What a reading has of the quantities that are asked for, in the order of {@link measurands}. */
export function measured(reading: Reading, wanted: readonly string[]): Measured[] {
  return sources
    .filter(({ measurand }) => wanted.includes(measurand))
    .flatMap(({ measurand, unit, parts, phase, location }) =>
      (Object.entries(parts(reading) ?? {}) as [Part, number][]).map(([part, value]) => {
        const name = phase(part);
        return { measurand, value, unit, ...(name ? { phase: name } : {}), ...(location ? { location } : {}) };
      }),
    );
}
