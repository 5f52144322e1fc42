/** The station around a charge point, and a car in front of it, in the hands of a test. */
import type { AnyChargePoint } from "../../src/chargePoint/chargePoint.ts";
import type { EvsePort, ReservationPort, SecurityPort, StationPort, SystemPort } from "../../src/chargePoint/ports.ts";
import type { ErrorReport } from "../../src/framework/errors.ts";
import type { ProvidedIdToken } from "../../src/interfaces/types/authorization.ts";
import type { ExternalLimits } from "../../src/interfaces/types/energy.ts";
import type { SessionEvent, StopTransactionReason } from "../../src/interfaces/types/evse_manager.ts";
import { type Clock, isoTime } from "../../src/util/clock.ts";

export const emaid = "DE8AA1A2B3C4D59";

export const contractToken: ProvidedIdToken = {
  id_token: { value: emaid, type: "eMAID" },
  authorization_type: "PlugAndCharge",
  connectors: [1],
  certificate: "-----BEGIN CERTIFICATE-----\nleaf and subs\n-----END CERTIFICATE-----\n",
};

export const cardToken: ProvidedIdToken = {
  id_token: { value: "04AABBCCDD", type: "ISO14443" },
  authorization_type: "RFID",
};

export const certificateHash = {
  hash_algorithm: "SHA256",
  issuer_name_hash: "aa".repeat(32),
  issuer_key_hash: "bb".repeat(32),
  serial_number: "1f",
} as const;

/** What was asked of the station around, by command. */
export class FakeStation implements StationPort {
  readonly commands: { command: string; args: unknown }[] = [];
  readonly news: { variable: string; value: unknown }[] = [];
  readonly tokens: ProvidedIdToken[] = [];
  settingsApplied = 0;
  readonly evses: readonly EvsePort[];
  readonly security: SecurityPort;
  /** The latest of each EVSE. */
  readonly limits = new Map<number, ExternalLimits>();
  dataTransfer?: NonNullable<StationPort["dataTransfer"]>;
  system?: SystemPort;
  reservation?: ReservationPort;

  constructor(evses = 1) {
    this.evses = Array.from({ length: evses }, (_, index) => this.#evse(index + 1));
    this.security = this.#security();
  }

  of(command: string): unknown[] {
    return this.commands.filter((asked) => asked.command === command).map(({ args }) => args);
  }

  provideToken(token: ProvidedIdToken): void {
    this.tokens.push(token);
  }

  updateValidation(evseId: number, result: unknown): void {
    this.#note("updateValidation", { evseId, result });
  }

  reconnect(): void {
    this.#note("reconnect", {});
  }

  limit(evseId: number, limits: ExternalLimits): void {
    this.limits.set(evseId, limits);
  }

  /** A System that takes everything. */
  withSystem(): void {
    this.system = {
      is_reset_allowed: (args) => this.#note("is_reset_allowed", args, true),
      reset: (args) => this.#note("reset", args, null),
      set_system_time: (args) => this.#note("set_system_time", args, true),
      update_firmware: (args) => this.#note("update_firmware", args, "Accepted"),
      allow_firmware_installation: (args) => this.#note("allow_firmware_installation", args, null),
      upload_logs: (args) => this.#note("upload_logs", args, { upload_logs_status: "Accepted", file_name: "log.zip" }),
    } satisfies SystemPort;
  }

  /** An Auth that takes every reservation. */
  withReservation(): void {
    this.reservation = {
      reserve_now: (args) => this.#note("reserve_now", args, "Accepted"),
      cancel_reservation: (args) => this.#note("cancel_reservation", args, true),
      exists_reservation: (args) => this.#note("exists_reservation", args, "NotReserved"),
    } satisfies ReservationPort;
  }

  async applySettings(): Promise<void> {
    this.settingsApplied++;
  }

  readonly publish: StationPort["publish"] = (variable, value) => {
    this.news.push({ variable, value });
  };

  /** What was published of one variable. */
  published(variable: string): unknown[] {
    return this.news.filter((one) => one.variable === variable).map(({ value }) => value);
  }

  #note<T>(command: string, args: unknown, result?: T): T {
    this.commands.push({ command, args });
    return result as T;
  }

