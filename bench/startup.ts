/** How long the station of the Plug & Charge configuration takes until it is up, and what it takes then. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../src/cli/demo/installation.ts";
import { makePrefix } from "../src/cli/manager/prefix.ts";
import { startBroker } from "../src/framework/bus/broker.ts";
import { systemClock } from "../src/util/clock.ts";
import { Fifo, Folder } from "../test/cli/manager/support.ts";

const RUNS = 5;
/** Linux counts processor time in these. */
const TICK_MS = 10;
const program = join(packageFolder, "dist", "cli", "manager.js");

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly memoryMiB: number;
}

async function start(prefix: string, fifo: Fifo, brokerPort: number): Promise<Start> {
  fifo.lines.length = 0;
  const begun = systemClock.monotonic();
  const args = [
    "--prefix",
    prefix,
    "--config",
    "config-sil-ocpp201-pnc",
    "--status-fifo",
    fifo.path,
    "--log",
    "silent",
  ];
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, MQTT_SERVER_PORT: String(brokerPort) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await fifo.says("ALL_MODULES_STARTED");
  const wallMs = systemClock.monotonic() - begun;
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(" ");
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  child.kill("SIGINT");
  await once(child, "exit");
  const memoryKiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  return { wallMs, cpuMs: (Number(stat[13]) + Number(stat[14])) * TICK_MS, memoryMiB: memoryKiB / 1024 };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Measures the built program, as `npm ci` makes it. */
export async function startupBench(): Promise<string> {
  if (!existsSync(program)) return "start-up: not measured, because dist/ is missing (npm run build)";
  const folder = await Folder.make();
  const broker = await startBroker(0);
  await makePrefix({ dir: folder.path, certificates: true });
  const fifo = Fifo.make(join(folder.path, "fifo"));
  const starts: Start[] = [];
  for (let run = 0; run < RUNS; run++) starts.push(await start(folder.path, fifo, broker.port));
  fifo.close();
  await broker.close();
  await folder.remove();
  const [wall, cpu, memory] = [
    median(starts.map(({ wallMs }) => wallMs)),
    median(starts.map(({ cpuMs }) => cpuMs)),
    median(starts.map(({ memoryMiB }) => memoryMiB)),
  ];
  return [
    `start-up of config-sil-ocpp201-pnc, median of ${RUNS}`,
    `  from the start of the process to ALL_MODULES_STARTED: ${wall.toFixed(0)} ms`,
    `  processor time until then: ${cpu.toFixed(0)} ms`,
    `  memory in use then: ${memory.toFixed(0)} MiB`,
  ].join("\n");
}
