/** What every functional block of the charge point works with. */
import type { Clock } from "../../util/clock.ts";
import type { Database } from "../../util/database.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Tracer } from "../../util/trace.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import type { StationPort } from "../ports.ts";
import type { Csms, Handlers } from "./csms.ts";

export interface Core {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly model: DeviceModel;
  readonly database: Database;
  readonly station: StationPort;
  readonly csms: Csms;
}

/** Why the CSMS may be spoken to (again). */
export interface Online {
  /** The BootNotification was accepted just now; otherwise the connection came back. */
  readonly booted: boolean;
  /** How long there was no connection. */
  readonly offlineMs: number;
}

/** One functional block of OCPP 2.0.1 (part 2). */
export interface Block {
  readonly handlers?: Handlers;
  online?(how: Online): void;
  offline?(): void;
  /** Ends all timers. */
  stop?(): void;
}

/** Runs work that nobody waits for: a failure is logged and ends nothing else. */
export function inBackground({ log }: Pick<Core, "log">, what: string, work: () => unknown): void {
  const run = async () => void (await work());
  run().catch((error: unknown) => log.error({ error }, `${what} failed`));
}
