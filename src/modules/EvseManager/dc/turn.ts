import type { ChargingPhase } from "../../../interfaces/types/power_supply_DC.ts";
import { presentLimits, setpoint } from "./limits.ts";
import type { DcConfig, DcEffect, DcState, Point } from "./model.ts";
import { watchingNothing } from "./watches.ts";

type Draft = { -readonly [K in keyof DcState]: DcState[K] };

/** Ampere at most while the car's contactor is open (IEC 61851-23, CC.5.2). */
const PRECHARGE_CURRENT = 2;
/** Between two steps of the ramp. */
const RAMP_MS = 250;
/** Ampere that a ramp may miss. */
const ENOUGH = 1e-6;

/** One turn of the DC output: a working copy of its state, and what comes out. */
export class DcTurn {
  readonly draft: Draft;
  readonly config: DcConfig;
  readonly now: number;
  readonly effects: DcEffect[] = [];
  #wakeAt: number | undefined;

  constructor(state: DcState, config: DcConfig, now: number) {
    this.draft = { ...state };
    this.config = config;
    this.now = now;
  }

  get wakeAt(): number | undefined {
    return this.#wakeAt;
  }

  /** It may be closed still, or again, when it is not allowed to. */
  get contactorOpen(): boolean {
    return !this.draft.contactorAllowed || !this.draft.contactorClosed;
  }

  wake(at: number): void {
    this.#wakeAt = Math.min(at, this.#wakeAt ?? at);
  }

  /** Commands to the insulation monitor that change nothing are left out. */
  do(effect: DcEffect): void {
    const imd = effect.do === "imdStart" ? true : effect.do === "imdStop" ? false : undefined;
    if (imd === this.draft.imdOn) return;
    this.draft.imdOn = imd ?? this.draft.imdOn;
    this.effects.push(effect);
  }

  /** What goes wrong switches off before anybody hears of it, and so before the contactor opens. */
  doAll(effects: readonly DcEffect[]): void {
    if (effects.some((effect) => effect.do === "raise")) this.off();
    for (const effect of effects) this.do(effect);
  }

  refuse(title: string): void {
    this.do({ do: "note", title, outcome: "refused" });
  }

  /** Switches everything off; a check that is under way did not pass. */
  off(): void {
    const { draft } = this;
    const { stage } = draft;
    this.lower();
    if (stage === "off") return;
    this.do({ do: "imdStop" });
    if (stage === "charging") this.do({ do: "monitorStop" });
    if (stage === "cableCheck") this.do({ do: "checkFinished", passed: false });
    draft.stage = "off";
    draft.check = undefined;
    draft.watches = watchingNothing;
    draft.target = { voltage: 0, current: 0 };
  }

  failCheck(reason: string): void {
    this.off();
    const error = "MREC11CableCheckFault";
    this.do({ do: "raise", error, subType: "Self test failed", severity: "Medium", message: `cable check: ${reason}` });
    this.refuse(`cable check: ${reason}`);
  }

  /** Brings the supply to what the car may have. */
  settle(): void {
    const { stage } = this.draft;
    if (stage !== "preCharge" && stage !== "charging") return;
    const point = this.contactorOpen ? undefined : this.#point();
    if (!point) {
      this.lower();
      return;
    }
    if (stage === "charging") this.#ramp(point.current);
    this.raise(point, stage === "charging" ? "Charging" : "PreCharge");
  }

  /** The supply gives this, for that purpose. */
  raise({ voltage, current }: Point, phase: ChargingPhase): void {
    const { supply } = this.draft;
    this.draft.supply = { voltage, current, phase };
    if (supply?.voltage !== voltage || supply.current !== current) {
      this.do({ do: "supplySet", voltage, current });
      if (phase !== "CableCheck") this.do({ do: "tellTarget", voltage, current });
    }
    if (supply?.phase !== phase) this.do({ do: "supplyOn", phase });
  }

  /** The supply gives nothing. */
  lower(): void {
    const { supply } = this.draft;
    if (!supply) return;
    this.draft.supply = undefined;
    this.do({ do: "supplyOff", phase: supply.phase });
  }

  /** @param anew the charger is told again, though nothing has changed, as what it was told ends by itself. */
  tellLimits(anew: boolean): void {
    const { grant } = this.draft;
    if (grant.watt > 0 && this.now < grant.validUntil) this.wake(grant.validUntil);
    const limits = presentLimits(this.draft, this.now);
    if (!limits) return;
    const text = JSON.stringify(limits);
    const changed = text !== this.draft.toldLimits;
    this.draft.toldLimits = text;
    const { evse_maximum_current_limit: ampere, evse_maximum_power_limit: watt } = limits.maximum;
    if (changed || anew) this.do({ do: "limit", ampere, watt, validUntil: grant.validUntil });
    if (changed) this.do({ do: "tellLimits", ...limits });
  }

  #point(): Point | undefined {
    const { draft, now } = this;
    if (draft.stage === "preCharge") return setpoint(draft, PRECHARGE_CURRENT, now);
    if (draft.charger === "StoppingCharging") return setpoint(draft, 0, now);
    const state = { ...draft, target: this.#filledUp() };
    const point = setpoint(state, this.#ramped(), now);
    const wanted = setpoint(state, Number.POSITIVE_INFINITY, now);
    if (point && wanted && wanted.current - point.current > ENOUGH) {
      this.wake(now - draft.ramp.at < RAMP_MS ? draft.ramp.at + RAMP_MS : now + RAMP_MS);
    }
    return point;
  }

  /** Where the ramp has come to. It goes up in steps: a supply measures what it is set to, and must not be set for that. */
  #ramped(): number {
    const { current, at } = this.draft.ramp;
    const passed = this.now - at;
    return passed < RAMP_MS ? current : current + (passed / 1000) * this.config.rampPerSecond;
  }

  #ramp(current: number): void {
    const { ramp } = this.draft;
    if (current < ramp.current || this.now - ramp.at >= RAMP_MS) this.draft.ramp = { current, at: this.now };
  }

  /** Some cars that are offered 14.3 A ask for 14 A. */
  #filledUp(): Point {
    const { target } = this.draft;
    const offered = presentLimits(this.draft, this.now)?.maximum.evse_maximum_current_limit ?? 0;
    const whole = this.config.fillUpWholeAmperes && offered - Math.trunc(target.current) < 1;
    return whole ? { ...target, current: Math.max(target.current, offered) } : target;
  }
}
