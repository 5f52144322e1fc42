import fc from "fast-check";
import { expect, test } from "vitest";
import { accepted, card, contract, fakeAuth, invalid } from "./fakeStation.ts";

const evses = fc.constantFrom(1, 2);
const tokens = fc.constantFrom("A", "B", "C");

const act = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant("contract"), evses, tokens) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("card"), evses, tokens) },
  { weight: 3, arbitrary: fc.tuple(fc.constant("accept"), evses, tokens) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("reject", "fail"), evses, tokens) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("plugIn", "unplug"), evses, tokens) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("withdraw", "withdrawEvse"), evses, tokens) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("microtask", "settle", "1s", "60s"), evses, tokens) },
);

/** EVSEs as they must see themselves from what they are told and what happens to them. */
function watch(station: ReturnType<typeof fakeAuth>) {
  const authorized = new Map<number, string>();
  const answered: string[] = [];
  return {
    authorized,
    answered,
    look() {
      for (const command of station.commands()) {
        const [verb, evse = "", token = "", status] = command.split(" ");
        if (verb === "withdraw") {
          authorized.delete(Number(evse));
          // An EVSE that is told so lets its car go too.
          for (const name of ["A", "B", "C"]) answered.push(`${evse} ${name}`);
        }
        if (verb !== "authorize") continue;
        answered.push(`${evse} ${token}`);
        if (status === "Accepted") authorized.set(Number(evse), token);
      }
    },
  };
}

test("whatever happens between any two steps of Auth, it and the EVSEs agree on who is authorized (CVE-2026-26071)", async () => {
  const run = async (acts: readonly (readonly [string, number, string])[], algorithm: "PlugEvents" | "FindFirst") => {
    const station = fakeAuth({ validators: [() => undefined], selection_algorithm: algorithm });
    const { handler, questions, clock } = station;
    const view = watch(station);
    const plugged = new Set<number>();
    const waiting: string[] = [];
    const perform: Record<string, (evse: number, token: string) => unknown> = {
      contract(evse, token) {
        if (!plugged.has(evse)) return;
        waiting.push(`${evse} ${token}`);
        void handler.onToken(contract(token, evse));
      },
      card: (_, token) => void handler.onToken(card(token)),
      accept: () => questions.shift()?.answer(accepted),
      reject: () => questions.shift()?.answer(invalid),
      fail: () => questions.shift()?.fail(),
      plugIn(evse) {
        if (plugged.has(evse)) return;
        plugged.add(evse);
        station.plugIn(evse);
      },
      unplug(evse) {
        if (!plugged.delete(evse)) return;
        view.look();
        view.authorized.delete(evse);
        station.unplug(evse);
        for (let i = waiting.length - 1; i >= 0; i--) if (waiting[i]?.startsWith(`${evse} `)) waiting.splice(i, 1);
      },
      withdraw: (_, token) => void handler.withdraw({ id_token: { value: token, type: "eMAID" } }),
      withdrawEvse: (evse) => void handler.withdraw({ evse_id: evse }),
      microtask: () => Promise.resolve(),
      settle: () => clock.advance(0),
      "1s": () => clock.advance(1000),
      "60s": () => clock.advance(60_000),
    };
    for (const [name, evse, token] of acts) {
      await perform[name]?.(evse, token);
      view.look();
    }
    for (const question of questions.splice(0)) question.answer(accepted);
    await clock.advance(0);
    for (const question of questions.splice(0)) question.answer(accepted);
    await clock.advance(0);
    view.look();
    const held = [...handler.pool.evses.values()].flatMap(({ id, identifier }) =>
      identifier ? [[id, identifier.id_token.value]] : [],
    );
    expect(held).toEqual([...view.authorized].toSorted());
    for (const question of waiting) expect(view.answered, "a car left without answer").toContain(question);
    handler.stop();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  };
  const acts = fc.array(act, { minLength: 5, maxLength: 40 });
  await fc.assert(fc.asyncProperty(acts, fc.constantFrom("PlugEvents", "FindFirst"), run), { numRuns: 400 });
});
