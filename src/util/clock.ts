/** Time as a port, so that tests and time travel need no waiting. */

export interface Timer {
  /** Stops the timer; harmless when it has fired. */
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  /** Milliseconds of a clock that never jumps; only differences mean something. */
  monotonic(): number;
  /** Calls `fire` once after `ms` milliseconds. */
  setTimer(ms: number, fire: () => void): Timer;
}

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Waits of more than 24.8 days, the most a Node timer can, are made of several. */
function longTimeout(ms: number, fire: () => void): Timer {
  let handle = arm(ms);
  function arm(rest: number): NodeJS.Timeout {
    if (rest <= MAX_TIMEOUT_MS) return setTimeout(fire, rest);
    return setTimeout(() => {
      handle = arm(rest - MAX_TIMEOUT_MS);
    }, MAX_TIMEOUT_MS);
  }
  return { cancel: () => clearTimeout(handle) };
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: longTimeout,
};

/** Calls `act` now and again every `ms`, until it is cancelled. */
export function repeatedly(clock: Clock, ms: number, act: () => void): Timer {
  let timer: Timer | undefined;
  const turn = () => {
    timer = clock.setTimer(ms, turn);
    act();
  };
  turn();
  return { cancel: () => timer?.cancel() };
}

/** RFC 3339 in UTC with milliseconds. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Resolves after `ms`, or at once when `signal` is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      timer.cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.setTimer(ms, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** What `promise` gives, or `late()` when that takes longer than `ms`. */
export async function withTimeout<T, L>(clock: Clock, ms: number, promise: Promise<T>, late: () => L): Promise<T | L> {
  let timer: Timer | undefined;
  const timeout = new Promise<{ late: true }>((resolve) => {
    timer = clock.setTimer(ms, () => resolve({ late: true }));
  });
  try {
    const first = await Promise.race([promise.then((value) => ({ late: false as const, value })), timeout]);
    return first.late ? late() : first.value;
  } finally {
    timer?.cancel();
  }
}
