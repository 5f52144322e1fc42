/** From a tree of requests to limits for its outlets. */
import type {
  EnergyFlowRequest,
  EnforcedLimits,
  IntegerWithSource,
  LimitsRes,
  ScheduleResEntry,
} from "../../interfaces/types/energy.ts";
import { isoTime } from "../../util/clock.ts";
import { type Capacity, type Consumer, distribute, type Share } from "./distribute.ts";
import type { Config } from "./manifest.ts";
import { decidePhases, newHistory, type PhaseHistory } from "./phases.ts";
import { limitsAt, type NodeLimits, slotTimes } from "./schedules.ts";

/** Limits hold for so many update intervals, so that a lost round does no harm. */
const VALID_INTERVALS = 10;
const fallbackPhases: IntegerWithSource = { value: 3, source: "EnergyManager_Fallback" };

/** A node of the tree at one time in one direction. */
interface Market {
  readonly request: EnergyFlowRequest;
  readonly limits: NodeLimits;
  readonly ampere: Capacity | undefined;
  readonly watt: Capacity | undefined;
}

/** An outlet with all nodes from it to the grid. */
interface Outlet {
  readonly uuid: string;
  readonly request: EnergyFlowRequest;
  readonly path: readonly Market[];
}

type Direction = "import" | "export";

/** What an outlet is offered: the tightest limits on its way. */
interface Offer {
  readonly ampere: boolean;
  readonly watt?: { readonly value: number; readonly source: string };
  readonly minAmpere: number;
  readonly maxPhases: IntegerWithSource;
  readonly minPhases: IntegerWithSource;
  readonly activePhases: number;
}

export class Optimizer {
  readonly #config: Config;
  readonly #histories = new Map<string, PhaseHistory>();

  constructor(config: Config) {
    this.#config = config;
  }

  /** Limits for every outlet of the tree, in the tree's order. */
  run(request: EnergyFlowRequest, now: number): EnforcedLimits[] {
    const { schedule_interval_duration, schedule_total_duration, update_interval } = this.#config;
    const times = slotTimes(request, now, schedule_interval_duration, schedule_total_duration);
    const current = Math.max(
      0,
      times.findLastIndex((time) => time <= now),
    );
    const schedules = new Map<string, ScheduleResEntry[]>();
    times.forEach((time, slot) => {
      for (const [uuid, limits] of this.#share(request, time, slot === current ? now : undefined)) {
        const schedule = schedules.get(uuid) ?? [];
        schedules.set(uuid, [...schedule, { timestamp: isoTime(time), limits_to_root: limits }]);
      }
    });
    return [...schedules].map(([uuid, schedule]) => ({
      uuid,
      valid_for: update_interval * VALID_INTERVALS,
      limits_root_side: schedule[current]?.limits_to_root ?? {},
      schedule,
    }));
  }

  /** @param now given for the running slot only, whose decisions are remembered. */
  #share(request: EnergyFlowRequest, time: number, now: number | undefined): Map<string, LimitsRes> {
    const charging = outletsOf(request, "import", time).filter(({ path }) => canFlow(path));
    const ids = new Set(charging.map(({ uuid }) => uuid));
    const feeding = outletsOf(request, "export", time).filter(({ uuid, path }) => !ids.has(uuid) && canFlow(path));
    const shares = [...this.#shareOut(charging, 1, time, now), ...this.#shareOut(feeding, -1, time, now)];
    const shared = new Map(shares);
    const all = outletsOf(request, "import", time);
    return new Map(all.map(({ uuid, path }) => [uuid, shared.get(uuid) ?? noFlow(path)]));
  }

  #shareOut(outlets: readonly Outlet[], sign: 1 | -1, time: number, now: number | undefined): [string, LimitsRes][] {
    const plans = outlets.map((outlet) => {
      const offer = offerOf(outlet.path);
      const phases = sign === 1 ? this.#phases(outlet, offer, time, now) : fallbackPhases;
      return { uuid: outlet.uuid, offer, phases, consumer: this.#consumer(outlet.path, offer, phases.value) };
    });
    const shares = distribute(plans.map(({ consumer }) => consumer));
    return plans.map(({ uuid, offer, phases }, i) => {
      const { value, source } = shares[i] ?? { value: 0, source: "" };
      return [uuid, this.#limits({ value: sign * value, source }, offer, phases)];
    });
  }

  #consumer(path: readonly Market[], offer: Offer, phases: number): Consumer {
    const { nominal_ac_voltage, slice_ampere, slice_watt } = this.#config;
    const wattPerUnit = offer.ampere ? phases * nominal_ac_voltage : 1;
    const draws = path.flatMap(({ ampere, watt }) => [
      ...(ampere && offer.ampere ? [{ from: ampere, weight: 1 }] : []),
      ...(watt ? [{ from: watt, weight: wattPerUnit }] : []),
    ]);
    const pace = offer.ampere ? 1 : slice_watt / slice_ampere;
    return { draws, pace, minimum: offer.ampere ? offer.minAmpere : 0 };
  }

