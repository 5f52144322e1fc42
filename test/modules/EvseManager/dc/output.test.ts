import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChargerStateName } from "../../../../src/modules/EvseManager/charger/model.ts";
import {
  emergencyVoltage,
  isolationVoltage,
  presentLimits,
  setpoint,
} from "../../../../src/modules/EvseManager/dc/limits.ts";
import type { DcEffect, DcInput } from "../../../../src/modules/EvseManager/dc/model.ts";
import { Bench, capabilities, evLimits, namesOf } from "./support.ts";

const target = (voltage: number, current: number): DcInput => ({ type: "target", voltage, current });
const isolation = (measurement: Extract<DcInput, { type: "isolation" }>["measurement"]): DcInput => ({
  type: "isolation",
  measurement,
});
const last = (bench: Bench) => bench.effects.findLast((effect) => effect.do === "supplySet");
const raised = (effects: readonly DcEffect[]) => effects.filter((effect) => effect.do === "raise");

describe("the precharge", () => {
  it("gives the car's voltage with 2 A at most", () => {
    const bench = new Bench().ready().checkPassed();
    bench.feed({ type: "startPreCharge" }, target(400, 30));
    expect(last(bench)).toEqual({ do: "supplySet", voltage: 400, current: 2 });
    expect(bench.effects).toContainEqual({ do: "supplyOn", phase: "PreCharge" });
    expect(bench.did(target(410, 30))).toEqual(["supplySet"]);
  });

  it("gives nothing without a check that passed", () => {
    const bench = new Bench().ready();
    bench.feed({ type: "contactor", open: false });
    expect(bench.did({ type: "startPreCharge" }, target(400, 2))).toEqual([]);
    expect(bench.did({ type: "demandStarted" }, target(400, 20))).toEqual([]);
    bench.feed({ type: "startCableCheck" }, { type: "measured", voltage: 0, current: 0 });
    expect(bench.did({ type: "startPreCharge" }, { type: "demandStarted" })).toEqual([]);
  });

  it("gives nothing that the supply cannot", () => {
    const bench = new Bench().ready().checkPassed();
    expect(bench.did({ type: "startPreCharge" }, target(50, 2))).toEqual([]);
    expect(bench.did(target(400, 2), target(60, 2))).toEqual(["supplySet", "supplyOn", "supplyOff"]);
  });
});

