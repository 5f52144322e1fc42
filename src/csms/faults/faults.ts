/** Which faults are set, for which stations and messages, and when each strikes. */
import type { Reporter } from "../report.ts";
import { type FaultName, faultFacts } from "./catalogue.ts";

export interface Fault {
  readonly fault: FaultName;
  /** Any when absent. */
  readonly station?: string;
  /** Of the station's messages, or of those inside of a DataTransfer; any when absent. */
  readonly action?: string;
  /** How often it strikes; until it is removed when absent. */
  readonly times?: number;
  /** For `slow`; 5,000. */
  readonly delayMs?: number;
}

export interface SetFault extends Fault {
  readonly id: number;
  /** How often it has struck. */
  readonly struck: number;
}

/** A station's message. */
export interface Occasion {
  readonly station: string;
  readonly action: string;
  readonly payload: unknown;
}

/** More than a person sets. */
const MAX_FAULTS = 100;

export class Faults {
  readonly #reporter: Reporter;
  readonly #faults = new Map<number, SetFault>();
  #lastId = 0;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  list(): SetFault[] {
    return [...this.#faults.values()];
  }

  /** The oldest has to go when there are too many. */
  set(fault: Fault): SetFault {
    const set = { ...fault, id: ++this.#lastId, struck: 0 };
    this.#faults.set(set.id, set);
    const [oldest] = this.#faults.keys();
    if (this.#faults.size > MAX_FAULTS && oldest !== undefined) this.#faults.delete(oldest);
    return set;
  }

  /** @returns whether there was one. */
  remove(id: number): boolean {
    return this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
  }

  /** The first of these faults that is set for the occasion; it counts as having struck, and is told. */
  strike(names: readonly FaultName[], occasion: Occasion): SetFault | undefined {
    const fault = this.list().find((set) => names.includes(set.fault) && isFor(set, occasion));
    if (!fault) return undefined;
    const struck = fault.struck + 1;
    if (struck === fault.times) this.#faults.delete(fault.id);
    else this.#faults.set(fault.id, { ...fault, struck });
    this.#reporter.decide({
      step: 0,
      station: occasion.station,
      title: `on purpose, ${fault.fault} at ${innermost(occasion)}: ${faultFacts[fault.fault].about}`,
      rule: `a right station ${faultFacts[fault.fault].due}`,
    });
    return fault;
  }
}

function isFor({ action, station }: SetFault, occasion: Occasion): boolean {
  return (
    (station === undefined || station === occasion.station) &&
    (action === undefined || action === occasion.action || action === carried(occasion))
  );
}

function innermost(occasion: Occasion): string {
  return carried(occasion) ?? occasion.action;
}

/** The name of the message inside of a DataTransfer. */
export function carried({ action, payload }: Pick<Occasion, "action" | "payload">): string | undefined {
  if (action !== "DataTransfer" || typeof payload !== "object" || payload === null) return undefined;
  return "messageId" in payload && typeof payload.messageId === "string" ? payload.messageId : undefined;
}
