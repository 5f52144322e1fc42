import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Powermeter } from "../../../src/interfaces/types/powermeter.ts";
import { EvseManager } from "../../../src/modules/EvseManager/index.ts";
import { manifest } from "../../../src/modules/EvseManager/manifest.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";
import { accepted, cardToken, contractToken, revoked } from "./fakeNeighbours.ts";
import { boardCapabilities, neighbour } from "./neighbours.ts";

type Requires = typeof manifest.requires;

const reading = (wh: number): Powermeter => ({
  timestamp: "2026-01-01T00:00:00.000Z",
  energy_Wh_import: { total: wh },
});

let evse: UnderTest<typeof manifest>;
afterEach(() => evse.station.stop());

async function start(config: object = {}, connected: readonly (keyof Requires)[] = ["slac", "hlc"]) {
  const calls: string[] = [];
  const clock = new ManualClock();
  const trace = new Timeline(clock);
  const { requires } = manifest;
  evse = await startUnderTest(EvseManager, {
    config: { connector_id: 2, ac_hlc_enabled: true, ...config },
    mocks: {
      bsp: [neighbour("bsp", requires.bsp.interface, calls)],
      slac: connected.includes("slac") ? [neighbour("slac", requires.slac.interface, calls)] : [],
      hlc: connected.includes("hlc") ? [neighbour("hlc", requires.hlc.interface, calls)] : [],
      connector_lock: connected.includes("connector_lock")
        ? [neighbour("lock", requires.connector_lock.interface, calls)]
        : [],
      powermeter_grid_side: connected.includes("powermeter_grid_side")
        ? [
            neighbour("meter", requires.powermeter_grid_side.interface, calls, {
              start_transaction: { status: "OK" },
              stop_transaction: { status: "OK" },
            }),
          ]
        : [],
      store: connected.includes("store") ? [neighbour("store", requires.store.interface, calls)] : [],
    },
    ports: { clock, trace },
  });
  const [bsp] = evse.mock.bsp;
  const [hlc] = evse.mock.hlc;
  const [meter] = evse.mock.powermeter_grid_side;
  bsp?.publish("capabilities", boardCapabilities);
  bsp?.publish("event", { event: "A" });
  await evse.heard();
  return {
    trace,
    clock,
    /** Calls to the neighbours since the last time. */
    async calls() {
      await evse.heard();
      return calls.splice(0);
    },
    line: (...events: ("A" | "B" | "C" | "PowerOn" | "PowerOff")[]) => {
      for (const event of events) bsp?.publish("event", { event });
    },
    get hlc() {
      return hlc ?? expect.unreachable("no hlc");
    },
    bsp: bsp ?? expect.unreachable("no bsp"),
    meter,
    /** Names of the session events since the last time. */
    async events() {
      const heard = await evse.heard();
      return heard.flatMap((line) => line.match(/^evse\.session_event .*"event":"(\w+)"/)?.[1] ?? []);
    },
    grant: (ampere: number) =>
      evse.on.energy_grid.call("enforce_limits", {
        value: {
          uuid: "tested",
          valid_for: 600,
          limits_root_side: { ac_max_current_A: { value: ampere, source: "test" } },
          schedule: [],
        },
      }),
    answer: (provided_token: typeof contractToken, validation_result: typeof accepted) =>
      evse.on.evse.call("authorize_response", { provided_token, validation_result }),
  };
}

