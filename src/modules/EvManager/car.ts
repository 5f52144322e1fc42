/** The simulated car: what a script has made of it, and how that shows on its board. */
import type { EVInfo } from "../../interfaces/types/evse_manager.ts";
import type { EnergyTransferMode, SelectedPaymentOption } from "../../interfaces/types/iso15118.ts";
import type { Clock, Timer } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import { Battery } from "./battery.ts";
import type { Config } from "./manifest.ts";

/** What the car does at its socket. */
export type CarState =
  | "unplugged"
  | "pluggedIn"
  | "chargingRegulated"
  | "chargingFixed"
  | "isoPowerReady"
  | "isoCharging"
  | "bcbToggle"
  | "errorE"
  | "diodeFail";

/** The car's end of the control pilot. */
export interface CarBoard {
  enable(value: boolean): Promise<unknown>;
  set_cp_state(state: "A" | "B" | "C" | "D" | "E"): Promise<unknown>;
  allow_power_on(value: boolean): Promise<unknown>;
  diode_fail(value: boolean): Promise<unknown>;
  set_ac_max_current(current: number): Promise<unknown>;
  set_three_phases(threePhases: boolean): Promise<unknown>;
  set_rcd_error(milliampere: number): Promise<unknown>;
}

/** The car's digital communication. */
export interface CarHlc {
  start_charging(
    mode: EnergyTransferMode,
    payment: SelectedPaymentOption,
    departure: number,
    amount: number,
  ): Promise<boolean>;
  stop_charging(): Promise<unknown>;
  pause_charging(): Promise<unknown>;
  update_soc(percent: number): Promise<unknown>;
}

export interface CarSlac {
  reset(): Promise<unknown>;
  trigger_matching(): Promise<boolean>;
}

export interface CarPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly board: CarBoard;
  readonly hlc?: CarHlc;
  readonly slac?: CarSlac;
  readonly tellInfo: (info: EVInfo) => void;
  /** A time has come that the script waits for. */
  readonly onTime: () => void;
  /** The script plugs in or out; whoever must remember it across a power cut does so. */
  readonly onPlug: (pluggedIn: boolean) => Promise<void>;
}

/** What one script knows; a new script starts with a new one. */
export interface Session {
  state: CarState;
  /** The state that the board shows; none before the first. */
  shown?: CarState;
  slac: "UNMATCHED" | "MATCHING" | "MATCHED";
  /** Monotonic time at which the running sleep or wait ends; it survives a change of the script. */
  countdownEnd?: number;
  hlcFinished: boolean;
  stoppedByStation: boolean;
  pausedByStation: boolean;
  powerReady: boolean;
  /** The session is about to end; what is left to do is to let go. */
  leaving: boolean;
  dcPowerOn: boolean;
  mode: "AC" | "DC";
  bcbToggles: number;
  bcbNext: "B" | "C";
  /** Monotonic time at which the running pulse of a B-C-B toggle ends. */
  pulseEnd?: number;
  /** The last event of the car's board. */
  boardEvent?: string;
  /** A script that replaces the running one. */
  replacement?: string;
}

const freshSession = (): Session => ({
  state: "unplugged",
  slac: "UNMATCHED",
  hlcFinished: false,
  stoppedByStation: false,
  pausedByStation: false,
  powerReady: false,
  leaving: false,
  dcPowerOn: false,
  mode: "AC",
  bcbToggles: 0,
  bcbNext: "C",
});

/** Duty cycles between these, in percent, allow a current (IEC 61851-1). */
const NOMINAL_DUTY = { above: 7, below: 97 };
/** Between two looks at the battery while it fills. */
const BATTERY_INTERVAL_MS = 1000;
const charging: readonly CarState[] = ["chargingRegulated", "chargingFixed", "isoCharging"];

/** How the battery is filled. */
export type Filling =
  | { readonly kind: "none" }
  | { readonly kind: "AC"; readonly phases: 1 | 3; readonly current: number }
  | { readonly kind: "DC" };

export class Car {
  readonly ports: CarPorts;
  readonly config: Config;
  session: Session = freshSession();
  battery: Battery;
  filling: Filling = { kind: "none" };
  /** Percent, as the board measures it. */
  duty = 0;
  #shownDuty = 0;
  #shownSoc = 0;
  #batteryTimer: Timer | undefined;
  #countdownTimer: Timer | undefined;
  #pulseTimer: Timer | undefined;

  constructor(config: Config, ports: CarPorts) {
    this.config = config;
    this.ports = ports;
    this.battery = this.#newBattery();
  }

  /** Forgets the last script; the board shows on what it shows. */
  reset(): void {
    this.stop();
    this.session = freshSession();
    this.battery = this.#newBattery();
    this.filling = { kind: "none" };
  }

  stop(): void {
    this.#batteryTimer?.cancel();
    this.#countdownTimer?.cancel();
    this.#pulseTimer?.cancel();
  }

