/** The module OCPP with a real certificate store and a CSMS that is not ours: ocpp-rpc, which checks every message against the schemas (strict mode). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TLSSocket } from "node:tls";
import { RPCServer } from "ocpp-rpc";
import { onTestFinished, vi } from "vitest";
import { checkConfig } from "../../../src/framework/config.ts";
import { startStation } from "../../../src/framework/manager.ts";
import { EvseSecurity } from "../../../src/modules/EvseSecurity/index.ts";
import { OCPP } from "../../../src/modules/OCPP/index.ts";
import { OCPPmulti } from "../../../src/modules/OCPPmulti/index.ts";
import { pncVendorId } from "../../../src/ocpp/pnc16.ts";
import type { Calls } from "../../../src/ocpp/v16/messages.generated.ts";
import { createTestPki, type TestPki } from "../../../src/pki/index.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { type Probe, probe } from "../ocppCommon/probe.ts";

const ports = { clock: systemClock, random: cryptoRandom, files: nodeFiles };
const shipped = readFileSync(resolve(import.meta.dirname, "../../../config/ocpp16/ocpp-config-pnc.json"), "utf8");

interface ForeignCall {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

interface ForeignClient {
  readonly identity: string;
  handle(handler: (call: ForeignCall) => object): void;
  call(method: string, params: object): Promise<unknown>;
  on(event: "strictValidationFailure", listener: (failure: { error: Error }) => void): void;
}

interface Handshake {
  readonly identity: string;
  readonly password?: Uint8Array | undefined;
  /** TLS's version, and the name in the station's certificate if it showed one. */
  readonly channel: string;
}

/** What it answers; `{}` to what is not here, and the extension's messages by what they carry. */
export type Answers = Record<string, (params: Record<string, unknown>) => object>;

export interface ForeignCsms {
  readonly url: string;
  readonly heard: ForeignCall[];
  /** What was against the schemas, in either direction. */
  readonly failures: string[];
  readonly handshakes: Handshake[];
  readonly answers: Answers;
  /** The passwords that are let in; all when undefined. */
  accept: ((handshake: Handshake) => boolean) | undefined;
  requests<A extends keyof Calls>(action: A): Calls[A]["request"][];
  /** What DataTransfers of the extension carried. */
  pnc(messageId: string): Record<string, unknown>[];
  call<A extends keyof Calls>(action: A, request: Calls[A]["request"]): Promise<Calls[A]["response"]>;
  /** One of the extension's: the inner answer. */
  callPnc(messageId: string, data: object): Promise<unknown>;
}

export interface ForeignTls {
  readonly cert: string;
  readonly key: string;
  /** The roots of stations. */
  readonly ca: string;
}

/** Where there is `tls`, the same port is served with and without it. */
export async function startForeignCsms(tls?: ForeignTls): Promise<ForeignCsms> {
  const heard: ForeignCall[] = [];
  const failures: string[] = [];
  const handshakes: Handshake[] = [];
  let station: ForeignClient | undefined;
  let transactions = 0;
  const pnc: Answers = {
    Authorize: () => ({ idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" }),
    GetCertificateStatus: () => ({ status: "Failed" }),
    SignCertificate: () => ({ status: "Accepted" }),
    Get15118EVCertificate: () => ({ status: "Accepted", exiResponse: "gJgA" }),
  };
  const answers: Answers = {
    BootNotification: () => ({ status: "Accepted", interval: 300, currentTime: new Date().toISOString() }),
    Authorize: () => ({ idTagInfo: { status: "Accepted" } }),
    Heartbeat: () => ({ currentTime: new Date().toISOString() }),
    StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: { status: "Accepted" } }),
    DataTransfer: ({ messageId, data }) => ({
      status: "Accepted",
      data: JSON.stringify(pnc[String(messageId)]?.(JSON.parse(String(data))) ?? {}),
    }),
  };
  const server = new RPCServer({ protocols: ["ocpp1.6"], strictMode: true });
  server.auth((accept, reject, { identity, password, request }) => {
    const handshake = { identity, password, channel: channelOf(request) };
    handshakes.push(handshake);
    if (csms.accept?.(handshake) === false) reject(401, "who are you?");
    else accept();
  });
  server.on("client", (client: ForeignClient) => {
    station = client;
    client.on("strictValidationFailure", ({ error }) => failures.push(error.message));
    client.handle((call) => {
      heard.push(call);
      return answers[call.method]?.(call.params) ?? {};
    });
  });
  const listener = await listen(server, tls);
  const { port } = listener.address() as AddressInfo;
  onTestFinished(async () => {
    await server.close({ force: true });
    listener.close();
  });
  const call = async (action: string, request: object) => {
    const answer = await station?.call(action, request);
    return answer as never;
  };
  const csms: ForeignCsms = {
    ...{ url: `localhost:${port}`, heard, failures, handshakes, answers, call },
    accept: undefined,
    requests: (action) => heard.filter(({ method }) => method === action).map(({ params }) => params as never),
    pnc: (messageId) =>
      heard
        .filter(({ method, params }) => method === "DataTransfer" && params.messageId === messageId)
        .map(({ params }) => JSON.parse(String(params.data))),
    async callPnc(messageId, data) {
      const request = { vendorId: pncVendorId, messageId, data: JSON.stringify(data) };
      const answer: Calls["DataTransfer"]["response"] = await call("DataTransfer", request);
      return answer.data === undefined ? answer.status : JSON.parse(answer.data);
    },
  };
  return csms;
}