describe("at the start", () => {
  test("ISO 15118 learns of ids, options and limits; other modules of the EVSE", async () => {
    const { calls } = await start({ evse_id: "DE*PNX*00001" });
    const told = await calls();
    expect(told).toEqual(
      expect.arrayContaining([
        'hlc.setup {"evse_id":"DE*PNX*00001","evse_id_din":"49A80737A45678"} "None" false',
        'hlc.session_setup ["ExternalPayment","Contract"] true false',
        'hlc.update_energy_transfer_modes ["AC_single_phase_core","AC_two_phase","AC_three_phase_core"]',
        "hlc.reset_error",
        "bsp.enable true",
      ]),
    );
    expect(evse.said).toEqual(
      expect.arrayContaining([
        'evse.evse_id "DE*PNX*00001"',
        "evse.waiting_for_external_ready false",
        "evse.ready true",
      ]),
    );
    expect(await evse.on.evse.call("get_evse")).toEqual({ id: 2, connectors: [{ id: 1, type: "Unknown" }] });
  });

  test("the meter's first value is waited for, but not for ever", async () => {
    const { clock } = await start({}, ["slac", "hlc", "powermeter_grid_side"]);
    expect(evse.said).not.toContain("evse.ready true");
    await clock.advance(5000);
    expect(evse.said).toContain("evse.ready true");
    expect(evse.logged).toContain("the powermeter has not sent a value yet");
  });

  test("a station that is stopped while it waits leaves nothing running", async () => {
    const { clock } = await start({}, ["slac", "hlc", "powermeter_grid_side"]);
    await evse.station.stop();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
    expect(evse.said).not.toContain("evse.ready true");
  });

  test("bad case: what is not served is refused by its name", async () => {
    const refused = startUnderTest(EvseManager, {
      config: { connector_id: 1, charge_mode: "DC" },
      mocks: { bsp: [neighbour("bsp", manifest.requires.bsp.interface, [])] },
    });
    await expect(refused).rejects.toThrow(/DC charging needs a power supply/);
    await start();
  });
});

