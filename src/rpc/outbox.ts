/** Our CALLs: one in flight, the others wait their turn (OCPP-J: no further CALL before the answer or the time-out). */
import type { Clock, Timer } from "../util/clock.ts";
import { CallTimeout, Overloaded, RpcError } from "./errors.ts";
import type { AnswerFrame } from "./frames.ts";

export interface OutgoingCall {
  readonly id: string;
  readonly action: string;
  /** The whole frame. */
  readonly text: string;
  /** Counted from sending, not from waiting. */
  readonly timeoutMs: number;
}

interface Entry extends OutgoingCall {
  readonly resolve: (payload: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Outbox {
  readonly #clock: Clock;
  readonly #send: (text: string) => void;
  readonly #limit: number;
  readonly #waiting: Entry[] = [];
  #inFlight: { readonly entry: Entry; readonly timer: Timer } | undefined;
  #whenIdle: (() => void)[] = [];

  /** @param limit how many calls may wait; the next one is refused with Overloaded. */
  constructor(clock: Clock, limit: number, send: (text: string) => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#send = send;
  }

  /** Resolves with the answer's payload; rejects with RpcError, CallTimeout, Overloaded or what {@link fail} was given. */
  add(call: OutgoingCall): Promise<unknown> {
    if (this.#waiting.length >= this.#limit) return Promise.reject(new Overloaded(`${this.#limit} calls wait already`));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...call, resolve, reject });
      this.#next();
    });
  }

  /** @returns false for an answer that nobody waits for: late, repeated or invented. */
  settle(answer: AnswerFrame): boolean {
    const entry = this.#inFlight?.entry;
    if (entry?.id !== answer.id) return false;
    this.#finish();
    if (answer.kind === "result") entry.resolve(answer.payload);
    else entry.reject(new RpcError(answer.code, answer.description, answer.details));
    this.#next();
    return true;
  }

  /** Rejects every call, sent or not; none will be sent later. */
  fail(error: Error): void {
    const entries = this.#waiting.splice(0);
    if (this.#inFlight) entries.unshift(this.#inFlight.entry);
    this.#finish();
    for (const entry of entries) entry.reject(error);
    this.#next();
  }

  /** Rejects what was not sent yet and resolves when nothing is in flight. */
  drain(error: Error): Promise<void> {
    for (const entry of this.#waiting.splice(0)) entry.reject(error);
    return this.#inFlight ? new Promise((resolve) => this.#whenIdle.push(resolve)) : Promise.resolve();
  }

  #next(): void {
    if (this.#inFlight) return;
    const entry = this.#waiting.shift();
    if (!entry) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
      return;
    }
    const timer = this.#clock.setTimer(entry.timeoutMs, () => this.#expire(entry));
    this.#inFlight = { entry, timer };
    this.#send(entry.text);
  }

  #expire(entry: Entry): void {
    this.#finish();
    entry.reject(new CallTimeout(entry.action, entry.timeoutMs));
    this.#next();
  }

  #finish(): void {
    this.#inFlight?.timer.cancel();
    this.#inFlight = undefined;
  }
}
