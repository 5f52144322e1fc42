import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EvManager } from "../../../src/modules/EvManager/index.ts";
import { REACTION_MS } from "../../../src/modules/EvManager/simulator.ts";
import type { Timer } from "../../../src/util/clock.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

type Ev = UnderTest<typeof EvManager.manifest>;

let ev: Ev;
let calls: string[];
let kept: Map<string, unknown>;
/** How often something was stored. */
let stores: number;
let startAnswer: boolean;
/** Whether SLAC has matched before it has answered. */
let matchesAtOnce: boolean;
/** What was asked while it started. */
let told: string[];

const say =
  (name: string) =>
  (args: object): null => {
    calls.push([name, ...Object.values(args).map((value) => JSON.stringify(value))].join(" "));
    return null;
  };

/** A stand-in for the car's board, digital communication, SLAC and store that writes down what it is asked. */
function mocks() {
  const board = {
    enable: say("enable"),
    set_cp_state: say("cp"),
    allow_power_on: say("power"),
    diode_fail: say("diode_fail"),
    set_ac_max_current: say("current"),
    set_three_phases: say("three_phases"),
    set_rcd_error: say("rcd"),
  };
  const hlc = {
    start_charging(args: object) {
      say("start")(args);
      return startAnswer;
    },
    stop_charging: say("hlc_stop"),
    pause_charging: say("hlc_pause"),
    set_fault: say("fault"),
    set_dc_params: say("dc_params"),
    set_bpt_dc_params: say("bpt_params"),
    enable_sae_j2847_v2g_v2h: say("sae"),
    update_soc: say("soc"),
  };
  const slac = {
    reset: say("slac_reset"),
    trigger_matching(args: object) {
      say("slac_match")(args);
      if (matchesAtOnce) ev.mock.slac[0]?.publish("state", "MATCHED");
      return true;
    },
  };
  const store = {
    store({ key, value }: { key: string; value?: unknown }) {
      kept.set(key, value);
      stores++;
      return null;
    },
    load: ({ key }: { key: string }) => kept.get(key) ?? null,
    delete: () => null,
    exists: () => false,
  };
  return { ev_board_support: [board], ev: [hlc], slac: [slac], kvs: [store] };
}

interface StartOptions {
  config?: object;
  delayFactor?: number;
  without?: readonly ("ev" | "slac" | "kvs")[];
  clock?: ManualClock;
}

async function start({ config = {}, delayFactor = 0, without = [], clock }: StartOptions = {}): Promise<void> {
  const wired = Object.fromEntries(Object.entries(mocks()).filter(([name]) => !without.includes(name as never)));
  ev = await startUnderTest(EvManager, {
    config: { connector_id: 1, auto_enable: true, ...config },
    mocks: wired as ReturnType<typeof mocks>,
    ports: { simulation: { delayFactor }, ...(clock && { clock }) },
  });
  told = await news();
}

/** What was asked of the car's parts since the last time, without the state of charge. */
async function news(): Promise<string[]> {
  await ev.clock.advance(0);
  return calls.splice(0).filter((call) => !call.startsWith("soc"));
}

const topic = "everest_external/nodered/1/carsim/cmd";
async function execute(script: string): Promise<string[]> {
  ev.external.publish(`${topic}/execute_charging_session`, script);
  return news();
}
async function modify(script: string): Promise<string[]> {
  ev.external.publish(`${topic}/modify_charging_session`, script);
  return news();
}
async function duty(cp_pwm_duty_cycle: number): Promise<string[]> {
  ev.mock.ev_board_support[0]?.publish("bsp_measurement", { proximity_pilot: { ampacity: "A_32" }, cp_pwm_duty_cycle });
  return news();
}
type Hlc = "ev_power_ready" | "stop_from_charger" | "v2g_session_finished" | "dc_power_on" | "pause_from_charger";
async function hlc(variable: Hlc): Promise<string[]> {
  const [mock] = ev.mock.ev;
  if (variable === "ev_power_ready") mock?.publish(variable, true);
  else mock?.publish(variable, null);
  return news();
}
async function slac(state: "UNMATCHED" | "MATCHING" | "MATCHED"): Promise<string[]> {
  ev.mock.slac[0]?.publish("state", state);
  return news();
}
async function afterSeconds(seconds: number): Promise<string[]> {
  await ev.clock.advance(seconds * 1000);
  return news();
}

const A = ['cp "A"', "power false", "hlc_stop"];
const B = ['cp "B"', "power false"];
const C = ['cp "C"', "power true"];

