/** The composite schedule: what all charging profiles together allow over a while (OCPP 1.6, 3.13.4). Pure. */
import type { ChargingProfile, ChargingRateUnit, ChargingSchedulePeriod } from "../../ocpp/v16/types.ts";
import { type Cap, defined, inUnit, lowest, type Supply } from "./caps.ts";
import { type Spell, spellAt } from "./spells.ts";

/** The profiles that count at one connector. */
export interface ConnectorProfiles {
  /** Of the running transaction; it overrules the defaults. */
  readonly transaction: readonly ChargingProfile[];
  /** Of the connector first, then of the station: among equal stack levels the first counts. */
  readonly defaults: readonly ChargingProfile[];
  /** When the transaction began, or would begin. Milliseconds since the epoch. */
  readonly begin: number;
}

export interface Question {
  readonly from: number;
  /** In seconds. */
  readonly duration: number;
  readonly unit: ChargingRateUnit;
  /** One connector, or all of them for the whole station. */
  readonly connectors: readonly ConnectorProfiles[];
  readonly wholeStation: boolean;
  readonly stationMax: readonly ChargingProfile[];
  /** What counts at a connector where no profile speaks, in `unit`. */
  readonly defaultLimit: number;
  readonly supply: Supply;
  /** Where the answer ends at the latest. */
  readonly maxPeriods: number;
}

export interface Composite {
  /** In seconds: less than asked for when there are more periods than fit. */
  readonly duration: number;
  readonly periods: readonly ChargingSchedulePeriod[];
}

export function composite(question: Question): Composite {
  const { from, duration, maxPeriods } = question;
  const end = from + duration * 1000;
  const periods: ChargingSchedulePeriod[] = [];
  let at = from;
  // The steps are bounded too: a profile may change a thousand times a day without any effect.
  for (let step = 0; at < end && step < maxPeriods; step++) {
    const { period, until } = periodAt(question, at);
    const last = periods.at(-1);
    if (!last || last.limit !== period.limit || last.numberPhases !== period.numberPhases) periods.push(period);
    at = until;
  }
  if (periods.length === 0) periods.push(periodAt(question, from).period);
  return { duration: (Math.min(at, end) - from) / 1000, periods };
}

function periodAt(question: Question, at: number): { period: ChargingSchedulePeriod; until: number } {
  const { from, connectors, wholeStation, stationMax, defaultLimit, supply, unit } = question;
  const perConnector = connectors.map((connector) => connectorAt(connector, at));
  const max = layerAt(stationMax, at, connectors[0]?.begin ?? from);
  const inner = wholeStation ? sum(perConnector, question) : (perConnector[0]?.cap ?? {});
  const cap = lowest(inner, max.cap ?? {});
  const { numberPhases } = cap;
  return {
    period: {
      startPeriod: Math.floor((at - from) / 1000),
      limit: tenths(inUnit(cap, unit, supply) ?? defaultLimit),
      ...(numberPhases === undefined ? {} : { numberPhases }),
    },
    until: Math.min(max.until, ...perConnector.map(({ until }) => until)),
  };
}

function connectorAt({ transaction, defaults, begin }: ConnectorProfiles, at: number): Spell {
  const own = layerAt(transaction, at, begin);
  const others = layerAt(defaults, at, begin);
  const cap = own.cap ?? others.cap;
  return { ...(cap ? { cap } : {}), until: Math.min(own.until, others.until) };
}

/** Among those that speak the one with the highest stack level counts. */
function layerAt(profiles: readonly ChargingProfile[], at: number, begin: number): Spell {
  let cap: Cap | undefined;
  let level = -1;
  let until = Number.POSITIVE_INFINITY;
  for (const profile of profiles) {
    const spell = spellAt(profile, at, begin);
    until = Math.min(until, spell.until);
    if (!spell.cap || profile.stackLevel <= level) continue;
    level = profile.stackLevel;
    cap = spell.cap;
  }
  return { ...(cap ? { cap } : {}), until };
}

/** All connectors may charge at the same time. */
function sum(spells: readonly Spell[], { unit, supply, defaultLimit }: Question): Cap {
  const limits = spells.map(({ cap }) => inUnit(cap ?? {}, unit, supply) ?? defaultLimit);
  const phases = spells.flatMap(({ cap }) => cap?.numberPhases ?? []);
  const total = limits.reduce((all, limit) => all + limit, 0);
  return defined({ [unit]: total, numberPhases: phases.length > 0 ? Math.max(...phases) : undefined });
}

/** The schema has limits in steps of 0.1; rounding up would let more flow than allowed. */
function tenths(limit: number): number {
  return Math.floor(Number((limit * 10).toFixed(6))) / 10;
}
