/** Two hosts of one station: network namespaces joined by a cable, with addresses, a broker and an installation. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyComponentConfig } from "../../src/chargePoint/deviceModel/copyConfig.ts";
import { moduleShareFolder } from "../../src/cli/demo/installation.ts";
import { makePrefix } from "../../src/cli/manager/prefix.ts";
import { type Cable, connect, on, type Side } from "./namespaces.ts";
import { type Program, start } from "./processes.ts";

/** Of documentation (RFC 5737), so that they are nobody's. */
const addresses = { station: "192.0.2.1", office: "192.0.2.2" } as const;
const ports = { broker: 1883, csms: 9000, responder: 8080 } as const;
const PASSWORD = "DEADBEEFDEADBEEF";
export const EMAID = "DEPLGCCTESTAA1";

export interface Hosts {
  readonly folder: string;
  readonly prefix: string;
  /** Has the EVSE, the car and all that they need, but what is in the office. */
  station(command: readonly string[]): Program;
  /** Has Auth and OCPP, the broker and the CSMS. */
  office(command: readonly string[]): Program;
  cable(state: "up" | "down"): void;
  /** Processes that are still there. */
  left(): string[];
  remove(): void;
}

/** Everything that is missing on this machine, each with what to do. */
export function missingForHosts(): string[] {
  const has = (program: string, ...args: string[]) => spawnSync(program, args, { stdio: "ignore" }).error === undefined;
  const isRoot = process.getuid?.() === 0;
  const canConnect = () => {
    try {
      connect().remove();
      return true;
    } catch {
      return false;
    }
  };
  const checks: readonly (readonly [boolean, string])[] = [
    [process.platform === "linux", "Linux"],
    [isRoot, "root, for network namespaces"],
    [!isRoot || canConnect(), "network namespaces with a veth pair (package iproute2, and the right to make them)"],
    [has("mosquitto", "-h"), "the broker Mosquitto (package mosquitto)"],
    [has("mosquitto_pub", "--help"), "its clients (package mosquitto-clients)"],
  ];
  return checks.filter(([there]) => !there).map(([, what]) => what);
}

/** @param cli how plugcharge is run. */
export async function makeHosts(cli: readonly string[]): Promise<Hosts> {
  const folder = mkdtempSync(join(tmpdir(), "plugcharge-hosts-"));
  const prefix = join(folder, "prefix");
  const cable = connect();
  const { ev: station, secc: office } = cable;
  const remove = () => {
    cable.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    ip("-n", station.namespace, "addr", "add", `${addresses.station}/30`, "dev", station.iface);
    ip("-n", office.namespace, "addr", "add", `${addresses.office}/30`, "dev", office.iface);
    await install(prefix, cli);
    writeFileSync(join(folder, "mosquitto.conf"), brokerConfig());
  } catch (error) {
    remove();
    throw error;
  }
  return {
    ...{ folder, prefix, remove },
    station: (command) => start(on(station, command), folder),
    office: (command) => start(on(office, command), folder),
    cable: (state) => void ip("-n", station.namespace, "link", "set", station.iface, state),
    left: () => [station, office].flatMap(processesOf),
  };
}

/** One installation for both hosts, as if it were on each of them. */
async function install(prefix: string, cli: readonly string[]): Promise<void> {
  await makePrefix({ dir: prefix, certificates: false });
  const etc = join(prefix, "etc", "everest");
  const pki = [
    "pki",
    "init",
    join(etc, "certs"),
    "--emaid",
    EMAID,
    "--ocsp-url",
    `http://${addresses.office}:${ports.responder}/ocsp`,
  ];
  const [file = "", ...args] = [...cli, ...pki];
  execFileSync(file, args, { stdio: "ignore" });
  const { nodeFiles } = await import("../../src/util/files.ts");
  const connectionData = {
    ...{ messageTimeout: 30, ocppCsmsUrl: csmsUrl, ocppInterface: "Wired0", ocppTransport: "JSON" },
    ...{ ocppVersion: "OCPP20", securityProfile: 1 },
  };
  const share = join(prefix, "share", "everest", "modules", "OCPP201", "component_config");
  await copyComponentConfig(nodeFiles, join(moduleShareFolder("OCPP201"), "component_config"), share, {
    "InternalCtrlr.NetworkConnectionProfiles": JSON.stringify([{ configurationSlot: 1, connectionData }]),
  });
  mkdirSync(join(etc, "user-config"), { recursive: true });
  writeFileSync(join(etc, "user-config", "config-sil-ocpp201-pnc.yaml"), overlay(prefix));
}

const csmsUrl = `ws://${addresses.office}:${ports.csms}/ocpp`;

/** The car is on the station's host, so they meet on its loopback interface. */
function overlay(prefix: string): string {
  const data = (name: string) => JSON.stringify(join(prefix, name));
  return `active_modules:
  iso15118_charger: {config_module: {device: lo}}
  iso15118_car: {config_module: {device: lo}}
  ocpp:
    config_module:
      CoreDatabasePath: ${data("ocpp201")}
      MessageLogPath: ${data("ocpp_logs")}
      DeviceModelDatabasePath: ${data("device_model.db")}
settings: {mqtt_broker_host: ${addresses.office}, mqtt_everest_prefix: hosts, mqtt_external_prefix: out_}
`;
}

const brokerConfig = () =>
  `listener ${ports.broker} ${addresses.office}\nallow_anonymous true\nset_tcp_nodelay true\nlog_type all\n`;

export const commands = {
  broker: ({ folder }: Hosts) => ["mosquitto", "-c", join(folder, "mosquitto.conf")],
  csms: ({ prefix }: Hosts) => [
    ...["csms", "--host", addresses.office, "--port", String(ports.csms)],
    ...["--http-port", String(ports.responder), "--station", `cp001:${PASSWORD}`],
    ...["--pki", join(prefix, "etc", "everest", "certs"), "--contract", EMAID, "--json"],
  ],
  manager: ({ prefix }: Hosts) => [
    ...["run", "--prefix", prefix, "--config", "config-sil-ocpp201-pnc", "--standalone", "ocpp", "auth"],
    ...["--graceful-shutdown", "--hardware-delays", "0", "--control-loss-timeout", "4"],
  ],
  modules: ({ prefix }: Hosts) => [
    ...["module", "--module", "ocpp", "auth", "--prefix", prefix, "--mqtt_broker_host", addresses.office],
    ...["--mqtt_everest_prefix", "hosts", "--mqtt_external_prefix", "out_", "--hardware-delays", "0"],
  ],
  /** Moves the car, from wherever the broker can be reached. */
  car: (command: string, payload: string) => [
    ...["mosquitto_pub", "-h", addresses.office, "-t", `out_everest_external/nodered/1/carsim/cmd/${command}`],
    ...["-m", payload],
  ],
} as const;

function processesOf({ namespace }: Side): string[] {
  return ip("netns", "pids", namespace).split("\n").filter(Boolean);
}

function ip(...args: string[]): string {
  return execFileSync("ip", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

export type { Cable };
