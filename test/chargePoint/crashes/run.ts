/** One run: the lives of a station, each but the last ended by SIGKILL, and what the CSMS makes of them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { systemClock } from "../../../src/util/clock.ts";
import type { Account, Csms } from "./csms.ts";
import type { Line } from "./journal.ts";
import { holdings, judge } from "./judge.ts";
import type { Act, Kill, Plan } from "./plan.ts";
import type { Life } from "./station.ts";

export interface Verdict {
  /** Empty when all is well. */
  readonly faults: readonly string[];
  /** Lives that were ended by a kill. */
  readonly kills: number;
  /** Messages that the CSMS holds, and how often one was told again. */
  readonly held: number;
  readonly repeats: number;
}

/** A life that takes longer hangs. */
const LIMIT_MS = 120_000;

interface Ended {
  readonly lines: readonly Line[];
  readonly signal: NodeJS.Signals | null;
  readonly errors: readonly string[];
}

export async function runPlan(plan: Plan, csms: Csms): Promise<Verdict> {
  const identity = `CP-${plan.version}-${plan.seed}`;
  const account = csms.add(identity, plan);
  const folder = await mkdtemp(join(tmpdir(), "plugcharge-crash-"));
  try {
    return await live(plan, account, { identity, folder, url: csms.url });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function live(plan: Plan, account: Account, where: Pick<Life, "identity" | "folder" | "url">): Promise<Verdict> {
  const journal: (readonly Line[])[] = [];
  const epoch = systemClock.now();
  const faults: string[] = [];
  let kills = 0;
  for (const kill of [...plan.kills, undefined]) {
    const { version, resumes } = plan;
    const { acts, resumed } = ahead(plan, journal);
    const life = { ...where, version, epoch, resumes, resumed, acts };
    const ended = await lifeOf(kill?.by === "step" ? { ...life, killAt: kill.step } : life, kill, account);
    journal.push(ended.lines);
    const killed = ended.signal === "SIGKILL";
    if (killed) kills++;
    const over = ended.lines.at(-1);
    if (over?.says === "over" && over.deadLetters > 0) faults.push(`${over.deadLetters} dead letters`);
    if ((!killed || !kill) && over?.says !== "over")
      faults.push(`the station ended by itself: ${ended.errors.join(" ")}`);
  }
  const { held, repeats } = holdings(account.arrivals);
  const judged = judge({ version: plan.version, resumes: plan.resumes, journal, arrivals: account.arrivals });
  return { faults: [...faults, ...judged], kills, held: held.length, repeats };
}

/** What is left to happen. A station that does not resume has lost the sessions of before. */
function ahead({ acts, resumes }: Plan, journal: readonly (readonly Line[])[]) {
  const said = (what: "doing" | "done") =>
    new Set(journal.flat().flatMap((line) => (line.says === what ? [line.index] : [])));
  const [begun, done] = [said("doing"), said("done")];
  const touched = new Set(acts.flatMap(({ session }, index) => (begun.has(index) ? [session] : [])));
  const open = acts.map((act, index): readonly [number, Act] => [index, act]).filter(([index]) => !done.has(index));
  return resumes
    ? { acts: open, resumed: [...touched] }
    : { acts: open.filter(([, { session }]) => !touched.has(session)), resumed: [] };
}

async function lifeOf(life: Life, kill: Kill | undefined, account: Account): Promise<Ended> {
  const script = join(import.meta.dirname, "station.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(life)], { stdio: "pipe" });
  const lines: Line[] = [];
  const errors: string[] = [];
  const strike = () => child.kill("SIGKILL");
  const limit = systemClock.setTimer(LIMIT_MS, strike);
  if (kill?.by === "message") account.onMessage = (nth) => nth === kill.nth && strike();
  createInterface(child.stdout).on("line", (text) => {
    // The station is there when it says its first word.
    if (lines.length === 0 && kill?.by === "time") systemClock.setTimer(kill.ms, strike);
    lines.push(JSON.parse(text));
  });
  createInterface(child.stderr).on("line", (text) => errors.push(text));
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  limit.cancel();
  account.onMessage = () => {};
  return { lines, signal, errors };
}
