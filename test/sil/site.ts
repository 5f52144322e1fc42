/** A whole site that stays up for many cars: PKI, test CSMS and the station of config/, on the loopback interface. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { freeUdpPort } from "../../src/cli/demo/freePort.ts";
import { heardOut } from "../../src/cli/demo/heardOut.ts";
import { defaultConfigFile, install, moduleShareFolder } from "../../src/cli/demo/installation.ts";
import { observer } from "../../src/cli/demo/observer.ts";
import { signal } from "../../src/cli/demo/signal.ts";
import { loadModules } from "../../src/cli/modules.ts";
import { type Csms, startCsms } from "../../src/csms/csms.ts";
import { contractAccount, csmsPki } from "../../src/csms/pki.ts";
import { loadConfig, type ModuleCatalogue } from "../../src/framework/config.ts";
import { startStation } from "../../src/framework/manager.ts";
import type { SessionEventEnum } from "../../src/interfaces/types/evse_manager.ts";
import { evseV2G } from "../../src/modules/EvseV2G/index.ts";
import { createTestPki, type TestPki } from "../../src/pki/index.ts";
import type { CapturedFrame } from "../../src/secc/capture.ts";
import { systemClock as clock, withTimeout } from "../../src/util/clock.ts";
import { nodeFiles as files } from "../../src/util/files.ts";
import { type Logger, silentLogger } from "../../src/util/log.ts";
import { cryptoRandom as random } from "../../src/util/random.ts";
import { Timeline, type TraceEntry } from "../../src/util/trace.ts";

const PATIENCE_MS = 15_000;
/** Of the station at its CSMS. */
export const identity = "cp001";
const password = "a password of the test";

/** What happened from a plug-in to the next unplugging, as far as the CSMS has heard of it. */
export interface Visit {
  readonly entries: readonly TraceEntry[];
  readonly events: readonly SessionEventEnum[];
}

export interface Site {
  readonly pki: TestPki;
  readonly csms: Csms;
  readonly sdpPort: number;
  /** All frames that the station has read or written. */
  readonly frames: readonly CapturedFrame[];
  /** Plugs a car in, lets it do what it wants, and waits until it is unplugged and the CSMS knows. */
  visit(script: string, meanwhile?: () => Promise<void>): Promise<Visit>;
  /** Waits for an entry of the timeline, from the present visit on. */
  seen(title: RegExp): Promise<void>;
  close(): Promise<void>;
}

/** In the script language of EvManager: one Plug & Charge session of the simulated car. */
export const plugAndCharge = [
  "iso_wait_slac_matched",
  "iso_start_v2g_session AC contract 86400 0",
  "iso_wait_pwr_ready",
  "iso_draw_power_regulated 16,3",
  "iso_wait_for_stop 0.02",
  "iso_wait_v2g_session_stopped",
  "unplug",
].join(";");

/** A car that is there and says nothing itself. */
export const plugIn = "iso_wait_slac_matched;sleep 3600";

export interface SiteOptions {
  /** Gets what the station logs. */
  readonly log?: Logger;
  /** Modules beside ours. */
  readonly modules?: ModuleCatalogue;
}

/** @param edit changes the text of the station's configuration. */
export async function openSite(
  edit: (yaml: string) => string = (yaml) => yaml,
  { log = silentLogger, modules = {} }: SiteOptions = {},
): Promise<Site> {
  const dir = mkdtempSync(join(tmpdir(), "plugcharge-site-"));
  const timeline = new Timeline(clock);
  const stations = [{ identity, profile: 1, password }] as const;
  const csms = await startCsms({
    ...{ clock, random, stations, trace: timeline },
    ...{ log: silentLogger, database: join(dir, "csms.db") },
  });
  const pki = await createTestPki({ dir: join(dir, "pki"), files, clock, random, ocspUrl: csms.ocspUrl });
  csms.usePki(csmsPki(pki.pki));
  csms.setContracts([contractAccount(pki.pki)]);
  const frames: CapturedFrame[] = [];
  const events: SessionEventEnum[] = [];
  const booted = signal<void>();
  let unplugged = signal<void>();
  const probe = observer({
    booted: booted.resolve,
    cannotListen: (reason) => expect.unreachable(reason),
    sessionEvent: (event) => {
      events.push(event);
      if (event === "SessionFinished") unplugged.resolve();
    },
    carFinished: () => {},
  });
  const EvseV2G = evseV2G({ capture: (frame) => void frames.push(frame) });
  const catalogue = { ...(await loadModules()), EvseV2G, DemoObserver: probe, ...modules };
  const file = join(dir, "station.yaml");
  writeFileSync(file, edit(readFileSync(defaultConfigFile, "utf8")));
  const plain = await loadConfig({ file, files, modules: catalogue });
  const place = { dir, files, modules: catalogue, csms: { url: csms.url, identity, password }, device: "lo" };
  const { config } = await install(plain, place);
  const sdpPort = await freeUdpPort();
  const station = await startStation({
    config,
    ports: { clock, random, files, log, trace: timeline, simulation: { delayFactor: 0, sdpPort } },
    env: (name) => ({
      certsDir: name === "PyEvJosev" ? pki.carCerts : pki.stationCerts,
      shareDir: moduleShareFolder(name),
    }),
  });
  const command = (name: string, payload: string) =>
    station.external.publish(`everest_external/nodered/1/carsim/cmd/${name}`, payload);
  const inTime = <T>(what: string, promise: Promise<T>) =>
    withTimeout(clock, PATIENCE_MS, promise, () => expect.unreachable(`${what} did not come`));
  await inTime("the CSMS's acceptance", booted.promise);
  command("enable", "true");

  let visitFrom = 0;
  const when = async (what: string, holds: (entries: readonly TraceEntry[]) => boolean) => {
    const over = signal<void>();
    const look = () => holds(timeline.entries.slice(visitFrom)) && over.resolve();
    const unsubscribe = timeline.subscribe(look);
    look();
    await inTime(what, over.promise);
    unsubscribe();
  };

  return {
    ...{ pki, csms, sdpPort, frames },
    async visit(script, meanwhile) {
      const [firstEntry, firstEvent] = [timeline.entries.length, events.length];
      visitFrom = firstEntry;
      unplugged = signal<void>();
      command("execute_charging_session", script);
      if (meanwhile) {
        await meanwhile();
        command("modify_charging_session", "unplug");
      }
      await inTime("the end of the session", unplugged.promise);
      await when("the station's report", heardOut);
      return { entries: timeline.entries.slice(firstEntry), events: events.slice(firstEvent) };
    },
    seen: (title) => when(`'${title}'`, (entries) => entries.some((entry) => title.test(entry.title))),
    async close() {
      await station.stop();
      await csms.close();
      rmSync(dir, { recursive: true });
    },
  };
}
