/** The command line of EVerest's `manager` (lib/everest/framework/src/manager.cpp), and what is ours beside it. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { LogLevel } from "../../util/log.ts";
import { wholeNumber } from "../peer/numbers.ts";

/** Of every process of a station. */
export interface CommonFlags {
  readonly controlLossTimeout: number;
  readonly hardwareDelays: number;
  readonly sdpPort?: number;
  readonly log: LogLevel;
}

export interface ManagerFlags extends CommonFlags {
  readonly config?: string;
  readonly conf?: string;
  readonly db?: string;
  readonly dbInit?: boolean;
  readonly resetFromYaml?: boolean;
  readonly check?: boolean;
  readonly dump?: string;
  readonly dumpmanifests?: string;
  readonly prefix?: string;
  readonly standalone: readonly string[];
  readonly ignore: readonly string[];
  readonly dontvalidateschema?: boolean;
  readonly intoIdle?: boolean;
  readonly idleOnFailure?: boolean;
  readonly recoverModuleCrashes?: boolean;
  readonly gracefulShutdown?: boolean;
  readonly statusFifo?: string;
  readonly retainTopics?: boolean;
  readonly mqtt_everest_prefix?: string;
  readonly httpPort?: number;
  readonly httpHost: string;
}

/** How long modules of other processes may be away while charging, s. */
const CONTROL_LOSS_S = 30;

function factor(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 10) return value;
  throw new InvalidArgumentError("Expected a number from 0 to 10.");
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError("Expected seconds, more than 0.");
}

/** @param name of the program or subcommand. */
export function managerCommand(name: string, act: (flags: ManagerFlags) => Promise<void>): Command {
  const command = new Command(name)
    .description("Run a charging station from a configuration in EVerest's format, until it is interrupted.")
    .option("--config <file>", "the configuration; a name without extension is looked for in PREFIX/etc/everest")
    .option("--conf <file>", "deprecated: same as --config")
    .option("--db <file>", "database that keeps the configuration; once it holds one it wins over the file")
    .option("--db-init", "deprecated, without effect: an empty database is always filled from the file")
    .option("--reset-from-yaml", "fill the database from the file, whatever is in it")
    .option("--check", "check the configuration and exit")
    .option("--dump <dir>", "write the configuration with all defaults, and the manifests in use, as JSON into DIR")
    .option("--dumpmanifests <dir>", "write the manifests of all modules into DIR and exit")
    .option("--prefix <dir>", "the installation: certificates in etc/everest, files of modules in share/everest")
    .option("-s, --standalone <ids...>", "modules that somebody else starts; they are waited for", [])
    .option("--ignore <ids...>", "modules that are neither started nor waited for", [])
    .option("--dontvalidateschema", "without effect: settings.validate_schema decides")
    .option("--into-idle", "start no modules")
    .option("--idle-on-failure", "stay when there is no module to start, or none can be started again")
    .option("--recover-module-crashes", "start again after a crash, at most three times")
    .option("--graceful-shutdown", "tell modules in other processes to stop too")
    .option("--status-fifo <path>", "named pipe that gets a line for every state")
    .option("--retain-topics", "leave what is published for the start of modules on the broker")
    .option("--mqtt_everest_prefix <prefix>", "instead of settings.mqtt_everest_prefix");
  return commonOptions(command)
    .option("--http-port <port>", "serve /healthz and /metrics (default: nothing is served)", wholeNumber(0, 65_535))
    .option("--http-host <address>", "where to", "127.0.0.1")
    .action(act);
}

/** What EVerest does not have. */
export function commonOptions(command: Command): Command {
  return command
    .optionsGroup("Beyond EVerest:")
    .option(
      "--control-loss-timeout <s>",
      "charging stops when modules of other processes, or the broker, are away for longer",
      seconds,
      CONTROL_LOSS_S,
    )
    .option("--hardware-delays <factor>", "delays of the simulated hardware; 1 = as EVerest's", factor, 1)
    .option("--sdp-port <port>", "UDP port of SECC discovery (default: 15118)", wholeNumber(1, 65_535))
    .addOption(
      new Option("--log <level>", "log lines on stderr")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("info"),
    );
}
