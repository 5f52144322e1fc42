import { defineModule, type ModuleContext } from "../../framework/module.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { SignedMeterValue } from "../../interfaces/types/units_signed.ts";
import type { Timer } from "../../util/clock.ts";
import { unplugged } from "./board.ts";
import { BoardDriver, type BoardListener } from "./driver.ts";
import { parseInjectedError } from "./injectedErrors.ts";
import { type Config, manifest } from "./manifest.ts";
import { Meter } from "./meter.ts";
import { tellInside } from "./telemetry.ts";

type Context = ModuleContext<typeof manifest>;

/** Milliampere of direct current at which a residual current monitor opens (IEC 62955). */
const TRIP_CURRENT_MA = 5;
const simulated = { message: "Simulated fault event" };

export const YetiSimulator = defineModule(manifest, (ctx) => {
  const { clock, config, simulation, provides, log } = ctx;
  const meter = new Meter({
    clock,
    nominalVoltage: config.ac_nominal_voltage,
    nominalFrequency: config.ac_nominal_frequency,
  });
  const told = createListener(ctx, meter, () => driver.board.contactor);
  let closings = 0;
  const listener: BoardListener = {
    ...told,
    onEvent(event) {
      if (event === "PowerOn") closings++;
      told.onEvent(event);
    },
  };
  const driver = new BoardDriver({
    clock,
    delayFactor: simulation.delayFactor,
    meter,
    resetMeterOnSession: config.reset_powermeter_on_session_start,
    listener,
  });
  let telling: Timer | undefined;
  const change: (...args: Parameters<BoardDriver["change"]>) => null = (...args) => {
    driver.change(...args);
    return null;
  };

  ctx.externalMqtt.subscribe(`everest_external/nodered/${config.connector_id}/carsim/error`, (payload) =>
    injectError(ctx, payload),
  );
  return {
    provides: {
      board_support: {
        enable: ({ value }) => change({ enabled: value }, { republish: value }),
        pwm_on: ({ value }) => change({ signal: value > 0 ? { kind: "PWM", duty: value } : { kind: "X1" } }),
        cp_state_X1: () => change({ signal: { kind: "X1" } }),
        cp_state_F: () => change({ signal: { kind: "F" } }),
        cp_state_E() {
          log.warn({}, "this board cannot put its control pilot into state E");
          return null;
        },
        allow_power_on: ({ value }) => change({ powerAllowed: value.allow_power_on }),
        ac_switch_three_phases_while_charging: ({ value }) => change({ threePhases: value }),
        /** No over-current protection of its own: the car here never draws more than it is told. */
        ac_set_overcurrent_limit_A: () => null,
      },
      ev_board_support: carSide(ctx, change),
      powermeter: transactions(config),
      temperature_sensor: {},
      rcd: { self_test: () => null, reset: () => true },
      connector_lock: {
        lock: () => logged(ctx, "connector locked"),
        unlock: () => logged(ctx, "connector unlocked"),
      },
    },
    ready() {
      provides.board_support.publish("capabilities", capabilities(config));
      driver.start();
      telling = tellInside(ctx.telemetry, clock, () => {
        const { board } = driver;
        const tripped = board.faultCurrent > TRIP_CURRENT_MA;
        return { board, temperature: meter.temperature, closings, tripped };
      });
    },
    /** A contactor that nobody can open must not stay closed. */
    controlLost(isReachable) {
      if (provides.board_support.listeners.every(isReachable)) return;
      log.error({}, "the contactor is opened: whoever controls this board is not reachable");
      change({ powerAllowed: false, signal: { kind: "X1" } });
    },
    stop() {
      telling?.cancel();
      driver.stop();
    },
  };
});

function logged({ log }: Context, message: string): null {
  log.info({}, message);
  return null;
}

