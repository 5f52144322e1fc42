import { afterEach, describe, expect, test } from "vitest";
import type { Commands } from "../../../src/framework/interface.ts";
import { EvseManager } from "../../../src/modules/EvseManager/index.ts";
import { manifest } from "../../../src/modules/EvseManager/manifest.ts";
import { UserError } from "../../../src/util/errors.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";
import { capabilities as supplyCapabilities } from "./dc/support.ts";
import { accepted, contractToken } from "./fakeNeighbours.ts";
import { boardCapabilities, neighbour } from "./neighbours.ts";

const { requires } = manifest;
const config = { charge_mode: "DC", connector_id: 1, initial_meter_value_timeout_ms: 0 };

let evse: UnderTest<typeof manifest>;
afterEach(() => evse.station.stop());

type Supply = Commands<typeof requires.powersupply_DC.interface>;

/** An outlet whose hardware does at once what it is told, and says so. */
async function start(change: object = {}) {
  const calls: string[] = [];
  const volts = { set: 0, on: false };
  const supply: Supply = {
    ...neighbour("supply", requires.powersupply_DC.interface, calls),
    setMode({ mode, phase }) {
      calls.push(`supply.setMode ${mode} ${phase}`);
      volts.on = mode === "Export";
      measure();
      return null;
    },
    setExportVoltageCurrent({ voltage, current }) {
      calls.push(`supply.set ${voltage} V ${current} A`);
      volts.set = voltage;
      measure(current);
      return null;
    },
  };
  const measure = (ampere = 0) =>
    evse.mock.powersupply_DC[0]?.publish("voltage_current", {
      voltage_V: volts.on ? volts.set : 0,
      current_A: volts.on ? ampere : 0,
    });
  evse = await startUnderTest(EvseManager, {
    config: { ...config, ...change },
    mocks: {
      bsp: [neighbour("bsp", requires.bsp.interface, calls)],
      slac: [neighbour("slac", requires.slac.interface, calls)],
      hlc: [neighbour("hlc", requires.hlc.interface, calls)],
      powersupply_DC: [supply],
      imd: [neighbour("imd", requires.imd.interface, calls)],
      over_voltage_monitor: [neighbour("ovm", requires.over_voltage_monitor.interface, calls)],
    },
  });
  const { bsp, hlc, slac, imd, over_voltage_monitor } = evse.mock;
  bsp[0]?.publish("capabilities", boardCapabilities);
  evse.mock.powersupply_DC[0]?.publish("capabilities", supplyCapabilities);
  bsp[0]?.publish("event", { event: "A" });
  await evse.heard();
  const mocks = { bsp: bsp[0], hlc: hlc[0], slac: slac[0], imd: imd[0], ovm: over_voltage_monitor[0] };
  const calling = async () => {
    await evse.heard();
    return calls.splice(0);
  };
  return { ...mocks, measure, calls: calling };
}

type Outlet = Awaited<ReturnType<typeof start>>;

async function charge({ bsp, hlc, slac, imd, measure }: Outlet): Promise<void> {
  await evse.on.energy_grid.call("enforce_limits", {
    value: {
      ...{ uuid: "tested", valid_for: 600, schedule: [] },
      limits_root_side: { total_power_W: { value: 40_000, source: "test" } },
    },
  });
  bsp?.publish("event", { event: "B" });
  await evse.heard();
  await evse.clock.advance(500);
  slac?.publish("state", "MATCHED");
  slac?.publish("dlink_ready", true);
  hlc?.publish("require_auth_pnc", contractToken);
  await evse.heard();
  await evse.on.evse.call("authorize_response", { provided_token: contractToken, validation_result: accepted });
  hlc?.publish("dc_ev_maximum_limits", {
    ...{ dc_ev_maximum_voltage_limit: 450, dc_ev_maximum_current_limit: 150 },
    dc_ev_maximum_power_limit: 55_000,
  });
  bsp?.publish("event", { event: "C" });
  hlc?.publish("start_cable_check", null);
  await evse.heard();
  measure();
  await evse.heard();
  bsp?.publish("event", { event: "PowerOn" });
  await evse.heard();
  imd?.publish("self_test_result", true);
  await evse.heard();
  imd?.publish("isolation_measurement", { resistance_F_Ohm: 900_000 });
  await evse.heard();
  hlc?.publish("start_pre_charge", null);
  hlc?.publish("dc_ev_target_voltage_current", { dc_ev_target_voltage: 400, dc_ev_target_current: 2 });
  await evse.heard();
  hlc?.publish("current_demand_started", null);
  hlc?.publish("dc_ev_target_voltage_current", { dc_ev_target_voltage: 400, dc_ev_target_current: 20 });
  await evse.heard();
  await evse.clock.advance(1000);
  await evse.heard();
}

