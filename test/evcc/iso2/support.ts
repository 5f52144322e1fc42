import { expect } from "vitest";
import { iso2Car } from "../../../src/evcc/iso2/machine.ts";
import type { Iso2, Iso2Session } from "../../../src/evcc/iso2/protocol.ts";
import { type Incoming, react } from "../../../src/fsm/machine.ts";
import type { Outcome, Step } from "../../../src/fsm/state.ts";
import { type AcResponse, answers, response, session } from "../fixtures.ts";

/** What a good or changed answer makes the car do. */
export function take(name: AcResponse, change: object = {}, given: Partial<Iso2Session> = {}): Outcome<Iso2> {
  const state = name.slice(0, -3);
  return outcome(state, session(given), response(name, change));
}

export function outcome(state: string, from: Iso2Session, incoming: Incoming<Iso2>): Outcome<Iso2> {
  const found = react(iso2Car, state, from, incoming);
  if ("gather" in found) throw new TypeError("the car asks nobody");
  return found;
}

/** The decision of a pause, as the session then is. */
export function resumed(paused: Outcome<Iso2>, given: Partial<Iso2Session> = {}): Step<Iso2> {
  if (!("until" in paused)) throw new TypeError("no pause");
  const then = session({ ...paused.session, ...given });
  expect(paused.until(then)).toBe(then.ending !== undefined || then.renegotiating);
  return paused.decide(then);
}

export const ended = (what: object) => ({ next: "Terminated", session: { outcome: expect.objectContaining(what) } });
export const sends = (name: string, message: object = expect.anything()) => ({ reply: { name, message } });
export const variable = (name: string, value: unknown = null) => ({ to: "ev", name, value });
export const status = (change: object) => ({ AC_EVSEStatus: { ...answers.PowerDeliveryRes.AC_EVSEStatus, ...change } });
