/** What the energy tree grants the EVSE, in the words of schedules. */
import type { EnforcedLimits, LimitsRes } from "../../interfaces/types/energy.ts";
import type { Grant } from "../../secc/evse.ts";

/** @param now milliseconds since 1970; what holds at this moment is what is enforced, whatever was planned. */
export function grantsOf({ limits_root_side, schedule }: EnforcedLimits, now: number, nominalVoltage: number): Grant[] {
  const planned = schedule.map(({ timestamp, limits_to_root }) =>
    grant(Date.parse(timestamp), limits_to_root, nominalVoltage),
  );
  const later = planned.filter(({ from }) => from > now).sort((a, b) => a.from - b.from);
  return [grant(now, limits_root_side, nominalVoltage), ...later];
}

/** A limit to some of the phases is one in watt, as the EV may have asked for all of them. */
function grant(from: number, limits: LimitsRes, volt: number): Grant {
  const current = limits.ac_max_current_A?.value;
  const phases = limits.ac_max_phase_count?.value;
  const byPhases = current === undefined || phases === undefined ? Number.POSITIVE_INFINITY : current * phases * volt;
  const power = Math.min(limits.total_power_W?.value ?? Number.POSITIVE_INFINITY, byPhases);
  return { from, current, power: Number.isFinite(power) ? power : undefined };
}
