/** Readings of the import register among sampled values. Pure. */

/** A sampled value of whatever version, its value as a number. */
export interface Sample {
  readonly value: number;
  /** `Energy.Active.Import.Register` when absent. */
  readonly measurand?: string;
  /** Of the whole connector when absent. */
  readonly phase?: string;
  /** `Wh` when absent. */
  readonly unit?: string;
  /** A power of ten; 0 when absent. */
  readonly multiplier?: number;
}

/** In Wh, in the order of the samples; those of other registers and single phases are left out. */
export function importReadings(samples: readonly Sample[]): number[] {
  return samples.filter(isImportRegister).map(inWattHours);
}

function isImportRegister({ measurand = "Energy.Active.Import.Register", phase, value }: Sample): boolean {
  return measurand === "Energy.Active.Import.Register" && phase === undefined && Number.isFinite(value);
}

function inWattHours({ multiplier = 0, unit = "Wh", value }: Sample): number {
  return value * 10 ** multiplier * (unit === "kWh" ? 1000 : 1);
}