  get dutyIsNominal(): boolean {
    return this.duty > NOMINAL_DUTY.above && this.duty < NOMINAL_DUTY.below;
  }

  /** True when `ms` have passed since the first look; the running countdown counts on for whoever looks next. */
  countdown(ms: number): boolean {
    const { clock, onTime } = this.ports;
    this.session.countdownEnd ??= clock.monotonic() + ms;
    const rest = this.session.countdownEnd - clock.monotonic();
    this.#countdownTimer?.cancel();
    if (rest > 0) this.#countdownTimer = clock.setTimer(rest, onTime);
    else this.endCountdown();
    return rest <= 0;
  }

  endCountdown(): void {
    this.#countdownTimer?.cancel();
    delete this.session.countdownEnd;
  }

  /** Changes from B to C or back, and holds it for `ms`. */
  async toggle(ms: number): Promise<void> {
    const { session, ports } = this;
    const next = session.bcbNext;
    if (next === "B") session.bcbToggles++;
    session.bcbNext = next === "C" ? "B" : "C";
    await ports.board.set_cp_state(next);
    session.pulseEnd = ports.clock.monotonic() + ms;
    this.#pulseTimer?.cancel();
    this.#pulseTimer = ports.clock.setTimer(ms, ports.onTime);
  }

  /** Looks again when it is not: a timer may fire a moment before its time. */
  pulseIsOver(): boolean {
    const { clock, onTime } = this.ports;
    const rest = (this.session.pulseEnd ?? 0) - clock.monotonic();
    this.#pulseTimer?.cancel();
    if (rest > 0) this.#pulseTimer = clock.setTimer(rest, onTime);
    return rest <= 0;
  }

  /** Lets the board show what the script has made of the car. */
  async show(): Promise<void> {
    const { session } = this;
    const changed = session.state !== session.shown;
    session.shown = session.state;
    const regulated = session.state === "chargingRegulated" && this.duty !== this.#shownDuty;
    if (!changed && !regulated) return;
    await this.#showState(session.state);
    this.#watchBattery();
  }

  async #showState(state: CarState): Promise<void> {
    const { board, hlc } = this.ports;
    switch (state) {
      case "unplugged":
        await this.#pilot("A", false);
        this.session.slac = "UNMATCHED";
        await hlc?.stop_charging();
        return;
      case "pluggedIn":
        return this.#pilot("B", false);
      case "chargingRegulated":
        this.#shownDuty = this.duty;
        return this.dutyIsNominal ? this.#pilot("C", true) : this.#pilot("B", false);
      case "chargingFixed":
      case "isoCharging":
        return this.#pilot("C", true);
      case "isoPowerReady":
        return void (await board.set_cp_state("C"));
      case "bcbToggle":
        return;
      case "errorE":
        return this.#pilot("E", false);
      case "diodeFail":
        await board.diode_fail(true);
        await board.allow_power_on(false);
    }
  }

  async #pilot(state: "A" | "B" | "C" | "E", power: boolean): Promise<void> {
    await this.ports.board.set_cp_state(state);
    await this.ports.board.allow_power_on(power);
  }

  #watchBattery(): void {
    const { state } = this.session;
    const fills = charging.includes(state);
    this.battery.flow(fills ? this.#power() : 0);
    if (fills || state === "pluggedIn") this.#tellBattery();
    else this.#batteryTimer?.cancel();
  }

  #power(): number {
    if (this.session.state === "chargingRegulated" && !this.dutyIsNominal) return 0;
    const { ac_nominal_voltage, dc_target_current, dc_target_voltage } = this.config;
    if (this.filling.kind === "AC") return this.filling.current * ac_nominal_voltage * this.filling.phases;
    return this.filling.kind === "DC" ? dc_target_current * dc_target_voltage : 0;
  }

  #tellBattery(): void {
    const { clock, hlc, log, tellInfo } = this.ports;
    this.#batteryTimer?.cancel();
    if (charging.includes(this.session.state)) {
      this.#batteryTimer = clock.setTimer(BATTERY_INTERVAL_MS, () => this.#tellBattery());
    }
    const { soc, capacity } = this.battery;
    tellInfo({ ...this.#target(), soc, battery_capacity: capacity, battery_full_soc: 100 });
    if (soc === this.#shownSoc) return;
    this.#shownSoc = soc;
    hlc?.update_soc(soc).catch((err) => log.error({ err }, "the state of charge could not be told"));
  }

  #target(): Pick<EVInfo, "target_current" | "target_voltage"> {
    const { dc_target_current, dc_target_voltage } = this.config;
    if (this.filling.kind === "AC") return { target_current: this.filling.current, target_voltage: 0 };
    if (this.filling.kind === "DC") return { target_current: dc_target_current, target_voltage: dc_target_voltage };
    return {};
  }

  #newBattery(): Battery {
    return new Battery(this.ports.clock, this.config.dc_energy_capacity, this.config.soc);
  }
}
