import { describe, expect, test } from "vitest";
import { pilot } from "../../../src/modules/EvseManager/controlPilot.ts";
import {
  initialPilot,
  type PilotConfig,
  type PilotInput,
  type PilotState,
} from "../../../src/modules/EvseManager/pilotModel.ts";

const usual: PilotConfig = {
  hasVentilation: true,
  lockInStateB: true,
  unlockWhenDeauthorized: false,
  limitSimplifiedModeTo10A: false,
};

type Line = "A" | "B" | "C" | "D" | "E" | "F" | "PowerOn" | "PowerOff" | "Disconnected";

/** A pilot to talk to in words; answers with what came out. */
function bench(config: Partial<PilotConfig> = {}) {
  const full = { ...usual, ...config };
  let state: PilotState = initialPilot(full);
  let now = 0;
  const input = (next: PilotInput) => {
    const step = pilot(state, next, full, now);
    state = step.state;
    return step.effects.map((effect) => {
      if (effect.do === "event") return effect.event;
      if (effect.do === "allow_power_on") return effect.value.allow_power_on ? `power ${effect.value.reason}` : "off";
      return "value" in effect ? `${effect.do} ${effect.value}` : effect.do;
    });
  };
  const lines = (...events: Line[]) => events.flatMap((event) => input({ type: "board", event }));
  return {
    input,
    lines,
    allow: () => input({ type: "allowPower", allow: true, reason: "FullPowerCharging" }),
    pwm: (duty: number) => input({ type: "pwm", duty }),
    /** A car in state C that is charging. */
    charging() {
      input({ type: "enable", value: true });
      lines("A", "B");
      input({ type: "pwm", duty: 0.05 });
      lines("C");
      input({ type: "allowPower", allow: true, reason: "FullPowerCharging" });
      lines("PowerOn");
    },
    wait(ms: number) {
      now += ms;
      return input({ type: "tick" });
    },
  };
}

describe("plug-in and unplug (IEC 61851-1 Table A.6)", () => {
  test("sequence 1.1: A to B is a car, and its plug is held", () => {
    const { input, lines } = bench();
    input({ type: "enable", value: true });
    lines("A");
    expect(lines("B")).toEqual(["CarPluggedIn", "lock"]);
  });

  test("sequence 1.2: A to C is a car that does not speak PWM; it asks for power as soon as PWM is on", () => {
    const { input, lines, pwm } = bench();
    input({ type: "enable", value: true });
    expect(lines("A", "C")).toContain("CarPluggedIn");
    expect(pwm(0.5)).toContain("CarRequestedPower");
  });

  test("a car that came while the board was switched off is noticed when it is switched on", () => {
    const { input, lines } = bench();
    expect(lines("B")).toEqual([]);
    expect(input({ type: "enable", value: true })).toContain("CarPluggedIn");
  });

  test("sequence 2.2: unplugging under power opens the contactor before anybody is told", () => {
    const { charging, lines } = bench();
    charging();
    expect(lines("A")).toEqual(["cp_state_X1", "off", "CarUnplugged"]);
    expect(lines("PowerOff")).toEqual(["PowerOff", "unlock"]);
  });
});

describe("power", () => {
  test("sequence 4: permission and state C close the contactor in either order", () => {
    const first = bench();
    first.input({ type: "enable", value: true });
    first.lines("A", "B");
    first.pwm(0.25);
    expect(first.allow()).toEqual([]);
    expect(first.lines("C")).toEqual(["CarRequestedPower", "power FullPowerCharging"]);

    const second = bench();
    second.input({ type: "enable", value: true });
    second.lines("A", "B");
    second.pwm(0.25);
    second.lines("C");
    expect(second.allow()).toEqual(["power FullPowerCharging"]);
  });

  test("bad case: permission without PWM closes nothing", () => {
    const { input, lines, allow } = bench();
    input({ type: "enable", value: true });
    lines("A", "B", "C");
    expect(allow()).toEqual([]);
  });

  test("sequence 8.1: C to B opens at once and takes the permission away", () => {
    const { charging, lines } = bench();
    charging();
    expect(lines("B")).toEqual(["off", "CarRequestedStopPower"]);
    expect(lines("C")).toEqual(["CarRequestedPower"]);
  });

  test("sequence 10.2: a car that stays in C without PWM is switched off under load after 6 s", () => {
    const { charging, input, wait } = bench();
    charging();
    expect(input({ type: "X1" })).toEqual(["cp_state_X1"]);
    expect(wait(5999)).toEqual([]);
    expect(wait(1)).toEqual(["off"]);
  });

  test("PWM that comes back within the 6 s keeps the contactor closed", () => {
    const { charging, input, pwm, wait } = bench();
    charging();
    input({ type: "X1" });
    expect(pwm(0.1)).toEqual(["pwm_on 10", "power FullPowerCharging"]);
    expect(wait(10_000)).toEqual([]);
  });

  test.each(["E", "F"] as const)("state %s opens the contactor", (state) => {
    const { charging, lines } = bench();
    charging();
    expect(lines(state)).toContain("off");
  });

  test("state D without ventilation gets no power", () => {
    const { charging, lines } = bench({ hasVentilation: false });
    charging();
    expect(lines("D")).toEqual(["off"]);
  });

  test("switching the board off opens the contactor", () => {
    const { charging, input } = bench();
    charging();
    expect(input({ type: "enable", value: false })).toEqual(["enable false", "off"]);
  });
});

describe("the lock", () => {
  test("under power the plug is held even when somebody forces it open", () => {
    const { charging, input, lines } = bench();
    charging();
    expect(input({ type: "forceUnlock" })).toEqual([]);
    expect(lines("B", "PowerOff")).toContain("unlock");
  });

  test("state F releases the plug after 5 s", () => {
    const { input, lines, wait } = bench();
    input({ type: "enable", value: true });
    lines("A", "B", "F");
    expect(wait(4999)).toEqual([]);
    expect(wait(1)).toEqual(["unlock"]);
  });

  test("unlock_when_deauthorized: the plug is held only for who is authorized", () => {
    const { input, lines } = bench({ unlockWhenDeauthorized: true });
    input({ type: "enable", value: true });
    expect(lines("A", "B")).not.toContain("lock");
    expect(input({ type: "authorized", value: true })).toEqual(["lock"]);
    expect(input({ type: "authorized", value: false })).toEqual(["unlock"]);
  });

  test("lock_connector_in_state_b false: the plug is held from state C on", () => {
    const { input, lines } = bench({ lockInStateB: false });
    input({ type: "enable", value: true });
    expect(lines("A", "B")).not.toContain("lock");
    expect(lines("C")).toContain("lock");
  });
});

test("hack_simplified_mode_limit_10A: a car without PWM communication is offered 10 A at most", () => {
  const { input, lines, pwm } = bench({ limitSimplifiedModeTo10A: true });
  input({ type: "enable", value: true });
  lines("A", "C");
  expect(pwm(0.5)).toContain(`pwm_on ${100 * (10 / 0.6 / 100)}`);
});