describe("a DC outlet", () => {
  test("tells ISO 15118 what the supply can give, and how well", async () => {
    const { calls } = await start();
    const told = await calls();
    expect(told).toContain('hlc.update_energy_transfer_modes ["DC_extended"]');
    expect(told).toContain(`hlc.set_powersupply_capabilities ${JSON.stringify(supplyCapabilities)}`);
    expect(told).toContain(
      'hlc.set_charging_parameters {"dc_current_regulation_tolerance":2,"dc_peak_current_ripple":1}',
    );
  });

  test("charges; a supply that measures whenever it is set does not keep the station busy", async () => {
    const outlet = await start();
    await outlet.calls();
    await charge(outlet);
    const told = await outlet.calls();
    expect(told.filter((call) => /^(supply|imd|ovm)/.test(call))).toEqual([
      "ovm.set_limits 550 450",
      "supply.set 500 V 2 A",
      "supply.setMode Export CableCheck",
      "imd.start_self_test 500",
      "imd.start",
      "supply.setMode Off CableCheck",
      "supply.set 400 V 2 A",
      "supply.setMode Export PreCharge",
      "ovm.start",
      "supply.set 400 V 0 A",
      "supply.setMode Export Charging",
      ...[6.25, 12.5, 18.75, 20].map((ampere) => `supply.set 400 V ${ampere} A`),
    ]);
    expect(told).toContain('hlc.update_dc_present_values {"evse_present_voltage":400,"evse_present_current":20}');
    expect(told.filter((call) => call.startsWith("hlc.update_dc_maximum_limits")).at(-1)).toContain(
      '"evse_maximum_current_limit":90,"evse_maximum_power_limit":36000,"evse_maximum_voltage_limit":900',
    );
  });

  test("says of the car what the car says of itself", async () => {
    const outlet = await start();
    await charge(outlet);
    outlet.hlc?.publish("dc_ev_status", { dc_ev_ready: true, dc_ev_error_code: "NO_ERROR", dc_ev_ress_soc: 42 });
    outlet.hlc?.publish("dc_ev_energy_capacity", 60_000);
    outlet.hlc?.publish("dc_ev_remaining_time", { ev_remaining_time_to_full_soc: "2026-01-01T01:00:00.000Z" });
    const info = (await evse.heard()).findLast((line) => line.startsWith("evse.ev_info"));
    expect(JSON.parse(info?.slice("evse.ev_info".length) ?? "null")).toMatchObject({
      ...{ soc: 42, battery_capacity: 60_000, estimated_time_full: "2026-01-01T01:00:00.000Z" },
      ...{ maximum_voltage_limit: 450, maximum_current_limit: 150, target_voltage: 400, target_current: 20 },
    });
  });

  test("bad case: the over-voltage monitor has seen too much: the supply is off", async () => {
    const outlet = await start();
    await charge(outlet);
    await outlet.calls();
    outlet.ovm?.raiseError("over_voltage_monitor/MREC5OverVoltage", { message: "560 V", severity: "High" });
    const told = await outlet.calls();
    expect(told.indexOf("supply.setMode Off Charging")).toBeGreaterThan(-1);
    expect(told.indexOf("supply.setMode Off Charging")).toBeLessThan(
      told.indexOf('bsp.allow_power_on {"allow_power_on":false,"reason":"PowerOff"}'),
    );
    expect(told).toContain("ovm.stop");
  });

  test("bad case: the power line is lost: supply off, contactor open", async () => {
    const outlet = await start();
    await charge(outlet);
    await outlet.calls();
    outlet.slac?.publish("dlink_ready", false);
    const told = await outlet.calls();
    expect(told).toContain("supply.setMode Off Charging");
    expect(told).toContain('bsp.allow_power_on {"allow_power_on":false,"reason":"PowerOff"}');
  });

  test("it can be told to hold back", async () => {
    const outlet = await start();
    await charge(outlet);
    await outlet.calls();
    await evse.on.dc_external_derate.call("set_external_derating", { derate: { max_export_current_A: 10 } });
    expect(await outlet.calls()).toContain("supply.set 400 V 10 A");
  });

  test("bad case: what it cannot do is refused with its key", async () => {
    await start();
    const config = { connector_id: 1, ac_with_soc: true };
    const mocks = { bsp: [neighbour("bsp", requires.bsp.interface, [])] };
    const refused = startUnderTest(EvseManager, { config, mocks });
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toMatchObject({
      message: "'ac_with_soc' cannot be true",
      details: { expected: expect.stringContaining("because") },
    });
  });
});
