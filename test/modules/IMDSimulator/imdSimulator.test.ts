import { afterEach, describe, expect, it } from "vitest";
import { IMDSimulator } from "../../../src/modules/IMDSimulator/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

let imd: UnderTest<typeof IMDSimulator.manifest>;
afterEach(() => imd.station.stop());

const real = { ports: { simulation: { delayFactor: 1 } } };
const measured = (ohm: number) => `main.isolation_measurement {"resistance_F_Ohm":${ohm}}`;

describe("the simulated insulation monitor", () => {
  it("measures while it is started, at its interval", async () => {
    imd = await startUnderTest(IMDSimulator, real);
    await imd.clock.advance(5000);
    await imd.on.main.call("start");
    await imd.on.main.call("start");
    await imd.clock.advance(999);
    expect(await imd.heard()).toEqual([]);
    await imd.clock.advance(2001);
    expect(await imd.heard()).toEqual([measured(900_000), measured(900_000), measured(900_000)]);
    await imd.on.main.call("stop");
    await imd.clock.advance(5000);
    expect(await imd.heard()).toEqual([]);
  });

  it("tests itself for as long as a real one, and only once when it is asked twice", async () => {
    imd = await startUnderTest(IMDSimulator, real);
    await imd.on.main.call("start_self_test", { test_voltage_V: 500 });
    await imd.clock.advance(2000);
    await imd.on.main.call("start_self_test", { test_voltage_V: 500 });
    await imd.clock.advance(2999);
    expect(await imd.heard()).toEqual([]);
    await imd.clock.advance(1);
    expect(await imd.heard()).toEqual(["main.self_test_result true"]);
  });

  it("fails its self test when it is told to", async () => {
    imd = await startUnderTest(IMDSimulator, { implConfig: { main: { selftest_success: false } } });
    await imd.on.main.call("start_self_test", { test_voltage_V: 500 });
    await imd.clock.advance(0);
    expect(await imd.heard()).toEqual(["main.self_test_result false"]);
  });

  it("takes another resistance from outside, and nothing that is no number", async () => {
    imd = await startUnderTest(IMDSimulator);
    imd.external.publish("everest_api/tested/cmd/set_resistance", "5000");
    await imd.on.main.call("start");
    await imd.clock.advance(0);
    expect(await imd.heard()).toEqual([measured(5000)]);
    for (const nonsense of ["", "much", "NaN"]) imd.external.publish("everest_api/tested/cmd/set_resistance", nonsense);
    await imd.clock.advance(1000);
    expect(await imd.heard()).toEqual([measured(5000)]);
    expect(imd.logged).toHaveLength(3);
  });
});
