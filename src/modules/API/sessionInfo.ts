/** What is told of the session at an EVSE: one state in words, energy, duration. */
import type { EnableDisableSource, SessionEvent, SessionEventEnum } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { CountDown } from "../../interfaces/types/uk_random_delay.ts";
import { type Clock, isoTime } from "../../util/clock.ts";

type State =
  | "Unknown"
  | "Unplugged"
  | "Disabled"
  | "Preparing"
  | "Reserved"
  | "AuthRequired"
  | "ChargingPausedEV"
  | "ChargingPausedEVSE"
  | "Charging"
  | "AuthTimeout"
  | "Finished"
  | "FinishedEVSE"
  | "FinishedEV";

/** The state that an event leads to; the others change none. */
const states: { readonly [E in SessionEventEnum]?: State } = {
  Enabled: "Unplugged",
  Disabled: "Disabled",
  SessionStarted: "Preparing",
  AuthRequired: "AuthRequired",
  TransactionStarted: "Preparing",
  PrepareCharging: "Preparing",
  ChargingStarted: "Charging",
  ChargingPausedEV: "ChargingPausedEV",
  ChargingPausedEVSE: "ChargingPausedEVSE",
  StoppingCharging: "FinishedEV",
  ChargingFinished: "Finished",
  TransactionFinished: "Finished",
  SessionFinished: "Unplugged",
  ReservationStart: "Reserved",
  ReservationEnd: "Unplugged",
  PluginTimeout: "AuthTimeout",
};

/** In these, readings of the meter count for the session. */
const counting: readonly State[] = ["AuthRequired", "Charging", "ChargingPausedEV", "ChargingPausedEVSE"];

/** Wh; `from` is absent while nothing is known. */
interface Span {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

const difference = ({ from, to }: Span) => (from === undefined || to === undefined ? 0 : to - from);

export class SessionInfo {
  readonly #clock: Clock;
  #state: State = "Unknown";
  #isFaulted = false;
  #charged: Span = { from: 0, to: 0 };
  #discharged: Span = { from: undefined, to: undefined };
  #latestW = 0;
  #begin: number;
  #end: number;
  #source = { source: "Unspecified", state: "Enabled", priority: 0 };
  #delay: CountDown | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#begin = this.#end = clock.now();
  }

  onEvent(event: SessionEvent): void {
    this.#state = stateAfter(event) ?? this.#state;
    if (event.source) this.#enabledBy(event.source);
    if (event.transaction_started) this.#started(event.transaction_started.meter_value);
    if (event.transaction_finished) this.#read(event.transaction_finished.meter_value);
  }

  onPowermeter(reading: Powermeter): void {
    if (counting.includes(this.#state)) this.#read(reading);
    this.#latestW = reading.power_W?.total ?? this.#latestW;
  }

  onCountdown(delay: CountDown): void {
    this.#delay = delay;
  }

  /** @param isFaulted whether someone has to come and repair it. */
  onInoperative(isFaulted: boolean): void {
    this.#isFaulted = isFaulted;
  }

  /** As EVerest writes it: whole Wh and seconds. */
  tell() {
    const delay = this.#delay;
    return {
      state: this.#state,
      permanent_fault: this.#isFaulted,
      charged_energy_wh: Math.trunc(difference(this.#charged)),
      discharged_energy_wh: Math.trunc(difference(this.#discharged)),
      latest_total_w: this.#latestW,
      charging_duration_s: Math.trunc((this.#end - this.#begin) / 1000),
      datetime: isoTime(this.#clock.now()),
      active_enable_disable_source: this.#source,
      ...(delay && delay.countdown_s > 0 && { uk_random_delay: delayOf(delay) }),
    };
  }

  #started({ energy_Wh_import, energy_Wh_export }: Powermeter): void {
    this.#charged = { from: energy_Wh_import.total, to: energy_Wh_import.total };
    this.#discharged = { from: energy_Wh_export?.total, to: energy_Wh_export?.total };
    this.#begin = this.#end = this.#clock.now();
  }

  #read({ energy_Wh_import, energy_Wh_export }: Powermeter): void {
    this.#charged = { ...this.#charged, to: energy_Wh_import.total };
    this.#discharged = { ...this.#discharged, to: energy_Wh_export?.total ?? this.#discharged.to };
    this.#end = this.#clock.now();
  }

  #enabledBy({ enable_source, enable_state, enable_priority }: EnableDisableSource): void {
    this.#source = { source: enable_source, state: enable_state, priority: enable_priority };
  }
}

function stateAfter({ event, transaction_finished }: SessionEvent): State | undefined {
  return transaction_finished?.reason === "Local" ? "FinishedEVSE" : states[event];
}

function delayOf({
  countdown_s,
  current_limit_after_delay_A,
  current_limit_during_delay_A,
  start_time = "",
}: CountDown) {
  return { remaining_s: countdown_s, current_limit_after_delay_A, current_limit_during_delay_A, start_time };
}