beforeEach(() => {
  calls = [];
  kept = new Map();
  startAnswer = true;
  matchesAtOnce = false;
  stores = 0;
});
afterEach(() => ev.station.stop());

describe("a simulated car", () => {
  it("charges over ISO 15118 as EVerest's standard script says, then stops and is unplugged", async () => {
    await start();
    expect(
      await execute(
        "sleep 1;iso_wait_slac_matched;iso_start_v2g_session AC 86400 0;iso_wait_pwr_ready;iso_draw_power_regulated 16,3;iso_wait_for_stop 36000",
      ),
    ).toEqual(A);
    expect(await afterSeconds(0.999)).toEqual([]);
    expect(await afterSeconds(0.001)).toEqual(["slac_reset", "slac_match", ...B]);
    expect(await slac("MATCHING")).toEqual([]);
    expect(await slac("MATCHED")).toEqual(['start "AC_three_phase_core" {} 86400 0']);
    expect(await hlc("ev_power_ready")).toEqual(["current 16", "three_phases true", ...C]);
    expect(await modify("iso_stop_charging;iso_wait_v2g_session_stopped;unplug")).toEqual([
      "hlc_stop",
      "power false",
      ...B,
    ]);
    expect(await hlc("v2g_session_finished")).toEqual(A);
  });

  it("charges without ISO 15118, follows the duty cycle, and is unplugged at the end", async () => {
    await start();
    await execute("iec_wait_pwr_ready;sleep 1;draw_power_regulated 16,1;sleep 10;unplug");
    expect(await duty(5)).toEqual([]);
    expect(await duty(26.7)).toEqual([]);
    expect(await afterSeconds(1)).toEqual(["current 16", "three_phases false", ...C]);
    expect(await duty(100)).toEqual(B);
    expect(await duty(10)).toEqual(C);
    expect(await duty(10)).toEqual([]);
    expect(await afterSeconds(10)).toEqual(A);
  });

  it("stays as it is after the last command, and goes on from there", async () => {
    await start();
    await duty(26.7);
    expect(await execute("draw_power_regulated 16,3")).toEqual(["current 16", "three_phases true", ...C]);
    expect(await duty(100)).toEqual([]);
    expect(await modify("unplug")).toEqual(A);
    expect(await modify("pause")).toEqual(B);
  });

  it("goes on when SLAC has matched before it has answered", async () => {
    matchesAtOnce = true;
    await start();
    expect(await execute("iso_wait_slac_matched;error_e;sleep 1")).toEqual([
      "slac_reset",
      "slac_match",
      'cp "E"',
      "power false",
    ]);
  });

  it("counts the end of one session once", async () => {
    await start();
    await execute("pause;iso_wait_v2g_session_stopped;iso_wait_v2g_session_stopped;unplug");
    expect(await hlc("v2g_session_finished")).toEqual([]);
    expect(await hlc("v2g_session_finished")).toEqual(A);
  });

  it("sleeps its whole time after a wait that the station has ended", async () => {
    await start();
    await execute("iso_wait_for_stop 60;sleep 1;error_e");
    await hlc("stop_from_charger");
    expect(await afterSeconds(1)).toEqual(['cp "E"', "power false"]);
  });

  it("starts every script with a new countdown", async () => {
    await start();
    await execute("pause;sleep 60");
    await modify("");
    expect(await execute("sleep 1;error_e;sleep 1")).toEqual(A);
    expect(await afterSeconds(1)).toEqual(['cp "E"', "power false"]);
  });

  it("stops when the station stops the session, without being told to by the script", async () => {
    await start();
    await execute("iso_draw_power_regulated 16,3;iso_wait_for_stop 60;iso_wait_v2g_session_stopped;unplug");
    expect(await hlc("stop_from_charger")).toEqual(["power false", ...B]);
    expect(await hlc("v2g_session_finished")).toEqual(A);
  });

  it("stops by itself when the time of the script is over", async () => {
    await start();
    await execute("iso_draw_power_regulated 16,3;iso_wait_for_stop 60;sleep 1");
    expect(await afterSeconds(59)).toEqual([]);
    expect(await afterSeconds(1)).toEqual(["hlc_stop", "power false", ...B]);
  });

  it("waits for the resumption when the station pauses the session", async () => {
    await start();
    await hlc("ev_power_ready");
    await execute("iso_start_v2g_session AC;iso_wait_pwr_ready;iso_draw_power_regulated 16,3;iso_wait_for_stop 60");
    await hlc("ev_power_ready");
    expect(await hlc("pause_from_charger")).toEqual(["power false", ...B]);
    await hlc("v2g_session_finished");
    await afterSeconds(2);
    expect(await duty(5)).toEqual(['start "AC_three_phase_core" {} 86400 0']);
    expect(await hlc("ev_power_ready")).toEqual(['cp "C"']);
    expect(await afterSeconds(36_000)).toEqual(["hlc_stop", "power false", ...B]);
  });

  it("pauses, and resumes by toggling B-C-B in pulses that stations take, however fast it is simulated", async () => {
    await start();
    await execute("iso_draw_power_regulated 16,3;iso_wait_for_stop 36000");
    expect(await modify("iso_pause_charging;iso_wait_for_resume")).toEqual(["hlc_pause", ...B]);
    expect(await modify("iso_start_bcb_toggle 3;iso_wait_pwm_is_running;iso_start_v2g_session AC")).toEqual(['cp "C"']);
    for (const state of ["B", "C", "B", "C", "B"]) {
      expect(await afterSeconds(0.249)).toEqual([]);
      expect(await afterSeconds(0.001)).toEqual([`cp "${state}"`]);
    }
    expect(await afterSeconds(0.25)).toEqual(B);
    expect(await duty(5)).toEqual([expect.stringMatching(/^start /)]);
  });

  it("toggles on when a timer fires a moment before its time, as Node's may", async () => {
    class EarlyClock extends ManualClock {
      override setTimer(ms: number, fire: () => void): Timer {
        return super.setTimer(ms > 1 ? ms - 0.4 : ms, fire);
      }
    }
    await start({ clock: new EarlyClock() });
    await execute("pause;iso_start_bcb_toggle 2;iso_wait_for_resume");
    expect((await afterSeconds(2)).filter((call) => call === 'cp "C"')).toHaveLength(1);
    expect(await duty(5)).toEqual([]);
    expect(await modify("sleep 0;iso_wait_for_resume")).toEqual([]);
  });

  it("toggles at most three times, and not at all when told so", async () => {
    await start();
    await execute("pause;iso_start_bcb_toggle 9;iso_wait_for_resume");
    expect((await afterSeconds(60)).filter((call) => call === 'cp "C"')).toHaveLength(2);
    expect(await modify("pause;iso_start_bcb_toggle 0;iso_wait_for_resume")).toEqual([]);
  });

  it("draws direct current once its communication says so", async () => {
    await start({ config: { three_phases: false } });
    await execute("iso_start_v2g_session DC;iso_wait_pwr_ready;iso_dc_power_on;iso_wait_for_stop 60");
    expect(await hlc("ev_power_ready")).toEqual(['cp "C"']);
    expect(await hlc("dc_power_on")).toEqual(["power true", ...C]);
  });

  it("waits for a real plug where there is one", async () => {
    await start();
    await execute("wait_for_real_plugin;sleep 1");
    ev.mock.ev_board_support[0]?.publish("bsp_event", { event: "A" });
    expect(await news()).toEqual(B);
    expect(await ev.heard()).toContain('ev_manager.bsp_event {"event":"A"}');
  });

  it("ends its script when the board sees it disconnected", async () => {
    await start();
    await execute("pause;sleep 5;unplug");
    ev.mock.ev_board_support[0]?.publish("bsp_event", { event: "Disconnected" });
    expect(await afterSeconds(10)).toEqual([]);
    expect(await execute("pause")).toEqual(B);
  });

  it.each([
    ["iso_start_v2g_session AC", {}, 'start "AC_three_phase_core" {} 86400 0'],
    [
      "iso_start_v2g_session AC",
      { three_phases: false, departure_time: 60, e_amount: 7 },
      'start "AC_single_phase_core" {} 60 7',
    ],
    ["iso_start_v2g_session DC", {}, 'start "DC_extended" {} 86400 0'],
    ["iso_start_v2g_session AC auto", { force_payment_option: true }, 'start "AC_three_phase_core" {} 86400 0'],
    [
      "iso_start_v2g_session AC contract",
      {},
      'start "AC_three_phase_core" {"payment_option":"Contract","enforce_payment_option":false} 86400 0',
    ],
    [
      "iso_start_v2g_session AC ExternalPayment 10 20",
      { force_payment_option: true },
      'start "AC_three_phase_core" {"payment_option":"ExternalPayment","enforce_payment_option":true} 10 20',
    ],
    ["iso_start_v2g_session AC  10 20", {}, 'start "AC_three_phase_core" {} 10 20'],
    ["iso_start_v2g_session AC cash", {}, 'start "AC_three_phase_core" {} 86400 0'],
  ])("starts the communication by '%s' with %j", async (script, config, expected) => {
    await start({ config });
    expect(await execute(`pause;${script};sleep 1`)).toContain(expected);
  });

  it.each([
    ["error_e", ['cp "E"', "power false"]],
    ["diode_fail", ["diode_fail true", "power false"]],
    ["rcd_current 20.5", ["rcd 20.5", ...A]],
    ["draw_power_fixed 10,3", ["current 10", "three_phases true", ...C]],
    ["pause", B],
  ])("does on %s what its board needs", async (script, expected) => {
    await start();
    expect(await execute(`${script};sleep 1`)).toEqual(expected);
  });

  it("runs the configured commands on plugin", async () => {
    await start({ config: { plugin_commands: "iec_wait_pwr_ready;unplug" } });
    await execute("plugin;error_e");
    expect(await duty(20)).toEqual([...A]);
  });

  it("follows the current that the station allows", async () => {
    await start();
    ev.mock.ev[0]?.publish("ac_evse_max_current", 10);
    expect(await news()).toEqual(["current 10"]);
    ev.mock.ev[0]?.publish("ac_evse_target_power", { target_active_power: 6900 });
    expect(await news()).toEqual(["current 10"]);
    ev.mock.ev[0]?.publish("ac_evse_target_power", {
      target_active_power: 2300,
      target_active_power_L2: 1,
      target_active_power_L3: 1,
    });
    expect(await news()).toEqual(["current 10"]);
    ev.mock.ev[0]?.publish("ac_evse_target_power", {});
    expect(await news()).toEqual([]);
  });

  it("fills its battery with what flows, and tells of it", async () => {
    await start({ config: { dc_energy_capacity: 10_000, soc: 50 } });
    await duty(20);
    await execute("draw_power_regulated 10,1;sleep 7200");
    await ev.clock.advance(3_600_000);
    expect(Number(calls.findLast((call) => call.startsWith("soc"))?.slice(4))).toBeCloseTo(50 + 23, 1);
    const info = (await ev.heard()).at(-1)?.replace("ev_manager.ev_info ", "") ?? "";
    expect(JSON.parse(info)).toMatchObject({ target_current: 10, battery_capacity: 10_000, battery_full_soc: 100 });
  });

  it("starts with the state of charge of its configuration, or of its script", async () => {
    await start({ config: { soc: 40 } });
    const told = async (script: string) => {
      ev.external.publish(`${topic}/execute_charging_session`, script);
      await ev.clock.advance(0);
      return calls.splice(0).filter((call) => call.startsWith("soc"));
    };
    expect(await told("pause")).toEqual(["soc 40"]);
    expect(await told("set_soc 12.5;pause")).toEqual(["soc 12.5"]);
    expect(await told("pause")).toEqual(["soc 40"]);
  });

  it("keeps the running countdown when the script is replaced", async () => {
    await start();
    await execute("pause;sleep 10;error_e");
    await afterSeconds(9);
    await modify("sleep 10;unplug");
    expect(await afterSeconds(1)).toEqual(A);
  });
});

