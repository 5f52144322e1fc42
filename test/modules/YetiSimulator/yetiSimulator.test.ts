import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Powermeter } from "../../../src/interfaces/types/powermeter.ts";
import { METER_INTERVAL_MS, REACTION_MS } from "../../../src/modules/YetiSimulator/driver.ts";
import { YetiSimulator } from "../../../src/modules/YetiSimulator/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

type Yeti = UnderTest<typeof YetiSimulator.manifest>;
const HOUR_MS = 3_600_000;

let yeti: Yeti;
let readings: Powermeter[];

async function start(config: object = {}, delayFactor = 0): Promise<void> {
  yeti = await startUnderTest(YetiSimulator, {
    config: { connector_id: 1, ...config },
    ports: { simulation: { delayFactor } },
  });
  readings = [];
  yeti.on.powermeter.subscribe("powermeter", (reading) => void readings.push(reading));
  await yeti.heard();
}

/** What the station's side heard of control pilot and contactor since the last time. */
async function events(): Promise<string[]> {
  const news = await yeti.heard();
  return news.flatMap((line) => line.match(/^board_support\.event \{"event":"(\w+)"\}$/)?.[1] ?? []);
}
const lastReading = () => readings.at(-1) ?? expect.unreachable("no reading");
const faults = async () => (await yeti.heard()).filter((line) => line.includes(" error "));

const allow = (allow_power_on: boolean) =>
  yeti.on.board_support.call("allow_power_on", { value: { allow_power_on, reason: "FullPowerCharging" } });
const pwm = (value: number) => yeti.on.board_support.call("pwm_on", { value });
const car = (cp_state: "A" | "B" | "C" | "D" | "E") => yeti.on.ev_board_support.call("set_cp_state", { cp_state });
const wants = (current: number) => yeti.on.ev_board_support.call("set_ac_max_current", { current });

/** Plugged in and drawing what 16 A of duty cycle allow. */
async function charge(): Promise<void> {
  await car("B");
  await pwm(16 / 0.6);
  await allow(true);
  await car("C");
  await yeti.heard();
}

afterEach(() => yeti.station.stop());

