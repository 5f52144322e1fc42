import { describe, expect, it } from "vitest";
import type { Connection } from "../../../../src/framework/bus/mqtt/connection.ts";
import { type FailureReason, type Letter, Outbox } from "../../../../src/framework/bus/mqtt/outbox.ts";

/** A connection whose broker takes messages over when a test says so. */
class FakeConnection implements Connection {
  readonly sent: string[] = [];
  readonly taken = new Map<string, () => void>();
  readonly numbers = new Map<string, number>();
  publish({ payload }: Letter, done: () => void): number {
    this.sent.push(payload);
    this.taken.set(payload, done);
    this.numbers.set(payload, this.sent.length);
    return this.sent.length;
  }
  async subscribe(): Promise<void> {}
  async unsubscribe(): Promise<void> {}
  async end(): Promise<void> {}
}

const letter = (payload: string, repeatable = true): Letter => ({
  ...{ topic: "t", payload, qos: 2, retain: false, repeatable },
});
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

function outbox(maxMessages = 1000, maxBytes = 10_000) {
  const failed: [string, FailureReason][] = [];
  const tell = (letters: readonly Letter[], reason: FailureReason) =>
    failed.push(...letters.map(({ payload }): [string, FailureReason] => [payload, reason]));
  return { box: new Outbox({ maxMessages, maxBytes, failed: tell }), failed };
}

describe("the outbox", () => {
  it("keeps messages until there is a connection and sends them in order, so many at a time", async () => {
    const { box, failed } = outbox();
    for (const n of numbers(1, 100)) box.add(letter(n));
    const connection = new FakeConnection();
    box.connected(connection);
    expect(connection.sent).toEqual(numbers(1, 16));
    connection.taken.get("2")?.();
    connection.taken.get("1")?.();
    expect(connection.sent).toEqual(numbers(1, 18));
    for (const n of numbers(3, 99)) connection.taken.get(n)?.();
    let drained = false;
    const done = box.drained().then(() => (drained = true));
    await Promise.resolve();
    expect(drained).toBe(false);
    connection.taken.get("100")?.();
    await done;
    expect(failed).toEqual([]);
  });

  it("sends what the broker had not confirmed first, on the next connection", () => {
    const { box, failed } = outbox();
    const [first, second] = [new FakeConnection(), new FakeConnection()];
    box.connected(first);
    for (const n of numbers(1, 3)) box.add(letter(n));
    first.taken.get("2")?.();
    box.disconnected();
    box.add(letter("4"));
    box.connected(second);
    expect(second.sent).toEqual(["1", "3", "4"]);
    expect(failed).toEqual([]);
  });

  it("does not repeat what the broker may have passed on when receivers would not see through it: that is told", () => {
    const { box, failed } = outbox();
    const [first, second] = [new FakeConnection(), new FakeConnection()];
    box.connected(first);
    for (const n of ["1", "2", "3"]) box.add(letter(n, false));
    box.add(letter("4"));
    for (const n of ["1", "4"]) box.received(first.numbers.get(n) ?? 0);
    box.disconnected();
    box.connected(second);
    expect(second.sent).toEqual(["2", "3", "4"]);
    expect(failed).toEqual([["1", "uncertain"]]);
  });

  it("refuses what does not fit, and tells", () => {
    const { box, failed } = outbox(3, 10);
    for (const n of ["1", "2", "123456789", "3", "4"]) box.add(letter(n));
    expect(failed).toEqual([
      ["123456789", "full"],
      ["4", "full"],
    ]);
    const connection = new FakeConnection();
    box.connected(connection);
    expect(connection.sent).toEqual(["1", "2", "3"]);
    box.add(letter("1234567890"));
    expect(connection.sent).toHaveLength(4);
  });

  it("takes back what was not sent, and tells of all that is left when it closes", () => {
    const { box, failed } = outbox();
    const connection = new FakeConnection();
    box.connected(connection);
    box.add(letter("1"));
    box.disconnected();
    for (const n of ["2", "3"]) box.add(letter(n));
    box.withdraw(({ payload }) => payload === "2");
    box.close();
    expect(failed).toEqual([
      ["1", "closed"],
      ["3", "closed"],
    ]);
  });
});
