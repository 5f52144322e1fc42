/** All that a configuration of a station needs around it, so that it can charge: certificates, CSMS of both versions, folders, cars. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { copyComponentConfig } from "../../src/chargePoint/deviceModel/copyConfig.ts";
import { signal } from "../../src/cli/demo/signal.ts";
import { type Csms, startCsms } from "../../src/csms/csms.ts";
import { contractAccount, csmsPki } from "../../src/csms/pki.ts";
import type { ModulePlan, StationConfig } from "../../src/framework/config.ts";
import { createPki, writePki } from "../../src/pki/index.ts";
import { systemClock as clock, withTimeout } from "../../src/util/clock.ts";
import { InternalError } from "../../src/util/errors.ts";
import { nodeFiles as files } from "../../src/util/files.ts";
import { silentLogger as log } from "../../src/util/log.ts";
import { cryptoRandom as random } from "../../src/util/random.ts";
import { silentTracer as trace } from "../../src/util/trace.ts";

const packageConfig = resolve(import.meta.dirname, "../../config");
/** Of the test PKI, in EVerest's files and ours. */
const KEY_PASSWORD = "123456";
const PASSWORD = "a password of it";
const CARD = { value: "DEADBEEF", type: "ISO14443" } as const;

/** What a station says, by whichever way. */
export class Said {
  readonly lines: string[] = [];
  #wake = () => {};

  add(line: string): void {
    this.lines.push(line);
    this.#wake();
  }

