import type { CheckBench } from "./cableCheck.ts";
import { checkPoint, evMaxVoltage, isolationVoltage } from "./limits.ts";
import type { DcTurn } from "./turn.ts";

/** Ampere at most in the check; it also limits what a short circuit lets flow (IEC 61851-23, 6.3.1.109). */
const CHECK_CURRENT = 2;

/** What the check of the cable needs of the output. */
export function benchOf(turn: DcTurn): CheckBench {
  const { draft, config } = turn;
  const most = draft.capabilities?.max_export_voltage_V ?? 0;
  return {
    config,
    contactorOpen: turn.contactorOpen,
    testVoltage: config.isolationVoltage ?? isolationVoltage(evMaxVoltage(draft.evLimits), most),
    raise(volt) {
      const point = checkPoint(draft, volt, CHECK_CURRENT);
      if (!point) return false;
      turn.raise(point, "CableCheck");
      return true;
    },
    lower: () => turn.lower(),
  };
}
