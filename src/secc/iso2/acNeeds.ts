/** What an AC EV tells of itself (ISO 15118-2, 8.5.3.2). */
import type { AC_EVChargeParameter } from "../../iso15118/iso2/index.ts";
import { plainValue } from "../../iso15118/physicalValue.ts";
import { type Effect, publish } from "../effects.ts";

/** In SI units and within what the interface ISO15118_charger takes. */
export interface AcNeeds {
  readonly energy: number;
  readonly maxVoltage: number;
  readonly maxCurrent: number;
  readonly minCurrent: number;
}

export function acNeeds(ev: AC_EVChargeParameter): AcNeeds {
  const within = (value: Parameters<typeof plainValue>[0], most: number) => Math.min(plainValue(value), most);
  return {
    energy: within(ev.EAmount, 200_000),
    maxVoltage: within(ev.EVMaxVoltage, 1000),
    maxCurrent: within(ev.EVMaxCurrent, 400),
    minCurrent: within(ev.EVMinCurrent, 400),
  };
}

export function acTold({ energy, maxVoltage, maxCurrent, minCurrent }: AcNeeds): Effect[] {
  return [
    publish("ac_eamount", energy),
    publish("ac_ev_max_voltage", maxVoltage),
    publish("ac_ev_max_current", maxCurrent),
    publish("ac_ev_min_current", minCurrent),
  ];
}