describe("the simulated board", () => {
  it("tells at the start what it can do, what it sees and what it measures", async () => {
    yeti = await startUnderTest(YetiSimulator, { config: { connector_id: 1, max_current_A_import: 63 } });
    const heard = (await yeti.heard()).join("\n");
    expect(heard).toMatch(/board_support\.capabilities \{"max_current_A_import":63,"min_current_A_import":6,/);
    expect(heard).toMatch(/board_support\.event \{"event":"A"\}/);
    expect(heard).toMatch(/powermeter\.powermeter .*"energy_Wh_import":\{"total":0,/);
    expect(heard).toMatch(/ev_board_support\.bsp_measurement \{.*"cp_pwm_duty_cycle":100,/);
  });
});

describe("the simulated board in a session", () => {
  beforeEach(() => start());

  it("opens the contactor by itself when nobody is there who could", async () => {
    await charge();
    await yeti.loseControl(() => true);
    expect(await events()).toEqual([]);
    await yeti.loseControl((moduleId) => moduleId !== "probe");
    expect(await events()).toEqual(["PowerOff"]);
  });

  it("follows the car from A to C and closes the contactor when the station allows it", async () => {
    await car("B");
    expect(await events()).toEqual(["B"]);
    await pwm(26.67);
    await allow(true);
    expect(await events()).toEqual([]);
    await car("C");
    expect(await events()).toEqual(["C", "PowerOn"]);
    await car("B");
    expect(await events()).toEqual(["B", "PowerOff"]);
    await car("A");
    expect(await events()).toEqual(["A"]);
  });

  it("closes it later when the permission comes later, and opens it when the permission is withdrawn", async () => {
    await car("B");
    await pwm(26.67);
    await car("C");
    expect(await events()).toEqual(["B", "C"]);
    await allow(true);
    expect(await events()).toEqual(["PowerOn"]);
    await allow(false);
    expect(await events()).toEqual(["PowerOff"]);
  });

  it("never closes it without PWM, but leaves it closed when PWM ends", async () => {
    await car("B");
    await allow(true);
    await car("C");
    expect(await events()).toEqual(["B", "C"]);
    await pwm(20);
    await yeti.on.board_support.call("cp_state_X1");
    expect(await events()).toEqual(["PowerOn"]);
    await allow(false);
    expect(await events()).toEqual(["PowerOff"]);
  });

  it("gives no power to a car that needs ventilation", async () => {
    await car("B");
    await pwm(20);
    await allow(true);
    await car("D");
    expect(await events()).toEqual(["B", "D"]);
  });

  it("ends PWM when the car is unplugged", async () => {
    await charge();
    await car("A");
    expect(await events()).toEqual(["A", "PowerOff"]);
    await car("C");
    expect(await events()).toEqual(["C"]);
  });

  it("shows F on command and while it is disabled, then what was commanded meanwhile", async () => {
    await charge();
    await yeti.on.board_support.call("cp_state_F");
    expect(await events()).toEqual(["F", "PowerOff"]);
    await yeti.on.board_support.call("enable", { value: false });
    await pwm(10);
    expect(await events()).toEqual([]);
    await yeti.on.board_support.call("enable", { value: true });
    expect(await events()).toEqual(["C", "PowerOn"]);
  });

  it("repeats its state when it is enabled again", async () => {
    await yeti.on.board_support.call("enable", { value: true });
    expect(await events()).toEqual(["A"]);
  });

  it("tells the car the duty cycle whenever it changes", async () => {
    const duties = async () =>
      (await yeti.heard()).flatMap((line) => line.match(/"cp_pwm_duty_cycle":([\d.]+)/)?.[1] ?? []);
    await car("B");
    await pwm(5);
    await pwm(5);
    await pwm(26.5);
    expect(await duties()).toEqual(["5", "26.5"]);
    await yeti.on.board_support.call("cp_state_X1");
    expect(await duties()).toEqual(["100"]);
    await pwm(0);
    expect(await duties()).toEqual([]);
  });

  it("resets the car's end when its simulation is switched off", async () => {
    await charge();
    await yeti.on.ev_board_support.call("enable", { value: false });
    expect(await events()).toEqual(["A", "PowerOff"]);
  });
});

describe("the simulated meter", () => {
  it("grows with the current that is drawn and the time that passes", async () => {
    await start();
    await charge();
    await yeti.clock.advance(HOUR_MS);
    const reading = lastReading();
    const volt = 230 - 0.5 * 16;
    expect(reading.current_A).toEqual({ L1: 16, L2: 16, L3: 16, N: 0.2 });
    expect(reading.voltage_V).toEqual({ L1: volt, L2: volt, L3: volt });
    expect(reading.power_W?.total).toBeCloseTo(3 * 16 * volt, 3);
    expect(reading.energy_Wh_import.total).toBeCloseTo(3 * 16 * volt, 3);
    expect(reading.energy_Wh_export?.total).toBe(0);
  });

  it("stands still without a car, and says so every second with the time of now", async () => {
    await start();
    await yeti.clock.advance(2 * METER_INTERVAL_MS);
    expect(readings.map((reading) => reading.timestamp)).toEqual([
      "2026-01-01T00:00:01.000Z",
      "2026-01-01T00:00:02.000Z",
    ]);
    expect(lastReading().energy_Wh_import.total).toBe(0);
  });

  it("is read once more when the contactor opens, before the event", async () => {
    await start();
    await charge();
    await yeti.clock.advance(300);
    await yeti.heard();
    await car("B");
    const heard = (await yeti.heard()).filter((line) => /^powermeter\.|"PowerOff"/.test(line));
    expect(heard).toEqual([expect.stringMatching(/^powermeter\./), expect.stringContaining("PowerOff")]);
    expect(lastReading().energy_Wh_import.total).toBeCloseTo((3 * 16 * 222 * 300) / HOUR_MS, 3);
    expect(lastReading().power_W?.total).toBe(0);
  });

  it.each([
    ["what the duty cycle allows when the car names no current", 26.667, 0, 16],
    ["what the car wants when that is less", 26.667, 10, 10],
    ["no more than the duty cycle allows", 26.667, 32, 16],
    ["what the car wants at 5 %, where the duty cycle says nothing", 5, 20, 20],
    ["the large currents of the second formula", 90, 80, 65],
    ["nothing at a duty cycle that allows nothing", 7.5, 16, 0],
  ])("measures %s", async (_name, duty, wanted, expected) => {
    await start();
    await car("B");
    await wants(wanted);
    await pwm(duty);
    await allow(true);
    await car("C");
    await yeti.heard();
    expect(lastReading().current_A?.L1).toBeCloseTo(expected, 2);
  });

  it("counts what a car feeds back as export", async () => {
    await start();
    await wants(-10);
    await charge();
    await yeti.clock.advance(HOUR_MS);
    expect(lastReading().energy_Wh_import.total).toBe(0);
    expect(lastReading().energy_Wh_export?.total).toBeCloseTo(3 * 10 * 235, 3);
  });

  it("measures one phase of a car with one, and when the station switches to one", async () => {
    await start();
    await yeti.on.ev_board_support.call("set_three_phases", { three_phases: false });
    await charge();
    expect(lastReading().current_A).toEqual({ L1: 16, L2: 0, L3: 0, N: 0.2 });
    await yeti.on.ev_board_support.call("set_three_phases", { three_phases: true });
    await yeti.on.board_support.call("ac_switch_three_phases_while_charging", { value: false });
    await yeti.heard();
    expect(lastReading().current_A).toEqual({ L1: 16, L2: 0, L3: 0, N: 0.2 });
  });

  it.each([
    [true, 0],
    [false, 222 * 16 * 3],
  ])("with reset_powermeter_on_session_start %s starts the next session with %i Wh", async (reset, expected) => {
    await start({ reset_powermeter_on_session_start: reset });
    await charge();
    await yeti.clock.advance(HOUR_MS);
    await car("A");
    await car("B");
    await yeti.heard();
    expect(lastReading().energy_Wh_import.total).toBeCloseTo(expected, 3);
  });

  it("starts and stops transactions without signed values, which it cannot make", async () => {
    await start();
    const value = {
      evse_id: "1",
      transaction_id: "t",
      identification_status: "ASSIGNED" as const,
      identification_flags: [],
      identification_type: "EMAID" as const,
    };
    expect(await yeti.on.powermeter.call("start_transaction", { value })).toEqual({ status: "OK" });
    expect(await yeti.on.powermeter.call("stop_transaction", { transaction_id: "t" })).toEqual({ status: "OK" });
  });

  it("sends dummy texts in their place when it is told to", async () => {
    await start({ dummy_meter_value_send_on_transaction_start: true });
    expect(await yeti.on.powermeter.call("stop_transaction", { transaction_id: "t" })).toMatchObject({
      start_signed_meter_value: { signed_meter_data: "test start value" },
      signed_meter_value: { signed_meter_data: "test stop value", signing_method: "dummy" },
    });
  });
});

describe("faults of the simulated board", () => {
  it("opens on a diode fault and reports it until the car is unplugged", async () => {
    await start();
    await charge();
    await yeti.on.ev_board_support.call("diode_fail", { value: true });
    expect((await yeti.heard()).filter((line) => / error |PowerOff/.test(line))).toEqual([
      expect.stringContaining("PowerOff"),
      "board_support error evse_board_support/DiodeFault Active",
    ]);
    await car("A");
    expect(await faults()).toEqual(["board_support error evse_board_support/DiodeFault ClearedByModule"]);
    await charge();
    expect(await faults()).toEqual([]);
    expect(lastReading().current_A?.L1).toBeCloseTo(16, 3);
  });

  it("sees state E when the control pilot is shorted, and recovers", async () => {
    await start();
    await charge();
    await car("E");
    expect(await events()).toEqual(["E", "PowerOff"]);
    await car("B");
    expect(await events()).toEqual(["B"]);
  });

  it("reports a direct fault current above 5 mA until it is gone", async () => {
    await start();
    await yeti.on.ev_board_support.call("set_rcd_error", { rcd_current_mA: 6 });
    expect(await yeti.heard()).toContain("rcd error ac_rcd/DC Active");
    await yeti.on.ev_board_support.call("set_rcd_error", { rcd_current_mA: 0.5 });
    expect(await yeti.heard()).toEqual(
      expect.arrayContaining(["rcd error ac_rcd/DC ClearedByModule", "rcd.rcd_current_mA 0.5"]),
    );
  });

  it.each([
    ["MREC6UnderVoltage", "board_support error evse_board_support/MREC6UnderVoltage"],
    ["ac_rcd_MREC2GroundFailure", "rcd error ac_rcd/MREC2GroundFailure"],
    ["lock_ConnectorLockFailedLock", "connector_lock error connector_lock/ConnectorLockFailedLock"],
    ["powermeter/CommunicationFault", "powermeter error powermeter/CommunicationFault"],
  ])("raises and clears %s on demand from outside", async (error_type, expected) => {
    await start();
    const ask = (raise?: string) =>
      yeti.external.publish("everest_external/nodered/1/carsim/error", JSON.stringify({ error_type, raise }));
    ask("true");
    expect(await faults()).toEqual([`${expected} Active`]);
    ask("false");
    expect(await faults()).toEqual([`${expected} ClearedByModule`]);
    ask("true");
    ask();
    expect(await faults()).toEqual([`${expected} Active`, `${expected} ClearedByModule`]);
  });

  it.each(["{", "[]", '{"error_type":"Meteorite","raise":"true"}', '{"error_type":"constructor","raise":"true"}'])(
    "bad case: ignores %s, with a line in the log",
    async (payload) => {
      await start();
      yeti.external.publish("everest_external/nodered/1/carsim/error", payload);
      expect(await faults()).toEqual([]);
      expect(yeti.logged).toEqual(["no error that this board could raise"]);
    },
  );
});

describe("the simulated board with delays", () => {
  it("takes inputs in order, each after its reaction time, so that no pulse is lost", async () => {
    await start({}, 1);
    await car("B");
    await yeti.clock.advance(REACTION_MS);
    expect(await events()).toEqual(["B"]);
    for (const state of ["C", "B", "C", "B"] as const) {
      await car(state);
      await yeti.clock.advance(REACTION_MS / 2);
    }
    await yeti.clock.advance(REACTION_MS);
    expect(await events()).toEqual(["C", "B", "C", "B"]);
  });

  it("leaves no timer behind", async () => {
    await start({}, 1);
    await car("B");
    await yeti.station.stop();
    expect(yeti.clock.pending).toBe(0);
  });
});