describe("charging", () => {
  it("begins with the monitor, and tells the charger", () => {
    const bench = new Bench().ready().preCharged();
    expect(bench.did({ type: "demandStarted" })).toEqual(["monitorStart", "chargingStarted", "supplySet", "supplyOn"]);
    expect(bench.effects).toContainEqual({ do: "supplyOn", phase: "Charging" });
  });

  it("goes up by 25 A a second, and down at once", () => {
    const bench = new Bench().ready().preCharged();
    bench.feed({ type: "demandStarted" }, { type: "charger", name: "Charging" }, target(400, 50));
    expect(last(bench)).toMatchObject({ current: 0 });
    bench.pass(1000);
    expect(last(bench)).toMatchObject({ current: 25 });
    bench.pass(1000);
    expect(last(bench)).toMatchObject({ current: 50 });
    bench.feed(target(400, 10));
    expect(last(bench)).toMatchObject({ current: 10 });
  });

  it("is not set anew for every measurement while it goes up", () => {
    const bench = new Bench().ready().preCharged();
    bench.feed({ type: "demandStarted" }, { type: "charger", name: "Charging" }, target(400, 100));
    bench.pass(250);
    const sets = () => bench.effects.filter((effect) => effect.do === "supplySet").length;
    const before = sets();
    for (let turn = 0; turn < 100; turn++) {
      bench.now += 1;
      bench.measure(400, 1);
    }
    expect(sets()).toBe(before);
  });

  it.each([
    ["the supply's current", 300, {}, 124.37],
    ["the car's current", 300, { evLimits: { ...evLimits, dc_ev_maximum_current_limit: 60 } }, 60],
    ["the car's power", 300, { evLimits: { ...evLimits, dc_ev_maximum_power_limit: 20_000 } }, 50],
    ["the energy tree, less the supply's losses", 300, { grant: { watt: 20_000, validUntil: 1e12 } }, 45],
    ["derating", 300, { derating: { max_export_current_A: 33 } }, 33],
    ["what the car asks for", 12, {}, 12],
  ])("is never above %s", (_, wanted, change, ampere) => {
    const bench = new Bench().ready(55_277).charging(wanted);
    bench.state = { ...bench.state, ...change };
    bench.feed({ type: "tick" });
    bench.pass(20_000);
    expect(last(bench)).toMatchObject({ current: ampere });
  });

  it("ends with the time of what was granted", () => {
    const bench = new Bench().ready().charging();
    bench.feed({ type: "grant", watt: 10_000, validUntil: bench.now + 2000 });
    bench.pass(1999);
    expect(last(bench)).toMatchObject({ current: 22.5 });
    bench.pass(1);
    expect(last(bench)).toMatchObject({ current: 0 });
    expect(bench.effects.findLast((effect) => effect.do === "limit")).toMatchObject({ ampere: 0, watt: 0 });
  });

  it("winds down when the session stops, and leaves the voltage until the car has let go", () => {
    const bench = new Bench().ready().charging();
    bench.feed({ type: "charger", name: "StoppingCharging" });
    expect(last(bench)).toMatchObject({ voltage: 400, current: 0 });
    bench.feed(target(400, 80));
    bench.pass(5000);
    expect(last(bench)).toMatchObject({ current: 0 });
    expect(bench.did({ type: "demandFinished" })).toEqual(["supplyOff", "imdStop", "monitorStop"]);
  });

  it.each([
    ["the car has enough", { type: "demandFinished" }],
    ["the car opens its contactor", { type: "openContactor" }],
    ["the contactor opens", { type: "contactor", open: true }],
    ["something is wrong", { type: "contactorAllowed", allowed: false }],
    ["the car is unplugged", { type: "unplugged" }],
    ["the session is over", { type: "charger", name: "Finished" }],
    ["the session waits", { type: "charger", name: "ChargingPausedEVSE" }],
  ] as readonly [string, DcInput][])("is off at once when %s, whatever the car asks for then", (_, input) => {
    const bench = new Bench().ready().charging();
    expect(bench.did(input).slice(0, 3)).toEqual(["supplyOff", "imdStop", "monitorStop"]);
    bench.feed(target(400, 50), { type: "contactor", open: false }, { type: "charger", name: "Charging" });
    bench.pass(10_000);
    expect(bench.state.supply).toBeUndefined();
  });

  it("gives cars that ask for whole ampere what is offered, if it shall", () => {
    const bench = new Bench({ fillUpWholeAmperes: true }).ready(20_100);
    bench.charging(45);
    expect(last(bench)).toMatchObject({ current: 45.2 });
  });
});