  /** @throws InternalError when it is not said so often in time. */
  async says(text: string, times: number, limitMs: number): Promise<void> {
    const count = () => this.lines.filter((line) => line.includes(text)).length;
    const heard = async () => {
      while (count() < times) await new Promise<void>((wake) => (this.#wake = wake));
    };
    await withTimeout(clock, limitMs, heard(), () => {
      const last = this.lines.slice(-10).join("\n");
      throw new InternalError(`'${text}' was said ${count()} times, not ${times}; the last lines are:\n${last}`);
    });
  }
}

/** A station that runs, in this process or in another one. */
export interface Running {
  readonly said: Said;
  publish(topic: string, payload: string): void;
}

export interface Site {
  /** Of the station and the car. */
  readonly certs: string;
  /** What has to be merged over a configuration so that it finds this site; `name` tells stations apart. */
  overlay(config: StationConfig, name: string): Promise<object>;
  /** Lets every car of the station charge once. @returns how many there were. */
  chargeAll(config: StationConfig, name: string, station: Running): Promise<number>;
  close(): Promise<void>;
}

/** @param names of the stations to come. */
export async function openSite(dir: string, names: readonly string[]): Promise<Site> {
  const booted = new Map(names.map((name) => [name, signal<void>()]));
  const onBoot = (name: string) => booted.get(name)?.resolve();
  const csms = await startCsms({
    ...{ clock, random, log, trace, database: ":memory:" },
    stations: names.map((identity) => ({ identity, profile: 1, password: PASSWORD })),
    tokens: [{ idToken: CARD.value, type: CARD.type }],
    onFrame: (name, direction, text) => {
      if (direction === "out" && text.includes('"Accepted"') && text.includes('"currentTime"')) onBoot(name);
    },
  });
  const pki = await createPki({ clock, random, faults: [], ocspUrl: csms.ocspUrl });
  csms.usePki(csmsPki(pki));
  csms.setContracts([contractAccount(pki)]);
  const certs = join(dir, "certs");
  await writePki([pki], {
    files,
    dir: certs,
    layout: "everest",
    password: KEY_PASSWORD,
    audiences: ["station", "car"],
  });
  return {
    certs,
    overlay: (config, name) => overlay(config, name, join(dir, name), csms.url),
    async chargeAll(config, name, station) {
      const cars = carsOf(config);
      if (config.modules.some(({ moduleName }) => moduleName.startsWith("OCPP"))) {
        await withTimeout(clock, PATIENCE_MS, booted.get(name)?.promise ?? Promise.resolve(), () => {
          throw new InternalError("the station has not reached its CSMS");
        });
      }
      for (const [index, car] of cars.entries()) await charge(car, index + 1, name, { station, csms });
      return cars.length;
    },
    async close() {
      await csms.close();
    },
  };
}

const PATIENCE_MS = 30_000;

/** A car that stands at an EVSE, and what it takes to let it charge. */
interface Car {
  readonly connectorId: number;
  readonly script: string;
  /** Where a card can be shown. */
  readonly cardTopic?: string;
  /** Nobody shows a card and the car has no contract, so the CSMS has to begin. */
  readonly byCsms: boolean;
}

const scripts = {
  basic: "sleep 0.1;iec_wait_pwr_ready;draw_power_regulated 16,3;sleep 0.2;unplug",
  iso: (mode: "ac" | "dc", payment: string) =>
    [
      ...["iso_wait_slac_matched", `iso_start_v2g_session ${mode} ${payment} 86400 0`, "iso_wait_pwr_ready"],
      ...[mode === "dc" ? "iso_dc_power_on" : "iso_draw_power_regulated 16,3", "iso_wait_for_stop 0.2"],
      ...["iso_wait_v2g_session_stopped", "unplug"],
    ].join(";"),
};

function carsOf({ modules }: StationConfig): Car[] {
  const byName = (name: string) => modules.filter(({ moduleName }) => moduleName === name);
  const targets = (plan: ModulePlan | undefined, requirement: string) =>
    (plan?.connections[requirement] ?? []).map(({ moduleId }) => moduleId);
  const providers = targets(byName("Auth")[0], "token_provider");
  const manual = byName("DummyTokenProviderManual").find(({ id }) => providers.includes(id));
  const cardTopic = manual && (String(manual.implConfig.main?.mqtt_topic) || `everest_api/${manual.id}/cmd/provide`);
  return byName("EvManager").map((plan) => {
    const [board] = targets(plan, "ev_board_support");
    const evse = byName("EvseManager").find((it) => targets(it, "bsp")[0] === board);
    const isDc = evse?.config.charge_mode === "DC";
    const speaks = targets(plan, "ev").length > 0 && targets(evse, "hlc").length > 0;
    const hasIso = speaks && (isDc || evse?.config.ac_hlc_enabled === true);
    const byContract = hasIso && providers.includes(evse?.id ?? "") && evse?.config.payment_enable_contract === true;
    const script = hasIso
      ? scripts.iso(isDc ? "dc" : "ac", byContract ? "contract" : "externalpayment")
      : scripts.basic;
    const comesByItself = byName("DummyTokenProvider").length > 0;
    return {
      ...{ connectorId: Number(plan.config.connector_id), script },
      ...(cardTopic && !byContract && { cardTopic }),
      byCsms: !byContract && !cardTopic && !comesByItself,
    };
  });
}

async function charge(
  { connectorId, script, cardTopic, byCsms }: Car,
  nth: number,
  name: string,
  { station, csms }: { station: Running; csms: Csms },
): Promise<void> {
  const topic = `everest_external/nodered/${connectorId}/carsim/cmd`;
  station.publish(`${topic}/enable`, "true");
  station.publish(`${topic}/execute_charging_session`, script);
  await station.said.says("a car is plugged in", nth, PATIENCE_MS);
  if (cardTopic) {
    const card = { id_token: CARD, authorization_type: "RFID", connectors: [connectorId] };
    station.publish(cardTopic, JSON.stringify(card));
  }
  if (byCsms) await csms.call16(name, "RemoteStartTransaction", { connectorId, idTag: CARD.value });
  for (const text of ["charging started", "session finished", "the car's script has ended"]) {
    await station.said.says(text, nth, PATIENCE_MS);
  }
}

async function overlay(config: StationConfig, name: string, dir: string, csmsUrl: string) {
  mkdirSync(dir, { recursive: true });
  const data = (file: string) => join(dir, file);
  const componentConfig = data("component_config");
  const link = { device: "lo" };
  const deviceModel = async () => {
    await copyComponentConfig(files, join(packageConfig, "ocpp201/component_config"), componentConfig, {
      "InternalCtrlr.NetworkConnectionProfiles": JSON.stringify([networkProfile(csmsUrl)]),
      "SecurityCtrlr.Identity": name,
      "SecurityCtrlr.BasicAuthPassword": PASSWORD,
    });
    return {
      config_module: {
        ...{ DeviceModelConfigPath: componentConfig, CoreDatabasePath: data("ocpp201") },
        ...{ DeviceModelDatabasePath: data("device_model.db"), MessageLogPath: data("ocpp_logs") },
        EverestDeviceModelDatabasePath: data("everest_device_model.db"),
      },
    };
  };
  const patches: Readonly<Record<string, () => object | Promise<object>>> = {
    EvseV2G: () => ({ config_module: { ...link, tls_key_logging_path: dir } }),
    PyEvJosev: () => ({ config_module: link }),
    EvseManager: () => ({ config_module: { session_logging_path: dir } }),
    PersistentStore: () => ({ config_module: { sqlite_db_file_path: data("store.db") } }),
    ErrorHistory: () => ({ config_implementation: { error_history: { database_path: data("errors.db") } } }),
    OCPP201: deviceModel,
    async OCPPmulti() {
      const { config_module } = await deviceModel();
      return { config_module: { ...config_module, UserConfigPath: data("user.json"), DatabasePath: data("ocpp16") } };
    },
    OCPP() {
      const plan = config.modules.find(({ moduleName }) => moduleName === "OCPP");
      const named = join(packageConfig, "ocpp16", String(plan?.config.ChargePointConfigPath));
      const keys = JSON.parse(readFileSync(named, "utf8"));
      Object.assign(keys.Internal, { CentralSystemURI: csmsUrl, ChargePointId: name });
      keys.Security = { ...keys.Security, SecurityProfile: 1, AuthorizationKey: PASSWORD };
      writeFileSync(data("keys.json"), JSON.stringify(keys));
      return {
        config_module: {
          ...{ ChargePointConfigPath: data("keys.json"), UserConfigPath: data("user.json") },
          ...{ DatabasePath: data("ocpp16"), MessageLogPath: data("ocpp_logs") },
        },
      };
    },
  };
  const patched = config.modules.map(
    async ({ id, moduleName }) => [id, (await patches[moduleName]?.()) ?? {}] as const,
  );
  return { active_modules: Object.fromEntries(await Promise.all(patched)) };
}

function networkProfile(ocppCsmsUrl: string) {
  const connectionData = {
    ...{ messageTimeout: 30, ocppCsmsUrl, ocppInterface: "Wired0", ocppTransport: "JSON" },
    ...{ ocppVersion: "OCPP20", securityProfile: 1 },
  };
  return { configurationSlot: 1, connectionData };
}
