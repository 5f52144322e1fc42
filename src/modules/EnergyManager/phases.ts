/** How many phases an AC outlet is to charge with. */
import type { IntegerWithSource } from "../../interfaces/types/energy.ts";
import type { Config } from "./manifest.ts";

/** What was decided before in the running session. */
export interface PhaseHistory {
  /** Milliseconds since 1970 at which one phase was right the last time. */
  onePhaseAt: number;
  active: number | undefined;
  switches: number;
}

export interface PhaseQuestion {
  readonly now: number;
  readonly active: number;
  readonly max: IntegerWithSource;
  readonly min: IntegerWithSource;
  /** Ampere with which the car can charge at least. */
  readonly minAmpere: number;
  /** Watt that there are; absent = as much as the current makes. */
  readonly watt?: { readonly value: number; readonly source: string };
}

export function newHistory(now: number, config: Config): PhaseHistory {
  return { onePhaseAt: now - config.switch_3ph1ph_time_hysteresis_s * 1000, active: undefined, switches: 0 };
}

/** Decides, and notes what must be remembered. */
export function decidePhases(question: PhaseQuestion, history: PhaseHistory, config: Config): IntegerWithSource {
  const { active, max, min, minAmpere, watt, now } = question;
  if (history.active !== undefined && history.active !== active) history.switches++;
  history.active = active;
  const needed = minAmpere * max.value * config.nominal_ac_voltage;
  if (config.switch_3ph1ph_while_charging_mode === "Never" || !watt || needed <= 0) return max;
  const wanted = withinSwitchLimit(bestPhases(question, needed, watt, config), question, history, config);
  if (wanted.value === min.value) history.onePhaseAt = now;
  const stable = now - history.onePhaseAt >= config.switch_3ph1ph_time_hysteresis_s * 1000;
  return wanted.value === max.value && !stable ? min : wanted;
}

function bestPhases(
  { active, max, min }: PhaseQuestion,
  needed: number,
  watt: { readonly value: number; readonly source: string },
  config: Config,
): IntegerWithSource {
  if (watt.value < needed) return { value: min.value, source: watt.source };
  const plenty = watt.value > needed + config.switch_3ph1ph_power_hysteresis_W;
  if (plenty && config.switch_3ph1ph_while_charging_mode === "Both") return max;
  return { value: active, source: "EnergyManager_KeepPhases" };
}

function withinSwitchLimit(
  wanted: IntegerWithSource,
  { active, max, min }: PhaseQuestion,
  { switches }: PhaseHistory,
  config: Config,
): IntegerWithSource {
  const limit = config.switch_3ph1ph_max_nr_of_switches_per_session;
  if (limit === 0 || switches <= limit) return wanted;
  const kept = { SinglePhase: min, ThreePhase: max, DontChange: { value: active, source: "EnergyManager_KeepPhases" } };
  return kept[config.switch_3ph1ph_switch_limit_stickyness];
}
