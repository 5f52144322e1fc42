/**
 * The queue of messages that must reach the CSMS: on disk before they count, sent one at a time in the order in which
 * they came, repeated until answered. OCPP 2.0.1 E04, E13, A04.FR.02; OCPP 1.6 4.10.
 *
 * A message leaves the disk only after its answer was handled, so a kill at any point loses none. One whose answer was
 * lost is sent again with the same content, which the CSMS recognises (transactionId and seqNo).
 */
import type { Clock, Timer } from "../util/clock.ts";
import type { Database } from "../util/database.ts";
import type { Logger } from "../util/log.ts";

export const queueSchema = `
CREATE TABLE message (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  action TEXT NOT NULL,
  payload TEXT NOT NULL,
  transaction_id TEXT,
  queued_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX message_of_transaction ON message (transaction_id);
CREATE TABLE dead_letter (
  position INTEGER PRIMARY KEY,
  action TEXT NOT NULL,
  payload TEXT NOT NULL,
  transaction_id TEXT,
  queued_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  given_up_at INTEGER NOT NULL,
  reason TEXT NOT NULL
)`;

/** Added later, so a script of its own. */
export const queueImportance = `ALTER TABLE message ADD COLUMN importance TEXT NOT NULL DEFAULT 'essential'`;

/** Likewise: why the last attempt came to nothing. */
export const queueLastError = `ALTER TABLE message ADD COLUMN last_error TEXT`;

/**
 * What may be dropped when the queue is full. `notice`: first, the oldest; it is not about a transaction. `intermediate`: then,
 * every other one; a value between others of its transaction. `essential`: never.
 */
export type Importance = "essential" | "intermediate" | "notice";

export interface QueuedMessage {
  readonly action: string;
  readonly payload: object;
  readonly transactionId?: string;
  /** `essential` when absent. */
  readonly importance?: Importance;
}

export type Delivery =
  | { readonly kind: "answered"; readonly response: unknown }
  /** The connection went away: it is not known whether the CSMS has the message. */
  | { readonly kind: "lost" }
  /** The CSMS could not process it. */
  | { readonly kind: "failed"; readonly reason: string }
  /** It is wrong in itself, so that no attempt can help. */
  | { readonly kind: "unsendable"; readonly reason: string };

export interface QueuePorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  send(message: QueuedMessage): Promise<Delivery>;
  /** What the CSMS answered. Called again after a crash, so it does the same when called twice. */
  onAnswer(message: QueuedMessage, response: unknown): void;
  /** It was put aside after the last attempt, or because no attempt can help. */
  onGivenUp?(message: QueuedMessage): void;
  /** How many messages may wait before some are dropped; all of them when absent. */
  threshold?(): number | undefined;
  /** OCPPCommCtrlr.MessageAttempts; at least one attempt is made. */
  attempts(): number;
  /** OCPPCommCtrlr.MessageAttemptInterval in seconds; the wait grows with each attempt (E13.FR.02). */
  intervalSeconds(): number;
}

interface StoredMessage {
  readonly position: number;
  readonly action: string;
  readonly payload: string;
  readonly transaction_id: string | null;
  readonly attempts: number;
}

export interface DeadLetter extends QueuedMessage {
  readonly reason: string;
  readonly attempts: number;
}

export class MessageQueue {
  readonly #ports: QueuePorts;
  #open = false;
  #delivery: Promise<void> | undefined;
  #retry: Timer | undefined;
  /** That nothing could be dropped has been said. */
  #full = false;

  constructor(ports: QueuePorts) {
    this.#ports = ports;
  }

  /** When it returns, the message is on disk. May be part of a larger `database.atomically`. */
  push(message: QueuedMessage): void {
    const { database, clock } = this.#ports;
    database.run(
      "INSERT INTO message (action, payload, transaction_id, queued_at, importance) VALUES (?, ?, ?, ?, ?)",
      message.action,
      JSON.stringify(message.payload),
      message.transactionId ?? null,
      clock.now(),
      message.importance ?? "essential",
    );
    this.#bound();
    // Not at once: a surrounding step is on disk only when it has ended.
    queueMicrotask(() => this.#next());
  }

  /** Messages may go out now. */
  resume(): void {
    this.#open = true;
    this.#next();
  }

  /** Nothing more goes out; a message under way may still be answered. */
  pause(): void {
    this.#open = false;
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  /** Whether a message of the transaction, or any message, waits or is under way (E14). */
  holds(transactionId?: string): boolean {
    const { database } = this.#ports;
    if (transactionId === undefined) return database.get("SELECT 1 FROM message LIMIT 1") !== undefined;
    return database.get("SELECT 1 FROM message WHERE transaction_id = ? LIMIT 1", transactionId) !== undefined;
  }

  /** What was given up after the last attempt, oldest first. */
  deadLetters(): DeadLetter[] {
    const rows = this.#ports.database.all<StoredMessage & { reason: string }>(
      "SELECT * FROM dead_letter ORDER BY position",
    );
    return rows.map((row) => ({ ...toMessage(row), reason: row.reason, attempts: row.attempts }));
  }

  /** Resolves when nothing waits or nothing more may go out. */
  async drained(): Promise<void> {
    do await this.#delivery;
    while (this.#delivery);
  }

  /** Makes room where the queue is too long, and says what that costs. The first message may be under way, so it stays. */
  #bound(): void {
    const { database, log, threshold } = this.#ports;
    const limit = threshold?.();
    if (limit === undefined) return;
    const size = () => database.get<{ size: number }>("SELECT count(*) AS size FROM message")?.size ?? 0;
    const surplus = size() - limit;
    if (surplus <= 0) {
      this.#full = false;
      return;
    }
    const notices = this.#drop(this.#positions("notice").slice(0, Math.max(surplus, Math.ceil(limit / 10))));
    const intermediate = size() > limit ? this.#drop(everyOther(this.#positions("intermediate"))) : 0;
    const dropped = notices + intermediate;
    if (dropped > 0)
      log.warn({ limit, notices, intermediate, left: size() }, "the message queue was full: some dropped");
    else if (!this.#full)
      log.warn({ limit, left: size() }, "the message queue is full, and nothing in it may be dropped");
    this.#full = dropped === 0;
  }

  #positions(importance: Importance): number[] {
    const rows = this.#ports.database.all<{ position: number }>(
      `SELECT position FROM message
       WHERE importance = ? AND position > (SELECT min(position) FROM message) ORDER BY position`,
      importance,
    );
    return rows.map(({ position }) => position);
  }

