/** A whole session by a contract over OCPP 1.6, from an installation in EVerest's layout: every module real, real sockets and certificates, and a strict CSMS of another maker. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, onTestFinished, vi } from "vitest";
import { freeUdpPort } from "../../src/cli/demo/freePort.ts";
import { environmentOf, findConfig, prefixAt } from "../../src/cli/manager/folders.ts";
import { makePrefix } from "../../src/cli/manager/prefix.ts";
import { loadModules } from "../../src/cli/modules.ts";
import { loadConfig } from "../../src/framework/config.ts";
import { startStation } from "../../src/framework/manager.ts";
import { systemClock } from "../../src/util/clock.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { silentLogger } from "../../src/util/log.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import { plugcharge } from "../cli/peer/support.ts";
import { hears, makePki, startForeignCsms } from "../modules/OCPP/support.ts";
import { plugAndCharge } from "./site.ts";

const folder = mkdtempSync(join(tmpdir(), "plugcharge-sil-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Place {
  /** The installation. */
  readonly dir: string;
  readonly csmsUrl: string;
  readonly carCerts: string;
  readonly stationCerts: string;
}

/** Starts config-sil-ocpp-pnc of an installation. */
async function startInstalled({ dir, csmsUrl, carCerts, stationCerts }: Place) {
  const file = join(dir, "share/everest/modules/OCPP/ocpp-config-pnc.json");
  const keys = JSON.parse(readFileSync(file, "utf8"));
  keys.Internal.CentralSystemURI = csmsUrl;
  writeFileSync(file, JSON.stringify(keys));
  const device = { config_module: { device: "lo" } };
  const config_module = {
    UserConfigPath: join(dir, "user.json"),
    DatabasePath: join(dir, "data"),
    MessageLogPath: join(dir, "logs"),
  };
  const config = await loadConfig({
    file: findConfig("config-sil-ocpp-pnc", prefixAt(dir)),
    files: nodeFiles,
    modules: loadModules,
    overrides: { active_modules: { ocpp: { config_module }, iso15118_charger: device, iso15118_car: device } },
  });
  const timeline = new Timeline(systemClock);
  const station = await startStation({
    config,
    ports: {
      ...{ clock: systemClock, random: cryptoRandom, files: nodeFiles, log: silentLogger, trace: timeline },
      simulation: { delayFactor: 0, sdpPort: await freeUdpPort() },
    },
    env: (moduleName) => ({
      certsDir: moduleName === "PyEvJosev" ? carCerts : stationCerts,
      shareDir: environmentOf(prefixAt(dir))(moduleName).shareDir,
    }),
  });
  onTestFinished(() => station.stop());
  const plugIn = () => {
    const topic = "everest_external/nodered/1/carsim/cmd";
    station.external.publish(`${topic}/enable`, "true");
    station.external.publish(`${topic}/execute_charging_session`, plugAndCharge.replace("0.02", "1"));
  };
  return { timeline, plugIn };
}

it("charges a car by its contract, and the CSMS has the whole transaction", async () => {
  const csms = await startForeignCsms();
  const pki = await makePki(folder);
  const dir = join(folder, "prefix");
  await makePrefix({ dir, certificates: false });
  const { timeline, plugIn } = await startInstalled({ dir, csmsUrl: csms.url, ...pki });
  await hears(csms, "StatusNotification", 2);
  plugIn();
  await hears(csms, "StopTransaction");
  await hears(csms, "StatusNotification", 6);
  expect(csms.pnc("Authorize")).toMatchObject([{ idToken: { idToken: pki.eMAID, type: "eMAID" } }]);
  expect(csms.requests("StartTransaction")).toMatchObject([{ connectorId: 1, idTag: pki.eMAID }]);
  const [stop] = csms.requests("StopTransaction");
  const [start] = csms.requests("StartTransaction");
  expect(stop?.transactionId).toBe(1);
  expect(stop?.meterStop).toBeGreaterThan(start?.meterStart ?? 0);
  const statuses = csms.requests("StatusNotification").filter(({ connectorId }) => connectorId === 1);
  expect(statuses.map(({ status }) => status)).toEqual([
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEV",
    "Available",
  ]);
  expect(timeline.entries.filter(({ outcome }) => outcome === "refused")).toEqual([]);
  expect(csms.failures).toEqual([]);
}, 60_000);

it("charges with the certificates that a prefix has, at the CSMS that takes them by --pki", async () => {
  const dir = join(folder, "whole");
  await makePrefix({ dir, certificates: true });
  const certs = join(dir, "etc/everest/certs");
  const password = "DEADBEEFDEADBEEF";
  const csms = plugcharge("csms", "--json", "--port", "0", "--pki", certs, "--station", `cp001:${password}`);
  onTestFinished(async () => {
    csms.interrupt();
    await csms.exitCode;
  });
  await vi.waitFor(() => expect([...csms.lines, ...csms.errors]).not.toEqual([]), { timeout: 10_000 });
  const { url } = JSON.parse(csms.lines[0] ?? "");
  const { timeline, plugIn } = await startInstalled({ dir, csmsUrl: url, carCerts: certs, stationCerts: certs });
  const titles = () => timeline.entries.map(({ title }) => title);
  await vi.waitFor(() => expect(titles()).toContain("the CSMS has accepted the station"), { timeout: 10_000 });
  plugIn();
  const told = () => csms.lines.map((line) => JSON.parse(line).title).filter(Boolean);
  await vi.waitFor(() => expect(told()).toContainEqual(expect.stringMatching(/^transaction .* ended/)), {
    timeout: 20_000,
  });
  expect(told()).toContainEqual(expect.stringMatching(/is good according to OCSP responder/));
  expect(told()).toContainEqual(expect.stringMatching(/^contract .* is Accepted$/));
  expect(timeline.entries.filter(({ outcome }) => outcome === "refused")).toEqual([]);
}, 60_000);
