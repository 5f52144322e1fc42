/** Decisions of the CSMS, told in words to the timeline, the log and whoever listens. */
import type { Logger } from "../util/log.ts";
import type { Step, Tracer, TraceValue } from "../util/trace.ts";

export interface Decision {
  readonly step: Step;
  /** The identity of the station it is about. */
  readonly station: string;
  readonly title: string;
  readonly outcome?: "ok" | "refused";
  readonly rule?: string;
  readonly fix?: string;
  readonly detail?: { readonly [key: string]: TraceValue };
}

export type CsmsEvent =
  | { readonly type: "decision"; readonly decision: Decision }
  | { readonly type: "connected" | "disconnected"; readonly station: string };

export class Reporter {
  readonly #trace: Tracer;
  readonly #log: Logger;
  readonly #listeners = new Set<(event: CsmsEvent) => void>();

  constructor(trace: Tracer, log: Logger) {
    this.#trace = trace;
    this.#log = log;
  }

  decide(decision: Decision): void {
    const { station, ...event } = decision;
    this.#trace.add({ kind: "decision", from: "CSMS", ...event });
    this.#log.info({ station, outcome: decision.outcome, rule: decision.rule }, decision.title);
    this.emit({ type: "decision", decision });
  }

  emit(event: CsmsEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (event: CsmsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