describe("control of a simulated car", () => {
  it("tells its communication the limits of its battery at the start", async () => {
    await start({ config: { support_sae_j2847: true, auto_enable: false } });
    expect(told).toEqual([
      'dc_params {"max_current_limit":300,"max_power_limit":150000,"max_voltage_limit":900,"energy_capacity":60000,"target_current":5,"target_voltage":200}',
      "sae",
      'bpt_params {"discharge_max_current_limit":300,"discharge_max_power_limit":150000,"discharge_target_current":5,"discharge_minimal_soc":20}',
    ]);
  });

  it("switches on at the start, and off and on again with a new car", async () => {
    await start();
    expect(told.slice(1)).toEqual(["power false", "current 16", "three_phases true", "enable true"]);
    expect(ev.said).toContain("main.enabled true");
    await duty(20);
    await execute("draw_power_regulated 16,3;sleep 100");
    ev.external.publish(`${topic}/enable`, "false");
    expect(await news()).toEqual(["power false", "current 16", "three_phases true", "enable false"]);
    expect(await execute("pause")).toEqual([]);
    expect(ev.logged.at(-1)).toMatch(/disabled: the script is not run/);
    ev.external.publish(`${topic}/enable`, "true");
    ev.external.publish(`${topic}/enable`, "true");
    await news();
    expect(ev.logged.at(-1)).toBe("the simulated car is enabled already");
    expect(await execute("pause")).toEqual(B);
  });

  it("refuses to start a script while one is running, but replaces it on demand", async () => {
    await start();
    await execute("pause;sleep 100");
    expect(await execute("error_e")).toEqual([]);
    expect(ev.logged.at(-1)).toMatch(/is running already/);
    expect(await modify("error_e")).toEqual(['cp "E"', "power false"]);
  });

  it("takes commands of its interface as well", async () => {
    await start({ config: { auto_enable: false } });
    await ev.on.main.call("enable", { value: true });
    await ev.on.main.call("execute_charging_session", { value: "pause" });
    expect(await news()).toContain('cp "B"');
    await expect(ev.on.main.call("execute_charging_session", { value: "fly" })).rejects.toThrow(/no command 'fly'/);
  });

  it("runs the configured script at the start, and again and again when told so", async () => {
    await start({ config: { auto_exec: true, auto_exec_infinite: true, auto_exec_commands: "error_e" } });
    expect(await afterSeconds(1)).toHaveLength(4 * 2);
  });

  it("works without ISO 15118, SLAC and a store", async () => {
    await start({ without: ["ev", "slac", "kvs"] });
    expect(await execute("iec_wait_pwr_ready;draw_power_regulated 6,3")).toEqual(B);
    expect(await duty(20)).toEqual(["current 6", "three_phases true", ...C]);
  });

  it("remembers across a power cut that it was plugged in", async () => {
    const config = { keep_cross_boot_plugin_state: true };
    await start({ config });
    await execute("iec_wait_pwr_ready;draw_power_regulated 6,3;sleep 1000");
    await ev.station.stop();
    expect([...kept]).toEqual([
      ["EvManager_tested_simulated_already_plugged_in", true],
      ["EvManager_tested_simulated_plugged_in_command", "iec_wait_pwr_ready;draw_power_regulated 6,3;sleep 1000"],
    ]);
    await start({ config });
    expect(await duty(20)).toEqual(["current 6", "three_phases true", ...C]);
    await modify("unplug");
    expect(kept.get("EvManager_tested_simulated_already_plugged_in")).toBe(false);
    expect(stores).toBe(3);
  });

  it("reacts after EVerest's 250 ms where delays are simulated", async () => {
    await start({ delayFactor: 1 });
    expect(await execute("iec_wait_pwr_ready;unplug")).toEqual([]);
    await ev.clock.advance(REACTION_MS);
    expect(await news()).toEqual(B);
    await duty(20);
    await ev.clock.advance(REACTION_MS - 1);
    expect(await news()).toEqual([]);
    await ev.clock.advance(1);
    expect(await news()).toEqual(A);
  });
});

