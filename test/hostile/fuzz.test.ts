/** Mutated sessions, the same in every run (C06): nobody gets power unpaid, nothing breaks, and the next EV is served. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { walkTo, willing } from "../secc/walks.ts";
import { code, type Manager, type Station, station } from "../secc/world.ts";
import { mutations, play, type Sequence } from "./fuzzer.ts";
import { Dice } from "./random.ts";

/** A longer search: PLUGCHARGE_RUNS=10000 npx vitest run test/hostile/fuzz.test.ts */
const sequences = Number(process.env.PLUGCHARGE_RUNS ?? 250);
const HONEST_EVERY = 25;

const escaped: unknown[] = [];
const note = (reason: unknown) => void escaped.push(reason);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

/** Says yes to some, no to others, and nothing to the rest; and sees to it that nobody else gets power. */
function watchful(dice: Dice) {
  let authorised = false;
  let sessions = 0;
  const manager: Manager = (effect, secc) => {
    if (effect.to !== "charger") return;
    if (/^dlink_/.test(effect.name)) authorised = false;
    if (/^require_auth/.test(effect.name)) {
      const answer = dice.next();
      if (answer > 0.9) return;
      authorised = answer < 0.75;
      if (!authorised) {
        const refusal = { authorization_status: "Invalid", certificate_status: "Accepted" } as const;
        secc.apply({ type: "authorization_response", ...refusal });
        return;
      }
    }
    if (effect.name === "ac_close_contactor" || effect.name === "start_cable_check") {
      sessions++;
      expect(authorised, `${effect.name} for nobody`).toBe(true);
    }
    willing(effect, secc);
  };
  return { manager, powered: () => sessions };
}

async function honest(of: Station): Promise<void> {
  const ev = await walkTo("Charging", of);
  expect(code(await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" }))).toBe("OK");
  expect(code(await ev.ask("SessionStopReq"))).toBe("OK");
  await ev.stream.close();
  await of.clock.advance(1);
}

test(`${sequences} sequences with one mutation each`, { timeout: 600_000 }, async () => {
  const dice = new Dice(0x15118);
  const { manager, powered } = watchful(dice);
  let trusting = false;
  const of = await station({}, (effect, secc) => (trusting ? willing : manager)(effect, secc));
  const recorded: Uint8Array[] = [Uint8Array.of(1, 0xfe, 0x80, 1, 0, 0, 0, 0)];
  const seen = new Map<string, number>();
  let last: Sequence | undefined;
  try {
    for (let i = 1; i <= sequences; i++) {
      const before = of.timeline.entries.length;
      last = await play(of, dice, recorded);
      seen.set(last.mutation, (seen.get(last.mutation) ?? 0) + 1);
      expect(of.secc.evse.contactorClosed, "the contactor stayed closed").toBe(false);
      const entries = of.timeline.entries.slice(before);
      expect(entries.filter(({ rule }) => rule === "InternalError")).toEqual([]);
      expect(entries.filter(({ kind }) => kind === "fault").length, "one fault a connection").toBeLessThanOrEqual(1);
      expect(escaped).toEqual([]);
      if (i % HONEST_EVERY > 0) continue;
      trusting = true;
      await honest(of);
      trusting = false;
      of.effects.length = 0;
      of.frames.length = 0;
    }
  } catch (error) {
    throw new Error(`after ${JSON.stringify(last)}`, { cause: error });
  }
  await of.close();
  expect(of.clock.pending, "timers left").toBe(0);
  expect(powered(), "some came as far as to have power").toBeGreaterThan(sequences / 10);
  expect([...seen.keys()].sort()).toEqual(Object.keys(mutations).sort());
});
