import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Delivery,
  type Importance,
  MessageQueue,
  type QueuedMessage,
  queueImportance,
  queueLastError,
  queueSchema,
} from "../../src/chargePoint/queue.ts";
import { type Database, openDatabase } from "../../src/util/database.ts";
import { type Logger, silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { temporaryFolder } from "./folder.ts";

interface Bench {
  readonly clock: ManualClock;
  readonly queue: MessageQueue;
  readonly sent: number[];
  readonly answers: unknown[];
}

const numbered = (n: number, transactionId = "tx"): QueuedMessage => ({
  action: "TransactionEvent",
  payload: { n },
  transactionId,
});
const answered: Delivery = { kind: "answered", response: {} };
const failed: Delivery = { kind: "failed", reason: "InternalError" };

function bench(
  deliver: (n: number, attempt: number) => Delivery | Promise<Delivery>,
  database: Database = openDatabase(":memory:", [queueSchema, queueImportance, queueLastError]),
  log: Logger = silentLogger,
): Bench {
  const clock = new ManualClock();
  const sent: number[] = [];
  const answers: unknown[] = [];
  const queue = new MessageQueue({
    database,
    clock,
    log,
    send: async ({ payload }) => {
      const { n } = payload as { n: number };
      sent.push(n);
      return deliver(n, sent.filter((other) => other === n).length);
    },
    onAnswer: (_message, response) => void answers.push(response),
    attempts: () => 3,
    intervalSeconds: () => 10,
  });
  return { clock, queue, sent, answers };
}

describe("message queue", () => {
  it("sends in order, one at a time, and only when it may", async () => {
    let underWay = 0;
    const { queue, sent, clock, answers } = bench(async () => {
      expect(++underWay).toBe(1);
      await Promise.resolve();
      underWay--;
      return answered;
    });
    for (const n of [1, 2, 3]) queue.push(numbered(n));
    await clock.advance(0);
    expect([sent, queue.holds("tx"), queue.holds("other"), queue.holds()]).toEqual([[], true, false, true]);
    queue.resume();
    await queue.drained();
    expect([sent, answers.length, queue.holds()]).toEqual([[1, 2, 3], 3, false]);
  });

  it("repeats what the CSMS cannot process after 1, 2 … times the interval, and lets nothing pass it", async () => {
    const { queue, sent, clock } = bench((n, attempt) => (n === 1 && attempt < 3 ? failed : answered));
    queue.resume();
    for (const n of [1, 2]) queue.push(numbered(n));
    await clock.advance(9_999);
    expect(sent).toEqual([1]);
    await clock.advance(1);
    expect(sent).toEqual([1, 1]);
    await clock.advance(19_999);
    expect(sent).toEqual([1, 1]);
    await clock.advance(1);
    expect(sent).toEqual([1, 1, 1, 2]);
  });

  it("gives up after the last attempt, keeps the message as a dead letter and goes on", async () => {
    const { queue, sent, clock } = bench((n) => (n === 1 ? failed : answered));
    queue.resume();
    for (const n of [1, 2]) queue.push(numbered(n));
    await clock.advance(60_000);
    expect(sent).toEqual([1, 1, 1, 2]);
    expect(queue.deadLetters()).toEqual([{ ...numbered(1), reason: "InternalError", attempts: 3 }]);
  });

  it("does not try again what is wrong in itself", async () => {
    const { queue, sent, clock } = bench((n) => (n === 1 ? { kind: "unsendable", reason: "too long" } : answered));
    queue.resume();
    for (const n of [1, 2]) queue.push(numbered(n));
    await clock.advance(0);
    expect(sent).toEqual([1, 2]);
    expect(queue.deadLetters()).toMatchObject([{ reason: "too long", payload: { n: 1 } }]);
  });

  it("does not count a lost connection as an attempt", async () => {
    let connected = false;
    const { queue, sent, clock } = bench(() => (connected ? answered : { kind: "lost" }));
    queue.push(numbered(1));
    for (let tries = 0; tries < 20; tries++) {
      queue.resume();
      await clock.advance(0);
      queue.pause();
    }
    expect([sent.length, queue.deadLetters()]).toEqual([20, []]);
    connected = true;
    queue.resume();
    await queue.drained();
    expect([sent.length, queue.holds()]).toEqual([21, false]);
  });

  it("waits when a connection that seems to be there loses messages", async () => {
    const { queue, sent, clock } = bench((_n, attempt) => (attempt === 1 ? { kind: "lost" } : answered));
    queue.push(numbered(1));
    queue.resume();
    await clock.advance(9_999);
    expect(sent).toEqual([1]);
    await clock.advance(1);
    expect(sent).toEqual([1, 1]);
  });

  it("stays silent while it is paused, also about a repetition that is due", async () => {
    const { queue, sent, clock } = bench(() => failed);
    queue.push(numbered(1));
    queue.resume();
    await clock.advance(0);
    queue.pause();
    await clock.advance(3_600_000);
    expect([sent, clock.pending]).toEqual([[1], 0]);
  });

  it("bad case: a handler that throws does not stop the queue", async () => {
    const clock = new ManualClock();
    const logged: string[] = [];
    const queue = new MessageQueue({
      database: openDatabase(":memory:", [queueSchema, queueImportance, queueLastError]),
      clock,
      log: { ...silentLogger, error: (_facts, message) => void logged.push(message) },
      send: async () => answered,
      onAnswer: () => {
        throw new RangeError("the handler is broken");
      },
      attempts: () => 1,
      intervalSeconds: () => 1,
    });
    queue.push(numbered(1));
    queue.push(numbered(2));
    queue.resume();
    await queue.drained();
    expect([queue.holds(), logged.length]).toEqual([false, 2]);
  });
});

describe("message queue on a disk that fails", () => {
  it("bad case: nothing escapes, and it goes on when the disk is back", async () => {
    const database = openDatabase(":memory:", [queueSchema, queueImportance, queueLastError]);
    let broken = true;
    const get: Database["get"] = (sql, ...values) => {
      if (broken) throw new RangeError("disk I/O error");
      return database.get(sql, ...values);
    };
    const { queue, sent, clock } = bench(() => answered, { ...database, get });
    queue.push(numbered(1));
    queue.resume();
    await clock.advance(9_999);
    expect(sent).toEqual([]);
    broken = false;
    await clock.advance(1);
    expect(sent).toEqual([1]);
  });
});

/** Lets `steps` operations through and then behaves like a process that was killed: nothing reaches the disk any more. */
function killedAfter(database: Database, steps: number): Database {
  let left = steps;
  const step = () => {
    if (left-- <= 0) throw new RangeError("killed");
  };
  return {
    ...database,
    run: (sql, ...values) => {
      step();
      database.run(sql, ...values);
    },
    atomically: (work) =>
      database.atomically(() => {
        const result = work();
        step();
        return result;
      }),
  };
}

describe("a message queue with a bound", () => {
  const message = (n: number, importance: Importance): QueuedMessage => ({ ...numbered(n), importance });

  function bounded(limit: number) {
    const database = openDatabase(":memory:", [queueSchema, queueImportance, queueLastError]);
    const warnings: { facts: object; text: string }[] = [];
    const log: Logger = { ...silentLogger, warn: (facts, text) => void warnings.push({ facts, text }) };
    const sent: number[] = [];
    const queue = new MessageQueue({
      ...{ database, log, clock: new ManualClock() },
      send: async ({ payload }) => {
        sent.push((payload as { n: number }).n);
        return answered;
      },
      onAnswer: () => {},
      threshold: () => limit,
      attempts: () => 1,
      intervalSeconds: () => 10,
    });
    const drain = async () => {
      queue.resume();
      await queue.drained();
      return sent;
    };
    return { queue, warnings, drain };
  }

  it("drops the oldest notices first, and says so", async () => {
    const { queue, warnings, drain } = bounded(4);
    queue.push(message(0, "essential"));
    for (const n of [1, 2]) queue.push(message(n, "notice"));
    queue.push(message(3, "intermediate"));
    expect(warnings).toEqual([]);
    queue.push(message(4, "essential"));
    expect(warnings).toMatchObject([{ facts: { limit: 4, notices: 1, intermediate: 0, left: 4 } }]);
    expect(await drain()).toEqual([0, 2, 3, 4]);
  });

  it("then every other intermediate value, so that the course of the transaction stays", async () => {
    const { queue, drain } = bounded(6);
    queue.push(message(0, "essential"));
    for (const n of [1, 2, 3, 4, 5]) queue.push(message(n, "intermediate"));
    queue.push(message(6, "essential"));
    expect(await drain()).toEqual([0, 2, 4, 6]);
  });

  it("bad case: never what must arrive, however many there are; and says that once", async () => {
    const { queue, warnings, drain } = bounded(2);
    for (const n of [0, 1, 2, 3, 4]) queue.push(message(n, "essential"));
    expect(warnings.map(({ text }) => text)).toEqual(["the message queue is full, and nothing in it may be dropped"]);
    expect(await drain()).toEqual([0, 1, 2, 3, 4]);
  });

  it("leaves the first, which may be under way", async () => {
    const { queue, drain } = bounded(1);
    queue.push(message(0, "notice"));
    queue.push(message(1, "essential"));
    expect(await drain()).toEqual([0, 1]);
  });
});

describe("message queue on a disk", () => {
  it.each(Array.from({ length: 16 }, (_, steps) => steps))(
    "Given a kill after %i disk operations, then after a restart every message arrives once, in order",
    async (steps) => {
      const path = join(temporaryFolder(), "cp.db");
      const arrived: number[] = [];
      const run = async (open: (path: string) => Database, first: number) => {
        const database = open(path);
        const { queue, clock } = bench((n) => {
          arrived.push(n);
          return answered;
        }, database);
        let accepted = first;
        queue.resume();
        try {
          for (; accepted < 5; accepted++) {
            queue.push(numbered(accepted));
            await clock.advance(0);
          }
        } catch {
          // The message that was being written was never accepted, so its source gives it again.
        }
        await clock.advance(0);
        queue.pause();
        database.close();
        return accepted;
      };
      const accepted = await run(
        (file) => killedAfter(openDatabase(file, [queueSchema, queueImportance, queueLastError]), steps),
        0,
      );
      await run((file) => openDatabase(file, [queueSchema, queueImportance, queueLastError]), accepted);
      // A message whose answer was not noted before the kill comes again with the same content, next to itself.
      const once = arrived.filter((n, index) => n !== arrived[index - 1]);
      expect(once).toEqual([0, 1, 2, 3, 4]);
      expect(arrived.length - once.length).toBeLessThanOrEqual(1);
    },
  );
});
