/** A whole Plug & Charge session with the delays of simulated hardware at zero: how long until energy flows, and whose CPU. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeUdpPort } from "../src/cli/demo/freePort.ts";
import { defaultConfigFile } from "../src/cli/demo/installation.ts";
import { runDemo } from "../src/cli/demo/session.ts";
import type { Verdict } from "../src/cli/demo/verdict.ts";
import { systemClock } from "../src/util/clock.ts";
import { nodeFiles } from "../src/util/files.ts";
import { silentLogger } from "../src/util/log.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { Timeline } from "../src/util/trace.ts";
import { profiled } from "./profile.ts";

const RUNS = 5;

async function session(): Promise<Verdict> {
  const dir = await mkdtemp(join(tmpdir(), "plugcharge-bench-"));
  try {
    return await runDemo({
      ...{
        dir,
        contract: "valid",
        payment: "Contract",
        protocol: "ISO 15118-2",
        faults: [],
        configFile: defaultConfigFile,
        pause: false,
        chargeSeconds: 0.5,
        delayFactor: 0,
      },
      ...{ clock: systemClock, random: cryptoRandom, files: nodeFiles, log: silentLogger },
      sdpPort: await freeUdpPort(),
      timeline: new Timeline(systemClock),
      wiretap: { v2g: () => {}, ocpp: () => {} },
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The car and the CSMS run in the same process; the table says what is whose. */
export async function sessionBench(): Promise<string> {
  const waits: number[] = [];
  const cpus: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    const { plugInToChargeLoopMs } = await session();
    const { user, system } = process.cpuUsage(before);
    waits.push(plugInToChargeLoopMs ?? Number.NaN);
    cpus.push((user + system) / 1000);
  }
  const { cpu } = await profiled(session);
  const rows = cpu.folders
    .filter(([, ms]) => ms >= 1)
    .map(([folder, ms]) => `  ${folder.padEnd(24)} ${ms.toFixed(0).padStart(6)} ms`);
  return [
    `session, AC Plug & Charge, ${RUNS} in one process`,
    `  plug-in to the first ChargingStatusReq: first ${waits[0]?.toFixed(0)} ms, median ${median(waits).toFixed(0)} ms`,
    `  CPU of PKI, CSMS, station and car together: first ${cpus[0]?.toFixed(0)} ms, median ${median(cpus).toFixed(0)} ms`,
    `CPU by folder in one more session (profiled, ${cpu.totalMs.toFixed(0)} ms)`,
    ...rows,
  ].join("\n");
}
