/** What OCPP costs: Authorize round trips on one connection, a thousand idle stations in one process, connects that fail. */
import { cpuSeconds } from "./cpu.ts";
import type { OpenCsms } from "./csmsPart.ts";
import { type Memory, type Part, startPart } from "./part.ts";
import type { StationsQuestion } from "./stationsPart.ts";

const TARGET_PER_SECOND = 1000;
const ROUND_TRIPS = 5000;
const WARM_UP = 1000;
const STATIONS = 1000;
/** Before it is measured, so that what comes once is not divided among a thousand. */
const FIRST = 100;
const FAILURES = 5000;
const LIMIT_MIB = 5;
const password = "bench-password-01234";
const TOKEN = "04AABBCCDDEE80";

export async function ocppBench(): Promise<string> {
  const csms = startPart("csmsPart");
  try {
    const names = (prefix: string) => Array.from({ length: FIRST + STATIONS }, (_, index) => `${prefix}${index}`);
    const [lines, wholes] = [names("line"), names("point")];
    const open: OpenCsms = { stations: [...lines, ...wholes], password, tokens: [TOKEN] };
    const url = await csms.ask<string>(open);
    return [
      "OCPP 2.0.1, station and CSMS of ours in two processes, WebSocket on the loopback interface",
      await roundTrips(url, wholes, csms),
      await idle("connections", { url, identities: lines, whole: false }),
      await idle("whole charge points", { url, identities: wholes, whole: true }),
      await failures(),
    ].join("\n");
  } finally {
    await csms.stop();
  }
}

async function roundTrips(url: string, [station = ""]: readonly string[], csms: Part): Promise<string> {
  return withStations(async (ask, { pid }) => {
    await ask({ connect: [station], url, password, whole: true });
    await ask({ authorize: WARM_UP, idToken: TOKEN });
    const pids = [pid, csms.pid] as const;
    const before = pids.map((one) => cpuSeconds([one]));
    const ms = await ask<number>({ authorize: ROUND_TRIPS, idToken: TOKEN });
    const [ours, theirs] = pids.map((one, index) => (cpuSeconds([one]) - (before[index] ?? 0)) * 1000);
    const rate = (ROUND_TRIPS / ms) * 1000;
    const missed = rate < TARGET_PER_SECOND ? ", MISSED" : "";
    const each = (cpu = 0) => `${(cpu / ROUND_TRIPS).toFixed(2)} ms`;
    return [
      `  Authorize on one connection, one after the other: ${rate.toFixed(0)}/s (target: ${TARGET_PER_SECOND}${missed})`,
      `  CPU of each: station ${each(ours)}, CSMS ${each(theirs)}`,
    ].join("\n");
  });
}

interface Idle {
  readonly url: string;
  readonly identities: readonly string[];
  readonly whole: boolean;
}

async function idle(what: string, { url, identities, whole }: Idle): Promise<string> {
  return withStations(async (ask) => {
    await ask({ connect: identities.slice(0, FIRST), url, password, whole });
    const before = await ask<Memory>({ look: "memory" });
    await ask({ connect: identities.slice(FIRST), url, password, whole });
    const after = await ask<Memory>({ look: "memory" });
    const kib = (kind: keyof Memory) => ((after[kind] - before[kind]) / STATIONS / 1024).toFixed(1);
    return `  ${STATIONS} idle ${what} in one process: ${kib("rss")} KiB each, of which ${kib("heap")} KiB are JavaScript's`;
  });
}

async function failures(): Promise<string> {
  return withStations(async (ask) => {
    await ask({ fail: FIRST });
    const before = await ask<Memory>({ look: "memory" });
    await ask({ fail: FAILURES });
    const after = await ask<Memory>({ look: "memory" });
    const mib = (after.heap - before.heap) / 2 ** 20;
    const missed = mib > LIMIT_MIB ? ", MISSED" : "";
    return `  ${FAILURES} connects that fail: ${mib.toFixed(2)} MiB of JavaScript's memory more (limit: ${LIMIT_MIB} MiB${missed})`;
  });
}

type Ask = <A>(question: StationsQuestion) => Promise<A>;

async function withStations(measure: (ask: Ask, part: Part) => Promise<string>): Promise<string> {
  const stations: Part = startPart("stationsPart");
  try {
    return await measure((question) => stations.ask(question), stations);
  } finally {
    await stations.stop();
  }
}