describe("a session over the bus", () => {
  test("Plug & Charge from plug-in to unplug, with meter, lock and limits", async () => {
    const station = await start({}, ["slac", "hlc", "powermeter_grid_side", "connector_lock"]);
    const { line, hlc, meter, calls, events } = station;
    meter?.publish("powermeter", reading(1000));
    await station.grant(16);
    await calls();
    line("B");
    expect(await events()).toEqual(["SessionStarted", "AuthRequired"]);
    hlc.publish("evcc_id", "00:7D:FA:01:02:03");
    hlc.publish("require_auth_pnc", contractToken);
    const heard = await evse.heard();
    expect(heard).toContain(`token_provider.provided_token ${JSON.stringify({ ...contractToken, connectors: [2] })}`);
    expect(heard).toContain('evse.car_manufacturer "VolkswagenGroup"');
    await station.answer({ ...contractToken, connectors: [2] }, accepted);
    expect(await events()).toEqual(["Authorized", "TransactionStarted"]);
    const told = await calls();
    expect(told.findIndex((call) => call.startsWith("hlc.session_setup"))).toBeGreaterThan(-1);
    expect(told.indexOf('hlc.authorization_response "Accepted" "Accepted"')).toBeGreaterThan(
      told.findIndex((call) => call.startsWith('hlc.session_setup ["ExternalPayment"] false')),
    );
    expect(told.join()).toMatch(/meter.start_transaction .*"identification_type":"EMAID"/);
    hlc.publish("v2g_setup_finished", null);
    hlc.publish("ac_close_contactor", null);
    line("C", "PowerOn");
    expect(await events()).toEqual(["PrepareCharging", "ChargingStarted"]);
    expect(await calls()).toEqual(
      expect.arrayContaining([
        'bsp.allow_power_on {"allow_power_on":true,"reason":"FullPowerCharging"}',
        "hlc.ac_contactor_closed true",
      ]),
    );
    meter?.publish("powermeter", reading(3500));
    line("B", "PowerOff", "A");
    await station.clock.advance(0);
    expect(await events()).toEqual([
      "StoppingCharging",
      "ChargingPausedEV",
      "StoppingCharging",
      "ChargingFinished",
      "TransactionFinished",
      "SessionFinished",
    ]);
    expect((await calls()).join()).toContain("lock.unlock");
    const end = station.trace.entries.find(({ title }) => title.startsWith("transaction finished"));
    expect(end?.detail).toMatchObject({ energyWh: 2500 });
    expect(evse.said.some((line) => line.startsWith("evse.powermeter"))).toBe(true);
  });

  test("a revoked contract is answered at once; a card may pay afterwards", async () => {
    const { line, hlc, calls, answer, events } = await start();
    line("B");
    hlc.publish("require_auth_pnc", contractToken);
    await evse.heard();
    await calls();
    await answer({ ...contractToken, connectors: [2] }, revoked);
    expect(await calls()).toEqual(['hlc.authorization_response "Invalid" "CertificateRevoked"']);
    await answer(cardToken, accepted);
    expect(await events()).toContain("Authorized");
  });

  test("the OCPP module switches contracts off; it counts from the next session on", async () => {
    const { line, calls } = await start();
    const off = { pnc_enabled: false, central_contract_validation_allowed: true };
    await evse.on.evse.call("set_plug_and_charge_configuration", { plug_and_charge_configuration: off });
    await calls();
    line("B");
    expect(await calls()).toContain('hlc.session_setup ["ExternalPayment"] false false');
  });

  test("Autocharge: the car's address is the token", async () => {
    const { line, hlc } = await start({ enable_autocharge: true });
    line("B");
    hlc.publish("evcc_id", "00:7D:FA:01:02:03");
    hlc.publish("require_auth_eim", null);
    const token = {
      authorization_type: "Autocharge",
      id_token: { value: "VID:007DFA010203", type: "MacAddress" },
      connectors: [2],
    };
    expect(await evse.heard()).toContain(`token_provider.provided_token ${JSON.stringify(token)}`);
  });

  test("when those who could end the transaction are out of reach for too long, it is stopped", async () => {
    const { line, calls, grant, events } = await start({ disable_authentication: true }, []);
    await grant(10);
    line("B", "C", "PowerOn");
    expect(await events()).toContain("ChargingStarted");
    await evse.loseControl(() => true);
    expect(await events()).toEqual([]);
    await calls();
    await evse.loseControl((moduleId) => moduleId !== "probe");
    expect(await calls()).toEqual(["bsp.cp_state_X1"]);
    line("B", "PowerOff");
    await evse.clock.advance(0);
    const said = evse.said.filter((text) => text.includes("TransactionFinished"));
    expect(said.join()).toMatch(/"reason":"Other"/);
    expect(evse.logged.join()).toMatch(/the transaction is stopped: probe could not end it/);
  });

  test("without slac there is no ISO 15118, only basic charging", async () => {
    const { line, calls, grant } = await start({ disable_authentication: true }, []);
    await grant(10);
    line("B", "C");
    const told = await calls();
    expect(told).toContain('bsp.allow_power_on {"allow_power_on":true,"reason":"FullPowerCharging"}');
    expect(told.some((call) => call.startsWith("bsp.pwm_on 16.6"))).toBe(true);
  });
});

