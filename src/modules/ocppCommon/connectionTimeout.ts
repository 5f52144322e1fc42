/** What `auth.set_connection_timeout` takes, in seconds. */
const BOUNDS = { min: 10, max: 300 } as const;

/** The CSMS's time-out between authorization and plug, as Auth takes it. */
export function connectionTimeout(seconds: number): number {
  return Math.min(BOUNDS.max, Math.max(BOUNDS.min, seconds));
}
