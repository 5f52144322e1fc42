/** The module OCPP201 with a real certificate store and a real CSMS over a WebSocket; the EVSE and Auth are the test's own hands. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { copyComponentConfig } from "../../../src/chargePoint/deviceModel/copyConfig.ts";
import { type Csms, startCsms } from "../../../src/csms/csms.ts";
import { contractAccount, csmsPki } from "../../../src/csms/pki.ts";
import { checkConfig } from "../../../src/framework/config.ts";
import { startStation } from "../../../src/framework/manager.ts";
import { EvseSecurity } from "../../../src/modules/EvseSecurity/index.ts";
import { OCPP201 } from "../../../src/modules/OCPP201/index.ts";
import { OCPPmulti } from "../../../src/modules/OCPPmulti/index.ts";
import { createTestPki, type TestPki } from "../../../src/pki/index.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { configFolder } from "../../chargePoint/support.ts";
import { type Probe, probe } from "../ocppCommon/probe.ts";

const pnc = { clock: systemClock, random: cryptoRandom, files: nodeFiles };

export interface TestStation<C = Csms> {
  readonly csms: C;
  readonly pki: TestPki;
  readonly hands: Probe;
  readonly timeline: Timeline;
  readonly folder: string;
  stop(): Promise<void>;
}

export interface StationOptions<C = Csms> {
  readonly folder: string;
  readonly csms: C;
  readonly pki: TestPki;
  readonly values?: Readonly<Record<string, string>>;
  /** The module that is the charge point. */
  readonly module?: "OCPP201" | "OCPPmulti";
  readonly config?: Readonly<Record<string, unknown>>;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "plugcharge-OCPP201-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The caller closes it. */
export async function startTestCsms(folder: string, contract = "valid"): Promise<{ csms: Csms; pki: TestPki }> {
  const csms = await startCsms({
    ...pnc,
    log: silentLogger,
    trace: new Timeline(systemClock),
    stations: [{ identity: "cp001", profile: 1, password: "DEADBEEFDEADBEEF" }],
  });
  const pki = await createTestPki({ ...pnc, dir: join(folder, "pki"), contract, ocspUrl: csms.ocspUrl });
  csms.usePki(csmsPki(pki.pki));
  csms.setContracts([contractAccount(pki.pki)]);
  return { csms, pki };
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
    module: OCPP201
    connections:
      evse_manager: [{ module_id: probe, implementation_id: evse }]
      security: [{ module_id: security, implementation_id: main }]
      auth: [{ module_id: probe, implementation_id: main }]
      extensions_15118: [{ module_id: probe, implementation_id: extensions }]
`;

/** Starts the station; databases of an earlier run in the same folder are taken up again. */
export async function startTestStation<C extends Pick<Csms, "url">>(
  options: StationOptions<C>,
): Promise<TestStation<C>> {
  const { folder, csms, pki, values = {}, module: moduleName = "OCPP201", config = {} } = options;
  const { module, hands } = probe();
  const profile = { ocppCsmsUrl: csms.url, securityProfile: 1 };
  await copyComponentConfig(nodeFiles, configFolder, join(folder, "component_config"), {
    "InternalCtrlr.NetworkConnectionProfiles": JSON.stringify([{ configurationSlot: 1, connectionData: profile }]),
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "0",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    ...values,
  });
  const timeline = new Timeline(systemClock);
  const station = await startStation({
    config: checkConfig({
      sources: [{ file: "station.yaml", text: yaml.replace("module: OCPP201", `module: ${moduleName}`) }],
      overrides: {
        active_modules: { ocpp: { config_module: { CoreDatabasePath: "core", MessageLogPath: "logs", ...config } } },
      },
      modules: { Probe: module, EvseSecurity, OCPP201, OCPPmulti },
    }),
    ports: { ...pnc, log: silentLogger, trace: timeline, simulation: { delayFactor: 0 } },
    env: () => ({ certsDir: pki.stationCerts, shareDir: folder }),
  });
  onTestFinished(() => station.stop());
  return { csms, pki, hands, timeline, folder, stop: () => station.stop() };
}
