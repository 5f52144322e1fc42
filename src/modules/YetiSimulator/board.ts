/**
 * The control pilot circuit of IEC 61851-1, Annex A, from both ends: what the station puts on it, what the car makes of
 * it, and what the contactor does. Pure: {@link settle} says what follows from a change.
 */

export type PilotState = "A" | "B" | "C" | "D" | "E" | "F";

/** What the station sends: steady +12 V, steady -12 V, or a square wave whose duty cycle (percent) tells the current. */
export type Signal = { readonly kind: "X1" } | { readonly kind: "F" } | { readonly kind: "PWM"; readonly duty: number };

export interface Board {
  /** False: the outlet shows F and never closes its contactor; what is commanded meanwhile counts when it is enabled. */
  readonly enabled: boolean;
  readonly signal: Signal;
  readonly powerAllowed: boolean;
  /** Phases that the station switches to the outlet; a change while plugged in is the caller's risk. */
  readonly threePhases: boolean;

  /** The state that the car's resistors ask for. */
  readonly resistor: "A" | "B" | "C" | "D";
  /** Control pilot shorted to earth. */
  readonly shorted: boolean;
  /** The car's diode passes the negative half-wave. */
  readonly diodeFault: boolean;
  /** Ampere that the car wants; negative feeds back; 0 = as much as the duty cycle allows. */
  readonly carCurrent: number;
  readonly carPhases: number;
  /** Milliampere of direct fault current. */
  readonly faultCurrent: number;

  /** What the station measures. */
  readonly state: PilotState;
  readonly contactor: boolean;
  /** The diode fault was seen; it stays until the car is unplugged. */
  readonly diodeFaultSeen: boolean;
}

export const NO_FAULT_CURRENT_MA = 0.1;

/** An outlet with nothing plugged in. */
export const unplugged: Board = {
  enabled: true,
  signal: { kind: "X1" },
  powerAllowed: false,
  threePhases: true,
  resistor: "A",
  shorted: false,
  diodeFault: false,
  carCurrent: 0,
  carPhases: 3,
  faultCurrent: NO_FAULT_CURRENT_MA,
  state: "A",
  contactor: false,
  diodeFaultSeen: false,
};

/** The current (A) that a duty cycle (percent) allows, IEC 61851-1 Table A.8. 5 % leaves it to digital communication. */
export function currentOfDuty(duty: number): number {
  if (duty < 8) return 0;
  if (duty < 85) return duty * 0.6;
  if (duty < 96) return (duty - 64) * 2.5;
  return duty < 97 ? 80 : 0;
}

function measure(board: Board): PilotState {
  if (!board.enabled || board.signal.kind === "F") return "F";
  if (board.shorted) return "E";
  // With both half-waves alike the board knows neither state; it keeps the last one and reports the fault.
  return board.diodeFault && board.signal.kind === "PWM" && board.resistor !== "A" ? board.state : board.resistor;
}

function shouldCarryPower(board: Board): boolean {
  if (!board.powerAllowed || board.diodeFaultSeen) return false;
  // State D would need ventilation, which this board has not. Without PWM an open contactor stays open: 8.2 of Table A.6.
  if (board.state !== "C") return false;
  return board.signal.kind === "PWM" || board.contactor;
}

/** Brings the measured state and the contactor in line with what both ends do. */
export function settle(board: Board): Board {
  const state = measure(board);
  const left = state === "A" && board.state !== "A";
  const diodeFaultSeen = state !== "A" && (board.diodeFaultSeen || (board.diodeFault && board.signal.kind === "PWM"));
  const next: Board = {
    ...board,
    state,
    diodeFaultSeen,
    // A sequence starts over without PWM, and whoever plugs in next brings no fault along.
    ...((state === "A" || state === "E") && { signal: { kind: "X1" } }),
    ...(left && { faultCurrent: NO_FAULT_CURRENT_MA, diodeFault: false }),
  };
  return { ...next, contactor: shouldCarryPower(next) };
}

/** Ampere in each phase. */
export type Currents = readonly [number, number, number];

/** What the car draws now. */
export function currents({ contactor, state, signal, carCurrent, carPhases, threePhases }: Board): Currents {
  if (!contactor || state !== "C") return [0, 0, 0];
  const duty = signal.kind === "PWM" ? signal.duty : 100;
  const digital = duty >= 3 && duty <= 7;
  const allowed = currentOfDuty(duty);
  const limited = carCurrent === 0 ? allowed : Math.sign(carCurrent) * Math.min(allowed, Math.abs(carCurrent));
  const amps = digital ? carCurrent : limited;
  const phases = threePhases ? carPhases : Math.min(carPhases, 1);
  return [phases > 0 ? amps : 0, phases > 1 ? amps : 0, phases > 2 ? amps : 0];
}

/** The duty cycle as the car measures it, in percent: a steady signal is 100. */
export function measuredDuty({ enabled, signal }: Board): number {
  return enabled && signal.kind === "PWM" ? signal.duty : 100;
}
