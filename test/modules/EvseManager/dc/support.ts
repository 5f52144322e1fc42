import type { Capabilities } from "../../../../src/interfaces/types/power_supply_DC.ts";
import type { DcConfig, DcEffect, DcInput, DcState } from "../../../../src/modules/EvseManager/dc/model.ts";
import { dcOutput, initialDc } from "../../../../src/modules/EvseManager/dc/output.ts";

export const config: DcConfig = {
  hasImd: true,
  hasOverVoltageMonitor: true,
  isolationVoltage: undefined,
  measurements: 1,
  selfTest: true,
  earlySelfTestVoltage: undefined,
  contactorTimeoutMs: 5000,
  waitForSafeVoltage: true,
  faultResistance: 100_000,
  rampPerSecond: 25,
  overVoltageMs: 400,
  plausibleSpread: 50,
  implausibleMs: 30_000,
  pauseImdDuringPreCharge: false,
  fillUpWholeAmperes: false,
  passOverOddTargets: false,
  presentCurrentOffset: 0,
};

export const capabilities: Capabilities = {
  bidirectional: false,
  current_regulation_tolerance_A: 2,
  peak_current_ripple_A: 1,
  max_export_voltage_V: 900,
  min_export_voltage_V: 100,
  max_export_current_A: 200,
  min_export_current_A: 1,
  max_export_power_W: 60_000,
  conversion_efficiency_export: 0.9,
};

/** One DC output with its own clock; whatever is fed gives the names of what it does. */
export class Bench {
  now = 1000;
  readonly config: DcConfig;
  state: DcState;
  effects: DcEffect[] = [];
  wakeAt: number | undefined;

  constructor(change: Partial<DcConfig> = {}) {
    this.config = { ...config, ...change };
    this.state = initialDc(this.now);
  }

  feed(...inputs: readonly DcInput[]): DcEffect[] {
    const from = this.effects.length;
    for (const input of inputs) {
      const step = dcOutput(this.state, input, this.config, this.now);
      this.state = step.state;
      this.wakeAt = step.wakeAt;
      this.effects.push(...step.effects);
    }
    return this.effects.slice(from);
  }

  /** Names of what the inputs make it do, but for what it tells all the time. */
  did(...inputs: readonly DcInput[]): string[] {
    return namesOf(this.feed(...inputs));
  }

  /** Lets time pass, with every wake-up that falls due. */
  pass(ms: number): DcEffect[] {
    const from = this.effects.length;
    const end = this.now + ms;
    while (this.wakeAt !== undefined && this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt);
      this.feed({ type: "tick" });
    }
    this.now = end;
    return this.effects.slice(from);
  }

  measure(voltage: number, current = 0): DcEffect[] {
    return this.feed({ type: "measured", voltage, current });
  }

  /** A supply that has told its limits, energy for an hour, and a car that is authorized. */
  ready(watt = 50_000): this {
    this.feed(
      { type: "capabilities", capabilities },
      { type: "grant", watt, validUntil: this.now + 3_600_000 },
      { type: "evLimits", limits: evLimits },
      { type: "charger", name: "PrepareCharging" },
      { type: "contactorAllowed", allowed: true },
    );
    return this;
  }

  checkPassed(): this {
    this.feed({ type: "startCableCheck" }, { type: "measured", voltage: 0, current: 0 });
    this.feed({ type: "contactor", open: false });
    this.measure(this.state.supply?.voltage ?? 0);
    this.feed({ type: "selfTest", passed: true }, { type: "isolation", measurement: { resistance_F_Ohm: 900_000 } });
    this.measure(0);
    return this;
  }

  preCharged(): this {
    this.checkPassed();
    this.feed({ type: "startPreCharge" }, { type: "target", voltage: 400, current: 2 });
    this.measure(400);
    return this;
  }

  /** Current flows, as much as the car asks for. */
  charging(current = 50): this {
    this.preCharged();
    this.feed(
      { type: "demandStarted" },
      { type: "charger", name: "Charging" },
      { type: "target", voltage: 400, current },
    );
    this.pass(10_000);
    this.measure(400, this.state.supply?.current ?? 0);
    return this;
  }
}

export const evLimits = {
  dc_ev_maximum_voltage_limit: 450,
  dc_ev_maximum_current_limit: 150,
  dc_ev_maximum_power_limit: 55_000,
};

export function namesOf(effects: readonly DcEffect[]): string[] {
  return effects.map((effect) => effect.do).filter((name) => !/^(tell|limit$|note$)/.test(name));
}
