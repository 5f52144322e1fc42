import type { Capabilities } from "../../interfaces/types/power_supply_DC.ts";
import type { Timer } from "../../util/clock.ts";
import type { ChargerEvent } from "./charger/model.ts";
import { derated } from "./dc/limits.ts";
import type { DcConfig, DcEffect, DcInput, DcState } from "./dc/model.ts";
import { dcOutput, initialDc } from "./dc/output.ts";
import type { OwnFault } from "./faultDesk.ts";
import type { DcPort, EvsePorts } from "./ports.ts";

/** Whom the DC output speaks with inside of the EVSE. */
export interface DcEvents {
  feed(event: ChargerEvent): void;
  raise(fault: OwnFault): void;
  /** The supply can now give so much. */
  supplyChanged(capabilities: Capabilities): void;
  /** What the car gets, of what it has asked for. */
  targetChanged(voltage: number, current: number): void;
}

/** What the interface ISO15118_charger takes. */
const MOST_TOLD = { voltage: 1500, current: 10_000 } as const;

type Acts = { [D in DcEffect["do"]]: (effect: Extract<DcEffect, { do: D }>) => void };

/** The DC output in operation: carries out what its machine decides, and wakes it in time. */
export class DcSide {
  readonly #config: DcConfig;
  readonly #ports: EvsePorts;
  readonly #acts: Acts;
  #state: DcState;
  #timer: Timer | undefined;
  #stopped = false;
  /** Inputs that wait while one is carried out; undefined when none is. */
  #queue: DcInput[] | undefined;

  constructor(config: DcConfig, ports: EvsePorts, dc: DcPort, events: DcEvents) {
    this.#config = config;
    this.#ports = ports;
    this.#state = initialDc(ports.clock.monotonic());
    this.#acts = this.#actTable(dc, events);
  }

  get state(): DcState {
    return this.#state;
  }

  /** Left-overs of an earlier run end, and the other side knows where it is. */
  boot(): void {
    const { hlc, dc } = this.#ports;
    dc?.supply.setMode("Off", "Other");
    dc?.imd?.stop();
    dc?.overVoltageMonitor?.stop();
    hlc?.update_dc_present_values({ evse_present_voltage: 0, evse_present_current: 0 });
  }

  feed(input: DcInput): void {
    if (this.#stopped) return;
    if (this.#queue) {
      this.#queue.push(input);
      return;
    }
    const queue = [input];
    this.#queue = queue;
    try {
      for (let next = queue.shift(); next; next = queue.shift()) this.#step(next);
    } finally {
      this.#queue = undefined;
    }
  }

  stop(): void {
    this.feed({ type: "contactorAllowed", allowed: false });
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #step(input: DcInput): void {
    const { clock } = this.#ports;
    const { state, effects, wakeAt } = dcOutput(this.#state, input, this.#config, clock.monotonic());
    this.#state = state;
    this.#timer?.cancel();
    this.#timer =
      wakeAt === undefined
        ? undefined
        : clock.setTimer(Math.max(0, wakeAt - clock.monotonic()), () => this.feed({ type: "tick" }));
    for (const effect of effects) this.#perform(effect);
  }

  #perform<D extends DcEffect["do"]>(effect: Extract<DcEffect, { do: D }>): void {
    this.#acts[effect.do as D](effect);
  }

  #actTable({ supply, imd, overVoltageMonitor: monitor }: DcPort, events: DcEvents): Acts {
    const { hlc, trace, sessionLog } = this.#ports;
    return {
      supplySet: ({ voltage, current }) => supply.setExportVoltageCurrent(voltage, current),
      supplyOn({ phase }) {
        sessionLog?.note("EVSE", `DC power supply on: ${phase}`);
        supply.setMode("Export", phase);
      },
      supplyOff({ phase }) {
        sessionLog?.note("EVSE", "DC power supply off");
        supply.setMode("Off", phase);
      },
      imdStart: () => imd?.start(),
      imdStop: () => imd?.stop(),
      imdSelfTest: ({ voltage }) => imd?.start_self_test(voltage),
      monitorStart: () => monitor?.start(),
      monitorStop: () => monitor?.stop(),
      monitorReset: () => monitor?.reset_over_voltage_error(),
      monitorLimits: ({ emergency, error }) => monitor?.set_limits(emergency, error),
      allowContactor: () => events.feed({ type: "hlcContactor", close: true }),
      chargingStarted: () => events.feed({ type: "currentDemandStarted" }),
      checkFinished: ({ passed }) => hlc?.cable_check_finished(passed),
      isolationStatus: ({ status }) => hlc?.update_isolation_status(status),
      tellCapabilities: ({ capabilities }) => this.#tellCapabilities(capabilities, events),
      tellLimits({ maximum, minimum }) {
        hlc?.update_dc_maximum_limits(maximum);
        hlc?.update_dc_minimum_limits(minimum);
      },
      tellPresent: ({ voltage, current }) =>
        hlc?.update_dc_present_values({
          evse_present_voltage: Math.min(voltage, MOST_TOLD.voltage),
          evse_present_current: Math.min(current, MOST_TOLD.current),
        }),
      tellTarget: ({ voltage, current }) => events.targetChanged(voltage, current),
      limit: ({ ampere, watt, validUntil }) => events.feed({ type: "dcLimit", ampere, watt, validUntil }),
      raise: (fault) => events.raise(fault),
      note: ({ title, outcome }) => trace.add({ step: 6, kind: "decision", from: "EVSE", title, outcome }),
    };
  }

  #tellCapabilities(capabilities: Capabilities, events: DcEvents): void {
    const { hlc } = this.#ports;
    const now = derated(capabilities, this.#state);
    hlc?.set_powersupply_capabilities(now);
    hlc?.set_charging_parameters({
      dc_current_regulation_tolerance: capabilities.current_regulation_tolerance_A,
      dc_peak_current_ripple: capabilities.peak_current_ripple_A,
    });
    events.supplyChanged(now);
  }
}
