/** What handlers work with. */
import type { Clock } from "../util/clock.ts";
import type { ClearingHouse } from "./clearingHouse/clearingHouse.ts";
import type { Faults } from "./faults/faults.ts";
import type { Reporter } from "./report.ts";
import type { ContractService } from "./services/contracts.ts";
import type { RevocationService } from "./services/revocation.ts";
import type { SigningService } from "./services/signing.ts";
import type { TokenService } from "./services/tokens.ts";
import type { TransactionService } from "./services/transactions.ts";
import type { StationStore } from "./store/stations.ts";

/** The CSMS behind all stations. */
export interface Services {
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly faults: Faults;
  readonly stations: StationStore;
  readonly tokens: TokenService;
  readonly contracts: ContractService;
  readonly revocation: RevocationService;
  readonly clearingHouse: ClearingHouse;
  readonly signing: SigningService;
  readonly transactions: TransactionService;
  /** Seconds. */
  readonly heartbeatInterval: number;
}

/** One connected station, in whatever version of OCPP. */
export interface StationContext {
  readonly identity: string;
  readonly services: Services;
}

/** With the station's version's own way to ask it. */
export interface CallingContext<Call> extends StationContext {
  readonly call: Call;
}
