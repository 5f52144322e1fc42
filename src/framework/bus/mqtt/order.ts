/** Puts messages of one topic into the order they were sent: drops those that come twice, and waits for those that are missing. */
import type { Clock, Timer } from "../../../util/clock.ts";
import type { Stamp } from "./envelope.ts";
import type { Missed } from "./history.ts";

export interface OrderOptions {
  readonly clock: Clock;
  readonly deliver: (topic: string, text: string) => void;
  /** Asks the sender for all that it sent on a topic from number `next` on. */
  readonly ask: (bus: string, topic: string, next: number) => void;
  /** Messages `from` to `to` of a topic will never come. */
  readonly lost: (topic: string, from: number, to: number) => void;
}

/** How long missing messages may take. */
export const MISSING_MS = 5000;
/** How many messages wait for a missing one. */
const MAX_HELD = 1000;

interface Sequence {
  readonly bus: string;
  next: number;
  /** What came before its time, by number. */
  readonly held: Map<number, string>;
  patience: Timer | undefined;
}

export class Order {
  readonly #options: OrderOptions;
  readonly #sequences = new Map<string, Sequence>();
  /** Senders that have said how much they had sent when they were first listened to. */
  readonly #based = new Set<string>();

  constructor(options: OrderOptions) {
    this.#options = options;
  }

  /** @param counts how many messages `bus` has sent on each topic that interests us; what follows is wanted. */
  base(bus: string, counts: Readonly<Record<string, number>>): void {
    this.#based.add(bus);
    for (const [topic, count] of Object.entries(counts)) {
      if (!this.#sequences.has(topic)) this.#begin(topic, bus, count + 1);
    }
  }

  isBased(bus: string): boolean {
    return this.#based.has(bus);
  }

  /** The number of the message that is due on each topic of `bus`. */
  due(bus: string): Record<string, number> {
    const own = [...this.#sequences].filter(([, sequence]) => sequence.bus === bus);
    return Object.fromEntries(own.map(([topic, { next }]) => [topic, next]));
  }

  take(topic: string, stamp: Stamp, text: string): void {
    const sequence = this.#sequenceOf(topic, stamp);
    if (stamp.n < sequence.next) return;
    sequence.held.set(stamp.n, text);
    this.#proceed(topic, sequence);
    if (sequence.held.size > MAX_HELD) this.#giveUp(topic, sequence);
    else if (sequence.held.size > 0) this.#wait(topic, sequence);
  }

  /** Messages of `bus` that were asked for. */
  takeMissed(bus: string, { topic, first, messages }: Missed): void {
    const sequence = this.#sequenceOf(topic, { bus, n: 1 });
    if (first > sequence.next) this.#skip(topic, sequence, first);
    for (const { n, text } of messages) this.take(topic, { bus, n }, text);
  }

  close(): void {
    for (const { patience } of this.#sequences.values()) patience?.cancel();
    this.#sequences.clear();
  }

  #sequenceOf(topic: string, { bus, n }: Stamp): Sequence {
    const known = this.#sequences.get(topic);
    if (known?.bus === bus) return known;
    known?.patience?.cancel();
    // Of a sender that follows another one, or had sent nothing on this topic before, all is wanted.
    return this.#begin(topic, bus, known || this.#based.has(bus) ? 1 : n);
  }

  #begin(topic: string, bus: string, next: number): Sequence {
    const sequence = { bus, next, held: new Map<number, string>(), patience: undefined };
    this.#sequences.set(topic, sequence);
    return sequence;
  }

  /** Delivers what is due. */
  #proceed(topic: string, sequence: Sequence): void {
    for (let text = sequence.held.get(sequence.next); text !== undefined; text = sequence.held.get(sequence.next)) {
      sequence.held.delete(sequence.next);
      sequence.next++;
      this.#options.deliver(topic, text);
    }
    if (sequence.held.size > 0) return;
    sequence.patience?.cancel();
    sequence.patience = undefined;
  }

  #wait(topic: string, sequence: Sequence): void {
    if (sequence.patience) return;
    this.#options.ask(sequence.bus, topic, sequence.next);
    sequence.patience = this.#options.clock.setTimer(MISSING_MS, () => this.#giveUp(topic, sequence));
  }

  #giveUp(topic: string, sequence: Sequence): void {
    sequence.patience?.cancel();
    sequence.patience = undefined;
    this.#skip(topic, sequence, Math.min(...sequence.held.keys()));
    if (sequence.held.size > 0) this.#wait(topic, sequence);
  }

  #skip(topic: string, sequence: Sequence, next: number): void {
    this.#options.lost(topic, sequence.next, next - 1);
    sequence.next = next;
    for (const n of sequence.held.keys()) if (n < next) sequence.held.delete(n);
    this.#proceed(topic, sequence);
  }
}