describe("what is watched while charging", () => {
  it.each([
    [551, 0, "High"],
    [451, 400, "Medium"],
  ] as const)("%i V for %i ms are a fault, and off", (voltage, ms, severity) => {
    const bench = new Bench().ready().charging();
    bench.effects = [];
    bench.feed({ type: "voltage", of: "overVoltageMonitor", voltage });
    if (ms > 0) bench.pass(ms - 1);
    expect(raised(bench.effects)).toHaveLength(ms > 0 ? 0 : 1);
    bench.pass(1);
    expect(raised(bench.effects)).toMatchObject([{ error: "MREC5OverVoltage", severity }]);
    expect(bench.state).toMatchObject({ supply: undefined, stage: "off" });
  });

  it("a voltage that is too high for a moment is none", () => {
    const bench = new Bench().ready().charging();
    const volts = (voltage: number) => bench.feed({ type: "voltage", of: "overVoltageMonitor", voltage });
    volts(460);
    bench.pass(300);
    volts(440);
    bench.pass(300);
    volts(460);
    bench.pass(300);
    expect(raised(bench.effects)).toEqual([]);
  });

  it("the supply's own voltage counts where there is no monitor", () => {
    const bench = new Bench({ hasOverVoltageMonitor: false }).ready().charging();
    bench.measure(600, 1);
    expect(raised(bench.effects)).toMatchObject([{ error: "MREC5OverVoltage", severity: "High" }]);
  });

  it("instruments that disagree for long are a fault", () => {
    const bench = new Bench().ready().charging();
    bench.feed({ type: "voltage", of: "powermeter", voltage: 340 });
    bench.pass(29_999);
    expect(raised(bench.effects)).toEqual([]);
    bench.pass(1);
    expect(raised(bench.effects)).toMatchObject([{ error: "VoltagePlausibilityFault", severity: "High" }]);
  });

  it("insulation that fails is told and is a fault", () => {
    const bench = new Bench().ready().charging();
    bench.effects = [];
    expect(bench.did(isolation({ resistance_F_Ohm: 100_000 }))).toEqual(["isolationStatus"]);
    expect(bench.did(isolation({ resistance_F_Ohm: 99_999 }))).toEqual([
      "supplyOff",
      "imdStop",
      "monitorStop",
      "isolationStatus",
      "raise",
    ]);
    expect(bench.effects).toContainEqual({ do: "isolationStatus", status: "Fault" });
    expect(raised(bench.effects)).toMatchObject([{ error: "MREC22ResistanceFault", subType: "Resistance" }]);
  });

  it("voltage to earth is a fault when it is seen twice, two seconds apart", () => {
    const bench = new Bench().ready().charging();
    const high = { resistance_F_Ohm: 1e6, voltage_V: 400, voltage_to_earth_l1e_V: 441, voltage_to_earth_l2e_V: 0 };
    bench.feed(isolation(high));
    bench.pass(1000);
    bench.feed(isolation(high));
    expect(raised(bench.effects)).toEqual([]);
    bench.feed(isolation({ ...high, voltage_to_earth_l1e_V: 200 }), isolation(high));
    bench.pass(2000);
    bench.feed(isolation(high));
    expect(raised(bench.effects)).toMatchObject([{ subType: "VoltageToEarth", severity: "Medium" }]);
  });

  it("the monitor is paused in the precharge for cars that it disturbs, if it shall", () => {
    const bench = new Bench({ pauseImdDuringPreCharge: true }).ready().preCharged();
    expect(bench.state.imdOn).toBe(false);
    bench.feed({ type: "demandStarted" });
    bench.measure(400, 3);
    expect(bench.state.imdOn).toBe(true);
  });
});

describe("what is told", () => {
  it("limits once they change", () => {
    const bench = new Bench().ready(20_000).charging();
    const told = () => bench.effects.filter((effect) => effect.do === "tellLimits").length;
    const before = told();
    bench.measure(400, 10);
    expect(told()).toBe(before);
    bench.feed({ type: "grant", watt: 10_000, validUntil: bench.now + 1e6 });
    expect(bench.effects.findLast((effect) => effect.do === "tellLimits")).toMatchObject({
      maximum: { evse_maximum_current_limit: 22.5, evse_maximum_power_limit: 9000, evse_maximum_voltage_limit: 900 },
      minimum: { evse_minimum_current_limit: 1, evse_minimum_voltage_limit: 100 },
    });
  });

  it("the charger is told again when what it was told is renewed", () => {
    const bench = new Bench().ready();
    bench.effects = [];
    bench.feed({ type: "grant", watt: 50_000, validUntil: bench.now + 9000 });
    expect(bench.effects).toContainEqual({ do: "limit", ampere: 200, watt: 45_000, validUntil: bench.now + 9000 });
  });

  it("what is measured, with the offset that it shall have", () => {
    const bench = new Bench({ presentCurrentOffset: 2 });
    expect(bench.measure(-1, -3)).toEqual([{ do: "tellPresent", voltage: 0, current: 2 }]);
  });

  it.each([
    [400, 900, 450],
    [480, 900, 500],
    [500, 450, 450],
    [700, 900, 770],
    [900, 900, 900],
  ])("a car of %i V at a supply of %i V is tested at %i V", (ev, supply, volt) => {
    expect(isolationVoltage(ev, supply)).toBeCloseTo(volt);
  });

  it.each([
    [500, 550],
    [501, 825],
    [751, 935],
    [851, 1100],
    [1001, 1375],
  ])("a car of %i V is switched off at %i V", (ev, volt) => {
    expect(emergencyVoltage(ev, 1500)).toBe(volt);
    expect(emergencyVoltage(ev, 500)).toBe(550);
  });
});

