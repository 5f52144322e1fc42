/** What a session wants to happen outside, as values; whoever runs the session carries them out. */
import type { VariableName, VariableValue } from "../framework/interface.ts";
import type { ISO15118_charger } from "../interfaces/ISO15118_charger.ts";
import type { iso15118_extensions } from "../interfaces/iso15118_extensions.ts";
import type { SelectedService } from "../interfaces/types/iso15118_vas.ts";
import type { TraceEvent } from "../util/trace.ts";

type Charger = typeof ISO15118_charger;
type Extensions = typeof iso15118_extensions;

/** A variable of the interface ISO15118_charger: what the EVSE's manager hears. */
export type ChargerEffect = {
  [V in VariableName<Charger>]: { readonly to: "charger"; readonly name: V; readonly value: VariableValue<Charger, V> };
}[VariableName<Charger>];

/** A variable of the interface iso15118_extensions: what only the CSMS is interested in. */
export type ExtensionsEffect = {
  [V in VariableName<Extensions>]: {
    readonly to: "extensions";
    readonly name: V;
    readonly value: VariableValue<Extensions, V>;
  };
}[VariableName<Extensions>];

/** What concerns others than the session itself. */
export type OutwardEffect =
  | ChargerEffect
  | ExtensionsEffect
  /** The EV has chosen these value added services. */
  | { readonly to: "services"; readonly selected: readonly SelectedService[] };

export type Effect =
  | OutwardEffect
  /** After `ms`, the session is told that the time for authorization is over. */
  | { readonly to: "timer"; readonly ms: number }
  | { readonly to: "trace"; readonly event: TraceEvent };

type ValueOf<V extends VariableName<Charger>> = VariableValue<Charger, V>;

/** Publishes a variable of ISO15118_charger; those without content need no value. */
export function publish<V extends VariableName<Charger>>(
  ...[name, value]: null extends ValueOf<V> ? [name: V] : [name: V, value: ValueOf<V>]
): ChargerEffect {
  return { to: "charger", name, value: value ?? null } as ChargerEffect;
}

/** Publishes a variable of iso15118_extensions. */
export function extend<V extends VariableName<Extensions>>(name: V, value: VariableValue<Extensions, V>): Effect {
  return { to: "extensions", name, value } as ExtensionsEffect;
}

/** A decision for the timeline; the EVSE decides, unless it is said otherwise. */
export function decided(event: Omit<TraceEvent, "kind" | "from">): Effect {
  return { to: "trace", event: { kind: "decision", from: "EVSE", ...event } };
}
