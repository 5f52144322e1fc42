import { describe, expect, it } from "vitest";
import type { DcEffect, DcInput } from "../../../../src/modules/EvseManager/dc/model.ts";
import { Bench, namesOf } from "./support.ts";

const isolation = (resistance_F_Ohm: number): DcInput => ({ type: "isolation", measurement: { resistance_F_Ohm } });
const closed: DcInput = { type: "contactor", open: false };
const begin: DcInput = { type: "startCableCheck" };
const selfTest = (passed: boolean): DcInput => ({ type: "selfTest", passed });
const measured = (voltage: number): DcInput => ({ type: "measured", voltage, current: 0 });
const raised = (effects: readonly DcEffect[]) => effects.filter((effect) => effect.do === "raise");

/** The steps of a check that passes, by the input that ends each. */
const course: readonly (readonly [string, DcInput, readonly string[]])[] = [
  ["the output is without voltage", measured(0), ["allowContactor"]],
  ["the contactor is closed", closed, ["supplySet", "supplyOn"]],
  ["the test voltage is there", measured(500), ["imdSelfTest"]],
  ["the monitor has passed its self test", selfTest(true), ["imdStart"]],
  ["the insulation is measured", isolation(900_000), ["supplyOff", "isolationStatus"]],
  ["the output is without voltage again", measured(10), ["checkFinished"]],
];

