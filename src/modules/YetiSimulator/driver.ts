/** Lets time pass over the board and tells both ends what changed. */
import type { Clock, Timer } from "../../util/clock.ts";
import { type Board, currents, measuredDuty, settle, unplugged } from "./board.ts";
import type { Meter } from "./meter.ts";

/** EVerest's simulation looks at its inputs this often; here every input takes effect so much later. */
export const REACTION_MS = 250;
/** Between two readings of a meter that nothing happens to. */
export const METER_INTERVAL_MS = 1000;

/** What a change of the board brought about, in the order in which to tell. */
export interface BoardListener {
  /** The meter has something new to say; before the events that go with it. */
  onMeter(): void;
  onEvent(event: Board["state"] | "PowerOn" | "PowerOff"): void;
  onDiodeFault(present: boolean): void;
  onFaultCurrent(milliampere: number): void;
  /** @param duty percent, as the car measures it. */
  onMeasurement(duty: number, faultCurrent: number): void;
}

export interface DriverOptions {
  readonly clock: Clock;
  readonly delayFactor: number;
  readonly meter: Meter;
  readonly resetMeterOnSession: boolean;
  readonly listener: BoardListener;
}

export class BoardDriver {
  readonly #options: DriverOptions;
  readonly #timers = new Set<Timer>();
  #board: Board = unplugged;
  #meterTimer: Timer | undefined;

  constructor(options: DriverOptions) {
    this.#options = options;
  }

  get board(): Board {
    return this.#board;
  }

  /** Changes inputs; changes take effect in the order they were made. */
  change(inputs: Partial<Board>, options: { readonly republish?: boolean } = {}): void {
    const { clock, delayFactor } = this.#options;
    const take = () => this.#apply({ ...this.#board, ...inputs }, options.republish === true);
    if (delayFactor === 0) {
      take();
      return;
    }
    const timer = clock.setTimer(REACTION_MS * delayFactor, () => {
      this.#timers.delete(timer);
      take();
    });
    this.#timers.add(timer);
  }

  /** Tells of everything once and of the meter from now on. */
  start(): void {
    const { listener } = this.#options;
    listener.onEvent(this.#board.state);
    listener.onFaultCurrent(this.#board.faultCurrent);
    this.#tellMeasurement();
    this.#tellMeter();
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#meterTimer?.cancel();
  }

  #apply(changed: Board, republish: boolean): void {
    const { meter, resetMeterOnSession, listener } = this.#options;
    const before = this.#board;
    const after = settle(changed);
    this.#board = after;
    const begins = before.state === "A" && after.state === "B";
    if (begins && resetMeterOnSession) meter.reset();
    meter.draw(currents(after));
    if (begins || `${currents(before)}` !== `${currents(after)}`) this.#tellMeter();
    if (republish || before.state !== after.state) listener.onEvent(after.state);
    if (before.contactor !== after.contactor) listener.onEvent(after.contactor ? "PowerOn" : "PowerOff");
    if (before.diodeFaultSeen !== after.diodeFaultSeen) listener.onDiodeFault(after.diodeFaultSeen);
    if (before.faultCurrent !== after.faultCurrent) listener.onFaultCurrent(after.faultCurrent);
    const measuredAnew = measuredDuty(before) !== measuredDuty(after) || before.faultCurrent !== after.faultCurrent;
    if (measuredAnew) this.#tellMeasurement();
  }

  #tellMeasurement(): void {
    this.#options.listener.onMeasurement(measuredDuty(this.#board), this.#board.faultCurrent);
  }

  #tellMeter(): void {
    this.#meterTimer?.cancel();
    this.#meterTimer = this.#options.clock.setTimer(METER_INTERVAL_MS, () => this.#tellMeter());
    this.#options.listener.onMeter();
  }
}
