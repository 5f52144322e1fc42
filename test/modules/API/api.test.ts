import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import type { Commands } from "../../../src/framework/interface.ts";
import { evse_manager } from "../../../src/interfaces/evse_manager.ts";
import { API } from "../../../src/modules/API/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

const timestamp = "2026-01-01T00:00:00.000Z";

let calls: string[] = [];
afterEach(() => {
  calls = [];
});

/** An EVSE that writes down what it is told. */
function evse(): Commands<typeof evse_manager> {
  const note = (name: string) => (args: object) => {
    calls.push(`${name} ${JSON.stringify(args)}`);
    return name === "get_evse" ? { id: 1, connectors: [{ id: 1 }] } : true;
  };
  return Object.fromEntries(Object.keys(evse_manager.cmds).map((name) => [name, note(name)])) as never;
}

const active = {
  type: "evse_manager/Inoperative",
  message: "broken",
  description: "broken",
  severity: "High",
} as const;
const history = {
  get_errors: () => [
    {
      ...{ ...active, state: "Active" as const, timestamp, uuid: "00000000-0000-4000-8000-000000000000" },
      origin: { module_id: "evse", implementation_id: "evse" },
    } as const,
  ],
};
const sink = {
  set_external_limits: ({ value }: { value: object }) => {
    calls.push(JSON.stringify(value));
    return null;
  },
};
const delay = Object.fromEntries(
  ["enable", "disable", "cancel", "set_duration_s"].map((name) => [
    name,
    (args: object) => {
      calls.push(`${name} ${JSON.stringify(args)}`);
      return null;
    },
  ]),
) as never;

type Started = UnderTest<typeof API.manifest>;

async function start(options: Parameters<typeof startUnderTest<typeof API.manifest>>[1] = {}) {
  const api: Started = await startUnderTest(API, {
    mocks: { evse_manager: [evse()], random_delay: [delay], error_history: [history] },
    ...options,
  });
  onTestFinished(() => api.station.stop());
  const told = new Map<string, string>();
  api.external.subscribe(
    "everest_api/#",
    (payload, topic) => void told.set(topic.slice("everest_api/".length), payload),
  );
  const order = async (name: string, payload = "") => {
    calls = [];
    api.external.publish(`everest_api/probe/cmd/${name}`, payload);
    await api.clock.advance(0);
    return calls;
  };
  return { api, told, order };
}

async function ready({ api }: { api: Started }): Promise<void> {
  api.mock.evse_manager[0]?.publish("ready", true);
  await api.clock.advance(0);
}

