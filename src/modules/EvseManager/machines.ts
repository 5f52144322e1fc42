import type { Clock, Timer } from "../../util/clock.ts";
import { charger } from "./charger/charger.ts";
import {
  type ChargerConfig,
  type ChargerEffect,
  type ChargerEvent,
  type ChargerState,
  initialCharger,
} from "./charger/model.ts";
import { pilot } from "./controlPilot.ts";
import {
  type CpEvent,
  initialPilot,
  type PilotConfig,
  type PilotEffect,
  type PilotInput,
  type PilotState,
} from "./pilotModel.ts";

type ToPilot = Extract<ChargerEffect, { do: "pwm" | "X1" | "F" | "allowPower" | "boardEnable" }>;

/** What is left to do when the pilot has its part. */
export type Act = Exclude<ChargerEffect, ToPilot>;

/** What the machines do to the world, in the order in which they decide it. */
export interface MachineOutputs {
  board(effect: Exclude<PilotEffect, { do: "event" }>): void;
  /** Before the charger hears of it. */
  pilotEvent(event: CpEvent): void;
  act(effect: Act): void;
}

/** The two machines in operation: the charger drives the pilot, the pilot tells the charger, time wakes both. */
export class Machines {
  readonly #config: { readonly pilot: PilotConfig; readonly charger: ChargerConfig };
  readonly #clock: Clock;
  readonly #outputs: MachineOutputs;
  #pilot: PilotState;
  #charger: ChargerState;
  #pilotTimer: Timer | undefined;
  #chargerTimer: Timer | undefined;
  /** Events that wait while one is carried out; undefined when none is. */
  #queue: ChargerEvent[] | undefined;

  constructor(
    config: { readonly pilot: PilotConfig; readonly charger: ChargerConfig },
    clock: Clock,
    outputs: MachineOutputs,
  ) {
    this.#config = config;
    this.#clock = clock;
    this.#outputs = outputs;
    this.#pilot = initialPilot(config.pilot);
    this.#charger = initialCharger(clock.monotonic());
  }

  get charger(): ChargerState {
    return this.#charger;
  }

  /** Takes an event through the charger, with everything that follows from it. */
  feed(event: ChargerEvent): void {
    if (this.#queue) {
      this.#queue.push(event);
      return;
    }
    const queue = [event];
    this.#queue = queue;
    try {
      for (let next = queue.shift(); next; next = queue.shift()) this.#step(next);
    } finally {
      this.#queue = undefined;
    }
  }

  /** Takes an input through the control pilot. */
  input(input: PilotInput): void {
    const step = pilot(this.#pilot, input, this.#config.pilot, this.#clock.monotonic());
    this.#pilot = step.state;
    this.#pilotTimer = this.#rearm(this.#pilotTimer, step.wakeAt, () => this.input({ type: "tick" }));
    for (const effect of step.effects) {
      if (effect.do !== "event") {
        this.#outputs.board(effect);
        continue;
      }
      this.#outputs.pilotEvent(effect.event);
      this.feed({ type: "pilot", event: effect.event });
    }
  }

  stop(): void {
    this.#pilotTimer?.cancel();
    this.#chargerTimer?.cancel();
  }

  #step(event: ChargerEvent): void {
    const before = this.#charger.authorization;
    const step = charger(this.#charger, event, this.#config.charger, this.#clock.monotonic());
    this.#charger = step.state;
    this.#chargerTimer = this.#rearm(this.#chargerTimer, step.wakeAt, () => this.feed({ type: "tick" }));
    const { authorization } = step.state;
    if (authorization !== before) this.input({ type: "authorized", value: authorization !== undefined });
    for (const effect of step.effects) this.#perform(effect);
  }

  #perform(effect: ChargerEffect): void {
    switch (effect.do) {
      case "pwm":
        this.input({ type: "pwm", duty: effect.duty });
        break;
      case "X1":
      case "F":
        this.input({ type: effect.do });
        break;
      case "allowPower":
        this.input({ type: "allowPower", allow: effect.allow, reason: effect.reason });
        break;
      case "boardEnable":
        this.input({ type: "enable", value: effect.value });
        break;
      default:
        this.#outputs.act(effect);
    }
  }

  #rearm(timer: Timer | undefined, at: number | undefined, fire: () => void): Timer | undefined {
    timer?.cancel();
    return at === undefined ? undefined : this.#clock.setTimer(Math.max(0, at - this.#clock.monotonic()), fire);
  }
}
