import type { EnergyTransferMode } from "../../interfaces/types/iso15118.ts";
import type { Evse } from "../evse.ts";

/** The modes of DIN SPEC 70121, which is for DC only; the more capable one first. */
const dinModes = ["DC_extended", "DC_core"] as const satisfies readonly EnergyTransferMode[];
export type DinMode = (typeof dinModes)[number];

/** The EVSE's modes as far as DIN SPEC 70121 knows them. */
export function energyTransferModes({ energyTransferModes: modes }: Evse): readonly DinMode[] {
  return dinModes.filter((mode) => modes.includes(mode));
}
