/** One Plug & Charge session from nothing to the end: PKI, CSMS, charging station, car; and then nothing is left running. */
import { join } from "node:path";
import { type Csms, startCsms } from "../../csms/csms.ts";
import { contractAccount, csmsPki } from "../../csms/pki.ts";
import { energyWh, type TransactionRecord } from "../../csms/services/transactionRules.ts";
import { openStore, resolvePaths } from "../../evseSecurity/index.ts";
import { loadConfig, type StationConfig } from "../../framework/config.ts";
import { type Station, startStation } from "../../framework/manager.ts";
import type { SessionEventEnum } from "../../interfaces/types/evse_manager.ts";
import { manifest as securityManifest } from "../../modules/EvseSecurity/manifest.ts";
import { evseV2G } from "../../modules/EvseV2G/index.ts";
import { NO_TLS } from "../../modules/EvseV2G/networkStart.ts";
import { createTestPki, type TestPki } from "../../pki/index.ts";
import { toHex } from "../../util/bytes.ts";
import { type Clock, withTimeout } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Timeline } from "../../util/trace.ts";
import { loadModules } from "../modules.ts";
import type { ProtocolName } from "../peer/verdict.ts";
import { appAccount, startByApp } from "./app.ts";
import type { ContractCase } from "./contractCases.ts";
import { heardOut } from "./heardOut.ts";
import { type Installation, install, moduleIdOf, moduleShareFolder } from "./installation.ts";
import { type Observations, observer } from "./observer.ts";
import { type CarPlan, script } from "./script.ts";
import { signal } from "./signal.ts";
import { type BilledTransaction, judge, type Verdict } from "./verdict.ts";
import type { Wiretap } from "./wiretap.ts";

const identity = "cp001";
const BOOT_TIMEOUT_MS = 20_000;
const SESSION_TIMEOUT_MS = 60_000;
/** How long the station may take to tell the CSMS of the end. */
const REPORT_TIMEOUT_MS = 10_000;

export interface DemoOptions extends Omit<CarPlan, "energy"> {
  /** What the car speaks. */
  readonly protocol: ProtocolName;
  /** Gets all files. */
  readonly dir: string;
  /** Of a car that pays by contract. */
  readonly contract: ContractCase;
  /** Further faults of the test PKI, as `plugcharge pki faults` names them. */
  readonly faults: readonly string[];
  readonly configFile: string;
  /** 1 = simulated hardware is as slow as EVerest's, 0 = without delay. */
  readonly delayFactor: number;
  readonly device?: string;
  /** UDP port of the SECC discovery. */
  readonly sdpPort: number;
  readonly csmsPort?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly log: Logger;
  readonly timeline: Timeline;
  /** Gets what goes over the wires. */
  readonly wiretap: Wiretap;
}

/** Runs it. @throws UserError for whatever the person can mend; then nothing was plugged in. */
export async function runDemo(options: DemoOptions): Promise<Verdict> {
  const { clock, dir, files, log, random, timeline } = options;
  const config = await loadConfig({ file: options.configFile, files, modules: loadModules });
  const password = toHex(random.bytes(16));
  const csms = await startCsms({
    ...{ clock, random, log, trace: timeline },
    database: join(dir, "csms.db"),
    stations: [{ identity, profile: 1, password }],
    onFrame: (_identity, direction, text) => options.wiretap.ocpp(direction === "in" ? "EVSE" : "CSMS", text),
    ...(options.csmsPort === undefined ? {} : { port: options.csmsPort }),
  });
  try {
    const pki = await provision(options, csms);
    await requireLeaf(options, config, pki.stationCerts);
    return await withStation(options, { config, csms, pki, password });
  } finally {
    await csms.close();
  }
}

