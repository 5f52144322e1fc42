/** An OCPP 1.6 charge point at a bench: the shipped configuration, real SQLite, a CSMS that answers as told, and a clock that stands still. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ChargePoint, type ChargePointOptions } from "../../../src/chargePoint/v16/chargePoint.ts";
import { Configuration, type UserValues } from "../../../src/chargePoint/v16/configuration/configuration.ts";
import { configuration16 } from "../../../src/chargePoint/v16/configuration/schema.ts";
import { migrations } from "../../../src/chargePoint/v16/schema.ts";
import { type PncAction, type PncCalls, pncVendorId } from "../../../src/ocpp/pnc16.ts";
import type { Calls } from "../../../src/ocpp/v16/messages.generated.ts";
import { type Database, openDatabase } from "../../../src/util/database.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { FakeStation } from "../fakeStation.ts";
import { ScriptedCsms } from "../scriptedCsms.ts";

const shipped = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../../config/ocpp16/ocpp-config-pnc.json"), "utf8"),
) as Record<string, Record<string, unknown>>;

/** Values by section and key, `Core.HeartbeatInterval`; undefined takes a key away, or a section. */
export type Changes = Readonly<Record<string, unknown>>;

/** The shipped configuration with some values set. */
export function makeConfig(changes: Changes = {}, changed: UserValues = {}): Configuration {
  const values = structuredClone(shipped);
  for (const [path, value] of Object.entries(changes)) {
    const [section = "", key] = path.split(".");
    if (key !== undefined && !(section in values)) values[section] = {};
    const holder: Record<string, unknown> | undefined = key === undefined ? values : values[section];
    if (value === undefined) delete holder?.[key ?? section];
    else Object.assign(holder ?? {}, { [key ?? section]: value });
  }
  return new Configuration({ values: configuration16.parse(values), changed, save: async () => {} });
}

type PncScript = { [A in PncAction]?: (request: PncCalls[A]["request"]) => object | Error };

/** A CSMS that accepts everything unless it is told otherwise; the extension's messages have a script of their own. */
export class FakeCsms extends ScriptedCsms<Calls> {
  readonly pnc: PncScript = {
    Authorize: () => ({ idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" }),
    SignCertificate: () => ({ status: "Accepted" }),
    GetCertificateStatus: () => ({ status: "Accepted", ocspResult: "b2NzcA==" }),
    Get15118EVCertificate: () => ({ status: "Accepted", exiResponse: "ZXhp" }),
  };
  #transactions = 0;

  constructor() {
    super({
      BootNotification: () => ({ status: "Accepted", currentTime: "2026-01-01T00:00:00Z", interval: 86_400 }),
      Authorize: () => ({ idTagInfo: { status: "Accepted" } }),
      Heartbeat: () => ({ currentTime: "2026-01-01T00:00:00Z" }),
      StartTransaction: () => ({ transactionId: ++this.#transactions, idTagInfo: { status: "Accepted" } }),
      SignCertificate: () => ({ status: "Accepted" }),
      DataTransfer: (request) => this.#transfer(request),
    });
  }

  /** What the messages of the extension carried. */
  pncRequests<A extends PncAction>(action: A): PncCalls[A]["request"][] {
    return this.requests("DataTransfer")
      .filter(({ vendorId, messageId }) => vendorId === pncVendorId && messageId === action)
      .map(({ data }) => JSON.parse(data ?? "null"));
  }

  #transfer({
    vendorId,
    messageId,
    data,
  }: Calls["DataTransfer"]["request"]): Calls["DataTransfer"]["response"] | Error {
    if (vendorId !== pncVendorId) return { status: "Accepted" };
    const scripted = this.pnc[messageId as PncAction] as ((request: unknown) => object | Error) | undefined;
    const answer = scripted?.(JSON.parse(data ?? "null"));
    if (answer instanceof Error) return answer;
    return answer ? { status: "Accepted", data: JSON.stringify(answer) } : { status: "UnknownMessageId" };
  }
}

export interface Bench {
  readonly clock: ManualClock;
  readonly csms: FakeCsms;
  readonly station: FakeStation;
  readonly timeline: Timeline;
  readonly config: Configuration;
  readonly database: Database;
  readonly chargePoint: ChargePoint;
  /** Lets what is under way come to rest, without time passing. */
  settle(): Promise<void>;
  /** Connects and boots. */
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  /** A CALL of the CSMS, as the rpc hands it over. */
  ask<A extends keyof Calls>(action: A, request: Calls[A]["request"]): Promise<Calls[A]["response"]>;
  /** One of the extension's: outer status, and what its data says. */
  askPnc(messageId: string, data: unknown): Promise<{ outer: string; inner: unknown }>;
  /** Titles of the timeline. */
  titles(): string[];
}

export interface BenchOptions {
  readonly values?: Changes;
  readonly config?: Configuration;
  readonly evses?: number;
  readonly database?: Database;
  readonly csms?: FakeCsms;
  readonly clock?: ManualClock;
  readonly resumed?: readonly string[];
  readonly options?: Partial<ChargePointOptions>;
  readonly prepare?: (station: FakeStation) => void;
}

export function bench(how: BenchOptions = {}): Bench {
  const { values, evses, csms = new FakeCsms(), clock = new ManualClock(), resumed = [], options, prepare } = how;
  const timeline = new Timeline(clock);
  const station = new FakeStation(evses);
  prepare?.(station);
  const database = how.database ?? openDatabase(":memory:", migrations);
  const config = how.config ?? makeConfig(values);
  const chargePoint = new ChargePoint({
    ...{ clock, config, database, station },
    random: cryptoRandom,
    log: silentLogger,
    trace: timeline,
    link: csms,
    bootReason: "PowerUp",
    publishing: { unit: "A", duration: 600, interval: 0, source: "ocpp/OCPP_set_external_limits" },
    ...options,
  });
  chargePoint.start(new Set(resumed));
  const settle = () => clock.advance(0);
  const ask: Bench["ask"] = async (action, request) => {
    const later: (() => void)[] = [];
    const answer = await chargePoint.answer(action, request, (work) => later.push(work));
    for (const work of later) work();
    await settle();
    return answer as never;
  };
  return {
    ...{ clock, csms, station, timeline, config, database, chargePoint, settle, ask },
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
    async askPnc(messageId, data) {
      const text = typeof data === "string" || data === undefined ? data : JSON.stringify(data);
      const request = { vendorId: pncVendorId, messageId, ...(text === undefined ? {} : { data: text }) };
      const { status, data: answered } = await ask("DataTransfer", request);
      return { outer: status, inner: answered === undefined ? undefined : parsed(answered) };
    },
    titles: () => timeline.entries.map(({ title }) => title),
  };
}

/** At a CSMS that has accepted the station. */
export async function online(options: BenchOptions = {}): Promise<Bench> {
  const at = bench(options);
  await at.connect();
  return at;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
