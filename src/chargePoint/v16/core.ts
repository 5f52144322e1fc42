/** What every functional block of an OCPP 1.6 charge point works with. */
import type { Clock } from "../../util/clock.ts";
import type { Database } from "../../util/database.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Tracer } from "../../util/trace.ts";
import type { Block as BlockOf } from "../block.ts";
import type { StationPort } from "../ports.ts";
import type { Configuration } from "./configuration/configuration.ts";
import type { Connectors } from "./connectors.ts";
import type { Csms, Handlers } from "./csms.ts";

export interface Core {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly config: Configuration;
  readonly database: Database;
  readonly station: StationPort;
  readonly connectors: Connectors;
  readonly csms: Csms;
}

export type Block = BlockOf<Handlers>;