/** Step 0: certificates for everyone. */
async function provision(options: DemoOptions, csms: Csms): Promise<TestPki> {
  const { dir, files, clock, random, contract, faults, timeline } = options;
  const at = { dir: join(dir, "pki"), files, clock, random, faults };
  const comesWith =
    contract === "installed" ? ({ car: "provisioning" } as const) : ({ car: "contract", contract } as const);
  const pki = await createTestPki({ ...at, ...comesWith, ocspUrl: csms.ocspUrl });
  csms.usePki(csmsPki(pki.pki));
  const { certificates = [], ...account } = contractAccount(pki.pki);
  csms.setTokens([appAccount]);
  csms.setContracts([{ ...account, certificates: contract === "installed" ? [] : certificates }]);
  const own = contract === "installed" ? "the car's provisioning certificate" : "contract";
  timeline.add({
    ...{ step: 0, kind: "state", from: "PKI", title: `test PKI made: V2G, MO and OEM roots, SECC leaf, ${own}` },
    detail: { folder: at.dir, eMAID: pki.eMAID, contract, ...(faults.length > 0 ? { faults } : {}) },
  });
  return pki;
}

/** A station without a valid SECC leaf has no TLS, and without TLS there is no Plug & Charge. @throws UserError */
async function requireLeaf(ports: DemoOptions, config: StationConfig, certsDir: string): Promise<void> {
  const plan = config.modules.find(({ moduleName }) => moduleName === "EvseSecurity");
  if (!plan) return;
  const { private_key_password, leaf_choice, ...paths } = securityManifest.config.parse(plan.config);
  const store = await openStore({
    ...ports,
    paths: resolvePaths(paths, certsDir),
    password: private_key_password,
    leafChoice: leaf_choice,
  });
  const problem = await store.explain_leaf({ certificate_type: "V2G" });
  if (problem) throw problem;
}

interface Prepared {
  readonly config: StationConfig;
  readonly csms: Csms;
  readonly pki: TestPki;
  /** The station's for the CSMS. */
  readonly password: string;
}

async function withStation(options: DemoOptions, { config, csms, pki, password }: Prepared): Promise<Verdict> {
  const watch = watcher();
  const EvseV2G = evseV2G({ capture: (frame) => options.wiretap.v2g(frame.from, frame.bytes) });
  const own = { EvseV2G, DemoObserver: observer(watch.observations) };
  const catalogue = async (names: Iterable<string>) => ({ ...(await loadModules(names)), ...own });
  const { dir, files, device, timeline, delayFactor, sdpPort, protocol } = options;
  const place = { dir, files, modules: catalogue, csms: { url: csms.url, identity, password }, protocol };
  const installation = await install(config, { ...place, ...(device === undefined ? {} : { device }) });
  const simulation = { delayFactor, sdpPort };
  const { clock, random, log } = options;
  const station = await startStation({
    config: installation.config,
    ports: { clock, random, files, log, trace: timeline, simulation },
    env: (moduleName) => ({
      certsDir: moduleName === "PyEvJosev" ? pki.carCerts : pki.stationCerts,
      shareDir: moduleShareFolder(moduleName),
    }),
  });
  try {
    return await plugIn(options, { csms, pki, station, installation, watch });
  } finally {
    await station.stop();
  }
}

interface Running {
  readonly csms: Csms;
  readonly pki: TestPki;
  readonly station: Station;
  readonly installation: Installation;
  readonly watch: Watcher;
}

