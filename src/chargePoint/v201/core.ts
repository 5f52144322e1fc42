/** What every functional block of the charge point works with. */
import type { Clock } from "../../util/clock.ts";
import type { Database } from "../../util/database.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Tracer } from "../../util/trace.ts";
import type { Block as BlockOf } from "../block.ts";
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

/** One functional block of OCPP 2.0.1 (part 2). */
export type Block = BlockOf<Handlers>;
