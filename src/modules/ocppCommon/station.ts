/** The station around the charge point: the connected modules behind its ports. */
import type { EvsePort, ReservationPort, SecurityPort, StationPort, SystemPort } from "../../chargePoint/ports.ts";
import type { Requirement } from "../../framework/module.ts";
import type { evse_manager } from "../../interfaces/evse_manager.ts";
import type { external_energy_limits } from "../../interfaces/external_energy_limits.ts";
import { sleep } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { type OcppContext, only } from "./context.ts";

/** What the module itself does for its charge point. */
export type OwnPorts = Pick<StationPort, "applySettings" | "reconnect">;

export function stationOf(ctx: OcppContext, evses: readonly EvsePort[], own: OwnPorts): StationPort {
  const { provides, requires, log } = ctx;
  const [dataTransfer] = requires.data_transfer;
  const [reservation] = requires.reservation;
  const sinks = energySinks(ctx);
  return {
    ...own,
    evses,
    security: securityPort(ctx),
    ...systemPort(ctx),
    ...(dataTransfer ? { dataTransfer: { data_transfer: (args) => dataTransfer.call("data_transfer", args) } } : {}),
    ...(reservation ? { reservation: reservationPort(reservation) } : {}),
    limit(evseId, value) {
      const sink = sinks.get(evseId);
      sink?.call("set_external_limits", { value }).catch((error: unknown) => {
        log.error({ error, evseId }, "the CSMS's limits could not be handed on");
      });
    },
    provideToken: (token) => provides.auth_provider.publish("provided_token", token),
    updateValidation: (evseId, validation_result) =>
      provides.auth_validator.publish("validate_result_update", { validation_result, connector_id: evseId }),
    publish: provides.ocpp_generic.publish,
  };
}

/** The EVSEs in the order of their ids. @throws UserError when these do not count from 1. */
export async function evsePorts({ requires, moduleId }: OcppContext): Promise<EvsePort[]> {
  const ports = await Promise.all(requires.evse_manager.map(evsePort));
  ports.forEach(({ id, connectors }, index) => {
    const counted = connectors.every((connector, at) => connector === at + 1);
    if (id === index + 1 && counted) return;
    throw new UserError(`EVSE ${id} with connectors ${connectors.join(", ")} is connected as number ${index + 1}`, {
      key: `active_modules.${moduleId}.connections.evse_manager`,
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
    resume_charging: () => evse.call("resume_charging"),
    enable_disable: (args) => evse.call("enable_disable", args),
    force_unlock: (args) => evse.call("force_unlock", args),
    set_plug_and_charge_configuration: (args) => evse.call("set_plug_and_charge_configuration", args),
  };
}

/** By the EVSE that each belongs to; 0 is the station. @throws UserError for one that belongs to nothing. */
export function energySinks({
  requires,
  moduleId,
}: Pick<OcppContext, "requires" | "moduleId">): ReadonlyMap<number, Requirement<typeof external_energy_limits>> {
  return new Map(
    requires.evse_energy_sink.map((sink) => {
      if (sink.mapping) return [sink.mapping.evse, sink] as const;
      throw new UserError(`energy sink ${sink.moduleId} is mapped to no EVSE`, {
        key: `active_modules.${moduleId}.connections.evse_energy_sink`,
        fix: `Give module ${sink.moduleId} a mapping to its EVSE, or to EVSE 0 for the whole station.`,
      });
    }),
  );
}

function securityPort({ requires }: OcppContext): SecurityPort {
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
    is_ca_certificate_installed: (args) => security.call("is_ca_certificate_installed", args),
    get_leaf_certificate_info: (args) => security.call("get_leaf_certificate_info", args),
  };
}

/** The reset waits, so that the CSMS can still answer the last messages. */
function systemPort({ clock, config, requires }: OcppContext): { system?: SystemPort } {
  const [system] = requires.system;
  if (!system) return {};
  return {
    system: {
      is_reset_allowed: (args) => system.call("is_reset_allowed", args),
      set_system_time: (args) => system.call("set_system_time", args),
      update_firmware: (args) => system.call("update_firmware", args),
      allow_firmware_installation: () => system.call("allow_firmware_installation"),
      upload_logs: (args) => system.call("upload_logs", args),
      async reset(args) {
        await sleep(clock, config.ResetStopDelay * 1000);
        return system.call("reset", args);
      },
    },
  };
}

function reservationPort(reservation: OcppContext["requires"]["reservation"][number]): ReservationPort {
  return {
    reserve_now: (args) => reservation.call("reserve_now", args),
    cancel_reservation: (args) => reservation.call("cancel_reservation", args),
    exists_reservation: (args) => reservation.call("exists_reservation", args),
  };
}