const number = (max: number) => fc.double({ min: -10, max, noNaN: true });
const optional = (max: number) => fc.option(fc.double({ min: 0, max, noNaN: true }), { nil: undefined });
const without = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, it]) => it !== undefined)) as T;

describe("whatever supply, car and energy tree say", () => {
  const worlds = fc.record({
    capabilities: fc.record({
      max_export_voltage_V: fc.double({ min: 50, max: 1500, noNaN: true }),
      min_export_voltage_V: fc.double({ min: 0, max: 300, noNaN: true }),
      max_export_current_A: fc.double({ min: 0, max: 600, noNaN: true }),
      max_export_power_W: fc.double({ min: 0, max: 400_000, noNaN: true }),
      conversion_efficiency_export: fc.double({ min: 0.5, max: 1, noNaN: true }),
    }),
    derating: fc.record({ max_export_current_A: optional(600), max_export_power_W: optional(400_000) }),
    evLimits: fc.record({
      dc_ev_maximum_voltage_limit: optional(1500),
      dc_ev_maximum_current_limit: optional(600),
      dc_ev_maximum_power_limit: optional(350_000),
    }),
    target: fc.record({ voltage: number(2000), current: number(2000) }),
    present: fc.record({ voltage: number(1600), current: number(600) }),
    grant: fc.record({ watt: number(400_000), validUntil: fc.constantFrom(0, 1e9) }),
    most: fc.double({ min: 0, max: 500, noNaN: true }),
  });

  it("no setpoint is above a limit", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const state = {
          ...world,
          capabilities: { ...capabilities, ...world.capabilities },
          derating: without(world.derating) as object,
          evLimits: without(world.evLimits) as object,
        };
        const point = setpoint(state, world.most, 1000);
        if (!point) return;
        const { capabilities: supply, evLimits: ev, derating } = world;
        const most = Number.POSITIVE_INFINITY;
        expect(point.voltage).toBeLessThanOrEqual(supply.max_export_voltage_V);
        expect(point.voltage).toBeGreaterThanOrEqual(supply.min_export_voltage_V);
        expect(point.voltage).toBeLessThanOrEqual(ev.dc_ev_maximum_voltage_limit ?? most);
        expect(point.voltage).toBeLessThanOrEqual(world.target.voltage);
        expect(point.current).toBeGreaterThanOrEqual(0);
        for (const limit of [
          supply.max_export_current_A,
          derating.max_export_current_A ?? most,
          ev.dc_ev_maximum_current_limit ?? most,
          Math.max(0, world.target.current),
          world.most,
        ]) {
          expect(point.current).toBeLessThanOrEqual(limit);
        }
        const volt = world.present.voltage > 10 ? world.present.voltage : point.voltage;
        const granted = world.grant.validUntil > 1000 ? Math.max(0, world.grant.watt) : 0;
        for (const watt of [
          supply.max_export_power_W,
          derating.max_export_power_W ?? most,
          ev.dc_ev_maximum_power_limit ?? most,
          granted * supply.conversion_efficiency_export,
        ]) {
          expect(point.current * volt).toBeLessThanOrEqual(watt + 1e-6);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("nothing is offered that may not be given", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const state = {
          ...world,
          capabilities: { ...capabilities, ...world.capabilities },
          derating: without(world.derating) as object,
          evLimits: {},
        };
        const offered = presentLimits(state, 1000)?.maximum;
        const granted = world.grant.validUntil > 1000 ? Math.max(0, world.grant.watt) : 0;
        expect(offered?.evse_maximum_power_limit).toBeLessThanOrEqual(granted);
        expect(offered?.evse_maximum_current_limit).toBeLessThanOrEqual(world.capabilities.max_export_current_A);
      }),
    );
  });
});

