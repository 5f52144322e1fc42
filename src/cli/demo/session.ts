/** One Plug & Charge session from nothing to the end: PKI, CSMS, charging station, car; and then nothing is left running. */
import { join } from "node:path";
import { type Csms, startCsms } from "../../csms/csms.ts";
import { contractAccount, csmsPki } from "../../csms/pki.ts";
import { energyWh, type TransactionRecord } from "../../csms/services/transactionRules.ts";
import { type Station, startStation } from "../../framework/manager.ts";
import type { SessionEventEnum } from "../../interfaces/types/evse_manager.ts";
import { createTestPki, type TestPki } from "../../pki/index.ts";
import { type Clock, withTimeout } from "../../util/clock.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Timeline } from "../../util/trace.ts";
import { modules } from "../modules.ts";
import type { ContractCase } from "./contractCases.ts";
import { type Installation, install, moduleIdOf, shareFolder } from "./installation.ts";
import { type Observations, observer } from "./observer.ts";
import { signal } from "./signal.ts";
import { type BilledTransaction, judge, type Verdict } from "./verdict.ts";

/** The station as the component configuration names it. */
const stationAccount = { identity: "cp001", profile: 1, password: "DEADBEEFDEADBEEF" } as const;
const BOOT_TIMEOUT_MS = 20_000;
const SESSION_TIMEOUT_MS = 60_000;
/** How long the CSMS may take to hear of the end. */
const BILLING_TIMEOUT_MS = 10_000;

export interface DemoOptions {
  /** Gets all files. */
  readonly dir: string;
  readonly contract: ContractCase;
  readonly configFile: string;
  /** Seconds in the charge loop. */
  readonly chargeSeconds: number;
  /** 1 = simulated hardware is as slow as EVerest's, 0 = without delay. */
  readonly delayFactor: number;
  readonly device?: string;
  readonly sdpPort?: number;
  readonly csmsPort?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly log: Logger;
  readonly timeline: Timeline;
}

/** Runs it. @throws UserError for whatever the person can mend; then nothing was plugged in. */
export async function runDemo(options: DemoOptions): Promise<Verdict> {
  const { clock, dir, log, random, timeline } = options;
  const csms = await startCsms({
    ...{ clock, random, log, trace: timeline },
    database: join(dir, "csms.db"),
    stations: [stationAccount],
    ...(options.csmsPort === undefined ? {} : { port: options.csmsPort }),
  });
  try {
    const pki = await provision(options, csms);
    return await withStation(options, csms, pki);
  } finally {
    await csms.close();
  }
}

/** Step 0: certificates for everyone. */
async function provision({ dir, files, clock, random, contract, timeline }: DemoOptions, csms: Csms): Promise<TestPki> {
  const at = { dir: join(dir, "pki"), files, clock, random, contract };
  const pki = await createTestPki({ ...at, ocspUrl: csms.ocspUrl });
  csms.usePki(csmsPki(pki.pki));
  csms.setContracts([contractAccount(pki.pki)]);
  timeline.add({
    ...{ step: 0, kind: "state", from: "PKI", title: "test PKI made: V2G, MO and OEM roots, SECC leaf, contract" },
    detail: { folder: at.dir, eMAID: pki.eMAID, contract },
  });
  return pki;
}

async function withStation(options: DemoOptions, csms: Csms, pki: TestPki): Promise<Verdict> {
  const watch = watcher();
  const catalogue = { ...modules, DemoObserver: observer(watch.observations) };
  const { dir, files, configFile, device, timeline, delayFactor, sdpPort } = options;
  const place = { dir, files, configFile, modules: catalogue, csmsUrl: csms.url };
  const installation = await install({ ...place, ...(device === undefined ? {} : { device }) });
  const simulation = { delayFactor, ...(sdpPort === undefined ? {} : { sdpPort }) };
  const { clock, random, log } = options;
  const station = await startStation({
    config: installation.config,
    ports: { clock, random, files, log, trace: timeline, simulation },
    env: (moduleName) => ({
      certsDir: moduleName === "PyEvJosev" ? pki.carCerts : pki.stationCerts,
      shareDir: shareFolder,
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
  const { clock, timeline, contract } = options;
  const late = (what: string) => () => `${what} within the time allowed`;
  let failure = await withTimeout(clock, BOOT_TIMEOUT_MS, watch.booted, late("the CSMS did not take the station in"));
  const pluggedInAt = clock.now();
  if (failure === undefined) {
    const drive = carDriver(station, installation);
    watch.onRefused(() => drive("modify_charging_session", "unplug"));
    timeline.add({ step: 1, kind: "state", from: "EV", title: "plugged in" });
    drive("execute_charging_session", script(options.chargeSeconds));
    failure = await withTimeout(clock, SESSION_TIMEOUT_MS, watch.unplugged, late("the session did not end"));
  }
  if (watch.hasCharged()) await billed(options, csms);
  const transactions = csms.transactions.map(billedTransaction);
  const findings = { contract, eMAID: pki.eMAID, entries: timeline.entries, pluggedInAt, transactions };
  return judge({ ...findings, ...(failure === undefined ? {} : { failure }) });
}

/** Car simulator commands, in the script language of EVerest's EvManager. */
function script(chargeSeconds: number): string {
  return [
    "iso_wait_slac_matched",
    "iso_start_v2g_session AC contract 86400 0",
    "iso_wait_pwr_ready",
    "iso_draw_power_regulated 16,3",
    `iso_wait_for_stop ${chargeSeconds}`,
    "iso_wait_v2g_session_stopped",
    "unplug",
  ].join(";");
}

function carDriver(station: Station, { config }: Installation): (command: string, payload: string) => void {
  const id = moduleIdOf(config, "EvManager");
  const connector = config.modules.find((module) => module.id === id)?.config.connector_id;
  const topic = `everest_external/nodered/${connector}/carsim/cmd`;
  station.external.publish(`${topic}/enable`, "true");
  return (command, payload) => station.external.publish(`${topic}/${command}`, payload);
}

/** Waits until the CSMS has heard of the transaction's end. */
async function billed({ clock }: DemoOptions, csms: Csms): Promise<void> {
  const ended = () => csms.transactions.every(({ endedAt }) => endedAt !== undefined) && csms.transactions.length > 0;
  const done = signal<void>();
  const unsubscribe = csms.subscribe(() => {
    if (ended()) done.resolve();
  });
  if (!ended()) await withTimeout(clock, BILLING_TIMEOUT_MS, done.promise, () => {});
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
  readonly unplugged: Promise<undefined>;
  hasCharged(): boolean;
  /** Called when the car ends its session before it has charged. */
  onRefused(react: () => void): void;
}

function watcher(): Watcher {
  const boot = signal<undefined>();
  const end = signal<undefined>();
  let charged = false;
  let refused = () => {};
  const sessionEvent = (event: SessionEventEnum) => {
    if (event === "ChargingStarted") charged = true;
    if (event === "SessionFinished") end.resolve(undefined);
  };
  return {
    observations: {
      booted: () => boot.resolve(undefined),
      sessionEvent,
      carFinished: () => {
        if (!charged) refused();
      },
    },
    booted: boot.promise,
    unplugged: end.promise,
    hasCharged: () => charged,
    onRefused: (react) => {
      refused = react;
    },
  };
}
