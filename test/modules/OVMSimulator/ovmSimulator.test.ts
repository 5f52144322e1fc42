import { afterEach, describe, expect, it } from "vitest";
import { OVMSimulator } from "../../../src/modules/OVMSimulator/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

let ovm: UnderTest<typeof OVMSimulator.manifest>;
afterEach(() => ovm.station.stop());

const raised = "main error over_voltage_monitor/MREC5OverVoltage Active";
const mocks = {
  power_supply: [{ setMode: () => null, setExportVoltageCurrent: () => null, setImportVoltageCurrent: () => null }],
};
const start = (main: Readonly<Record<string, unknown>> = {}) => ({ mocks, implConfig: { main } });

describe("the simulated over-voltage monitor", () => {
  it("tells the supply's voltage while it is started", async () => {
    ovm = await startUnderTest(OVMSimulator, start());
    ovm.mock.power_supply[0]?.publish("voltage_current", { voltage_V: 400, current_A: 1 });
    await ovm.clock.advance(1000);
    expect(await ovm.heard()).toEqual([]);
    await ovm.on.main.call("start");
    await ovm.clock.advance(250);
    expect(await ovm.heard()).toEqual(["main.voltage_measurement_V 400", "main.voltage_measurement_V 400"]);
    await ovm.on.main.call("stop");
    await ovm.clock.advance(1000);
    expect(await ovm.heard()).toEqual([]);
  });

  it("raises an error above the emergency limit at once, and only while it is started", async () => {
    ovm = await startUnderTest(OVMSimulator, start());
    await ovm.on.main.call("set_limits", { emergency_over_voltage_limit_V: 550, error_over_voltage_limit_V: 450 });
    ovm.mock.power_supply[0]?.publish("voltage_current", { voltage_V: 600, current_A: 1 });
    await ovm.clock.advance(1000);
    expect(await ovm.heard()).not.toContain(raised);
    ovm.external.publish("everest_api/tested/cmd/set_over_voltage_measurement_V", "500");
    await ovm.on.main.call("start");
    expect(await ovm.heard()).not.toContain(raised);
    ovm.mock.power_supply[0]?.publish("voltage_current", { voltage_V: 551, current_A: 1 });
    expect(await ovm.heard()).toEqual([raised]);
    await ovm.on.main.call("stop");
    await ovm.on.main.call("reset_over_voltage_error");
    expect(await ovm.heard()).toEqual([raised.replace("Active", "ClearedByModule")]);
  });

  it.each(["simulate_error_shutdown", "simulate_emergency_shutdown"])(
    "%s comes so late, and not after the end",
    async (key) => {
      ovm = await startUnderTest(OVMSimulator, start({ [key]: true, simulate_error_delay: 2 }));
      await ovm.on.main.call("start");
      await ovm.clock.advance(1999);
      expect(await ovm.heard()).not.toContain(raised);
      await ovm.on.main.call("stop");
      await ovm.clock.advance(5000);
      expect(await ovm.heard()).toEqual([]);
      await ovm.on.main.call("start");
      await ovm.clock.advance(2000);
      expect(await ovm.heard()).toContain(raised);
    },
  );

  it("bad case: takes no measurement that is no number", async () => {
    ovm = await startUnderTest(OVMSimulator, start());
    ovm.external.publish("everest_api/tested/cmd/set_over_voltage_measurement_V", "high");
    await ovm.heard();
    expect(ovm.logged).toHaveLength(1);
  });
});