function carSide({ provides }: Context, change: (inputs: Parameters<BoardDriver["change"]>[0]) => null) {
  const { resistor, shorted, diodeFault, carCurrent, carPhases, faultCurrent } = unplugged;
  return {
    enable({ value }: { value: boolean }) {
      if (value) return null;
      provides.ev_board_support.publish("bsp_event", { event: "A" });
      return change({ resistor, shorted, diodeFault, carCurrent, carPhases, faultCurrent });
    },
    set_cp_state({ cp_state }: { cp_state: "A" | "B" | "C" | "D" | "E" }) {
      change(cp_state === "E" ? { shorted: true } : { resistor: cp_state, shorted: false });
      provides.ev_board_support.publish("bsp_event", { event: cp_state });
      return null;
    },
    /** The car's contactor follows state C. */
    allow_power_on: () => null,
    diode_fail: ({ value }: { value: boolean }) => change({ diodeFault: value }),
    set_ac_max_current: ({ current }: { current: number }) => change({ carCurrent: current }),
    set_three_phases: ({ three_phases }: { three_phases: boolean }) => change({ carPhases: three_phases ? 3 : 1 }),
    set_rcd_error: ({ rcd_current_mA }: { rcd_current_mA: number }) => change({ faultCurrent: rcd_current_mA }),
  };
}

/** This meter signs nothing; see `dummy_meter_value_send_on_transaction_start`. */
function transactions(config: Config) {
  const dummy = (signed_meter_data: string): SignedMeterValue => ({
    signed_meter_data,
    signing_method: "dummy",
    encoding_method: "plain",
  });
  const start = config.dummy_meter_value_send_on_transaction_start && dummy(config.dummy_meter_value_blob_start);
  const stop = dummy(config.dummy_meter_value_blob_stop);
  return {
    start_transaction: () => ({ status: "OK" as const, ...(start && { signed_meter_value: start }) }),
    stop_transaction: () => ({
      status: "OK" as const,
      ...(start && { start_signed_meter_value: start, signed_meter_value: stop }),
    }),
  };
}

function createListener({ provides }: Context, meter: Meter, relaisOn: () => boolean): BoardListener {
  const { board_support, ev_board_support, rcd } = provides;
  return {
    onMeter() {
      const reading: Powermeter = meter.read();
      provides.powermeter.publish("powermeter", reading);
      provides.temperature_sensor.publish("temperatures", [meter.temperatureReading()]);
      board_support.publish("telemetry", {
        evse_temperature_C: meter.temperature,
        fan_rpm: 1500,
        supply_voltage_12V: 12,
        supply_voltage_minus_12V: -12,
        relais_on: relaisOn(),
      });
    },
    onEvent: (event) => board_support.publish("event", { event }),
    onDiodeFault(present) {
      if (present) board_support.raiseError("evse_board_support/DiodeFault", simulated);
      else board_support.clearError("evse_board_support/DiodeFault");
    },
    onFaultCurrent(milliampere) {
      if (milliampere > TRIP_CURRENT_MA) rcd.raiseError("ac_rcd/DC", simulated);
      else rcd.clearError("ac_rcd/DC");
      rcd.publish("rcd_current_mA", milliampere);
    },
    onMeasurement: (duty, faultCurrent) =>
      ev_board_support.publish("bsp_measurement", {
        proximity_pilot: { ampacity: "A_32" },
        cp_pwm_duty_cycle: duty,
        rcd_current_mA: faultCurrent,
      }),
  };
}

function capabilities({ max_current_A_import, min_current_A_import }: Config) {
  return {
    max_current_A_import,
    min_current_A_import,
    max_phase_count_import: 3,
    min_phase_count_import: 1,
    max_current_A_export: 16,
    min_current_A_export: 0,
    max_phase_count_export: 3,
    min_phase_count_export: 1,
    supports_changing_phases_during_charging: true,
    supports_cp_state_E: false,
    connector_type: "IEC62196Type2Cable" as const,
  };
}

function injectError({ log, provides }: Context, payload: string): void {
  const injected = parseInjectedError(payload);
  if (!injected) {
    log.error({ payload }, "no error that this board could raise");
    return;
  }
  const { on, type, raise } = injected;
  const target: { raiseError(type: string, details: object): void; clearError(type: string): void } = provides[on];
  if (raise) target.raiseError(type, simulated);
  else target.clearError(type);
}
