/** Messages on their way to the broker: in order, a few at a time, and none forgotten when the connection breaks. */
import type { Connection, Outgoing } from "./connection.ts";

export interface Letter extends Outgoing {
  /**
   * Whether receivers see by themselves that a message comes twice. One that they do not see through is not sent again
   * when the broker may have passed it on already.
   */
  readonly repeatable: boolean;
}

export interface OutboxOptions {
  /** What waits at most; more is refused. */
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Told of all messages that will never be sent, or perhaps were not. */
  readonly failed: (letters: readonly Letter[], reason: FailureReason) => void;
}

export type FailureReason = "full" | "uncertain" | "closed";

interface Flying {
  readonly letter: Letter;
  /** The broker may have passed it on. */
  received: boolean;
}

/**
 * How many may be under way. Mosquitto takes 20 (`max_inflight_messages`) and drops what is more; with MQTT 3.1.1 it has no
 * way to say so.
 */
const WINDOW = 16;

export class Outbox {
  readonly #options: OutboxOptions;
  #waiting: Letter[] = [];
  #waitingBytes = 0;
  #connection: Connection | undefined;
  /** By the number that the connection gave, in the order of sending. */
  readonly #flying = new Map<number, Flying>();
  #wake: (() => void)[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  add(letter: Letter): void {
    const { maxMessages, maxBytes, failed } = this.#options;
    const bytes = this.#waitingBytes + letter.payload.length;
    if (this.#waiting.length >= maxMessages || bytes > maxBytes) {
      failed([letter], "full");
      return;
    }
    this.#waiting.push(letter);
    this.#waitingBytes = bytes;
    this.#pump();
  }

  connected(connection: Connection): void {
    this.#connection = connection;
    this.#pump();
  }

  /** Takes back what the broker has not confirmed, to send it first next time. */
  disconnected(): void {
    this.#connection = undefined;
    const flying = [...this.#flying.values()];
    const isUncertain = ({ letter, received }: Flying) => received && !letter.repeatable;
    const back = flying.filter((one) => !isUncertain(one)).map(({ letter }) => letter);
    this.#flying.clear();
    this.#waiting = [...back, ...this.#waiting];
    for (const { payload } of back) this.#waitingBytes += payload.length;
    this.#fail(flying.filter(isUncertain), "uncertain");
    this.#tell();
  }

  received(messageId: number): void {
    const flying = this.#flying.get(messageId);
    if (flying) flying.received = true;
  }

  /** Takes out what fits and was not sent yet. */
  withdraw(fits: (letter: Letter) => boolean): void {
    this.#waiting = this.#waiting.filter((letter) => {
      if (!fits(letter)) return true;
      this.#waitingBytes -= letter.payload.length;
      return false;
    });
  }

  /** Resolves when nothing is under way any more; without a connection, at once. */
  async drained(): Promise<void> {
    while (this.#connection && this.#flying.size > 0) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Gives everything up that is still here. */
  close(): void {
    const waiting = this.#waiting.map((letter) => ({ letter }));
    this.#connection = undefined;
    this.#waiting = [];
    this.#fail([...this.#flying.values(), ...waiting], "closed");
    this.#flying.clear();
    this.#tell();
  }

  #fail(lost: readonly Pick<Flying, "letter">[], reason: FailureReason): void {
    if (lost.length === 0) return;
    this.#options.failed(
      lost.map(({ letter }) => letter),
      reason,
    );
  }

  #pump(): void {
    const connection = this.#connection;
    if (!connection) return;
    let sent = 0;
    while (this.#flying.size < WINDOW && sent < this.#waiting.length) {
      const letter = this.#waiting[sent++];
      if (letter) this.#send(connection, letter);
    }
    if (sent > 0) this.#waiting.splice(0, sent);
  }

  #send(connection: Connection, letter: Letter): void {
    this.#waitingBytes -= letter.payload.length;
    if (letter.qos === 0) {
      connection.publish(letter, () => {});
      return;
    }
    const messageId = connection.publish(letter, () => {
      this.#flying.delete(messageId);
      this.#pump();
      this.#tell();
    });
    this.#flying.set(messageId, { letter, received: false });
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
