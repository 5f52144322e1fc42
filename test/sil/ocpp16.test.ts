/** A whole session by a contract over OCPP 1.6, from an installation in EVerest's layout: every module real, real sockets and certificates, and a strict CSMS of another maker. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, onTestFinished } from "vitest";
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
import { hears, makePki, startForeignCsms } from "../modules/OCPP/support.ts";
import { plugAndCharge } from "./site.ts";

const folder = mkdtempSync(join(tmpdir(), "plugcharge-sil-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("charges a car by its contract, and the CSMS has the whole transaction", async () => {
  const csms = await startForeignCsms();
  const pki = await makePki(folder);
  const dir = join(folder, "prefix");
  await makePrefix({ dir, certificates: false });
  const file = join(dir, "share/everest/modules/OCPP/ocpp-config-pnc.json");
  const keys = JSON.parse(readFileSync(file, "utf8"));
  keys.Internal.CentralSystemURI = csms.url;
  writeFileSync(file, JSON.stringify(keys));
  const device = { config_module: { device: "lo" } };
  const config_module = {
    UserConfigPath: join(folder, "user.json"),
    DatabasePath: join(folder, "data"),
    MessageLogPath: join(folder, "logs"),
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
      certsDir: moduleName === "PyEvJosev" ? pki.carCerts : pki.stationCerts,
      shareDir: environmentOf(prefixAt(dir))(moduleName).shareDir,
    }),
  });
  onTestFinished(() => station.stop());
  await hears(csms, "StatusNotification", 2);
  const topic = "everest_external/nodered/1/carsim/cmd";
  station.external.publish(`${topic}/enable`, "true");
  station.external.publish(`${topic}/execute_charging_session`, plugAndCharge.replace("0.02", "1"));
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