function channelOf({ socket }: IncomingMessage): string {
  if (!(socket instanceof TLSSocket)) return "plain";
  const name = socket.getPeerCertificate().subject?.CN;
  return [socket.getProtocol(), name].filter(Boolean).join(" ");
}

async function listen(server: RPCServer, tls: ForeignTls | undefined): Promise<Server> {
  const plain = createHttpServer().on("upgrade", server.handleUpgrade);
  const secure = tls && createHttpsServer({ ...tls, requestCert: true, rejectUnauthorized: false });
  secure?.on("upgrade", server.handleUpgrade);
  const listener = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (chunk) => {
      socket.pause();
      socket.unshift(chunk);
      // 22: a TLS handshake.
      (chunk[0] === 22 && secure ? secure : plain).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "localhost", resolve));
  return listener;
}

export function makePki(dir: string): Promise<TestPki> {
  return createTestPki({ ...ports, dir, ocspUrl: "http://ocsp" });
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "plugcharge-OCPP-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const yaml = `
active_modules:
  probe:
    module: Probe
    connections:
      validator: [{ module_id: ocpp, implementation_id: auth_validator }]
      provider: [{ module_id: ocpp, implementation_id: auth_provider }]
      ocpp: [{ module_id: ocpp, implementation_id: ocpp_generic }]
  security:
    module: EvseSecurity
    config_module: { private_key_password: "123456" }
  ocpp:
    module: OCPP
    config_module: { DatabasePath: core, MessageLogPath: logs }
    connections:
      evse_manager: [{ module_id: probe, implementation_id: evse }]
      security: [{ module_id: security, implementation_id: main }]
      auth: [{ module_id: probe, implementation_id: main }]
      extensions_15118: [{ module_id: probe, implementation_id: extensions }]
`;

export interface StationOptions {
  readonly folder: string;
  readonly url: string;
  readonly pki: Pick<TestPki, "stationCerts">;
  /** Over the shipped configuration. */
  readonly values?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** The module that is the charge point. */
  readonly module?: "OCPP" | "OCPPmulti";
}

export interface TestStation {
  readonly hands: Probe;
  readonly timeline: Timeline;
  stop(): Promise<void>;
}

/** Starts the station; database and user configuration of an earlier run in the same folder are taken up again. */
export async function startTestStation({
  folder,
  url,
  pki,
  values = {},
  config = {},
  module: moduleName = "OCPP",
}: StationOptions): Promise<TestStation> {
  const { module, hands } = probe();
  const quick = { CentralSystemURI: url, RetryBackoffWaitMinimum: 0, RetryBackoffRandomRange: 0 };
  const base = JSON.parse(shipped) as Record<string, Record<string, unknown>>;
  for (const [section, changed] of Object.entries({ ...values, Internal: { ...quick, ...values.Internal } })) {
    base[section] = { ...base[section], ...changed };
  }
  writeFileSync(join(folder, "ocpp-config.json"), JSON.stringify(base, null, 2));
  const timeline = new Timeline(systemClock);
  const station = await startStation({
    config: checkConfig({
      sources: [{ file: "station.yaml", text: yaml.replace("module: OCPP", `module: ${moduleName}`) }],
      overrides: { active_modules: { ocpp: { config_module: config } } },
      modules: { Probe: module, EvseSecurity, OCPP, OCPPmulti },
    }),
    ports: { ...ports, log: silentLogger, trace: timeline, simulation: { delayFactor: 0 } },
    env: () => ({ certsDir: pki.stationCerts, shareDir: folder }),
  });
  onTestFinished(() => station.stop());
  return { hands, timeline, stop: () => station.stop() };
}

/** Waits until a check holds. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 20_000 });
}

/** Waits until the CSMS has heard so many messages of an action. */
export function hears(csms: ForeignCsms, action: keyof Calls, count = 1): Promise<void> {
  return soon(() => {
    if (csms.requests(action).length < count) throw new RangeError(`${action} has not come ${count} times`);
  });
}
