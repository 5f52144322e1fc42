/** Who wants which topics. */
import type { Unsubscribe } from "./bus.ts";
import { matchesTopic } from "./delivery.ts";

/** Takes a message's text, as JSON or, from outside, as it is. */
export interface Receiver {
  /** A topic, or a filter with the wildcards `+` and `#`. */
  readonly filter: string;
  receive(text: string, topic: string): void;
}

/** Receivers by topic. Delivery is a microtask for each, hence in the order of sending, and never within the call that sends. */
export class Receivers {
  readonly #exact = new Map<string, Set<Receiver>>();
  readonly #wild = new Map<string, Set<Receiver>>();

  add(receiver: Receiver): Unsubscribe {
    const { filter } = receiver;
    const table = /[+#]/.test(filter) ? this.#wild : this.#exact;
    const receivers = table.get(filter) ?? new Set();
    table.set(filter, receivers.add(receiver));
    return () => {
      receivers.delete(receiver);
      if (receivers.size === 0) table.delete(filter);
    };
  }

  send(topic: string, text: string): void {
    this.#spread(topic, text, this.#exact.get(topic));
    for (const [filter, receivers] of this.#wild) {
      if (matchesTopic(filter, topic)) this.#spread(topic, text, receivers);
    }
  }

  /** Whether anybody wants exactly this filter. */
  has(filter: string): boolean {
    return this.#exact.has(filter) || this.#wild.has(filter);
  }

  #spread(topic: string, text: string, receivers: Set<Receiver> | undefined): void {
    for (const receiver of receivers ?? []) {
      queueMicrotask(() => receivers?.has(receiver) && receiver.receive(text, topic));
    }
  }
}

/** Keeps `end` in `undo` until it is called. */
export function remember(undo: Set<() => void>, end: Unsubscribe): Unsubscribe {
  const once = () => {
    undo.delete(once);
    end();
  };
  undo.add(once);
  return once;
}
