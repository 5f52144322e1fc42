/**
 * `npm run peers [-- scenario …]`: our car and our charger with EcoG's iso15118 as the other side, in network namespaces.
 * The last line is "N passed, M failed"; what this machine cannot do is skipped, with the reason.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPki, writePki } from "../src/pki/index.ts";
import { systemClock } from "../src/util/clock.ts";
import { UserError } from "../src/util/errors.ts";
import { nodeFiles } from "../src/util/files.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { type Cable, connect, on, type Side, settled } from "../test/peers/namespaces.ts";
import { missing, peerPython } from "../test/peers/prerequisites.ts";
import { killAll, type Program, start } from "../test/peers/processes.ts";
import { judgeRun, type Result, type Row, report, type Scenario, scenarios } from "../test/peers/scenarios.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds. The peer starts a Java virtual machine, and closes only 5 s after SessionStop. */
const limits = { start: 60_000, session: 60_000, end: 20_000 } as const;

interface Scene {
  readonly cable: Cable;
  readonly python: string;
  /** In EcoG's layout; logs of the peer lie there too. */
  readonly pki: string;
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) throw new UserError(`there is no scenario ${unknown.join(", ")}`);
  const python = peerPython(root);
  const lacking = missing(python);
  if (lacking.length === 0) return inScene(names, python);
  console.log(`skipped: the foreign peer needs ${lacking.join("; ")}\n0 passed, 0 failed`);
  return 0;
}

async function inScene(names: readonly string[], python: string): Promise<number> {
  const pki = mkdtempSync(join(tmpdir(), "plugcharge-peers-"));
  const cable = connect();
  const clean = () => {
    killAll();
    cable.remove();
    rmSync(pki, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      clean();
      process.exit(1);
    });
  }
  try {
    const chosen = scenarios.filter(({ name }) => names.length === 0 || names.includes(name));
    return await runAll(chosen, { cable, python, pki });
  } finally {
    clean();
  }
}

async function runAll(chosen: readonly Scenario[], scene: Scene): Promise<number> {
  if (!(await settled(scene.cable))) throw new UserError("a veth pair gets no IPv6 link-local address here");
  const pki = await createPki({ clock: systemClock, random: cryptoRandom });
  await writePki(pki, { files: nodeFiles, dir: scene.pki, layout: "ecog", password: "12345" });
  const rows: Row[] = [];
  for (const scenario of chosen) {
    console.log(`${scenario.name} …`);
    const secc = await oursAsSecc(scenario, scene);
    const ev = await oursAsEv(scenario, scene);
    rows.push({ scenario: scenario.name, secc, ev });
  }
  console.log(`\n${report(rows)}`);
  return rows.every(({ secc, ev }) => secc.passed && ev.passed) ? 0 : 1;
}

async function oursAsSecc(scenario: Scenario, scene: Scene): Promise<Result> {
  const began = systemClock.monotonic();
  const program = plugcharge(scene.cable.secc, scene, "secc", "--sessions", "1", ...scenario.secc);
  await program.says("waits for cars", limits.start);
  const car = foreign(scene.cable.ev, scene, "ev_against_secc.py", scenario);
  const peer = await car.ended(limits.start + limits.session);
  const ours = await program.ended(limits.end);
  return judgeRun({ scenario, ours, peer, seconds: secondsSince(began) });
}

async function oursAsEv(scenario: Scenario, scene: Scene): Promise<Result> {
  const began = systemClock.monotonic();
  const secc = foreign(scene.cable.secc, scene, "secc_for_ev.py", scenario);
  await secc.says("READY", limits.start);
  const ours = await plugcharge(scene.cable.ev, scene, "ev", ...scenario.ev).ended(limits.start + limits.session);
  const peer = await secc.ended(limits.end);
  return judgeRun({ scenario, ours, peer, seconds: secondsSince(began) });
}

function plugcharge(side: Side, { pki }: Scene, ...args: readonly string[]): Program {
  const program = [process.execPath, "--import", "tsx", "src/cli/main.ts", ...args];
  return start(on(side, [...program, "--iface", side.iface, "--pki", pki, "--json"]), root);
}

function foreign(side: Side, { python, pki }: Scene, driver: string, { name }: Scenario): Program {
  const file = join(root, "test", "peers", "ecog", driver);
  const timeout = String(limits.session / 1000);
  const options = ["--iface", side.iface, "--pki", pki, "--timeout", timeout, "--log", join(pki, `${driver}.log`)];
  return start(on(side, [python, file, name, ...options]), root);
}

function secondsSince(began: number): number {
  return (systemClock.monotonic() - began) / 1000;
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof UserError)) throw error;
  console.log(`${error.describe()}\n0 passed, 1 failed`);
  return 2;
});
