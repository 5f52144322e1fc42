import type { ProvidedIdToken } from "../../../interfaces/types/authorization.ts";
import { dutyOf, FIVE_PERCENT, MINIMUM_AMPERE } from "./duty.ts";
import type {
  Authorization,
  ChargerConfig,
  ChargerEffect,
  ChargerState,
  ChargerStateName,
  SessionNews,
} from "./model.ts";

type Draft = { -readonly [K in keyof ChargerState]: ChargerState[K] };

const PWM_UPDATE_INTERVAL_MS = 5000;

/**
 * One turn of the charger: a working copy of its state, and what comes out. Asking whether a moment has passed also
 * asks to be woken at that moment, so a condition in time needs no timer beside it.
 */
export class Turn {
  readonly state: Draft;
  readonly config: ChargerConfig;
  readonly now: number;
  readonly effects: ChargerEffect[] = [];
  #wakeAt: number | undefined;

  constructor(state: ChargerState, config: ChargerConfig, now: number) {
    this.state = { ...state };
    this.config = config;
    this.now = now;
  }

  /** When the next moment comes that was asked for. */
  get wakeAt(): number | undefined {
    return this.#wakeAt;
  }

  /** Forgets the moments asked for; only those of the last pass count. */
  forgetMoments(): void {
    this.#wakeAt = undefined;
  }

  passed(moment: number): boolean {
    if (this.now >= moment) return true;
    this.#wakeAt = Math.min(moment, this.#wakeAt ?? moment);
    return false;
  }

  /** `ms` since the state was entered. */
  after(ms: number): boolean {
    return this.passed(this.state.since + ms);
  }

  go(name: ChargerStateName): void {
    this.state.name = name;
    this.state.fresh = true;
  }

  do(effect: ChargerEffect): void {
    this.effects.push(effect);
  }

  tell(news: SessionNews): void {
    this.do({ do: "tell", news });
  }

  /** Ampere a phase that may be drawn, by the energy tree and the cable. */
  get ampere(): number {
    const { limit, socket, cableAmpere, name } = this.state;
    const cable = socket && name !== "Idle" ? (cableAmpere ?? 0) : Number.POSITIVE_INFINITY;
    return Math.min(limit.ampere, cable);
  }

  get hasPower(): boolean {
    const { dcLimit } = this.state;
    return this.config.chargeMode === "AC" ? this.ampere > MINIMUM_AMPERE : dcLimit.ampere > 0 && dcLimit.watt > 0;
  }

  get fatal(): boolean {
    return this.state.fault !== "none";
  }

  /** Nothing of this session may go on. */
  get mustEnd(): boolean {
    const { authorization, transaction, plugged, disableRequested } = this.state;
    return authorization === undefined || transaction !== "active" || !plugged || disableRequested;
  }

  x1(): void {
    this.state.pwm = { mode: "X1" };
    this.do({ do: "X1" });
  }

  f(): void {
    this.state.pwm = { mode: "F" };
    this.do({ do: "F" });
  }

  fivePercent(): void {
    this.#pwm(FIVE_PERCENT, 0);
  }

  /** Offers what may be drawn now. */
  nominalPwm(): void {
    this.#pwm(dutyOf(this.ampere), this.ampere);
  }

  /** As {@link nominalPwm}, when it changes and the last change is long enough ago (IEC 61851-1 A.4). */
  updateNominalPwm(): void {
    const { pwm } = this.state;
    if (pwm.mode === "on" && pwm.duty === dutyOf(this.ampere)) return;
    if (pwm.mode !== "on" || this.passed(pwm.since + PWM_UPDATE_INTERVAL_MS)) this.nominalPwm();
  }

  /** 5 % or nominal, whichever this session uses. */
  resumePwm(): void {
    if (this.state.use5Percent) this.fivePercent();
    else this.nominalPwm();
  }

  powerOff(): void {
    this.do({ do: "allowPower", allow: false, reason: "PowerOff" });
  }

  startSession(token?: ProvidedIdToken): void {
    this.state.sessionActive = true;
    this.state.cancelled = false;
    this.state.stop = undefined;
    this.tell({ event: "SessionStarted", reason: token ? "Authorized" : "EVConnected", token });
  }

  endSession(): void {
    this.state.sessionActive = false;
    this.state.authorization = undefined;
    this.state.cancelled = false;
    this.state.pausedByEvse = false;
    this.tell({ event: "SessionFinished" });
  }

  authorize(authorization: Authorization): void {
    if (!this.state.sessionActive) this.startSession(authorization.token);
    this.state.authorization = authorization;
    this.tell({ event: "Authorized" });
  }

  #pwm(duty: number, ampere: number): void {
    const { pwm } = this.state;
    if (pwm.mode === "on" && pwm.duty === duty) return;
    this.state.pwm = { mode: "on", duty, ampere, since: this.now };
    this.do({ do: "pwm", duty });
  }
}

/** A state of the charger. */
export interface ChargerStateRules {
  /** Done once when the state is entered. */
  enter?(turn: Turn): void;
  /** Looked at after every event and whenever a moment comes that it asked for. @returns where to go, if anywhere. */
  run(turn: Turn): ChargerStateName | undefined;
}