  #drop(positions: readonly number[]): number {
    this.#ports.database.atomically(() => {
      for (const position of positions) this.#ports.database.run("DELETE FROM message WHERE position = ?", position);
    });
    return positions.length;
  }

  #next(): void {
    if (!this.#open || this.#delivery || this.#retry) return;
    const first = this.#first();
    if (!first) return;
    this.#delivery = this.#attempt(first).finally(() => {
      this.#delivery = undefined;
      this.#next();
    });
  }

  /** Called from timers and microtasks, from which nothing may escape. */
  #first(): StoredMessage | undefined {
    const { database, log, intervalSeconds } = this.#ports;
    try {
      return database.get<StoredMessage>("SELECT * FROM message ORDER BY position LIMIT 1");
    } catch (error) {
      log.error({ error }, "the message queue cannot be read");
      this.#waitFor(intervalSeconds());
      return undefined;
    }
  }

  /** A disk that fails is tried again: the message is still there. */
  async #attempt(stored: StoredMessage): Promise<void> {
    try {
      await this.#deliver(stored);
    } catch (error) {
      this.#ports.log.error({ error, action: stored.action }, "a queued message could not be dealt with");
      this.#waitFor(this.#ports.intervalSeconds());
    }
  }

  async #deliver(stored: StoredMessage): Promise<void> {
    const message = toMessage(stored);
    const delivery = await this.#ports.send(message);
    switch (delivery.kind) {
      case "answered":
        // One step: what the answer means must not be there without the message being gone.
        return this.#ports.database.atomically(() => {
          this.#handleAnswer(message, delivery.response);
          this.#remove(stored);
        });
      case "failed":
        return this.#countFailure(stored, delivery.reason);
      case "unsendable":
        return this.#giveUp(stored, stored.attempts, delivery.reason);
      case "lost":
        this.#note(stored, stored.attempts, "the connection was lost before an answer came");
        // Sent again once the connection is back. Should it be there already, the wait keeps a broken peer from a tight loop.
        return this.#waitFor(this.#ports.intervalSeconds());
    }
  }

  #handleAnswer(message: QueuedMessage, response: unknown): void {
    try {
      this.#ports.onAnswer(message, response);
    } catch (error) {
      this.#ports.log.error({ error, action: message.action }, "the answer to a queued message could not be handled");
    }
  }

  #remove(stored: StoredMessage): void {
    this.#ports.database.run("DELETE FROM message WHERE position = ?", stored.position);
  }

  #countFailure(stored: StoredMessage, reason: string): void {
    const { attempts, intervalSeconds } = this.#ports;
    const made = stored.attempts + 1;
    if (made >= attempts()) {
      this.#giveUp(stored, made, reason);
      return;
    }
    this.#note(stored, made, reason);
    this.#waitFor(intervalSeconds() * made);
  }

  #note({ position }: StoredMessage, attempts: number, error: string): void {
    const sql = "UPDATE message SET attempts = ?, last_error = ? WHERE position = ?";
    this.#ports.database.run(sql, attempts, error, position);
  }

  #giveUp(stored: StoredMessage, attempts: number, reason: string): void {
    const { database, log, clock, onGivenUp } = this.#ports;
    log.error({ action: stored.action, attempts, reason }, "message given up: kept as a dead letter");
    database.atomically(() => {
      onGivenUp?.(toMessage(stored));
      database.run(
        `INSERT INTO dead_letter SELECT position, action, payload, transaction_id, queued_at, ?, ?, ?
         FROM message WHERE position = ?`,
        attempts,
        clock.now(),
        reason,
        stored.position,
      );
      this.#remove(stored);
    });
  }

  #waitFor(seconds: number): void {
    if (!this.#open) return;
    this.#retry = this.#ports.clock.setTimer(seconds * 1000, () => {
      this.#retry = undefined;
      this.#next();
    });
  }
}

function everyOther(positions: readonly number[]): number[] {
  return positions.filter((_, index) => index % 2 === 0);
}

function toMessage(row: StoredMessage): QueuedMessage {
  return {
    action: row.action,
    payload: JSON.parse(row.payload),
    ...(row.transaction_id === null ? {} : { transactionId: row.transaction_id }),
  };
}
