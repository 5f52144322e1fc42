/** The keys of OCPP 1.6 that EVerest's guide on Plug & Charge names, at a whole station with a strict CSMS of another maker. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { freeUdpPort } from "../../src/cli/demo/freePort.ts";
import { moduleShareFolder } from "../../src/cli/demo/installation.ts";
import { loggingTracer } from "../../src/cli/manager/tracer.ts";
import { loadModules } from "../../src/cli/modules.ts";
import { loadConfig } from "../../src/framework/config.ts";
import { startStation } from "../../src/framework/manager.ts";
import type { TestPki } from "../../src/pki/index.ts";
import { systemClock } from "../../src/util/clock.ts";
import { nodeFiles } from "../../src/util/files.ts";
import type { Logger } from "../../src/util/log.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { type ForeignCsms, hears, makePki, startForeignCsms } from "../modules/OCPP/support.ts";
import { plugAndCharge } from "./site.ts";

const folder = mkdtempSync(join(tmpdir(), "plugcharge-guide16-"));
afterAll(() => rmSync(folder, { recursive: true }));
const root = resolve(import.meta.dirname, "../..");
let pki: TestPki;
beforeAll(async () => {
  pki = await makePki(folder);
});

interface Row {
  readonly what: string;
  /** Of the section PnC. */
  readonly keys: Readonly<Record<string, boolean>>;
  readonly withoutMoRoot?: boolean;
  readonly charges: boolean;
  /** What the CSMS is asked to judge the contract by. */
  readonly asked: "nothing" | "hashes" | "certificate";
  readonly says: RegExp;
}

const noRoot = { mo_ca_bundle: "ca/mo/NOT_THERE.pem" };

const rows: readonly Row[] = [
  {
    what: "ISO15118PnCEnabled: false",
    keys: { ISO15118PnCEnabled: false },
    charges: false,
    asked: "nothing",
    says: /Plug & Charge is switched off by the OCPP module .*ISO15118PnCEnabled of 1.6/,
  },
  {
    what: "ISO15118PnCEnabled: true",
    keys: { ISO15118PnCEnabled: true },
    charges: true,
    asked: "hashes",
    says: /the CSMS decides with/,
  },
  {
    what: "CentralContractValidationAllowed: false, without the contract's root",
    keys: { CentralContractValidationAllowed: false },
    withoutMoRoot: true,
    charges: false,
    asked: "nothing",
    says: /MO root missing: .*set PnC\.CentralContractValidationAllowed to true/,
  },
  {
    what: "CentralContractValidationAllowed: true, without the contract's root",
    keys: { CentralContractValidationAllowed: true },
    withoutMoRoot: true,
    charges: true,
    asked: "certificate",
    says: /without the contract's MO root, and central validation is allowed: the CSMS checks the chain/,
  },
];

/** A station in a folder of its own, and all that its log says. */
async function open({ keys, withoutMoRoot = false }: Row, csms: ForeignCsms) {
  const dir = mkdtempSync(join(folder, "station-"));
  const ocpp = JSON.parse(readFileSync(join(root, "config/ocpp16/ocpp-config-pnc.json"), "utf8"));
  ocpp.Internal.CentralSystemURI = csms.url;
  Object.assign(ocpp.PnC, keys);
  writeFileSync(join(dir, "keys.json"), JSON.stringify(ocpp));
  const config_module = {
    ...{ ChargePointConfigPath: join(dir, "keys.json"), UserConfigPath: join(dir, "user.json") },
    ...{ DatabasePath: join(dir, "data"), MessageLogPath: join(dir, "logs") },
  };
  const device = { device: "lo" };
  const config = await loadConfig({
    ...{ file: join(root, "config/config-sil-ocpp-pnc.yaml"), files: nodeFiles, modules: loadModules },
    overrides: {
      active_modules: {
        ocpp: { config_module },
        // The CSMS has the say, so the station does not look first.
        iso15118_charger: { config_module: { ...device, verify_contract_cert_chain: false } },
        iso15118_car: { config_module: device },
        ...(withoutMoRoot && { evse_security: { config_module: noRoot } }),
      },
    },
  });
  const lines: string[] = [];
  const keep = (facts: object, message: string) => void lines.push(`${message} ${JSON.stringify(facts)}`);
  const log: Logger = { debug: () => {}, info: keep, warn: keep, error: keep, child: () => log };
  const station = await startStation({
    config,
    ports: {
      ...{ clock: systemClock, random: cryptoRandom, files: nodeFiles, log, trace: loggingTracer(log) },
      simulation: { delayFactor: 0, sdpPort: await freeUdpPort() },
    },
    env: (moduleName) => ({
      certsDir: moduleName === "PyEvJosev" ? pki.carCerts : pki.stationCerts,
      shareDir: moduleShareFolder(moduleName),
    }),
  });
  onTestFinished(() => station.stop());
  return { station, lines };
}

it.each(rows)("$what", { timeout: 60_000 }, async (row) => {
  const csms = await startForeignCsms();
  const { station, lines } = await open(row, csms);
  await hears(csms, "StatusNotification", 2);
  const topic = "everest_external/nodered/1/carsim/cmd";
  station.external.publish(`${topic}/enable`, "true");
  station.external.publish(`${topic}/execute_charging_session`, plugAndCharge.replace("0.02", "1"));
  if (row.charges) await hears(csms, "StopTransaction");
  else
    await expect
      .poll(() => lines.some((line) => /pays by ExternalPayment|AuthorizationRes says/.test(line)))
      .toBe(true);
  const [question] = csms.pnc("Authorize");
  const asked = question?.iso15118CertificateHashData ? "hashes" : question?.certificate ? "certificate" : "nothing";
  expect(asked).toBe(row.asked);
  expect(csms.requests("StartTransaction")).toHaveLength(row.charges ? 1 : 0);
  expect(lines).toContainEqual(expect.stringMatching(row.says));
  expect(csms.failures).toEqual([]);
});
