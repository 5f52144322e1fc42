/** Settings of the device model that other modules work by. */
import type { DeviceModel } from "../../chargePoint/deviceModel/deviceModel.ts";
import type { Requirement } from "../../framework/module.ts";
import type { auth } from "../../interfaces/auth.ts";
import type { evse_manager } from "../../interfaces/evse_manager.ts";
import { connectionTimeout } from "../ocppCommon/connectionTimeout.ts";

interface Modules {
  readonly auth: readonly Requirement<typeof auth>[];
  readonly evse_manager: readonly Requirement<typeof evse_manager>[];
}

/** Hands them on; what has no value is not sent, so that a module's own configuration stays in force. */
export async function applySettings(model: DeviceModel, modules: Modules): Promise<void> {
  const timeout = model.value("TxCtrlr.EVConnectionTimeOut");
  const group = model.value("AuthCtrlr.MasterPassGroupId");
  for (const auth of modules.auth) {
    if (timeout !== undefined) {
      await auth.call("set_connection_timeout", { connection_timeout: connectionTimeout(timeout) });
    }
    if (group !== undefined) await auth.call("set_master_pass_group_id", { master_pass_group_id: group });
  }
  const plug_and_charge_configuration = plugAndCharge(model);
  for (const evse of modules.evse_manager) {
    await evse.call("set_plug_and_charge_configuration", { plug_and_charge_configuration });
  }
}

function plugAndCharge(model: DeviceModel) {
  const enabled = model.value("ISO15118Ctrlr.PnCEnabled");
  const central = model.value("ISO15118Ctrlr.CentralContractValidationAllowed");
  const installation = model.value("ISO15118Ctrlr.ContractCertificateInstallationEnabled");
  return {
    ...(enabled === undefined ? {} : { pnc_enabled: enabled }),
    ...(central === undefined ? {} : { central_contract_validation_allowed: central }),
    ...(installation === undefined ? {} : { contract_certificate_installation_enabled: installation }),
  };
}
