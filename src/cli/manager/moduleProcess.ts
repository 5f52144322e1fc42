/** One or several modules in a process of their own, started as EVerest's manager starts its modules, or by hand. */
import { Command } from "commander";
import type { BrokerAddress } from "../../framework/bus/mqtt.ts";
import { createMqttBus } from "../../framework/bus/mqtt.ts";
import { suggestion } from "../../framework/config/faults.ts";
import { startGuests } from "../../framework/guests.ts";
import type { Module } from "../../framework/module.ts";
import { Settings } from "../../framework/settings.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { createLogger } from "../../util/log.ts";
import { own } from "../../util/own.ts";
import { cryptoRandom } from "../../util/random.ts";
import type { Io } from "../io.ts";
import { loadModules, moduleNames } from "../modules.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { DEFAULT_BROKER, type Env, namedBroker } from "./broker.ts";
import { type CommonFlags, commonOptions } from "./flags.ts";
import { choosePrefix, environmentOf } from "./folders.ts";
import { loggingTracer } from "./tracer.ts";

interface Flags extends CommonFlags {
  readonly module: readonly string[];
  readonly prefix?: string;
  readonly mqtt_everest_prefix?: string;
  readonly mqtt_external_prefix?: string;
  readonly mqtt_broker_host?: string;
  readonly mqtt_broker_port?: number;
  readonly mqtt_broker_socket_path?: string;
}

const BROKER_START_MS = 30_000;

/** @param name of the program or subcommand. */
export function moduleCommand(name: string, io: Io): Command {
  const command = new Command(name)
    .description("Run modules of a station whose manager, ours or EVerest's, is another process.")
    .option("--module <ids...>", "modules of the manager's configuration that it does not start itself", [])
    .option("--prefix <dir>", "the installation: certificates in etc/everest, files of modules in share/everest")
    .option("--mqtt_everest_prefix <prefix>", "of the manager's configuration (default: everest)")
    .option("--mqtt_external_prefix <prefix>", "of the manager's configuration (default: none)")
    .option("--mqtt_broker_host <host>", "the broker (default: localhost)")
    .option("--mqtt_broker_port <port>", "its port (default: 1883)", wholeNumber(1, 65_535))
    .option("--mqtt_broker_socket_path <path>", "Unix socket of the broker")
    .option("--log_config <file>", "without effect: --log decides");
  return commonOptions(command).action((flags: Flags) => runModules(flags, io));
}

/** EVerest passes the same to modules in JavaScript and Python by variables. */
function settingsOf(flags: Flags, env: Env): Settings {
  const port = flags.mqtt_broker_port ?? (env.EV_MQTT_BROKER_PORT ? Number(env.EV_MQTT_BROKER_PORT) : undefined);
  const host = flags.mqtt_broker_host ?? env.EV_MQTT_BROKER_HOST;
  const socket = flags.mqtt_broker_socket_path ?? env.EV_MQTT_BROKER_SOCKET_PATH;
  return Settings.parse({
    mqtt_everest_prefix: flags.mqtt_everest_prefix ?? env.EV_MQTT_EVEREST_PREFIX ?? "everest",
    mqtt_external_prefix: flags.mqtt_external_prefix ?? env.EV_MQTT_EXTERNAL_PREFIX ?? "",
    ...(host !== undefined && { mqtt_broker_host: host }),
    ...(port !== undefined && { mqtt_broker_port: port }),
    ...(socket !== undefined && { mqtt_broker_socket_path: socket }),
  });
}

async function load(name: string): Promise<Module> {
  const module = own(await loadModules([name]), name);
  if (module) return module;
  const fix = suggestion(name, moduleNames) ?? `There are ${moduleNames.join(", ")}.`;
  throw new UserError(`there is no module '${name}' here`, { fix });
}

async function runModules(flags: Flags, io: Io): Promise<void> {
  const ids = flags.module.length > 0 ? flags.module : [io.env.EV_MODULE].filter((id) => id !== undefined);
  if (ids.length === 0) throw new UserError("no module is named", { fix: "Name one with --module." });
  const log = createLogger(flags.log);
  const settings = settingsOf(flags, io.env);
  const broker: BrokerAddress = namedBroker(settings, io.env, log) ?? DEFAULT_BROKER;
  const bus = await createMqttBus(
    {
      ...{ broker, clock: systemClock, random: cryptoRandom, startTimeoutMs: BROKER_START_MS, modules: ids },
      ...{ everestPrefix: settings.mqtt_everest_prefix, externalPrefix: settings.mqtt_external_prefix },
    },
    log,
  );
  const stop = new AbortController();
  const interrupted = io.interrupted().then(() => {
    stop.abort();
    void io.interrupted().then(() => io.exit(1));
  });
  let restart = () => {};
  const restartWanted = new Promise<void>((resolve) => {
    restart = resolve;
  });
  const guests = await startGuests({
    ...{ ids, bus, settings, load, signal: stop.signal },
    env: environmentOf(choosePrefix(flags.prefix ?? io.env.EV_PREFIX, undefined)),
    ports: {
      ...{ clock: systemClock, random: cryptoRandom, files: nodeFiles, log, trace: loggingTracer(log) },
      simulation: { delayFactor: flags.hardwareDelays, ...(flags.sdpPort !== undefined && { sdpPort: flags.sdpPort }) },
    },
    controlLossMs: flags.controlLossTimeout * 1000,
    restart(reason) {
      log.warn({}, `${reason}: these modules end, to be started again`);
      io.setExitCode(1);
      restart();
    },
  });
  if (!guests) return bus.close();
  if (!stop.signal.aborted) log.info({ modules: ids }, `${ids.join(", ")} ready`);
  await Promise.race([interrupted, guests.dismissed, restartWanted]);
  await guests.stop();
}
