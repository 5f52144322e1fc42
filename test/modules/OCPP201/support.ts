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
import { defineManifest } from "../../../src/framework/manifest.ts";
import { defineModule, type Module } from "../../../src/framework/module.ts";
import { auth } from "../../../src/interfaces/auth.ts";
import { auth_token_provider } from "../../../src/interfaces/auth_token_provider.ts";
import { auth_token_validator } from "../../../src/interfaces/auth_token_validator.ts";
import { evse_manager } from "../../../src/interfaces/evse_manager.ts";
import { iso15118_extensions } from "../../../src/interfaces/iso15118_extensions.ts";
import { ocpp } from "../../../src/interfaces/ocpp.ts";
import type { ProvidedIdToken, ValidationResult } from "../../../src/interfaces/types/authorization.ts";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../../src/interfaces/types/iso15118.ts";
import { EvseSecurity } from "../../../src/modules/EvseSecurity/index.ts";
import { OCPP201 } from "../../../src/modules/OCPP201/index.ts";
import { createTestPki, type TestPki } from "../../../src/pki/index.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { configFolder } from "../../chargePoint/support.ts";

const pnc = { clock: systemClock, random: cryptoRandom, files: nodeFiles };

export interface Probe {
  validate(token: ProvidedIdToken): Promise<ValidationResult>;
  sessionEvent(event: SessionEvent): void;
  readonly commands: string[];
  readonly tokens: ProvidedIdToken[];
  readonly status: boolean[];
  /** Resolves when the CSMS has accepted the station. */
  readonly booted: Promise<void>;
  control(command: "stop" | "restart"): Promise<boolean>;
  /** As the car's side of the station asks for a contract; gives what it is answered. */
  askForContract(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus>;
}

/** Stands in for EvseManager and Auth. */
function probe(): { module: Module; hands: Probe } {
  const commands: string[] = [];
  const tokens: ProvidedIdToken[] = [];
  const status: boolean[] = [];
  const note =
    <T>(command: string, result: T) =>
    (args: object) => {
      commands.push(`${command} ${JSON.stringify(args)}`);
      return result;
    };
  let booted = () => {};
  let answered: (response: ResponseExiStreamStatus) => void = () => {};
  const hands = {
    commands,
    tokens,
    status,
    booted: new Promise<void>((resolve) => {
      booted = resolve;
    }),
  } as {
    -readonly [K in keyof Probe]: Probe[K];
  };
  const manifest = defineManifest({
    description: "the test's hands",
    provides: {
      evse: { interface: evse_manager },
      main: { interface: auth },
      extensions: { interface: iso15118_extensions },
    },
    requires: {
      validator: { interface: auth_token_validator },
      provider: { interface: auth_token_provider },
      ocpp: { interface: ocpp },
    },
  });
  const module = defineModule(manifest, (ctx) => {
    const [validator] = ctx.requires.validator;
    const [generic] = ctx.requires.ocpp;
    if (!validator || !generic) throw new TypeError("not wired");
    ctx.requires.provider[0]?.subscribe("provided_token", (token) => void tokens.push(token));
    generic.subscribe("connection_status", ({ connected }) => void status.push(connected));
    generic.subscribe("boot_notification_response", ({ status }) => {
      if (status === "Accepted") booted();
    });
    hands.validate = (provided_token) => validator.call("validate_token", { provided_token });
    hands.sessionEvent = (event) => ctx.provides.evse.publish("session_event", event);
    hands.control = (command) => generic.call(command);
    hands.askForContract = (request) =>
      new Promise((resolve) => {
        answered = resolve;
        ctx.provides.extensions.publish("iso15118_certificate_request", request);
      });
    return {
      provides: {
        evse: {
          get_evse: () => ({ id: 1, connectors: [{ id: 1 }] }),
          enable_disable: note("enable_disable", true),
          authorize_response: note("authorize_response", null),
          withdraw_authorization: note("withdraw_authorization", null),
          reserve: note("reserve", true),
          cancel_reservation: note("cancel_reservation", null),
          pause_charging: note("pause_charging", true),
          resume_charging: note("resume_charging", true),
          stop_transaction: note("stop_transaction", true),
          force_unlock: note("force_unlock", true),
          external_ready_to_start_charging: note("external_ready_to_start_charging", true),
          set_plug_and_charge_configuration: note("set_plug_and_charge_configuration", null),
          update_allowed_energy_transfer_modes: note("update_allowed_energy_transfer_modes", "Accepted" as const),
          set_der_available: note("set_der_available", "Accepted" as const),
        },
        extensions: {
          set_get_certificate_response: ({ certificate_response }) => {
            answered(certificate_response);
            return null;
          },
        },
        main: {
          set_connection_timeout: note("set_connection_timeout", null),
          set_master_pass_group_id: note("set_master_pass_group_id", null),
          withdraw_authorization: note("withdraw", "Accepted" as const),
        },
      },
      ready: () => ctx.provides.evse.publish("ready", true),
    };
  });
  return { module, hands };
}

export interface TestStation<C = Csms> {
  readonly csms: C;
  readonly pki: TestPki;
  readonly hands: Probe;
  readonly timeline: Timeline;
  stop(): Promise<void>;
}

export interface StationOptions<C = Csms> {
  readonly folder: string;
  readonly csms: C;
  readonly pki: TestPki;
  readonly values?: Readonly<Record<string, string>>;
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
  const { folder, csms, pki, values = {} } = options;
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
      sources: [{ file: "station.yaml", text: yaml }],
      overrides: { active_modules: { ocpp: { config_module: { CoreDatabasePath: "core" } } } },
      modules: { Probe: module, EvseSecurity, OCPP201 },
    }),
    ports: { ...pnc, log: silentLogger, trace: timeline, simulation: { delayFactor: 0 } },
    env: () => ({ certsDir: pki.stationCerts, shareDir: folder }),
  });
  onTestFinished(() => station.stop());
  return { csms, pki, hands, timeline, stop: () => station.stop() };
}
