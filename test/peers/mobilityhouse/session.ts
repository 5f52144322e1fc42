/** Our station with its car, on loopback, at a CSMS made of The Mobility House's `ocpp`: every message of Plug & Charge once. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeUdpPort } from "../../../src/cli/demo/freePort.ts";
import {
  defaultConfigFile,
  install,
  moduleShareFolder,
  type OcppVersionName,
  ocpp16ConfigFile,
} from "../../../src/cli/demo/installation.ts";
import { observer } from "../../../src/cli/demo/observer.ts";
import { loadModules } from "../../../src/cli/modules.ts";
import { startCsms } from "../../../src/csms/csms.ts";
import { contractAccount, csmsPki } from "../../../src/csms/pki.ts";
import { loadConfig } from "../../../src/framework/config.ts";
import { type Station, startStation } from "../../../src/framework/manager.ts";
import { createTestPki, type TestPki } from "../../../src/pki/index.ts";
import { systemClock as clock } from "../../../src/util/clock.ts";
import { nodeFiles as files } from "../../../src/util/files.ts";
import { silentLogger as log } from "../../../src/util/log.ts";
import { cryptoRandom as random } from "../../../src/util/random.ts";
import { silentTracer } from "../../../src/util/trace.ts";
import { toPem } from "../../../src/x509/index.ts";
import { type Program, start } from "../processes.ts";
import type { Finding } from "../scenarios.ts";

/** What is run: both versions of the CSMS. */
export const mobilityHouseScenarios: Readonly<Record<string, OcppVersionName>> = {
  "mobilityhouse-ocpp1.6": "1.6",
  "mobilityhouse-ocpp2.0.1": "2.0.1",
};

const identity = "cp001";
const password = "a password of the peer";
const limits = { ready: 20_000, asked: 60_000, over: 70_000 } as const;
const configFiles: Readonly<Record<OcppVersionName, string>> = {
  "1.6": ocpp16ConfigFile,
  "2.0.1": defaultConfigFile,
};
/** In the script language of EvManager. */
const drive = [
  "iso_wait_slac_matched",
  "iso_start_v2g_session AC contract 86400 0",
  "iso_wait_pwr_ready",
  "iso_draw_power_regulated 16,3",
  "iso_wait_for_stop 1",
  "iso_wait_v2g_session_stopped",
  "unplug",
].join(";");

/** @param place `python` has the packages of requirements.txt, `root` is the project's. */
export async function atMobilityHouse(
  version: OcppVersionName,
  { python, root }: { readonly python: string; readonly root: string },
): Promise<readonly Finding[]> {
  const dir = await mkdtemp(join(tmpdir(), "plugcharge-mobilityhouse-"));
  const apiClients = [{ id: "peer", secret: "peer-secret" }];
  const house = await startCsms({ clock, random, log, trace: silentTracer, stations: [], apiClients });
  try {
    const at = { dir: join(dir, "pki"), files, clock, random };
    const pki = await createTestPki({ ...at, car: "provisioning", ocspUrl: house.ocspUrl });
    house.usePki(csmsPki(pki.pki));
    const { certificates: _own, ...account } = contractAccount(pki.pki);
    house.setContracts([account]);
    const authority = await writeAuthority(pki, join(dir, "csms"));
    const script = join(root, "test", "peers", "mobilityhouse", "csms.py");
    const options = ["--pki", authority, "--house", house.clearingHouseUrl];
    const csms = start(["env", `STATION_PASSWORD=${password}`, python, script, version, ...options], root);
    return await charge(version, { csms, pki, dir });
  } finally {
    await house.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The keys that a CPO has: it signs certificates of stations and answers for them. */
async function writeAuthority({ pki }: TestPki, folder: string): Promise<string> {
  await mkdir(folder);
  for (const id of ["v2gRoot", "cpoSub1", "cpoSub2"] as const) {
    const { certificate, key } = pki.members[id];
    await writeFile(join(folder, `${id}.pem`), toPem(certificate));
    await writeFile(join(folder, `${id}.key`), key.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
  }
  return folder;
}

interface Place {
  readonly csms: Program;
  readonly pki: TestPki;
  readonly dir: string;
}

async function charge(version: OcppVersionName, { csms, pki, dir }: Place): Promise<readonly Finding[]> {
  let station: Station | undefined;
  try {
    if (!(await csms.says("READY", limits.ready))) return findingsOf(await csms.ended(0));
    const port = csms.lastWith("READY").split(" ").at(-1);
    station = await openStation(version, `ws://127.0.0.1:${port}`, pki, dir);
    if (await csms.says("PLUG IN", limits.asked)) {
      const topic = "everest_external/nodered/1/carsim/cmd";
      station.external.publish(`${topic}/enable`, "true");
      station.external.publish(`${topic}/execute_charging_session`, drive);
    }
    return findingsOf(await csms.ended(limits.over));
  } finally {
    await station?.stop();
  }
}

async function openStation(version: OcppVersionName, url: string, pki: TestPki, dir: string): Promise<Station> {
  const nothing = () => {};
  const probe = observer({ booted: nothing, cannotListen: nothing, sessionEvent: nothing, carFinished: nothing });
  const modules = { ...(await loadModules()), DemoObserver: probe };
  const plain = await loadConfig({ file: configFiles[version], files, modules });
  const place = { dir, files, modules, csms: { url, identity, password }, device: "lo" };
  const { config } = await install(plain, place);
  const simulation = { delayFactor: 0, sdpPort: await freeUdpPort() };
  return startStation({
    config,
    ports: { clock, random, files, log, trace: silentTracer, simulation },
    env: (name) => ({
      certsDir: name === "PyEvJosev" ? pki.carCerts : pki.stationCerts,
      shareDir: moduleShareFolder(name),
    }),
  });
}

/** What the peer says of each message; a peer that says nothing has failed. */
export function findingsOf({ lines }: { readonly lines: readonly string[] }): readonly Finding[] {
  const told = lines.flatMap((line) => {
    const [, verdict, message = "", reason] = /^(PASS|FAIL) (\w+)(?:: (.*))?$/.exec(line) ?? [];
    if (verdict === undefined) return [];
    return [{ message, ...(verdict === "FAIL" && { reason: reason ?? "no reason was given" }) }];
  });
  return told.length > 0 ? told : [{ message: "the peer", reason: lines.at(-1) ?? "said nothing" }];
}
