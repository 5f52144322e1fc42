import { afterEach, expect, test } from "vitest";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../../src/interfaces/types/powermeter.ts";
import { EvseManager } from "../../../src/modules/EvseManager/index.ts";
import { manifest } from "../../../src/modules/EvseManager/manifest.ts";
import { meterEntries, sessionEntries } from "../../../src/modules/EvseManager/telemetry.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";
import { boardCapabilities, neighbour } from "./neighbours.ts";

const { requires } = manifest;
const reading: Powermeter = {
  timestamp: "2026-01-01T00:00:00.000Z",
  meter_id: "METER",
  energy_Wh_import: { total: 1000, L1: 400 },
  power_W: { total: 3680, L2: 1200 },
  frequency_Hz: { L1: 50 },
  phase_seq_error: false,
};

let evse: UnderTest<typeof manifest>;
afterEach(() => evse?.station.stop());

/** A free EVSE, and what it tells on telemetry topics. */
async function start(telemetry?: number) {
  const ok = { status: "OK" };
  const meter = neighbour("meter", requires.powermeter_grid_side.interface, [], {
    start_transaction: ok,
    stop_transaction: ok,
  });
  evse = await startUnderTest(EvseManager, {
    config: { connector_id: 1, disable_authentication: true, initial_meter_value_timeout_ms: 0 },
    mocks: { bsp: [neighbour("bsp", requires.bsp.interface, [])], powermeter_grid_side: [meter] },
    ...(telemetry === undefined ? {} : { telemetry }),
  });
  const told: [string, Record<string, unknown>][] = [];
  evse.external.subscribe("everest-telemetry/#", (text, topic) => void told.push([topic, JSON.parse(text)]));
  const [bsp] = evse.mock.bsp;
  bsp?.publish("capabilities", boardCapabilities);
  bsp?.publish("event", { event: "A" });
  evse.mock.powermeter_grid_side[0]?.publish("powermeter", reading);
  await evse.heard();
  return {
    told,
    async line(...events: ("A" | "B" | "C" | "PowerOn" | "PowerOff")[]) {
      for (const event of events) bsp?.publish("event", { event });
      await evse.heard();
    },
  };
}

test("a session, its end, and the meter every ten seconds, under the id of the configuration", async () => {
  const { told, line } = await start(7);
  await line("B");
  await line("A");
  await evse.clock.advance(10_000);
  const events = told.filter(([topic]) => topic === "everest-telemetry/session/7/events").map(([, it]) => it);
  expect(events.map(({ type }) => type)).toEqual([
    "session_started",
    "transaction_started",
    "transaction_finished",
    "session_finished",
  ]);
  expect(events[0]).toMatchObject({ connector_id: 7, reason: "EVConnected", session_id: expect.any(String) });
  expect(events[1]).toMatchObject({ energy_counter_import_wh: 1000, id_tag: "FREESERVICE" });
  expect(events[2]).toMatchObject({ reason: "EVDisconnected" });
  const live = told.filter(([topic]) => topic === "everest-telemetry/livedata/7/power_meter");
  expect(live).toHaveLength(1);
  expect(live[0]?.[1]).toMatchObject({ type: "power_meter", meter_id: "METER", power_total_W: 3680 });
  const control = told.filter(([topic]) => topic === "everest-telemetry/Evse/7/control").at(-1)?.[1];
  expect(control).toMatchObject({
    ...{ type: "control", authorisation_finished: true, normal_stop: true, error_stop: false },
    ...{ free_charging_enabled: true, contract_payment_enabled: true },
  });
});

test("an error that forbids charging is told", async () => {
  const { told } = await start(1);
  evse.mock.bsp[0]?.raiseError("evse_board_support/DiodeFault", { message: "diode" });
  await evse.heard();
  expect(told.at(-1)).toMatchObject(["everest-telemetry/Evse/1/control", { error_stop: true }]);
});

test("without an id there is none, and no timer for it", async () => {
  const { told, line } = await start();
  await line("B", "A");
  await evse.clock.advance(20_000);
  expect(told).toEqual([]);
});

test("the meter's quantities have EVerest's names", () => {
  expect(meterEntries(reading)).toEqual({
    ...{ timestamp: reading.timestamp, type: "power_meter", meter_id: "METER", phase_seq_error: false },
    ...{ energy_import_total_Wh: 1000, energy_import_L1_Wh: 400, power_total_W: 3680, power_L2_W: 1200 },
    frequency_L1_Hz: 50,
  });
});

test.each<[SessionEvent["event"]]>([["Enabled"], ["ChargingStarted"], ["PluginTimeout"]])(
  "%s is no event of telemetry",
  (event) => {
    expect(sessionEntries({ event, uuid: "", timestamp: reading.timestamp })).toBeUndefined();
  },
);