async function plugIn(options: DemoOptions, { csms, pki, station, installation, watch }: Running): Promise<Verdict> {
  const { clock, timeline, contract, payment, protocol, pause, faults } = options;
  const unbooted = () => "the CSMS did not take the station in";
  refuse(await withTimeout(clock, BOOT_TIMEOUT_MS, Promise.race([watch.booted, watch.mute]), unbooted));
  if (payment === "Contract") requireTls(timeline);
  const pluggedInAt = clock.now();
  const drive = carDriver(station, installation);
  watch.onRefused(() => drive("modify_charging_session", "unplug"));
  const app = { csms, station: identity, ocppVersion: installation.ocppVersion, trace: timeline };
  if (payment === "ExternalPayment") watch.onPluggedIn(() => void startByApp(app));
  timeline.add({ step: 1, kind: "state", from: "EV", title: "plugged in" });
  const energy = installation.config.modules.some(({ config }) => config.charge_mode === "DC") ? "DC" : "AC";
  drive("execute_charging_session", script({ ...options, energy }));
  const endless = () => `the session did not end within ${SESSION_TIMEOUT_MS / 1000} s`;
  const end = Promise.race([watch.unplugged, watch.mute.then(refuse)]);
  const failure = await withTimeout(clock, SESSION_TIMEOUT_MS, end, endless);
  await hearOut(options, pluggedInAt);
  const transactions = csms.transactions.map(billedTransaction);
  const payer =
    payment === "Contract" ? { contract, idToken: pki.eMAID } : { contract: null, idToken: appAccount.idToken };
  const findings = { ...payer, protocol, faults, entries: timeline.entries, pluggedInAt, transactions, pause };
  return judge({ ...findings, ...(failure === undefined ? {} : { failure }) });
}

function carDriver(station: Station, { config }: Installation): (command: string, payload: string) => void {
  const id = moduleIdOf(config, "EvManager");
  const connector = config.modules.find((module) => module.id === id)?.config.connector_id;
  const topic = `everest_external/nodered/${connector}/carsim/cmd`;
  station.external.publish(`${topic}/enable`, "true");
  return (command, payload) => station.external.publish(`${topic}/${command}`, payload);
}

/** What no store can know of a certificate, the TLS server finds. @throws UserError when it has none to show */
function requireTls({ entries }: Timeline): void {
  const fault = entries.find(({ from, title }) => from === "EVSE" && title.startsWith(NO_TLS));
  if (fault) throw new UserError(fault.title, fault.fix === undefined ? {} : { fix: fault.fix });
}

/** @throws UserError with what keeps the station from serving cars, if anything does. */
function refuse(hindrance: string | undefined): undefined {
  if (hindrance !== undefined) throw new UserError(hindrance);
}

/** Gives the station time to tell the CSMS all of it. */
async function hearOut({ clock, timeline }: DemoOptions, pluggedInAt: number): Promise<void> {
  const over = () => heardOut(timeline.entries.filter(({ time }) => time >= pluggedInAt));
  const done = signal<void>();
  const unsubscribe = timeline.subscribe(() => {
    if (over()) done.resolve();
  });
  if (!over()) await withTimeout(clock, REPORT_TIMEOUT_MS, done.promise, () => {});
  unsubscribe();
}

function billedTransaction(record: TransactionRecord): BilledTransaction {
  const { transactionId, idToken, endedAt, problems } = record;
  return {
    transactionId,
    ...(idToken ? { idToken: idToken.idToken } : {}),
    energyWh: energyWh(record) ?? 0,
    ended: endedAt !== undefined,
    problems,
  };
}

interface Watcher {
  readonly observations: Observations;
  readonly booted: Promise<undefined>;
  /** Gives the reason when the station cannot speak to cars. */
  readonly mute: Promise<string>;
  readonly unplugged: Promise<undefined>;
  /** Called when the station has noticed the car. */
  onPluggedIn(react: () => void): void;
  /** Called when the car ends its session before it has charged. */
  onRefused(react: () => void): void;
}

function watcher(): Watcher {
  const boot = signal<undefined>();
  const mute = signal<string>();
  const end = signal<undefined>();
  let charged = false;
  let refused = () => {};
  let pluggedIn = () => {};
  const sessionEvent = (event: SessionEventEnum) => {
    if (event === "SessionStarted") pluggedIn();
    if (event === "ChargingStarted") charged = true;
    if (event === "SessionFinished") end.resolve(undefined);
  };
  const carFinished = () => {
    if (!charged) refused();
  };
  return {
    observations: { booted: () => boot.resolve(undefined), cannotListen: mute.resolve, sessionEvent, carFinished },
    booted: boot.promise,
    mute: mute.promise,
    unplugged: end.promise,
    onPluggedIn: (react) => {
      pluggedIn = react;
    },
    onRefused: (react) => {
      refused = react;
    },
  };
}
