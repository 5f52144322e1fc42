/** How long a station waits before it connects again (OCPP 2.0.1 part 4, 5.3; the variables of OCPPCommCtrlr). */
import type { Random } from "../util/random.ts";

export interface BackOff {
  /** RetryBackOffWaitMinimum, in milliseconds. */
  readonly waitMinimumMs: number;
  /** RetryBackOffRandomRange, in milliseconds. */
  readonly randomRangeMs: number;
  /** RetryBackOffRepeatTimes: how often the wait is doubled. */
  readonly repeatTimes: number;
}

/** @param attempt 0 for the first try after the connection was lost. */
export function backOffMs(attempt: number, backOff: BackOff, random: Random): number {
  const doubled = backOff.waitMinimumMs * 2 ** Math.min(attempt, backOff.repeatTimes);
  return doubled + Math.floor(fraction(random) * (backOff.randomRangeMs + 1));
}

/** Evenly from 0 up to, and never, 1. */
function fraction(random: Random): number {
  return new DataView(random.bytes(4).buffer).getUint32(0) / 2 ** 32;
}