  #limits(share: Share, offer: Offer, phases: IntegerWithSource): LimitsRes {
    if (!offer.ampere) return offer.watt ? { total_power_W: share } : {};
    const watt = { value: share.value * phases.value * this.#config.nominal_ac_voltage, source: share.source };
    return {
      ac_max_current_A: share,
      ...(offer.watt && { total_power_W: watt }),
      ...(share.value !== 0 && { ac_max_phase_count: phases }),
    };
  }

  #phases({ uuid, request }: Outlet, offer: Offer, time: number, now: number | undefined): IntegerWithSource {
    const running = now !== undefined;
    const ended = request.evse_state === "Unplugged" || request.evse_state === "Finished";
    const known = ended ? undefined : this.#histories.get(uuid);
    const history = known ?? newHistory(now ?? time, this.#config);
    if (running) this.#histories.set(uuid, history);
    const { activePhases, maxPhases, minPhases, minAmpere, watt } = offer;
    return decidePhases(
      { now: now ?? time, active: activePhases, max: maxPhases, min: minPhases, minAmpere, ...(watt && { watt }) },
      running ? history : { ...history },
      this.#config,
    );
  }
}

function outletsOf(
  request: EnergyFlowRequest,
  direction: Direction,
  time: number,
  above: readonly Market[] = [],
): Outlet[] {
  const limits = limitsAt(request, direction, time);
  const capacity = (limit: { value: number; source: string } | undefined): Capacity | undefined =>
    limit && { left: limit.value, source: limit.source };
  const market: Market = { request, limits, ampere: capacity(limits.ampere), watt: capacity(limits.watt) };
  const path = [market, ...above];
  const own = request.node_type === "Evse" ? [{ uuid: request.uuid, request, path }] : [];
  return [...own, ...request.children.flatMap((child) => outletsOf(child, direction, time, path))];
}

function canFlow(path: readonly Market[]): boolean {
  return path.every(({ limits }) => limits.ampere?.value !== 0 && limits.watt?.value !== 0);
}

/** Nothing, in the units that the limits on the way use, and on whose behalf. */
function noFlow(path: readonly Market[]): LimitsRes {
  const source =
    path
      .map(({ limits: { ampere, watt } }) => [ampere, watt].find((limit) => limit?.value === 0)?.source)
      .find(Boolean) ?? "";
  const zero = { value: 0, source };
  return {
    ...(path.some(({ limits }) => limits.ampere) && { ac_max_current_A: zero }),
    ...(path.some(({ limits }) => limits.watt) && { total_power_W: zero }),
  };
}

function tightest<T extends { value: number }>(values: readonly (T | undefined)[]): T | undefined {
  return values.reduce((least, value) => (value && (!least || value.value < least.value) ? value : least), undefined);
}

function offerOf(path: readonly Market[]): Offer {
  const all = path.map(({ limits }) => limits);
  const watt = tightest(all.map((limits) => limits.watt));
  const most = (values: readonly ({ value: number } | undefined)[]) =>
    Math.max(0, ...values.map((it) => it?.value ?? 0));
  const minPhases = most(all.map((limits) => limits.minPhases));
  return {
    ampere: all.some((limits) => limits.ampere),
    ...(watt && { watt }),
    minAmpere: most(all.map((limits) => limits.minAmpere)),
    maxPhases: tightest(all.map((limits) => limits.maxPhases)) ?? fallbackPhases,
    minPhases: minPhases > 0 ? { value: minPhases, source: "EnergyManager_MinPhases" } : fallbackPhases,
    activePhases: all.find((limits) => limits.activePhases !== undefined)?.activePhases ?? 3,
  };
}
