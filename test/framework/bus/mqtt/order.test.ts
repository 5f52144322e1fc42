import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { History } from "../../../../src/framework/bus/mqtt/history.ts";
import { MISSING_MS, Order } from "../../../../src/framework/bus/mqtt/order.ts";
import { ManualClock } from "../../../../src/util/manualClock.ts";

function order() {
  const clock = new ManualClock();
  const said: string[] = [];
  const it = new Order({
    clock,
    deliver: (_topic, text) => said.push(text),
    ask: (bus, topic, next) => said.push(`ask ${bus} ${topic} ${next}`),
    lost: (_topic, from, to) => said.push(`lost ${from}-${to}`),
  });
  const take = (...numbers: number[]) => {
    for (const n of numbers) it.take("t", { bus: "a", n }, String(n));
  };
  return { it, clock, said, take };
}

describe("the order of messages", () => {
  it("starts with whatever comes first, drops what comes twice", () => {
    const { said, take } = order();
    take(7, 8, 7, 8, 9, 1);
    expect(said).toEqual(["7", "8", "9"]);
  });

  it("asks once for what is missing and holds the rest back until it comes", () => {
    const { it, said, take, clock } = order();
    take(1, 4, 3, 5);
    expect(said).toEqual(["1", "ask a t 2"]);
    it.takeMissed("a", { topic: "t", first: 2, messages: [2, 3, 4, 5].map((n) => ({ n, text: String(n) })) });
    take(6);
    expect(said.slice(2)).toEqual(["2", "3", "4", "5", "6"]);
    expect(clock.pending).toBe(0);
  });

  it("goes on, and says so, when what is missing is nowhere or does not come in time", async () => {
    const { it, said, take, clock } = order();
    take(1, 4);
    it.takeMissed("a", { topic: "t", first: 3, messages: [{ n: 3, text: "3" }] });
    take(9, 10, 12);
    await clock.advance(MISSING_MS);
    expect(said).toEqual("1,ask a t 2,lost 2-2,3,4,ask a t 5,lost 5-8,9,10,ask a t 11".split(","));
    await clock.advance(MISSING_MS);
    expect(said.slice(-2)).toEqual(["lost 11-11", "12"]);
    expect(clock.pending).toBe(0);
  });

  it("does not hold back without end", () => {
    const { said, take } = order();
    take(1, ...Array.from({ length: 1001 }, (_, i) => i + 3));
    expect(said.slice(0, 4)).toEqual(["1", "ask a t 2", "lost 2-2", "3"]);
    expect(said).toHaveLength(1004);
  });

  it("wants all that follows what a sender had sent when it was first listened to", () => {
    const { it, said, take } = order();
    it.base("a", { t: 4, other: 1 });
    expect(it.due("a")).toEqual({ t: 5, other: 2 });
    take(6, 5);
    it.take("new", { bus: "a", n: 2 }, "second of new");
    it.base("a", { t: 9 });
    take(7);
    expect(said).toEqual(["ask a t 5", "5", "6", "ask a new 1", "7"]);
  });

  it("begins anew when another process sends on the topic", () => {
    const { it, said, take } = order();
    take(5);
    it.take("t", { bus: "b", n: 2 }, "b2");
    it.take("t", { bus: "b", n: 1 }, "b1");
    expect(said).toEqual(["5", "ask b t 1", "b1", "b2"]);
  });

  it("with a history to ask, delivers everything once and in order, whatever is lost, late or doubled", () => {
    const lossy = fc.array(fc.constantFrom("lost", "once", "twice", "late"), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lossy, (fates) => {
        const history = new History("a", { messages: 1000, bytes: 1e6 });
        const said: string[] = [];
        const it = new Order({
          clock: new ManualClock(),
          deliver: (_topic, text) => said.push(text),
          ask: (_bus, topic, next) => questions.push(() => history.since([topic], { [topic]: next })),
          lost: () => said.push("lost"),
        });
        const questions: (() => ReturnType<History["since"]>)[] = [];
        it.base("a", {});
        const late: (() => void)[] = [];
        fates.forEach((fate, i) => {
          const n = i + 1;
          const text = history.add("t", () => String(n));
          const arrive = () => it.take("t", { bus: "a", n }, text);
          if (fate === "late") late.push(arrive);
          if (fate === "once" || fate === "twice") arrive();
          if (fate === "twice") arrive();
        });
        for (const question of questions.splice(0)) for (const missed of question()) it.takeMissed("a", missed);
        for (const arrive of late) arrive();
        for (const missed of history.since(["t"], it.due("a"))) it.takeMissed("a", missed);
        expect(said).toEqual(fates.map((_, i) => String(i + 1)));
      }),
    );
  });
});

describe("the history of a sender", () => {
  const history = new History("a", { messages: 3, bytes: 100 });
  const add = (topic: string, text: string) => history.add(topic, ({ n }) => `${text}${n}`);
  for (const text of ["x", "x", "x"]) add("t/1", text);
  add("t/2", "y");

  it("keeps the last messages and knows where they begin", () => {
    expect(history.since(["t/1"], {})).toEqual([
      {
        topic: "t/1",
        first: 2,
        messages: [
          { n: 2, text: "x2" },
          { n: 3, text: "x3" },
        ],
      },
    ]);
    expect(history.since(["t/+"], { "t/1": 4 })).toEqual([
      { topic: "t/2", first: 1, messages: [{ n: 1, text: "y1" }] },
    ]);
    expect(history.since(["u"], {})).toEqual([]);
  });

  it("counts what it has sent", () => {
    expect(history.counts(["t/#"])).toEqual({ "t/1": 3, "t/2": 1 });
    expect(history.counts(["t/2"])).toEqual({ "t/2": 1 });
  });

  it("says where the next begins when all is forgotten, and is bounded in octets", () => {
    add("t/2", "z".repeat(200));
    expect(history.since(["t/2"], {})).toEqual([{ topic: "t/2", first: 3, messages: [] }]);
  });
});
