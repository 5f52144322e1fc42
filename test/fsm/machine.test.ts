import { describe, expect, it } from "vitest";
import { mermaid } from "../../src/fsm/diagram.ts";
import { machineOf, Runner, react } from "../../src/fsm/machine.ts";
import { ask, type Protocol, stateOf } from "../../src/fsm/state.ts";
import { ManualClock } from "../../src/util/manualClock.ts";

/** A door: knocks are counted, a key is asked for, a hinge is waited for. */
interface Door extends Protocol {
  readonly messages: { knock: { times: number }; unlock: { key: string }; push: object };
  readonly session: { readonly knocks: number; readonly swung: boolean };
  readonly reply: string;
  readonly effect: string;
  readonly ports: { fits(key: string): Promise<boolean> };
}

const state = stateOf<Door>();
const shut = state({
  name: "Shut",
  next: ["Shut", "Unlocked"],
  on: {
    knock: ({ times }, session) => ({ reply: "who?", session: { knocks: session.knocks + times } }),
    unlock: ask(
      (message, _session, ports) => ports.fits(message.key),
      (_message, session, fits: boolean) =>
        fits ? { reply: `click after ${session.knocks}`, next: "Unlocked" } : { reply: "FAILED" },
    ),
  },
});
const unlocked = state({
  name: "Unlocked",
  next: ["Open", "Unlocked"],
  on: {
    push: () => ({
      effects: ["creak"],
      ms: 3000,
      until: (session) => session.swung,
      decide: (session) => (session.swung ? { reply: "open", next: "Open" } : { reply: "stuck", effects: ["groan"] }),
    }),
  },
});
const open = state({ name: "Open", next: [], on: {} });
const door = machineOf<Door>()({
  initial: "Shut",
  states: [shut, unlocked, open],
  rules: {
    guard: (_incoming, session) => (session.knocks > 9 ? { reply: "go away" } : undefined),
    unexpected: (incoming, _session, name) => ({ reply: `no ${incoming.name} when ${name}` }),
    conclude: (step) => (step.reply === "FAILED" ? { ...step, next: "Open" } : step),
  },
});

function run() {
  const clock = new ManualClock();
  const performed: string[] = [];
  const runner = new Runner<Door>(
    door,
    { knocks: 0, swung: false },
    {
      clock,
      ports: { fits: async (key) => key === "gold" },
      perform: (effect) => performed.push(effect),
    },
  );
  return { clock, performed, runner };
}

describe("machine", () => {
  it("reacts purely: the same session and message give the same step", () => {
    const session = { knocks: 2, swung: false };
    const step = react<Door>(door, "Shut", session, { name: "knock", message: { times: 3 } });
    expect(step).toEqual({ reply: "who?", session: { knocks: 5 } });
    expect(session).toEqual({ knocks: 2, swung: false });
  });

  it("rejects a successor that was not declared, at compile time", () => {
    // @ts-expect-error Open is not among the successors
    const wrong = state({ name: "Wrong", next: ["Shut"], on: { push: () => ({ next: "Open" }) } });
    expect(wrong.next).toEqual(["Shut"]);
    // @ts-expect-error the state Unlocked is missing in the list
    const incomplete = machineOf<Door>()({ initial: "Shut", states: [shut], rules: door.rules });
    expect(incomplete.initial).toBe("Shut");
  });

  it("asks, then decides with the session as it is when the answer has come", async () => {
    const { runner } = run();
    const reply = runner.feed({ name: "unlock", message: { key: "gold" } });
    runner.apply({ knocks: 4 });
    expect(await reply).toBe("click after 4");
    expect(runner.state).toBe("Unlocked");
  });

  it("waits for a change from outside and goes on at once", async () => {
    const { runner, clock, performed } = run();
    await runner.feed({ name: "unlock", message: { key: "gold" } });
    const reply = runner.feed({ name: "push", message: {} });
    await clock.advance(100);
    expect(performed).toEqual(["creak"]);
    runner.apply({ swung: true });
    expect(await reply).toBe("open");
    expect(clock.pending).toBe(0);
  });

  it("bad case: the change does not come in time", async () => {
    const { runner, clock, performed } = run();
    await runner.feed({ name: "unlock", message: { key: "gold" } });
    const reply = runner.feed({ name: "push", message: {} });
    await clock.advance(3000);
    expect(await reply).toBe("stuck");
    expect(performed).toEqual(["creak", "groan"]);
    expect(runner.state).toBe("Unlocked");
  });

  it("bad case: stopped while it waits, nothing more happens", async () => {
    const { runner, clock, performed } = run();
    await runner.feed({ name: "unlock", message: { key: "gold" } });
    const reply = runner.feed({ name: "push", message: {} });
    const later = runner.feed({ name: "push", message: {} });
    await clock.advance(1);
    runner.stop();
    expect(await reply).toBeUndefined();
    expect(await later).toBeUndefined();
    expect(performed).toEqual(["creak"]);
    expect(clock.pending).toBe(0);
  });

  it("takes messages one after the other", async () => {
    const { runner } = run();
    const replies = await Promise.all([
      runner.feed({ name: "unlock", message: { key: "gold" } }),
      runner.feed({ name: "knock", message: { times: 1 } }),
    ]);
    expect(replies).toEqual(["click after 0", "no knock when Unlocked"]);
  });

  it("keeps the common rules in one place", async () => {
    const { runner } = run();
    await runner.feed({ name: "knock", message: { times: 10 } });
    expect(await runner.feed({ name: "knock", message: { times: 1 } })).toBe("go away");
    expect(await runner.feed({ name: "push", message: {} })).toBe("no push when Shut");
    runner.apply({ knocks: 0 });
    expect(await runner.feed({ name: "unlock", message: { key: "tin" } })).toBe("FAILED");
    expect(runner.state).toBe("Open");
  });

  it("never takes an inherited property for a handler", () => {
    const incoming = { name: "toString", message: {} } as never;
    expect(react<Door>(door, "Shut", { knocks: 0, swung: false }, incoming)).toEqual({
      reply: "no toString when Shut",
    });
  });

  it("draws itself", () => {
    expect(mermaid(door)).toBe(
      [
        "stateDiagram-v2",
        "  [*] --> Shut",
        "  Shut --> Shut",
        "  Shut --> Unlocked",
        "  Unlocked --> Open",
        "  Unlocked --> Unlocked",
        "  Open --> [*]",
        "",
      ].join("\n"),
    );
  });
});
