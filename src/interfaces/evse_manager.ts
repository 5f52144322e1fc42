import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { evse_manager_errors } from "./errors/evse_manager.ts";
import { ProvidedIdToken, ValidationResult } from "./types/authorization.ts";
import { EnforcedLimits } from "./types/energy.ts";
import { HardwareCapabilities, Telemetry } from "./types/evse_board_support.ts";
import {
  CarManufacturer,
  EnableDisableSource,
  EVInfo,
  Evse,
  HlcSessionFailedEvent,
  Limits,
  PlugAndChargeConfiguration,
  SessionEvent,
  SetDerAvailableResult,
  StopTransactionRequest,
  UpdateAllowedEnergyTransferModesResult,
} from "./types/evse_manager.ts";
import { EnergyTransferMode } from "./types/iso15118.ts";
import { Powermeter } from "./types/powermeter.ts";

/** One EVSE with its connectors: sessions, transactions, limits and their events. */
export const evse_manager = defineInterface({
  name: "evse_manager",
  cmds: {
    get_evse: { args: {}, result: Evse },
    enable_disable: { args: { connector_id: z.int(), cmd_source: EnableDisableSource }, result: z.boolean() },
    authorize_response: {
      args: { provided_token: ProvidedIdToken, validation_result: ValidationResult },
      result: z.null(),
    },
    withdraw_authorization: { args: {}, result: z.null() },
    reserve: { args: { reservation_id: z.int() }, result: z.boolean() },
    cancel_reservation: { args: {}, result: z.null() },
    pause_charging: { args: {}, result: z.boolean() },
    resume_charging: { args: {}, result: z.boolean() },
    stop_transaction: { args: { request: StopTransactionRequest }, result: z.boolean() },
    force_unlock: { args: { connector_id: z.int() }, result: z.boolean() },
    external_ready_to_start_charging: { args: {}, result: z.boolean() },
    set_plug_and_charge_configuration: {
      args: { plug_and_charge_configuration: PlugAndChargeConfiguration },
      result: z.null(),
    },
    update_allowed_energy_transfer_modes: {
      args: { allowed_energy_transfer_modes: z.array(EnergyTransferMode).min(1) },
      result: UpdateAllowedEnergyTransferModesResult,
    },
    set_der_available: { args: { available: z.boolean() }, result: SetDerAvailableResult },
  },
  vars: {
    session_event: SessionEvent,
    hlc_session_failed: HlcSessionFailedEvent,
    limits: Limits,
    ev_info: EVInfo,
    car_manufacturer: CarManufacturer,
    telemetry: Telemetry,
    powermeter: Powermeter,
    powermeter_public_key_ocmf: z.string(),
    evse_id: z.string(),
    hw_capabilities: HardwareCapabilities,
    enforced_limits: EnforcedLimits,
    waiting_for_external_ready: z.boolean(),
    ready: z.boolean(),
    selected_protocol: z.string(),
    supported_energy_transfer_modes: z.array(EnergyTransferMode).min(1),
  },
  errors: [...evse_manager_errors],
});
