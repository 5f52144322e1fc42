/** What a bus has sent lately, for who missed it. */
import { matchesTopic } from "../delivery.ts";
import type { Stamp } from "./envelope.ts";

export interface Sent {
  readonly n: number;
  readonly text: string;
}

interface Kept extends Sent {
  readonly topic: string;
}

/** What is still here of a topic; the first of it, or the next to come, is number `first`. */
export interface Missed {
  readonly topic: string;
  readonly first: number;
  readonly messages: readonly Sent[];
}

export interface HistoryLimits {
  readonly messages: number;
  readonly bytes: number;
}

export class History {
  readonly #bus: string;
  readonly #limits: HistoryLimits;
  readonly #counts = new Map<string, number>();
  readonly #kept: Kept[] = [];
  #bytes = 0;

  /** @param bus the name that this bus gives itself in its stamps. */
  constructor(bus: string, limits: HistoryLimits) {
    this.#bus = bus;
    this.#limits = limits;
  }

  /** Numbers a message and keeps it. @param seal makes its text from the stamp. */
  add(topic: string, seal: (stamp: Stamp) => string): string {
    const n = (this.#counts.get(topic) ?? 0) + 1;
    this.#counts.set(topic, n);
    const text = seal({ bus: this.#bus, n });
    this.#kept.push({ topic, n, text });
    this.#bytes += text.length;
    while (this.#kept.length > this.#limits.messages || this.#bytes > this.#limits.bytes) {
      this.#bytes -= this.#kept.shift()?.text.length ?? 0;
    }
    return text;
  }

  /** The number of the last message on every topic that one of the filters covers. */
  counts(filters: readonly string[]): Record<string, number> {
    return Object.fromEntries(this.#covered(filters));
  }

  /** What was sent on the topics that the filters cover, from the number on that `next` has for the topic, else from 1. */
  since(filters: readonly string[], next: Readonly<Record<string, number>>): Missed[] {
    const missed = this.#covered(filters).filter(([topic, last]) => (next[topic] ?? 1) <= last);
    return missed.map(([topic, last]) => {
      const kept = this.#kept.filter((sent) => sent.topic === topic && sent.n >= (next[topic] ?? 1));
      return { topic, first: kept[0]?.n ?? last + 1, messages: kept.map(({ n, text }) => ({ n, text })) };
    });
  }

  #covered(filters: readonly string[]): [string, number][] {
    return [...this.#counts].filter(([topic]) => filters.some((filter) => matchesTopic(filter, topic)));
  }
}
