/** What a session wants to happen outside, as values; whoever runs the session carries them out. */
import type { VariableName, VariableValue } from "../framework/interface.ts";
import type { ISO15118_ev } from "../interfaces/ISO15118_ev.ts";
import type { PhysicalValue } from "../iso15118/iso2/index.ts";
import { plainValue } from "../iso15118/physicalValue.ts";
import type { TraceEvent } from "../util/trace.ts";

type Ev = typeof ISO15118_ev;

export type Effect =
  /** A variable of the interface ISO15118_ev: what the car's other parts hear. */
  | {
      [V in VariableName<Ev>]: { readonly to: "ev"; readonly name: V; readonly value: VariableValue<Ev, V> };
    }[VariableName<Ev>]
  /** The session is set up in time. */
  | { readonly to: "timer"; readonly timer: "established" }
  /** The EVSE works on `request`; starts a patience of `ms` unless one is running, or ends it. */
  | { readonly to: "timer"; readonly timer: "ongoing"; readonly request: string; readonly ms: number }
  | { readonly to: "timer"; readonly timer: "over" }
  /** The EVSE has `ms` for all that comes before charging; undefined: it was in time. */
  | { readonly to: "timer"; readonly timer: "readyToCharge"; readonly ms: number | undefined }
  | { readonly to: "trace"; readonly event: TraceEvent };

/** Publishes a variable of ISO15118_ev; those without content need no value. */
export function publish<V extends VariableName<Ev>>(
  ...[name, value]: null extends VariableValue<Ev, V> ? [name: V] : [name: V, value: VariableValue<Ev, V>]
): Effect {
  return { to: "ev", name, value: value ?? null } as Effect;
}

/** The car's patience with something that takes more than one request; starts with the first. */
export function patienceFor(request: string, ms: number): Effect {
  return { to: "timer", timer: "ongoing", request, ms };
}

/** Ends the patience, as what was waited for is there. */
export const satisfied: Effect = { to: "timer", timer: "over" };

const MOST_AMPERES = 400;

/** What the EVSE allows per phase, within what the interface ISO15118_ev takes. */
export function maxCurrent(value: PhysicalValue): Effect {
  return publish("ac_evse_max_current", Math.min(Math.max(plainValue(value), 0), MOST_AMPERES));
}

/** A decision of the car for the timeline. */
export function decided(event: Omit<TraceEvent, "kind" | "from">): Effect {
  return { to: "trace", event: { kind: "decision", from: "EV", ...event } };
}