  #evse(id: number): EvsePort {
    return {
      id,
      connectors: [1],
      stop_transaction: (args) => this.#note("stop_transaction", { id, ...args }, true),
      pause_charging: () => this.#note("pause_charging", { id }, true),
      resume_charging: () => this.#note("resume_charging", { id }, true),
      enable_disable: (args) => this.#note("enable_disable", { id, ...args }, true),
      force_unlock: (args) => this.#note("force_unlock", { id, ...args }, true),
      set_plug_and_charge_configuration: (args) => this.#note("set_plug_and_charge_configuration", args, null),
    };
  }

  #security(): SecurityPort {
    const list = { ocsp_request_data_list: [{ certificate_hash_data: certificateHash, responder_url: "http://ocsp" }] };
    return {
      verify_certificate: (args) => this.#note("verify_certificate", args, "Valid"),
      get_mo_ocsp_request_data: (args) => this.#note("get_mo_ocsp_request_data", args, list),
      get_v2g_ocsp_request_data: () => this.#note("get_v2g_ocsp_request_data", {}, list),
      update_ocsp_cache: (args) => this.#note("update_ocsp_cache", args, null),
      install_ca_certificate: (args) => this.#note("install_ca_certificate", args, "Accepted"),
      delete_certificate: (args) => this.#note("delete_certificate", args, "Accepted"),
      get_installed_certificates: (args) =>
        this.#note("get_installed_certificates", args, {
          status: "Accepted",
          certificate_hash_data_chain: [
            { certificate_type: "MFRootCertificate", certificate_hash_data: certificateHash },
          ],
        }),
      update_leaf_certificate: (args) => this.#note("update_leaf_certificate", args, "Accepted"),
      generate_certificate_signing_request: (args) =>
        this.#note("generate_certificate_signing_request", args, { status: "Accepted", csr: "the CSR" }),
      get_leaf_expiry_days_count: (args) => this.#note("get_leaf_expiry_days_count", args, 100),
      is_ca_certificate_installed: (args) => this.#note("is_ca_certificate_installed", args, true),
      get_leaf_certificate_info: (args) => this.#note("get_leaf_certificate_info", args, { status: "Accepted" }),
    };
  }
}

/** An error as the framework reports it, at connector 1 of its EVSE unless told otherwise. */
export function errorReport(type: string, state: ErrorReport["state"], more: Partial<ErrorReport> = {}): ErrorReport {
  return {
    ...{ type, state, sub_type: "", message: "it broke", description: "it broke badly", severity: "High" },
    origin: { module_id: "board", implementation_id: "main" },
    ...{ timestamp: "2026-01-01T00:00:00Z", uuid: type, vendor_id: "" },
    ...more,
  };
}

/** Where a car can stop: at a charge point of any version. */
export interface Street {
  readonly clock: Pick<Clock, "now">;
  readonly chargePoint: Pick<AnyChargePoint, "onSessionEvent" | "onPowermeter">;
  settle(): Promise<void>;
}

/** Session events as EvseManager publishes them. */
export class Car {
  readonly #bench: Street;
  readonly uuid: string;
  readonly #evseId: number;
  energyWh = 1000;

  constructor(bench: Street, uuid = "11111111-2222-4333-8444-555555555555", evseId = 1) {
    this.#bench = bench;
    this.uuid = uuid;
    this.#evseId = evseId;
  }

  plugIn = () => this.#send("SessionStarted", { session_started: { reason: "EVConnected", ...this.#meter() } });
  present = (token: ProvidedIdToken) =>
    this.#send("SessionStarted", { session_started: { reason: "Authorized", id_tag: token, ...this.#meter() } });
  start = (token: ProvidedIdToken = contractToken) =>
    this.#send("TransactionStarted", { transaction_started: { id_tag: token, ...this.#meter() } });
  charge = () => this.#send("ChargingStarted", { charging_state_changed_event: this.#meter() });
  pause = () => this.#send("ChargingPausedEV", { charging_state_changed_event: this.#meter() });
  pauseByEvse = () => this.#send("ChargingPausedEVSE", { charging_state_changed_event: this.#meter() });
  withdraw = () => this.#send("Deauthorized", { authorization_event: this.#meter() });
  finish = (reason: StopTransactionReason, token?: ProvidedIdToken) =>
    this.#send("TransactionFinished", {
      transaction_finished: { reason, ...(token ? { id_tag: token } : {}), ...this.#meter() },
    });
  unplug = () => this.#send("SessionFinished", { session_finished: this.#meter() });
  other = (event: SessionEvent["event"]) => this.#send(event, {});

  measure(energyWh: number): void {
    this.energyWh = energyWh;
    this.#bench.chargePoint.onPowermeter(this.#evseId, this.#meter().meter_value);
  }

  #meter() {
    const timestamp = isoTime(this.#bench.clock.now());
    return { meter_value: { timestamp, energy_Wh_import: { total: this.energyWh }, power_W: { total: 11_000 } } };
  }

  async #send(event: SessionEvent["event"], parts: Partial<SessionEvent>): Promise<void> {
    const timestamp = isoTime(this.#bench.clock.now());
    this.#bench.chargePoint.onSessionEvent(this.#evseId, { uuid: this.uuid, timestamp, event, ...parts });
    await this.#bench.settle();
  }
}
