/** The configuration of a manager: found, checked, and with the command line's words over it. */
import { type Boot, bootConfig } from "../../framework/boot.ts";
import { withSlash } from "../../framework/bus/mqtt/topics.ts";
import { describeFault } from "../../framework/config/faults.ts";
import { loadConfig, type StationConfig } from "../../framework/config.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import type { Io } from "../io.ts";
import { loadModules } from "../modules.ts";
import { dumpConfig } from "./dump.ts";
import type { ManagerFlags } from "./flags.ts";
import { choosePrefix, findConfig, type Prefix, prefixAt } from "./folders.ts";

export interface Loaded extends Boot {
  readonly prefix: Prefix;
}

function configFile(flags: ManagerFlags, prefix: Prefix): string | undefined {
  const named = flags.config ?? flags.conf;
  return named === undefined && flags.db !== undefined && !flags.resetFromYaml ? undefined : findConfig(named, prefix);
}

/** @throws UserError, and ConfigError with every fault, for a configuration that cannot be used. */
export async function loadStation(flags: ManagerFlags): Promise<Loaded> {
  const prefix = choosePrefix(flags.prefix, flags.config ?? flags.conf);
  const file = configFile(flags, prefix);
  const boot = await bootConfig({
    ...(file !== undefined && { file }),
    ...(flags.db !== undefined && { database: flags.db }),
    ...{ reset: flags.resetFromYaml ?? false, files: nodeFiles, modules: loadModules },
  });
  const { settings } = boot.config;
  const own = flags.prefix === undefined && settings.prefix !== undefined ? prefixAt(settings.prefix) : prefix;
  return { ...boot, config: withPrefix(boot.config, flags), prefix: own, close: () => boot.close() };
}

/** @throws UserError when internal and external topics would be the same. */
function withPrefix(config: StationConfig, { mqtt_everest_prefix }: ManagerFlags): StationConfig {
  if (mqtt_everest_prefix === undefined) return config;
  if (withSlash(mqtt_everest_prefix) === withSlash(config.settings.mqtt_external_prefix)) {
    throw new UserError("--mqtt_everest_prefix is the same as settings.mqtt_external_prefix", {
      fix: "Change one of them.",
    });
  }
  return { ...config, settings: { ...config.settings, mqtt_everest_prefix } };
}

/** `--check`: reads nothing but the configuration, and touches neither database nor broker. */
export async function check(flags: ManagerFlags, io: Io): Promise<number> {
  const named = flags.config ?? flags.conf;
  if (named === undefined) throw new UserError("--check needs a configuration", { fix: "Name one with --config." });
  const file = findConfig(named, choosePrefix(flags.prefix, named));
  try {
    const config = await loadConfig({ file, files: nodeFiles, modules: loadModules });
    for (const warning of config.warnings) io.stderr.write(`warning: ${describeFault(warning)}\n`);
    if (flags.dump !== undefined) await dumpConfig(config, flags.dump);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.stderr.write(`Config is invalid: ${error.message}\n${error.describe()}\n`);
    return 1;
  }
  io.stderr.write("Config is valid, terminating as requested\n");
  return 0;
}
