/** Configuration keys that other modules work by. */
import type { Configuration } from "../../chargePoint/v16/configuration/configuration.ts";
import type { Requirement } from "../../framework/module.ts";
import type { auth } from "../../interfaces/auth.ts";
import type { evse_manager } from "../../interfaces/evse_manager.ts";
import { connectionTimeout } from "../ocppCommon/connectionTimeout.ts";

interface Modules {
  readonly auth: readonly Requirement<typeof auth>[];
  readonly evse_manager: readonly Requirement<typeof evse_manager>[];
}

/** Hands them on; without a section PnC the EVSEs keep their own configuration. */
export async function applySettings(config: Configuration, modules: Modules): Promise<void> {
  const connection_timeout = connectionTimeout(config.value("ConnectionTimeOut"));
  for (const auth of modules.auth) await auth.call("set_connection_timeout", { connection_timeout });
  const enabled = config.value("ISO15118PnCEnabled");
  const central = config.value("CentralContractValidationAllowed");
  const plug_and_charge_configuration = {
    ...(enabled === undefined ? {} : { pnc_enabled: enabled }),
    ...(central === undefined ? {} : { central_contract_validation_allowed: central }),
  };
  for (const evse of modules.evse_manager) {
    await evse.call("set_plug_and_charge_configuration", { plug_and_charge_configuration });
  }
}
