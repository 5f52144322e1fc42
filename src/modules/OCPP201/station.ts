/** The station around the charge point: the connected modules behind its ports. */
import type { EvsePort, SecurityPort, StationPort, SystemPort } from "../../chargePoint/ports.ts";
import type { ModuleContext, Requirement } from "../../framework/module.ts";
import type { evse_manager } from "../../interfaces/evse_manager.ts";
import { sleep } from "../../util/clock.ts";
import { InternalError, UserError } from "../../util/errors.ts";
import type { manifest } from "./manifest.ts";

export type Context = ModuleContext<typeof manifest>;

/** What the module itself does for its charge point. */
export type OwnPorts = Pick<StationPort, "applySettings" | "clientCertificateRenewed">;

export function stationOf(ctx: Context, evses: readonly EvsePort[], own: OwnPorts): StationPort {
  const { provides, requires } = ctx;
  const [dataTransfer] = requires.data_transfer;
  return {
    ...own,
    evses,
    security: securityPort(ctx),
    ...systemPort(ctx),
    ...(dataTransfer ? { dataTransfer: { data_transfer: (args) => dataTransfer.call("data_transfer", args) } } : {}),
    provideToken: (token) => provides.auth_provider.publish("provided_token", token),
    updateValidation: (evseId, validation_result) =>
      provides.auth_validator.publish("validate_result_update", { validation_result, connector_id: evseId }),
    publish: provides.ocpp_generic.publish,
  };
}

/** The EVSEs in the order of their ids. @throws UserError when these do not count from 1. */
export async function evsePorts(ctx: Context): Promise<EvsePort[]> {
  const ports = await Promise.all(ctx.requires.evse_manager.map(evsePort));
  ports.forEach(({ id, connectors }, index) => {
    const counted = connectors.every((connector, at) => connector === at + 1);
    if (id === index + 1 && counted) return;
    throw new UserError(`EVSE ${id} with connectors ${connectors.join(", ")} is connected as number ${index + 1}`, {
      key: `active_modules.${ctx.moduleId}.connections.evse_manager`,
      expected: "EVSE ids 1, 2, … in this order, each with connectors 1, 2, …",
      fix: "Correct evse_id and connector_id of the EVSE managers, or the order of the connections.",
    });
  });
  return ports;
}

async function evsePort(evse: Requirement<typeof evse_manager>): Promise<EvsePort> {
  const { id, connectors } = await evse.call("get_evse");
  return {
    id,
    connectors: connectors.map((connector) => connector.id),
    stop_transaction: (args) => evse.call("stop_transaction", args),
    pause_charging: () => evse.call("pause_charging"),
    enable_disable: (args) => evse.call("enable_disable", args),
    force_unlock: (args) => evse.call("force_unlock", args),
    set_plug_and_charge_configuration: (args) => evse.call("set_plug_and_charge_configuration", args),
  };
}

/** The connection of a requirement that has exactly one, as the manager has checked. */
export function only<R>(requirement: readonly R[], name: string): R {
  const [connection] = requirement;
  if (!connection) throw new InternalError(`requirement ${name} of OCPP201 has no connection`);
  return connection;
}

function securityPort({ requires }: Context): SecurityPort {
  const security = only(requires.security, "security");
  return {
    verify_certificate: (args) => security.call("verify_certificate", args),
    get_mo_ocsp_request_data: (args) => security.call("get_mo_ocsp_request_data", args),
    get_v2g_ocsp_request_data: () => security.call("get_v2g_ocsp_request_data"),
    update_ocsp_cache: (args) => security.call("update_ocsp_cache", args),
    install_ca_certificate: (args) => security.call("install_ca_certificate", args),
    delete_certificate: (args) => security.call("delete_certificate", args),
    get_installed_certificates: (args) => security.call("get_installed_certificates", args),
    update_leaf_certificate: (args) => security.call("update_leaf_certificate", args),
    generate_certificate_signing_request: (args) => security.call("generate_certificate_signing_request", args),
    get_leaf_expiry_days_count: (args) => security.call("get_leaf_expiry_days_count", args),
  };
}

/** The reset waits, so that the CSMS can still answer the last messages. */
function systemPort({ clock, config, requires }: Context): { system?: SystemPort } {
  const [system] = requires.system;
  if (!system) return {};
  return {
    system: {
      is_reset_allowed: (args) => system.call("is_reset_allowed", args),
      set_system_time: (args) => system.call("set_system_time", args),
      async reset(args) {
        await sleep(clock, config.ResetStopDelay * 1000);
        return system.call("reset", args);
      },
    },
  };
}
