/**
 * One EVSE's charger (EVerest's Charger) as a pure function: an event comes in, a state and effects come out. It never
 * allows power without an authorization for the present session and a transaction.
 */

import { InternalError } from "../../../util/errors.ts";
import { note } from "./events.ts";
import type { ChargerConfig, ChargerEffect, ChargerEvent, ChargerState } from "./model.ts";
import { states } from "./states.ts";
import { Turn } from "./turn.ts";

export interface ChargerStep {
  readonly state: ChargerState;
  readonly effects: readonly ChargerEffect[];
  /** Feed a tick then (ms, monotonic). */
  readonly wakeAt?: number | undefined;
}

/** No chain of states that follow each other at once is longer. */
const MAX_CHAIN = 20;

/** @param now milliseconds of the monotonic clock. */
export function charger(state: ChargerState, event: ChargerEvent, config: ChargerConfig, now: number): ChargerStep {
  const turn = new Turn(state, config, now);
  settle(turn);
  note(turn, event);
  settle(turn);
  return { state: turn.state, effects: turn.effects, wakeAt: turn.wakeAt };
}

/** Goes from state to state until one stays. */
function settle(turn: Turn): void {
  for (let chain = 0; chain < MAX_CHAIN; chain++) {
    turn.forgetMoments();
    expireLimit(turn);
    enter(turn);
    const next = states[turn.state.name].run(turn);
    if (next === undefined) return;
    turn.go(next);
  }
  throw new InternalError(`the charger does not come to rest in ${turn.state.name}`);
}

function enter(turn: Turn): void {
  const { state } = turn;
  if (!state.fresh) return;
  state.fresh = false;
  state.since = turn.now;
  turn.do({ do: "state", name: state.name });
  states[state.name].enter?.(turn);
}

/** What the energy tree granted ends by itself. */
function expireLimit(turn: Turn): void {
  const { limit, dcLimit } = turn.state;
  if (dcLimit.watt > 0 && turn.passed(dcLimit.validUntil)) turn.state.dcLimit = { ...dcLimit, ampere: 0, watt: 0 };
  if (limit.ampere === 0 || !turn.passed(limit.validUntil)) return;
  turn.state.limit = { ampere: 0, validUntil: limit.validUntil };
  turn.do({ do: "ampereLimit", ampere: 0 });
}
