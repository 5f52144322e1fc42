/**
 * CPU time of a charger a session, ours and EcoG's iso15118 side by side: the same car (ours) and the same scenario, in network
 * namespaces. Both are measured from when they listen on, so that neither pays for its start.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { on } from "../test/peers/namespaces.ts";
import { missing, peerPython } from "../test/peers/prerequisites.ts";
import { type Program, start } from "../test/peers/processes.ts";
import { type Scenario, scenarios } from "../test/peers/scenarios.ts";
import { inScene, type Scene } from "../test/peers/scene.ts";
import { cpuSeconds, groupOf } from "./cpu.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const compared = scenarios.filter(({ name }) => ["ac-pnc", "dc-pnc"].includes(name));
/** The first, in which code is compiled, and some more. */
const SESSIONS = 4;
const START_MS = 300_000;
const SESSION_MS = 120_000;
const TARGET = 1 / 10;

interface Place extends Scene {
  readonly python: string;
}

/** CPU seconds. */
interface Cost {
  /** Until it listens. */
  readonly start: number;
  readonly first: number;
  /** Of each session after the first. */
  readonly next: number;
}

export async function peerBench(): Promise<string> {
  const python = peerPython(root);
  const lacking = missing(python);
  if (lacking.length > 0) return `CPU of the charger beside EcoG's: skipped, it needs ${lacking.join("; ")}`;
  return inScene(async (scene) => {
    const rows: string[] = [];
    for (const scenario of compared) rows.push(...(await compare(scenario, { ...scene, python })));
    const title = `CPU of the charger's process for one session, ms (target: at most ${TARGET} of EcoG's)`;
    return [title, heading(), ...rows].map((row, i) => (i === 0 ? row : `  ${row}`)).join("\n");
  });
}

async function compare(scenario: Scenario, scene: Place): Promise<string[]> {
  const theirs = await costOf(peerCharger(scenario, scene), "READY", scenario, scene);
  const ours = await costOf(ourCharger(scenario, scene), "waits for cars", scenario, scene);
  if (typeof theirs === "string" || typeof ours === "string")
    return [`${scenario.name}: not measured: ${[theirs, ours].filter((cost) => typeof cost === "string").join("; ")}`];
  const ratio = (which: keyof Cost) => ours[which] / theirs[which];
  const met = Math.max(ratio("first"), ratio("next")) <= TARGET ? "" : "  MISSED";
  const row = (who: string, value: (which: keyof Cost) => string) =>
    line([scenario.name, who, value("first"), value("next"), value("start")]);
  return [
    row("EcoG", (which) => milliseconds(theirs[which])),
    row("plugcharge", (which) => milliseconds(ours[which])),
    `${row("ratio", (which) => ratio(which).toFixed(3))}${met}`,
  ];
}

const milliseconds = (seconds: number) => (seconds * 1000).toFixed(1);
const line = (cells: readonly string[]) =>
  cells.map((cell, i) => (i < 2 ? cell.padEnd(11) : cell.padStart(14))).join("");
const heading = () => line(["scenario", "charger", "first session", "each more", "its start"]);

/** Why not, when a session fails. */
async function costOf(charger: Program, listens: string, scenario: Scenario, scene: Place): Promise<Cost | string> {
  if (!(await charger.says(listens, START_MS))) return `the charger did not start: ${await lastLine(charger)}`;
  const cpu = () => cpuSeconds(groupOf(charger.pid));
  const before = cpu();
  const after: number[] = [];
  for (let session = 0; session < SESSIONS; session++) {
    const { exitCode, lines } = await car(scenario, scene).ended(SESSION_MS);
    if (exitCode !== 0) return `session ${session + 1} failed: ${lines.at(-1)}`;
    after.push(cpu());
  }
  await charger.ended(0);
  const [first = before, last = before] = [after[0], after.at(-1)];
  return { start: before, first: first - before, next: (last - first) / (SESSIONS - 1) };
}

async function lastLine(charger: Program): Promise<string> {
  return (await charger.ended(0)).lines.at(-1) ?? "it said nothing";
}

function ourCharger(scenario: Scenario, { cable: { secc }, pki }: Place): Program {
  const command = [process.execPath, "dist/cli/main.js", "secc", ...scenario.secc, "--json"];
  return start(on(secc, [...command, "--iface", secc.iface, "--pki", pki]), root);
}

function peerCharger(scenario: Scenario, { cable: { secc }, pki, python }: Place): Program {
  const driver = join(root, "test/peers/ecog/secc_for_ev.py");
  const options = ["--sessions", String(SESSIONS + 1), "--timeout", "600", "--log", join(pki, "secc.log")];
  return start(on(secc, [python, driver, scenario.name, "--iface", secc.iface, "--pki", pki, ...options]), root);
}

function car(scenario: Scenario, { cable: { ev }, pki }: Place): Program {
  const command = [process.execPath, "dist/cli/main.js", "ev", ...scenario.ev, "--json"];
  return start(on(ev, [...command, "--iface", ev.iface, "--pki", pki]), root);
}
