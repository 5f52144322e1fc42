import { afterEach, describe, expect, it } from "vitest";
import type { Powermeter } from "../../../src/interfaces/types/powermeter.ts";
import { DCSupplySimulator } from "../../../src/modules/DCSupplySimulator/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

let supply: UnderTest<typeof DCSupplySimulator.manifest>;
afterEach(() => supply.station.stop());

const last = (variable: string) => {
  const found = supply.said.findLast((line) => line.startsWith(`${variable} `));
  return JSON.parse(found?.slice(variable.length) ?? "null");
};
const output = () => last("main.voltage_current");
const meter = (): Powermeter => last("powermeter.powermeter");
const set = (voltage: number, current: number) => supply.on.main.call("setExportVoltageCurrent", { voltage, current });

describe("the simulated DC supply", () => {
  it("tells what it can do, and measures every 500 ms and whenever it is set", async () => {
    supply = await startUnderTest(DCSupplySimulator);
    await supply.heard();
    expect(last("main.capabilities")).toMatchObject({
      bidirectional: true,
      max_export_voltage_V: 900,
      min_export_voltage_V: 200,
      max_export_current_A: 200,
      min_export_current_A: 1,
      max_export_power_W: 150_000,
      nominal_max_export_power_W: 150_000,
    });
    await supply.clock.advance(1000);
    expect((await supply.heard()).filter((line) => line.startsWith("main.voltage_current"))).toHaveLength(2);
    await supply.on.main.call("setMode", { mode: "Export", phase: "Charging" });
    expect(await supply.heard()).toEqual(expect.arrayContaining(['main.mode "Export"']));
  });

  it("gives what it was set to within its limits, of power too", async () => {
    supply = await startUnderTest(DCSupplySimulator);
    await supply.on.main.call("setMode", { mode: "Export", phase: "Charging" });
    for (const [volt, ampere, gives] of [
      [400, 50, { voltage_V: 400, current_A: 50 }],
      [1000, 500, { voltage_V: 900, current_A: 166.667 }],
      [100, 0.5, { voltage_V: 200, current_A: 1 }],
      [400, 0, { voltage_V: 400, current_A: 0 }],
    ] as const) {
      await set(volt, ampere);
      await supply.heard();
      expect(output()).toEqual(gives);
    }
  });

  it.each(["CableCheck", "PreCharge", "Other"] as const)("lets no current flow in the phase %s", async (phase) => {
    supply = await startUnderTest(DCSupplySimulator);
    await set(400, 2);
    await supply.on.main.call("setMode", { mode: "Export", phase });
    await supply.clock.advance(3_600_000);
    expect(output()).toEqual({ voltage_V: 400, current_A: 0 });
    expect(meter().energy_Wh_import.total).toBe(0);
  });

  it("meters what flows, to the moment", async () => {
    supply = await startUnderTest(DCSupplySimulator);
    await set(400, 90);
    await supply.on.main.call("setMode", { mode: "Export", phase: "Charging" });
    await supply.clock.advance(1100);
    await supply.on.main.call("setMode", { mode: "Off", phase: "Charging" });
    await supply.clock.advance(5000);
    // 36 kW for 1.1 s
    expect(meter()).toMatchObject({ energy_Wh_import: { total: 11 }, power_W: { total: 0 }, voltage_V: { DC: 0 } });
    expect(output()).toEqual({ voltage_V: 0, current_A: 0 });
  });

  it("takes back what is fed to it", async () => {
    supply = await startUnderTest(DCSupplySimulator);
    await supply.on.main.call("setImportVoltageCurrent", { voltage: 400, current: 9 });
    await supply.on.main.call("setMode", { mode: "Import", phase: "Charging" });
    await supply.clock.advance(3_600_000);
    expect(output()).toEqual({ voltage_V: 400, current_A: -9 });
    expect(meter()).toMatchObject({ energy_Wh_import: { total: 0 }, energy_Wh_export: { total: 3600 } });
  });

  it("bad case: signs nothing, and says so", async () => {
    supply = await startUnderTest(DCSupplySimulator);
    const answer = await supply.on.powermeter.call("stop_transaction", { transaction_id: "" });
    expect(answer).toMatchObject({ status: "NOT_SUPPORTED" });
  });

  it("bad case: says nothing after it was stopped, whatever comes", async () => {
    supply = await startUnderTest(DCSupplySimulator);
    await supply.station.stop();
    const before = supply.said.length;
    await supply.clock.advance(5000);
    expect(supply.said).toHaveLength(before);
  });
});