describe("the cable check", () => {
  it("goes step by step", () => {
    const bench = new Bench().ready();
    expect(bench.did(begin)).toEqual([]);
    for (const [what, input, effects] of course) expect([what, bench.did(input)]).toEqual([what, effects]);
    expect(bench.effects).toContainEqual({ do: "checkFinished", passed: true });
    expect(bench.effects).toContainEqual({ do: "isolationStatus", status: "Valid" });
    expect(bench.state.stage).toBe("checked");
  });

  it("tests with 2 A at most, at the voltage that IEC 61851-23 wants", () => {
    const bench = new Bench().ready();
    bench.feed(begin, measured(0), closed);
    expect(bench.effects).toContainEqual({ do: "supplySet", voltage: 500, current: 2 });
    expect(bench.effects).toContainEqual({ do: "supplyOn", phase: "CableCheck" });
    const own = new Bench({ isolationVoltage: 350 }).ready();
    own.feed(begin, measured(0), closed);
    expect(own.effects).toContainEqual({ do: "supplySet", voltage: 350, current: 2 });
  });

  it("waits for the transaction, when the car is faster than the meter", () => {
    const bench = new Bench().ready();
    bench.feed({ type: "charger", name: "WaitingForAuthentication" });
    expect(bench.did(begin, measured(0))).toEqual([]);
    expect(bench.did({ type: "charger", name: "PrepareCharging" }, measured(0))).toEqual(["allowContactor"]);
  });

  it("is not begun where there is nothing to charge", () => {
    const bench = new Bench().ready();
    bench.feed({ type: "charger", name: "Idle" });
    expect(bench.did(begin, measured(0))).toEqual(["checkFinished"]);
    expect(bench.effects).toContainEqual({ do: "checkFinished", passed: false });
  });

  it("passes without a monitor once the contactor is closed, and says that there is none", () => {
    const bench = new Bench({ hasImd: false }).ready();
    bench.feed(begin, measured(0));
    expect(bench.did(closed)).toEqual(["isolationStatus", "checkFinished"]);
    expect(bench.effects).toContainEqual({ do: "isolationStatus", status: "No_IMD" });
  });

  it("leaves out what is not wanted", () => {
    const bench = new Bench({ selfTest: false, measurements: 0, waitForSafeVoltage: false }).ready();
    bench.feed(begin, measured(0), closed);
    expect(bench.did(measured(500))).toEqual(["imdStart", "isolationStatus", "checkFinished"]);
  });

  it("takes the last of several measurements", () => {
    const bench = new Bench({ measurements: 3 }).ready();
    bench.feed(begin, measured(0), closed, measured(500), selfTest(true));
    expect(bench.did(isolation(10), isolation(20))).toEqual([]);
    expect(bench.did(isolation(200_000))).toEqual(["supplyOff", "isolationStatus"]);
  });

  it("can test the monitor before the contactor closes", () => {
    const bench = new Bench({ earlySelfTestVoltage: 120 }).ready();
    expect(bench.did(begin, measured(0))).toEqual(["supplySet", "supplyOn", "allowContactor"]);
    expect(bench.did(measured(120))).toEqual(["imdSelfTest"]);
    expect(bench.did(selfTest(true))).toEqual(["supplyOff"]);
    expect(bench.did(closed)).toEqual(["supplySet", "supplyOn"]);
    expect(bench.did(measured(500))).toEqual(["imdStart"]);
  });

  it.each([
    ["the resistance to earth is low", 4, isolation(99_999)],
    ["the self test fails", 3, selfTest(false)],
  ] as const)("does not pass when %s", (_, steps, input) => {
    const bench = new Bench().ready();
    bench.feed(begin, ...course.slice(0, steps).map(([, it]) => it));
    expect(namesOf(bench.feed(input))).toContain("supplyOff");
    expect(bench.effects.map((effect) => effect.do)).not.toContain("checkFinished");
    const end = bench.feed(measured(10));
    expect(end).toContainEqual({ do: "checkFinished", passed: false });
    expect(raised(end)).toMatchObject([{ error: "MREC11CableCheckFault", severity: "Medium" }]);
    expect(bench.state.stage).toBe("off");
  });

  it("tells of faulty insulation", () => {
    const bench = new Bench().ready();
    bench.feed(begin, ...course.slice(0, 4).map(([, it]) => it), isolation(0));
    expect(bench.effects).toContainEqual({ do: "isolationStatus", status: "Fault" });
  });

  it.each(course.map(([what], index) => [what, index] as const))("does not wait for ever until %s", (_, index) => {
    const bench = new Bench().ready();
    bench.feed(begin, ...course.slice(0, index).map(([, input]) => input));
    for (let second = 0; second < 60 && bench.state.stage === "cableCheck"; second++) {
      // A supply that goes on measuring what does not help.
      bench.measure(index === 2 ? 300 : 200);
      bench.pass(1000);
    }
    expect(bench.state).toMatchObject({ stage: "off", supply: undefined });
    expect(bench.effects).toContainEqual({ do: "checkFinished", passed: false });
    expect(raised(bench.effects)).toHaveLength(1);
  });

  it("does not believe in a supply that measures nothing", () => {
    const bench = new Bench().ready();
    bench.feed(begin, measured(0), closed);
    bench.pass(2000);
    expect(bench.state.supply).toBeUndefined();
    bench.pass(2000);
    expect(raised(bench.effects)).toMatchObject([{ message: "cable check: the power supply measures nothing" }]);
  });

  it("does not pass at a voltage that the supply cannot give", () => {
    const bench = new Bench({ isolationVoltage: 1000 }).ready();
    bench.feed(begin, measured(0), closed, measured(0));
    expect(raised(bench.effects)).toMatchObject([{ message: "cable check: the power supply cannot give 1000 V" }]);
  });

  /** What ends a check that is under way is no fault of the cable, and the next one passes (EVerest #1900). */
  const interruptions: readonly (readonly [string, DcInput])[] = [
    ["the session stops", { type: "charger", name: "StoppingCharging" }],
    ["the session is over", { type: "charger", name: "Finished" }],
    ["the car is unplugged", { type: "unplugged" }],
    ["something is wrong", { type: "contactorAllowed", allowed: false }],
    ["the car wants no power", { type: "openContactor" }],
  ];

  it.each(interruptions.flatMap(([why, input]) => course.map(([step], index) => [why, step, index, input] as const)))(
    "ends when %s, before %s, without a fault, and can be done again",
    (_why, _step, index, input) => {
      const bench = new Bench().ready();
      bench.feed(begin, ...course.slice(0, index).map(([, it]) => it), input);
      expect(bench.state).toMatchObject({ stage: "off", supply: undefined, imdOn: false, check: undefined });
      expect(bench.effects).toContainEqual({ do: "checkFinished", passed: false });
      expect(raised(bench.effects)).toEqual([]);
      bench.feed({ type: "contactor", open: true }, { type: "charger", name: "PrepareCharging" });
      bench.feed({ type: "contactorAllowed", allowed: true }, begin);
      bench.effects = [];
      bench.feed(...course.map(([, it]) => it));
      expect(bench.effects).toContainEqual({ do: "checkFinished", passed: true });
    },
  );
});
