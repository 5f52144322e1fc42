/**
 * `npm run configs [-- PATH]`: every station of config/ as a process of its own. A car charges at each of its EVSEs, SIGINT ends
 * it with 0, and no process is left. With PATH, a checkout or bare clone of EVerest, the same with EVerest's own files, unchanged.
 * The last line is "N passed, M failed".
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import mqtt from "mqtt";
import { freeUdpPort } from "../src/cli/demo/freePort.ts";
import { loadModules } from "../src/cli/modules.ts";
import { type EmbeddedBroker, startBroker } from "../src/framework/bus/broker.ts";
import { loadConfig } from "../src/framework/config.ts";
import { sleep, systemClock } from "../src/util/clock.ts";
import { type PlugchargeError, UserError } from "../src/util/errors.ts";
import { nodeFiles as files } from "../src/util/files.ts";
import { openSite, Said, type Site } from "../test/config/site.ts";
import { killAll, start } from "../test/peers/processes.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = [process.execPath, "--import", import.meta.resolve("tsx"), join(root, "src/cli/main.ts")];
/** At the same time. */
const LANES = 2;
/** Milliseconds. */
const limits = { start: 60_000, end: 15_000 } as const;
const LOOK_AGAIN_MS = 50;

/** EVerest's own that must work here. */
const everestNames = [
  ...["config-sil", "config-sil-ocpp", "config-sil-ocpp-pnc", "config-sil-ocpp201", "config-sil-ocpp201-pnc"],
  ...["config-sil-ocpp-multi", "config-sil-dc", "config-sil-dc-tls", "config-sil-two-evse"],
];

interface Station {
  readonly name: string;
  readonly text: string;
}

function ours(): Station[] {
  const names = readdirSync(join(root, "config")).filter((name) => name.endsWith(".yaml"));
  return names.map((file) => ({
    name: file.replace(/\.yaml$/, ""),
    text: readFileSync(join(root, "config", file), "utf8"),
  }));
}

/** Read where they are, and kept only as long as this runs. */
function everests(path: string): Station[] {
  const read = (file: string) => {
    if (existsSync(join(path, file))) return readFileSync(join(path, file), "utf8");
    return execFileSync("git", [`--git-dir=${path}`, "show", `HEAD:${file}`], { encoding: "utf8" });
  };
  return everestNames.map((name) => ({ name: `everest-${name}`, text: read(`config/${name}.yaml`) }));
}

/** Puts the file and what has to be merged over it into a folder of its own. */
async function install({ name, text }: Station, dir: string, site: Site) {
  const folder = join(dir, name);
  mkdirSync(join(folder, "user-config"), { recursive: true });
  cpSync(site.certs, join(folder, "etc/everest/certs"), { recursive: true });
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, text);
  const config = await loadConfig({ file, files, modules: loadModules });
  const settings = { mqtt_everest_prefix: name, mqtt_external_prefix: `${name}_` };
  const overlay = { ...(await site.overlay(config, name)), settings };
  writeFileSync(join(folder, "user-config", `${name}.yaml`), JSON.stringify(overlay));
  return { file, config, folder };
}

/** @returns what happened, in words. @throws PlugchargeError when it was not right. */
async function run(station: Station, dir: string, site: Site, broker: EmbeddedBroker): Promise<string> {
  const { name } = station;
  const { file, config, folder } = await install(station, dir, site);
  const said = new Said();
  const flags = ["--hardware-delays", "0.1", "--sdp-port", String(await freeUdpPort())];
  const command = [...cli, "run", "--config", file, "--prefix", folder, ...flags];
  const program = start(command, folder, (line) => said.add(line));
  const client = await mqtt.connectAsync(`mqtt://${broker.host}:${broker.port}`);
  try {
    await said.says("All modules are initialized", 1, limits.start);
    const publish = (topic: string, payload: string) => void client.publish(`${name}_${topic}`, payload);
    const cars = await site.chargeAll(config, name, { said, publish });
    program.interrupt();
    if (!(await isGone(program.pid))) throw new UserError("SIGINT did not end it, or a process is left");
    const { exitCode } = await program.ended(limits.end);
    if (exitCode !== 0) throw new UserError(`SIGINT ended it with ${exitCode}`);
    const warnings = said.lines.filter((line) => /"level":(40|50|60)/.test(line)).length;
    return `${cars} car${cars === 1 ? "" : "s"} charged, exit 0${warnings ? `, ${warnings} warnings` : ""}`;
  } catch (error) {
    console.log(said.lines.slice(-30).join("\n"));
    throw error;
  } finally {
    if (process.env.PLUGCHARGE_KEEP)
      writeFileSync(join(process.env.PLUGCHARGE_KEEP, `${name}.log`), said.lines.join("\n"));
    client.end(true);
    program.interrupt();
    await program.ended(limits.end);
  }
}

/** Whether a process and all that it has started end in time. */
async function isGone(pid: number): Promise<boolean> {
  const end = systemClock.monotonic() + limits.end;
  while (systemClock.monotonic() < end) {
    try {
      process.kill(-pid, 0);
    } catch {
      return true;
    }
    await sleep(systemClock, LOOK_AGAIN_MS);
  }
  return false;
}

const [, , everest, only] = process.argv;
const stations = [...ours(), ...(everest ? everests(everest) : [])].filter(({ name }) => !only || name.includes(only));
const dir = mkdtempSync(join(tmpdir(), "plugcharge-configs-"));
const broker = await startBroker(0);
Object.assign(process.env, { MQTT_SERVER_ADDRESS: broker.host, MQTT_SERVER_PORT: String(broker.port) });
const site = await openSite(
  dir,
  stations.map(({ name }) => name),
);
let failed = 0;
try {
  const queue = [...stations];
  const lane = async () => {
    for (let station = queue.shift(); station; station = queue.shift()) {
      const told = await run(station, dir, site, broker).catch((error: unknown) => {
        failed++;
        const text =
          error instanceof UserError ? error.describe() : String((error as PlugchargeError).message ?? error);
        return `FAILED: ${text}`;
      });
      console.log(`${station.name.padEnd(34)} ${told}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
} finally {
  killAll();
  await site.close();
  await broker.close();
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${stations.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