describe("what is told", () => {
  it("comes every second, for whoever has just come", async () => {
    const { api, told } = await start();
    await api.clock.advance(1000);
    await api.clock.advance(0);
    expect(told.get("connectors")).toBe('["probe"]');
    expect(told.get("ocpp/var/connection_status")).toBe("unknown");
    expect(JSON.parse(told.get("errors/var/active_errors") ?? "")).toMatchObject([active]);
    expect(told.get("probe/var/datetime")).toBe(new Date(api.clock.now()).toISOString());
    expect(JSON.parse(told.get("probe/var/session_info") ?? "")).toMatchObject({ state: "Unknown" });
    expect(told.get("probe/var/hardware_capabilities")).toBe("");
    expect(told.get("probe/var/selected_protocol")).toBe("");
    expect([...told.keys()].filter((topic) => topic.startsWith("info"))).toEqual([]);
    await api.station.stop();
    told.clear();
    await api.clock.advance(5000);
    expect([...told]).toEqual([]);
  });

  it("is rounded as configured", async () => {
    const { api, told } = await start({
      mocks: { evse_manager: [evse()] },
      config: {
        ...{ powermeter_energy_import_decimal_places: 0, powermeter_power_round_to: 50 },
        ...{ hw_caps_min_current_import_round_to: 4, limits_max_current_decimal_places: 1 },
        telemetry_fan_rpm_round_to: 100,
      },
    });
    const [source] = api.mock.evse_manager;
    source?.publish("powermeter", {
      ...{ timestamp, meter_id: "m", energy_Wh_import: { total: 12.6, L1: 4.4 }, power_W: { total: 3680 } },
      ...{
        voltage_V: { L1: 230.12345 },
        signed_meter_value: { signed_meter_data: "x", signing_method: "", encoding_method: "" },
      },
    });
    source?.publish("limits", { max_current: 15.96, nr_of_phases_available: 3 });
    source?.publish("telemetry", {
      ...{ evse_temperature_C: 30.123, fan_rpm: 1540, supply_voltage_12V: 12, supply_voltage_minus_12V: -12 },
      relais_on: true,
    });
    const capabilities = {
      ...{
        max_current_A_import: 32.005,
        min_current_A_import: 5.9,
        max_phase_count_import: 3,
        min_phase_count_import: 1,
      },
      ...{ max_current_A_export: 16, min_current_A_export: 0, max_phase_count_export: 3, min_phase_count_export: 1 },
      ...{ supports_changing_phases_during_charging: true, supports_cp_state_E: false },
      connector_type: "IEC62196Type2Cable",
    } as const;
    source?.publish("hw_capabilities", capabilities);
    source?.publish("ev_info", { soc: 30 });
    source?.publish("selected_protocol", "ISO15118-2-2013");
    await api.clock.advance(1000);
    expect(JSON.parse(told.get("probe/var/powermeter") ?? "")).toEqual({
      ...{ timestamp, meter_id: "m", energy_Wh_import: { total: 13, L1: 4 }, power_W: { total: 3700 } },
      voltage_V: { L1: 230.12 },
    });
    expect(told.get("probe/var/limits")).toBe('{"max_current":16,"nr_of_phases_available":3}');
    expect(JSON.parse(told.get("probe/var/telemetry") ?? "")).toEqual({
      ...{ relais_on: true, temperature: 30.12, fan_rpm: 1500, supply_voltage_12V: 12, supply_voltage_minus_12V: -12 },
    });
    expect(JSON.parse(told.get("probe/var/hardware_capabilities") ?? "")).toEqual({
      ...{ ...capabilities, max_current_A_import: 32.01, min_current_A_import: 4 },
    });
    expect(told.get("probe/var/ev_info")).toBe('{"soc":30}');
    expect(told.get("probe/var/selected_protocol")).toBe("ISO15118-2-2013");
  });

  it("is what happens in a session, at once when it is over", async () => {
    const { api, told } = await start();
    const [source] = api.mock.evse_manager;
    const event = { uuid: "1", timestamp };
    const meter_value = { timestamp, energy_Wh_import: { total: 5 } };
    source?.publish("session_event", {
      ...{ ...event, event: "SessionStarted" },
      session_started: { reason: "EVConnected", meter_value, logging_path: "/tmp/x" },
    });
    source?.raiseError("evse_manager/Inoperative", { message: "broken" });
    await api.clock.advance(0);
    expect(told.get("probe/var/logging_path")).toBe("/tmp/x");
    const finished = { ...event, event: "TransactionFinished", transaction_finished: { meter_value } } as const;
    source?.publish("session_event", finished);
    await api.clock.advance(0);
    expect(JSON.parse(told.get("probe/var/session_info") ?? "")).toMatchObject({
      ...{ state: "Finished", permanent_fault: true },
    });
    source?.clearError("evse_manager/Inoperative");
    await api.clock.advance(1000);
    expect(JSON.parse(told.get("probe/var/session_info") ?? "")).toMatchObject({ permanent_fault: false });
  });

  it("is the type plate of the file, or of whoever has it", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "plugcharge-api-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    writeFileSync(join(dataDir, "plate.yaml"), "vendor: v\nmodel: m\n");
    writeFileSync(join(dataDir, "broken.yaml"), "vendor: [v\n");
    const env = { certsDir: "/nowhere", shareDir: "/nowhere", dataDir };
    const plate = async (charger_information_file: string, charger_information: readonly object[] = []) => {
      const mocks = { evse_manager: [evse()], charger_information: charger_information as never };
      const { api, told } = await start({ mocks, env, config: { charger_information_file } });
      await api.clock.advance(1000);
      return { plate: told.get("info/var/info"), logged: api.logged };
    };
    expect(await plate("plate.yaml")).toMatchObject({ plate: '{"vendor":"v","model":"m"}' });
    const other = { get_charger_information: () => ({ vendor: "o", model: "p" }) };
    const both = await plate("plate.yaml", [other]);
    expect(both.plate).toBe('{"vendor":"o","model":"p"}');
    expect(both.logged[0]).toContain("charger_information_file is ignored");
    expect((await plate("broken.yaml")).logged[0]).toContain("charger_information_file cannot be read");
    const missing = await plate("missing.yaml");
    expect(missing.plate).toBeUndefined();
    expect(missing.logged[0]).toContain("ENOENT");
  });
});

