/** Matching that succeeds once both ends have wanted it for long enough. */
import type { Clock, Timer } from "../../util/clock.ts";

export type End = "evse" | "ev";
export type State = "UNMATCHED" | "MATCHING" | "MATCHED";

/** How long a real matching takes, about. */
export const MATCHING_MS = 2000;

export interface MatchingOptions {
  readonly clock: Clock;
  /** 0 matches as soon as both ends want it. */
  readonly delayFactor: number;
  /** Tells of every change; `link` when the data link came up or went down with it. */
  readonly onChange: (end: End, state: State, link?: "up" | "down") => void;
}

export class Matching {
  readonly #options: MatchingOptions;
  readonly #states: Record<End, State> = { evse: "UNMATCHED", ev: "UNMATCHED" };
  #timer: Timer | undefined;

  constructor(options: MatchingOptions) {
    this.#options = options;
  }

  state(end: End): State {
    return this.#states[end];
  }

  /** Starts over for this end; the time starts over for both. */
  start(end: End): void {
    this.#set(end, "MATCHING");
    this.stop();
    if (this.#states.evse !== "MATCHING" || this.#states.ev !== "MATCHING") return;
    const { clock, delayFactor } = this.#options;
    if (delayFactor === 0) this.#match();
    else this.#timer = clock.setTimer(MATCHING_MS * delayFactor, () => this.#match());
  }

  reset(end: End): void {
    if (this.#states[end] === "UNMATCHED") return;
    this.stop();
    this.#set(end, "UNMATCHED", "down");
  }

  /** Ends a matching that is under way without telling anybody. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #match(): void {
    this.#timer = undefined;
    this.#set("ev", "MATCHED", "up");
    this.#set("evse", "MATCHED", "up");
  }

  #set(end: End, state: State, link?: "up" | "down"): void {
    this.#states[end] = state;
    this.#options.onChange(end, state, link);
  }
}
