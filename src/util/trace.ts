/**
 * The timeline: every message and every decision on the way to "charge" or "refuse", in one list that explains itself.
 */
import type { Clock } from "./clock.ts";

/** The steps of EVerest's guide: 0 provision, 1 connect, 2 contract chosen, 3 token published, 4 validated, 5 authorised, 6 answered and charging. */
export type Step = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Who did or said it. A message names its receiver in `to`. */
export type Actor = "EV" | "EVSE" | "Auth" | "OCPP" | "CSMS" | "PKI" | "station";

export type TraceValue =
  | string
  | number
  | boolean
  | null
  | readonly TraceValue[]
  | { readonly [key: string]: TraceValue };

export interface TraceEvent {
  readonly step: Step;
  readonly kind: "message" | "decision" | "state" | "fault";
  readonly from: Actor;
  readonly to?: Actor;
  /** A message's name as on its wire, or a short sentence. */
  readonly title: string;
  /** Absent for what is neither good nor bad. */
  readonly outcome?: "ok" | "refused";
  /** The rule that decided: a clause, a requirement id or a configuration key. */
  readonly rule?: string;
  /** For a refusal: the key, file or person that can change it, as one imperative sentence. */
  readonly fix?: string;
  readonly detail?: { readonly [key: string]: TraceValue };
}

export interface TraceEntry extends TraceEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface Tracer {
  add(event: TraceEvent): void;
}

export const silentTracer: Tracer = { add: () => {} };

export interface TimelineOptions {
  /** How many entries are kept, the latest; all of them when absent, which is for what ends some day. */
  readonly keep?: number;
}

/** Collects entries and tells listeners of each. */
export class Timeline implements Tracer {
  readonly entries: TraceEntry[] = [];
  readonly #clock: Clock;
  readonly #keep: number;
  readonly #listeners = new Set<(entry: TraceEntry) => void>();

  constructor(clock: Clock, { keep = Number.POSITIVE_INFINITY }: TimelineOptions = {}) {
    this.#clock = clock;
    this.#keep = keep;
  }

  add(event: TraceEvent): void {
    const entry = { time: this.#clock.now(), ...event };
    this.entries.push(entry);
    if (this.entries.length > this.#keep) this.entries.shift();
    for (const listener of this.#listeners) listener(entry);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (entry: TraceEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