describe("around a session", () => {
  test("energy: asks every second, at once when a car comes, and applies what it gets", async () => {
    const { line, grant, calls, clock } = await start({ request_zero_power_in_idle: true });
    const requests = async () =>
      (await evse.heard()).flatMap((line) => {
        const text = line.match(/^energy_grid\.energy_flow_request (.*)$/)?.[1];
        return text ? [JSON.parse(text)] : [];
      });
    await requests();
    await clock.advance(2000);
    const idle = await requests();
    expect(idle).toHaveLength(2);
    expect(idle[0]).toMatchObject({
      uuid: "tested",
      evse_state: "Unplugged",
      priority_request: false,
      schedule_import: [{ limits_to_leaves: { ac_max_current_A: { value: 0, source: "Idle" } } }],
    });
    line("B");
    expect(await requests()).toMatchObject([
      {
        evse_state: "WaitForAuth",
        priority_request: true,
        schedule_import: [{ limits_to_leaves: { ac_max_current_A: { value: 32 } } }],
      },
    ]);
    await calls();
    await grant(13);
    expect(await calls()).toEqual(["bsp.ac_set_overcurrent_limit_A 13", "hlc.update_ac_max_current 13"]);
    expect(evse.said).toContain('evse.limits {"uuid":"tested","max_current":13,"nr_of_phases_available":3}');
  });

  test("errors of a neighbour make the EVSE inoperative and say why", async () => {
    const { bsp } = await start();
    bsp.raiseError("evse_board_support/DiodeFault", { message: "diode", severity: "Medium" });
    await evse.heard();
    expect(evse.said).toContain("evse error evse_manager/Inoperative Active");
    bsp.clearErrors();
    await evse.heard();
    expect(evse.said).toContain("evse error evse_manager/Inoperative ClearedByModule");
  });

  test("the Node-RED topics of EVerest", async () => {
    const { events } = await start();
    const states: string[] = [];
    evse.external.subscribe("everest_external/nodered/2/state/state_string", (text) => void states.push(text));
    evse.external.publish("everest_external/nodered/2/cmd/disable", "");
    expect(await events()).toContain("Disabled");
    evse.external.publish("everest_external/nodered/2/cmd/enable", "");
    expect(await events()).toContain("Enabled");
    expect(states).toEqual(["Disabled", "Idle"]);
  });

  test("the board's temperatures and the meter's values for that panel", async () => {
    const { bsp, meter } = await start({ initial_meter_value_timeout_ms: 0 }, ["powermeter_grid_side"]);
    const told: Record<string, string> = {};
    evse.external.subscribe("everest_external/nodered/2/#", (text, topic) => {
      told[topic.replace("everest_external/nodered/2/", "")] = text;
    });
    const telemetry = {
      ...{ evse_temperature_C: 41.5, fan_rpm: 0, supply_voltage_12V: 12 },
      ...{ supply_voltage_minus_12V: -12, relais_on: false },
    };
    bsp.publish("telemetry", telemetry);
    const more = { power_W: { total: 11_040 }, energy_Wh_export: { total: 500 }, phase_seq_error: false };
    meter?.publish("powermeter", { ...reading(1500), ...more });
    expect(await evse.heard()).toContain(`evse.telemetry ${JSON.stringify(telemetry)}`);
    expect(told).toEqual({
      "state/temperature": "41.5",
      "powermeter/phaseSeqError": "false",
      "powermeter/time_stamp": "2026-01-01T00:00:00.000Z",
      "powermeter/totalKw": "11.0",
      "powermeter/totalKWattHr": "1.5",
      "powermeter/totalExportKWattHr": "0.5",
      powermeter_json: JSON.stringify({ ...reading(1500), ...more }),
    });
  });

  test("external_ready_to_start_charging says whether anybody waited for it", async () => {
    await start({ external_ready_to_start_charging: true });
    expect(evse.said).not.toContain("evse.ready true");
    expect(await evse.on.evse.call("external_ready_to_start_charging")).toBe(true);
    expect(await evse.heard()).toContain("evse.ready true");
    await evse.station.stop();
    await start();
    expect(await evse.on.evse.call("external_ready_to_start_charging")).toBe(false);
  });

  test("session_logging: each session leaves its log", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sessions-"));
    const { line, hlc, clock } = await start({ session_logging: true, session_logging_path: folder });
    line("B");
    hlc.publish("v2g_messages", { id: "SessionSetupReq", xml: '<a "b">' });
    await evse.heard();
    line("A");
    await clock.advance(0);
    const session = await waitFor(async () => (await readdir(folder))[0]);
    const log = await waitFor(() => readFile(join(folder, session, "eventlog.csv"), "utf8").catch(() => undefined));
    expect(log).toContain('"CAR","V2G SessionSetupReq","<a ""b"">"');
    expect(log.trimEnd().endsWith('"SYS","Session logging stopped.",""')).toBe(true);
  });

  test("a lost session is remembered in the store", async () => {
    const { line, calls, answer } = await start({}, ["slac", "hlc", "store"]);
    line("B");
    await evse.heard();
    await answer(cardToken, accepted);
    expect((await calls()).join()).toMatch(/store\.store "tested_session" "[0-9a-f-]{36}"/);
  });
});

/** The first defined answer; files are written behind the clock's back. */
async function waitFor<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
