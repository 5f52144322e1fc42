/** A charge point at a bench: real device model, real SQLite, a CSMS that answers as told, and a clock that stands still. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onTestFinished } from "vitest";
import { readComponentConfig } from "../../src/chargePoint/deviceModel/componentConfig.ts";
import { DeviceModel } from "../../src/chargePoint/deviceModel/deviceModel.ts";
import type { CsmsLink, EvsePort, SecurityPort, StationPort } from "../../src/chargePoint/ports.ts";
import { ChargePoint, type ChargePointOptions } from "../../src/chargePoint/v201/chargePoint.ts";
import { networkGuard } from "../../src/chargePoint/v201/networkProfiles.ts";
import { coreMigrations, deviceModelMigrations } from "../../src/chargePoint/v201/schema.ts";
import type { ProvidedIdToken } from "../../src/interfaces/types/authorization.ts";
import type { SessionEvent, StopTransactionReason } from "../../src/interfaces/types/evse_manager.ts";
import type { Calls, TransactionEventRequest } from "../../src/ocpp/v201/messages.generated.ts";
import { NotConnected } from "../../src/rpc/errors.ts";
import { isoTime } from "../../src/util/clock.ts";
import { type Database, openDatabase } from "../../src/util/database.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";

export const configFolder = resolve(import.meta.dirname, "../../config/ocpp201/component_config");
const { components } = await readComponentConfig(nodeFiles, configFolder);

/** A folder of its own, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "plugcharge-chargePoint-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The shipped device model with some values set, by address; a value of undefined takes it away. */
export function makeModel(
  values: Readonly<Record<string, string | undefined>> = {},
  database = openDatabase(":memory:", deviceModelMigrations),
): DeviceModel {
  const changed = components.map((component) => ({
    ...component,
    variables: component.variables.map((variable) => {
      const address = `${component.name}.${variable.name}${variable.instance ? `[${variable.instance}]` : ""}`;
      if (!(address in values)) return variable;
      const { mutability = "ReadWrite" } = variable.attributes.get("Actual") ?? {};
      const initial = values[address];
      const attribute = initial === undefined ? { mutability } : { mutability, initial };
      return { ...variable, required: false, attributes: new Map([["Actual", attribute] as const]) };
    }),
  }));
  return new DeviceModel(changed, database, [networkGuard]);
}

type Answer = object | Error | Promise<object>;
type Script = { [A in keyof Calls]?: (request: Calls[A]["request"]) => Calls[A]["response"] | Error | Promise<Answer> };

/** A CSMS that accepts everything unless it is told otherwise. */
export class FakeCsms implements CsmsLink {
  readonly calls: { action: string; payload: unknown }[] = [];
  reachable = true;
  readonly script: Script = {
    BootNotification: () => ({ status: "Accepted", currentTime: "2026-01-01T00:00:00Z", interval: 0 }),
    Authorize: () => ({ idTokenInfo: { status: "Accepted" } }),
    Heartbeat: () => ({ currentTime: "2026-01-01T00:00:00Z" }),
    DataTransfer: () => ({ status: "Accepted" }),
    SignCertificate: () => ({ status: "Accepted" }),
    GetCertificateStatus: () => ({ status: "Accepted", ocspResult: "b2NzcA==" }),
    Get15118EVCertificate: () => ({ status: "Accepted", exiResponse: "ZXhp" }),
  };

  async call(action: string, payload: unknown): Promise<unknown> {
    if (!this.reachable) throw new NotConnected("the cable is cut");
    this.calls.push({ action, payload });
    const scripted = this.script[action as keyof Calls] as ((request: unknown) => Answer) | undefined;
    const answer = await (scripted?.(payload) ?? {});
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** The requests of one action, in the order in which they came. */
  requests<A extends keyof Calls>(action: A): Calls[A]["request"][] {
    return this.calls.filter((call) => call.action === action).map(({ payload }) => payload as Calls[A]["request"]);
  }

  /** TransactionEvents in one line each. */
  transactionEvents(): string[] {
    return this.requests("TransactionEvent").map(inOneLine);
  }
}

export function inOneLine(event: TransactionEventRequest): string {
  const { eventType, triggerReason, seqNo, transactionInfo, idToken } = event;
  const { chargingState, stoppedReason } = transactionInfo;
  const parts = [eventType, seqNo, triggerReason, chargingState, stoppedReason, idToken && `token ${idToken.idToken}`];
  return parts.filter((part) => part !== undefined).join(" ");
}

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
  dataTransfer?: NonNullable<StationPort["dataTransfer"]>;
  system?: NonNullable<StationPort["system"]>;

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

  clientCertificateRenewed(): void {
    this.#note("clientCertificateRenewed", {});
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
    };
  }
}

export interface Bench {
  readonly clock: ManualClock;
  readonly csms: FakeCsms;
  readonly station: FakeStation;
  readonly timeline: Timeline;
  readonly model: DeviceModel;
  readonly database: Database;
  readonly chargePoint: ChargePoint;
  /** Lets what is under way come to rest, without time passing. */
  settle(): Promise<void>;
  /** Connects and boots. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** A CALL of the CSMS, as the rpc hands it over. */
  ask<A extends keyof Calls>(action: A, request: Calls[A]["request"]): Promise<Calls[A]["response"]>;
  /** Titles of the timeline. */
  titles(): string[];
}

export interface BenchOptions {
  readonly values?: Readonly<Record<string, string | undefined>>;
  readonly evses?: number;
  readonly database?: Database;
  readonly csms?: FakeCsms;
  readonly options?: Partial<ChargePointOptions>;
  readonly prepare?: (station: FakeStation) => void;
}

export function bench({ values, evses, database, csms = new FakeCsms(), options, prepare }: BenchOptions = {}): Bench {
  const clock = new ManualClock();
  const timeline = new Timeline(clock);
  const station = new FakeStation(evses);
  prepare?.(station);
  const core = database ?? openDatabase(":memory:", coreMigrations);
  const model = makeModel(values);
  const chargePoint = new ChargePoint({
    clock,
    random: cryptoRandom,
    log: silentLogger,
    trace: timeline,
    model,
    database: core,
    station,
    link: csms,
    bootReason: "PowerUp",
    ...options,
  });
  chargePoint.start();
  const settle = () => clock.advance(0);
  return {
    clock,
    csms,
    station,
    timeline,
    model,
    database: core,
    chargePoint,
    settle,
    async connect() {
      csms.reachable = true;
      chargePoint.connected();
      await settle();
    },
    async disconnect() {
      csms.reachable = false;
      chargePoint.disconnected();
      await settle();
    },
    async ask(action, request) {
      const later: (() => void)[] = [];
      const answer = await chargePoint.answer(action, request, (work) => later.push(work));
      for (const work of later) work();
      await settle();
      return answer as never;
    },
    titles: () => timeline.entries.map(({ title }) => title),
  };
}

/** Session events as EvseManager publishes them. */
export class Car {
  readonly #bench: Bench;
  readonly uuid: string;
  readonly #evseId: number;
  energyWh = 1000;

  constructor(bench: Bench, uuid = "11111111-2222-4333-8444-555555555555", evseId = 1) {
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