describe("bad case:", () => {
  it("a malformed script is rejected whole, with a line in the log, and the running one goes on", async () => {
    await start();
    await execute("pause;sleep 5;unplug");
    expect(await modify("error_e;fly")).toEqual([]);
    expect(ev.logged.at(-1)).toMatch(
      /^modify_charging_session rejected: there is no command 'fly' \(expected one of sleep, /,
    );
    expect(await afterSeconds(5)).toEqual(A);
  });

  it("a command that fails is logged and skipped", async () => {
    startAnswer = "maybe" as never;
    await start();
    expect(await execute("pause;iso_start_v2g_session AC;error_e")).toContain('cp "E"');
    expect(ev.logged.at(-1)).toMatch(/^the car's command 'iso_start_v2g_session ac' failed and is skipped/);
  });

  it("a communication that does not start is logged", async () => {
    startAnswer = false;
    await start();
    await execute("iso_start_v2g_session AC");
    expect(ev.logged.at(-1)).toBe("the car's digital communication did not start");
  });

  it("a configured script that is none stops the start and names its key", async () => {
    await expect(start({ config: { plugin_commands: "sleep 1;jump" } })).rejects.toMatchObject({
      message: expect.stringMatching(/did not start: there is no command 'jump'/),
      details: { key: "plugin_commands" },
    });
    await start();
  });

  it("nothing is left running after the stop, in the middle of a script", async () => {
    await start();
    await duty(20);
    await execute("draw_power_regulated 16,3;sleep 100");
    await ev.station.stop();
    expect(ev.clock.pending).toBe(0);
    await afterSeconds(200);
    expect(calls).toEqual([]);
  });
});