describe("orders", () => {
  it("wait until the EVSE is ready", async () => {
    const started = await start();
    expect(await started.order("pause_charging")).toEqual([]);
    await ready(started);
    expect(calls).toEqual(["pause_charging {}"]);
  });

  const enable = (state: string, more = {}) => ({
    connector_id: 0,
    cmd_source: { enable_source: "LocalAPI", enable_state: state, enable_priority: 100 },
    ...more,
  });
  const stop = (reason: string) => `stop_transaction ${JSON.stringify({ request: { reason } })}`;
  it.each([
    ["enable_disable", "{}", [`enable_disable ${JSON.stringify(enable("Enable"))}`]],
    [
      "enable_disable",
      '{"connector_id":1,"source":"MobileApp","state":"Disable","priority":7,"more":1}',
      [
        `enable_disable ${JSON.stringify({
          connector_id: 1,
          cmd_source: { enable_source: "MobileApp", enable_state: "Disable", enable_priority: 7 },
        })}`,
      ],
    ],
    ["enable", "1", [`enable_disable ${JSON.stringify(enable("Enable", { connector_id: 1 }))}`]],
    ["disable", "0", [`enable_disable ${JSON.stringify(enable("Disable"))}`]],
    ["pause_charging", "", ["pause_charging {}"]],
    ["resume_charging", "x", ["resume_charging {}"]],
    ["stop_charging", "", [stop("Local")]],
    ["force_unlock", "", [stop("UnlockCommand"), 'force_unlock {"connector_id":1}']],
    ["force_unlock", "2", [stop("UnlockCommand"), 'force_unlock {"connector_id":2}']],
    ["uk_random_delay", "enable", ["enable {}"]],
    ["uk_random_delay", "cancel", ["cancel {}"]],
    ["uk_random_delay_set_max_duration_s", "120", ['set_duration_s {"value":120}']],
  ])("%s '%s'", async (name, payload, expected) => {
    const started = await start();
    await ready(started);
    expect(await started.order(name, payload)).toEqual(expected);
    // Which EVSE it is is asked when the module becomes ready, and limits cannot be set without a sink.
    expect(started.api.logged).toEqual([expect.stringContaining("limits for EVSE 1 cannot be set")]);
  });

  it.each([
    ["enable_disable", ""],
    ["enable_disable", "[]"],
    ["enable_disable", '{"priority":-1}'],
    ["enable", ""],
    ["disable", "all"],
    ["force_unlock", "all"],
    ["uk_random_delay", "explode"],
    ["uk_random_delay_set_max_duration_s", ""],
  ])("bad case: %s '%s' does nothing and is logged", async (name, payload) => {
    const started = await start();
    await ready(started);
    expect(await started.order(name, payload)).toEqual([]);
    expect(started.api.logged[1]).toMatch(new RegExp(`^${name} is ignored: .*expected `));
  });
});

describe("limits", () => {
  // The probe stands in for everything, so one mapping would be that of all: the sink's is put on the context.
  const mapped = {
    manifest: API.manifest,
    init: (ctx: Parameters<typeof API.init>[0]) => {
      const evse_energy_sink = ctx.requires.evse_energy_sink?.map((it) => ({ ...it, mapping: { evse: 1 } })) ?? [];
      return API.init({ ...ctx, requires: { ...ctx.requires, evse_energy_sink } });
    },
  };
  const now = "1970-01-01T00:00:00.000Z";
  const number = (value: number) => ({ value, source: "API_module" });
  const entry = (limits_to_leaves: object) => [{ timestamp: now, limits_to_leaves, limits_to_root: {} }];

  async function limit(name: string, payload: string) {
    const api = await startUnderTest(mapped, { mocks: { evse_manager: [evse()], evse_energy_sink: [sink] } });
    onTestFinished(() => api.station.stop());
    await api.clock.advance(0);
    calls = [];
    api.external.publish(`everest_api/probe/cmd/${name}`, payload);
    await api.clock.advance(0);
    const [said = "null"] = calls;
    const limits = JSON.parse(said.replaceAll(new Date(api.clock.now()).toISOString(), now));
    return { limits, logged: api.logged };
  }
  const ampere = (value: number) => ({ ac_max_current_A: number(value) });
  const phases = { ac_max_phase_count: number(1), ac_min_phase_count: number(1) };

  it.each([
    ["set_limit_amps", "16", entry(ampere(16)), entry(ampere(0))],
    ["set_limit_amps", "-16.5", entry(ampere(0)), entry(ampere(16.5))],
    ["set_limit_amps", "0", entry(ampere(0)), entry(ampere(0))],
    ["set_limit_watts", "7000 W", entry({ total_power_W: number(7000) }), entry({ total_power_W: number(0) })],
    ["set_limit_amps_phases", '{"amps":10,"phases":1}', entry({ ...phases, ...ampere(10) }), []],
    ["set_limit_amps_phases", '{"amps":-10,"phases":1}', entry(ampere(0)), entry({ ...phases, ...ampere(10) })],
  ])("%s %s reach the node that is mapped to the EVSE", async (name, payload, schedule_import, schedule_export) => {
    const { limits, logged } = await limit(name, payload);
    expect(limits).toEqual({ schedule_import, schedule_export, schedule_setpoints: [] });
    expect(logged).toEqual([]);
  });

  it.each([
    ["set_limit_amps", "much"],
    ["set_limit_watts", ""],
    ["set_limit_amps_phases", '{"amps":10,"phases":2}'],
    ["set_limit_amps_phases", '{"amps":10}'],
  ])("bad case: %s '%s' sets nothing and is logged", async (name, payload) => {
    const { limits, logged } = await limit(name, payload);
    expect(limits).toBeNull();
    expect(logged).toEqual([expect.stringContaining(`${name} is ignored`)]);
  });

  it("bad case: a node of which nobody can say whose it is", async () => {
    const unmapped = startUnderTest(API, { mocks: { evse_manager: [evse()], evse_energy_sink: [sink] } });
    await expect(unmapped).rejects.toThrow("energy sink probe is mapped to no EVSE");
  });
});
