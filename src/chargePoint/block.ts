/** What every functional block of a charge point is, whatever the version of OCPP. */
import { CommandError } from "../framework/errors.ts";
import type { Logger } from "../util/log.ts";

/** Why the CSMS may be spoken to (again). */
export interface Online {
  /** The BootNotification was accepted just now; otherwise the connection came back. */
  readonly booted: boolean;
  /** How long there was no connection. */
  readonly offlineMs: number;
}

/** A functional block, with the actions of the CSMS that it answers. */
export interface Block<Handlers> {
  readonly handlers?: Handlers;
  online?(how: Online): void;
  offline?(): void;
  /** Ends all timers. */
  stop?(): void;
}

/** Runs work that nobody waits for: a failure is logged and ends nothing else; the end of the station in between is none. */
export function inBackground({ log }: { readonly log: Logger }, what: string, work: () => unknown): void {
  const run = async () => void (await work());
  run().catch((error: unknown) => {
    if (error instanceof CommandError && error.code === "Shutdown") log.debug({}, `${what} was cut off by the end`);
    else log.error({ error }, `${what} failed`);
  });
}
