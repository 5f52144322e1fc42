/** What the OCPP modules of all versions have and need alike. */

import type { ExternalMqtt } from "../../framework/bus/bus.ts";
import type { InterfaceDefinition } from "../../framework/interface.ts";
import type { Manifest } from "../../framework/manifest.ts";
import type { Environment, ModuleContext, ModulePorts, Provided, Requirement } from "../../framework/module.ts";
import type { auth } from "../../interfaces/auth.ts";
import type { auth_token_provider } from "../../interfaces/auth_token_provider.ts";
import type { auth_token_validator } from "../../interfaces/auth_token_validator.ts";
import type { evse_manager } from "../../interfaces/evse_manager.ts";
import type { evse_security } from "../../interfaces/evse_security.ts";
import type { external_energy_limits } from "../../interfaces/external_energy_limits.ts";
import type { iso15118_extensions } from "../../interfaces/iso15118_extensions.ts";
import type { ocpp } from "../../interfaces/ocpp.ts";
import type { ocpp_data_transfer } from "../../interfaces/ocpp_data_transfer.ts";
import type { reservation } from "../../interfaces/reservation.ts";
import type { system } from "../../interfaces/system.ts";
import { InternalError } from "../../util/errors.ts";
import type { Logger } from "../../util/log.ts";

type Connections<I extends InterfaceDefinition> = readonly Requirement<I>[];

export interface OcppContext extends ModulePorts {
  readonly moduleId: string;
  readonly log: Logger;
  readonly externalMqtt: ExternalMqtt;
  readonly env: Environment;
  readonly subscribeAllErrors: ModuleContext<Manifest>["subscribeAllErrors"];
  readonly config: {
    readonly MessageLogPath: string;
    /** Seconds for which queued messages wait after a connection is back. */
    readonly MessageQueueResumeDelay: number;
    /** Milliseconds between the EVSEs' readiness and the connection. */
    readonly DelayOcppStart: number;
    /** Seconds between the answer to a Reset and the reset. */
    readonly ResetStopDelay: number;
    readonly EnableExternalWebsocketControl: boolean;
  };
  readonly requires: {
    readonly evse_manager: Connections<typeof evse_manager>;
    readonly security: Connections<typeof evse_security>;
    readonly auth: Connections<typeof auth>;
    readonly system: Connections<typeof system>;
    readonly reservation: Connections<typeof reservation>;
    readonly data_transfer: Connections<typeof ocpp_data_transfer>;
    readonly evse_energy_sink: Connections<typeof external_energy_limits>;
    readonly extensions_15118: Connections<typeof iso15118_extensions>;
  };
  readonly provides: {
    readonly ocpp_generic: Provided<typeof ocpp>;
    readonly auth_provider: Provided<typeof auth_token_provider>;
    readonly auth_validator: Provided<typeof auth_token_validator>;
  };
}

/** The connection of a requirement that has exactly one, as the manager has checked. */
export function only<R>(requirement: readonly R[], name: string): R {
  const [connection] = requirement;
  if (!connection) throw new InternalError(`requirement ${name} has no connection`);
  return connection;
}
