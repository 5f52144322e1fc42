/** What a charge point needs of the station around it, in the words of EVerest's interfaces; it owns no socket and no file. */
import type { Commands } from "../framework/interface.ts";
import type { Provided } from "../framework/module.ts";
import type { evse_manager } from "../interfaces/evse_manager.ts";
import type { evse_security } from "../interfaces/evse_security.ts";
import type { ocpp } from "../interfaces/ocpp.ts";
import type { ocpp_data_transfer } from "../interfaces/ocpp_data_transfer.ts";
import type { reservation } from "../interfaces/reservation.ts";
import type { system } from "../interfaces/system.ts";
import type { ProvidedIdToken, ValidationResult } from "../interfaces/types/authorization.ts";
import type { ExternalLimits } from "../interfaces/types/energy.ts";

/** The connection to the CSMS as far as it is used here. `rpc/link.ts` is one. */
export interface CsmsLink {
  /** @throws RpcError on a CALLERROR, CallTimeout, NotConnected, Overloaded. */
  call(action: string, payload: unknown, options: { timeoutMs: number }): Promise<unknown>;
}

export interface EvsePort
  extends Pick<
    Commands<typeof evse_manager>,
    | "stop_transaction"
    | "pause_charging"
    | "resume_charging"
    | "enable_disable"
    | "force_unlock"
    | "set_plug_and_charge_configuration"
  > {
  /** From 1, without gaps. */
  readonly id: number;
  /** Connector ids, from 1, without gaps. */
  readonly connectors: readonly number[];
}

export type SecurityPort = Pick<
  Commands<typeof evse_security>,
  | "verify_certificate"
  | "get_mo_ocsp_request_data"
  | "get_v2g_ocsp_request_data"
  | "update_ocsp_cache"
  | "install_ca_certificate"
  | "delete_certificate"
  | "get_installed_certificates"
  | "update_leaf_certificate"
  | "generate_certificate_signing_request"
  | "get_leaf_expiry_days_count"
  | "is_ca_certificate_installed"
  | "get_leaf_certificate_info"
>;

export type SystemPort = Pick<
  Commands<typeof system>,
  "is_reset_allowed" | "reset" | "set_system_time" | "update_firmware" | "allow_firmware_installation" | "upload_logs"
>;

export type ReservationPort = Commands<typeof reservation>;

export type DataTransferPort = Commands<typeof ocpp_data_transfer>;

/** The station around the charge point. */
export interface StationPort {
  readonly evses: readonly EvsePort[];
  readonly security: SecurityPort;
  /** Absent: the station has no way to be reset and keeps its own time. */
  readonly system?: SystemPort;
  /** Absent: every vendor is unknown. */
  readonly dataTransfer?: DataTransferPort;
  /** Absent: nothing can be reserved. */
  readonly reservation?: ReservationPort;
  /** Limits of the CSMS for an EVSE, or for EVSE 0, the whole station. Where nobody listens they have no effect. */
  limit(evseId: number, limits: ExternalLimits): void;
  /** A token that came from the CSMS (RequestStartTransaction). */
  provideToken(token: ProvidedIdToken): void;
  /** The CSMS said something new about the token that charges at an EVSE. */
  updateValidation(evseId: number, result: ValidationResult): void;
  /** Settings that belong to the modules around were set, by the files or by the CSMS. */
  applySettings(): Promise<void>;
  /** What the station connects with (security profile, password, client certificate) has changed: once more, with it. */
  reconnect(): void;
  /** The variables of EVerest's `ocpp` interface. */
  readonly publish: Provided<typeof ocpp>["publish"];
}
