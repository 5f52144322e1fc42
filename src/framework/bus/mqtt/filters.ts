/** What is subscribed at the broker: no filter that another one covers, or a message might come twice. */
import { matchesTopic } from "../delivery.ts";

/** Whether every topic of `filter` is one of `wide` too. */
export function covers(wide: string, filter: string): boolean {
  if (wide === filter) return true;
  if (filter.endsWith("#") && !wide.endsWith("#")) return false;
  // `a/#` has `a` in it too. A `+` stands for any level, which only a wildcard takes in: no level can be called like this.
  return matchesTopic(wide, filter.replace(/\/?#$/, "").replaceAll("+", "\0"));
}

export interface Change {
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
}

export class Filters {
  /** How often each is wanted. */
  readonly #wanted = new Map<string, number>();
  /** What the broker was asked for. */
  #asked = new Set<string>();

  add(filter: string): void {
    this.#wanted.set(filter, (this.#wanted.get(filter) ?? 0) + 1);
  }

  remove(filter: string): void {
    const count = this.#wanted.get(filter) ?? 0;
    if (count > 1) this.#wanted.set(filter, count - 1);
    else this.#wanted.delete(filter);
  }

  /** The broker knows nothing (any more). */
  forget(): void {
    this.#asked = new Set();
  }

  /** What the broker must be asked for, so that it sends what is wanted; it counts as done. */
  change(): Change {
    const wanted = [...this.#wanted.keys()];
    const needed = new Set(
      wanted.filter((filter) => !wanted.some((other) => other !== filter && covers(other, filter))),
    );
    const subscribe = [...needed].filter((filter) => !this.#asked.has(filter));
    const unsubscribe = [...this.#asked].filter((filter) => !needed.has(filter));
    this.#asked = needed;
    return { subscribe, unsubscribe };
  }
}