describe("in whatever order things happen", () => {
  const names: readonly ChargerStateName[] = [
    "Idle",
    "WaitingForAuthentication",
    "PrepareCharging",
    "PrepareCharging",
    "Charging",
    "Charging",
    "StoppingCharging",
    "Finished",
    "ChargingPausedEVSE",
    "T_step_X1",
  ];
  const inputs: fc.Arbitrary<DcInput | { readonly pass: number }> = fc.oneof(
    fc.record({ pass: fc.integer({ min: 1, max: 12_000 }) }),
    fc.constantFrom<DcInput>(
      { type: "startCableCheck" },
      { type: "startPreCharge" },
      { type: "demandStarted" },
      { type: "demandFinished" },
      { type: "openContactor" },
      { type: "contactorAllowed", allowed: false },
      { type: "contactorAllowed", allowed: true },
      { type: "unplugged" },
      { type: "selfTest", passed: true },
      { type: "isolation", measurement: { resistance_F_Ohm: 900_000 } },
      { type: "isolation", measurement: { resistance_F_Ohm: 10 } },
      { type: "contactor", open: true },
      { type: "contactor", open: false },
    ),
    fc.constantFrom(...names).map((name): DcInput => ({ type: "charger", name })),
    fc.constantFrom(0, 10, 400, 500, 600).map((voltage): DcInput => ({ type: "measured", voltage, current: 0 })),
    fc
      .record({ voltage: fc.constantFrom(0, 400, 1000), current: fc.constantFrom(0, 10, 500) })
      .map((point): DcInput => ({ type: "target", ...point })),
    fc.integer({ min: 0, max: 60_000 }).map((watt): DcInput => ({ type: "grant", watt, validUntil: 1e12 })),
  );
  const starts = fc.constantFrom(
    (bench: Bench) => bench,
    (bench: Bench) => bench.checkPassed(),
    (bench: Bench) => bench.preCharged(),
    (bench: Bench) => bench.charging(),
  );

  it("the supply is on for a session that may charge only, and for current only after a check that passed", () => {
    fc.assert(
      fc.property(starts, fc.array(inputs, { maxLength: 40 }), (start, all) => {
        const bench = start(new Bench().ready());
        let passed = bench.effects.some((effect) => effect.do === "checkFinished" && effect.passed);
        let on = bench.state.supply !== undefined;
        for (const input of all) {
          const effects = "pass" in input ? bench.pass(input.pass) : bench.feed(input);
          for (const effect of effects) {
            if (effect.do === "checkFinished") passed = effect.passed;
            if (effect.do === "supplyOn") on = true;
            if (effect.do === "supplyOff") on = false;
            if (effect.do === "supplyOn" && effect.phase !== "CableCheck") expect(passed).toBe(true);
          }
          const { supply, charger, stage, contactorAllowed, contactorClosed, check } = bench.state;
          expect(on).toBe(supply !== undefined);
          if (!supply) continue;
          const winding = stage === "charging" && charger === "StoppingCharging" && supply.current === 0;
          expect(winding || charger === "PrepareCharging" || charger === "Charging").toBe(true);
          if (supply.phase === "CableCheck") expect(check).toBeDefined();
          else expect(contactorAllowed && contactorClosed).toBe(true);
          if (supply.phase === "PreCharge") expect(supply.current).toBeLessThanOrEqual(2);
          expect(supply.voltage).toBeLessThanOrEqual(supply.phase === "CableCheck" ? 500 : 450);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("what went wrong is off in the same turn", () => {
    fc.assert(
      fc.property(starts, fc.array(inputs, { maxLength: 40 }), (start, all) => {
        const bench = start(new Bench().ready());
        for (const input of all) {
          const effects = "pass" in input ? bench.pass(input.pass) : bench.feed(input);
          if (raised(effects).length === 0) continue;
          const after = effects.slice(effects.findLastIndex((effect) => effect.do === "raise"));
          expect(namesOf(after)).not.toContain("supplyOn");
        }
      }),
    );
  });
});
