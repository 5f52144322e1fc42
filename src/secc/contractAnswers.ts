/** Answers to requests for contracts, which carry no name of their request. */
import type { Clock } from "../util/clock.ts";
import type { SessionEvent } from "./events.ts";

/** How long an answer may be late and still come: OCPP's MessageTimeout, as usual. */
const ANSWER_MS = 60_000;

type Answer = Extract<SessionEvent, { readonly type: "certificate_response" }>;

export class ContractAnswers {
  readonly #clock: Clock;
  /** When contracts were asked for that nobody has answered yet, by this car and by those before; of a clock that never jumps. */
  #unanswered: readonly number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  asked(): void {
    this.#unanswered = [...this.#due(), this.#clock.monotonic()];
  }

  /** The answer, doubtful when more than one is due: it may be a late one to a car that has left. */
  came(answer: Answer): Answer {
    const due = this.#due();
    this.#unanswered = due.slice(1);
    return { ...answer, doubtful: due.length > 1 };
  }

  /** What was asked long ago will not be answered any more. */
  #due(): readonly number[] {
    const now = this.#clock.monotonic();
    return this.#unanswered.filter((asked) => now - asked < ANSWER_MS);
  }
}
