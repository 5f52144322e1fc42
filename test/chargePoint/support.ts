/** A charge point at a bench: real device model, real SQLite, a CSMS that answers as told, and a clock that stands still. */
import { resolve } from "node:path";
import { readComponentConfig } from "../../src/chargePoint/deviceModel/componentConfig.ts";
import { DeviceModel } from "../../src/chargePoint/deviceModel/deviceModel.ts";
import { deviceModelMigrations } from "../../src/chargePoint/deviceModel/schema.ts";
import { ChargePoint, type ChargePointOptions } from "../../src/chargePoint/v201/chargePoint.ts";
import { networkGuard } from "../../src/chargePoint/v201/networkProfiles.ts";
import { coreMigrations } from "../../src/chargePoint/v201/schema.ts";
import type { Calls, TransactionEventRequest } from "../../src/ocpp/v201/messages.generated.ts";
import { type Database, openDatabase } from "../../src/util/database.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import { FakeStation } from "./fakeStation.ts";
import { ScriptedCsms } from "./scriptedCsms.ts";

export const configFolder = resolve(import.meta.dirname, "../../config/ocpp201/component_config");
const shipped = await readComponentConfig(nodeFiles, configFolder);
/** Of a station with one EVSE, as the module OCPP201 would take them. */
const components = shipped.components.filter(({ evse }) => evse === undefined || evse.id === 1);

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

/** A CSMS that accepts everything unless it is told otherwise. */
export class FakeCsms extends ScriptedCsms<Calls> {
  constructor() {
    super({
      BootNotification: () => ({ status: "Accepted", currentTime: "2026-01-01T00:00:00Z", interval: 0 }),
      Authorize: () => ({ idTokenInfo: { status: "Accepted" } }),
      Heartbeat: () => ({ currentTime: "2026-01-01T00:00:00Z" }),
      DataTransfer: () => ({ status: "Accepted" }),
      SignCertificate: () => ({ status: "Accepted" }),
      GetCertificateStatus: () => ({ status: "Accepted", ocspResult: "b2NzcA==" }),
      Get15118EVCertificate: () => ({ status: "Accepted", exiResponse: "ZXhp" }),
    });
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
  readonly clock?: ManualClock;
  readonly options?: Partial<ChargePointOptions>;
  readonly prepare?: (station: FakeStation) => void;
}

export function bench(how: BenchOptions = {}): Bench {
  const { values, evses, database, csms = new FakeCsms(), clock = new ManualClock(), options, prepare } = how;
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
    publishing: { unit: "A", duration: 600, interval: 0, source: "ocpp" },
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
