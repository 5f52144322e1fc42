/**
 * `npm run peers [-- scenario …]`: our station at a CSMS made of The Mobility House's ocpp, on loopback; our car and our charger
 * with EcoG's iso15118 as the other side, in network namespaces.
 * The last line is "N passed, M failed"; what this machine cannot do is skipped, with the reason.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../src/util/clock.ts";
import { UserError } from "../src/util/errors.ts";
import { atMobilityHouse, mobilityHouseScenarios } from "../test/peers/mobilityhouse/session.ts";
import { on, type Side } from "../test/peers/namespaces.ts";
import { missing, missingForOcpp, ocppPython, peerPython } from "../test/peers/prerequisites.ts";
import { type Program, start } from "../test/peers/processes.ts";
import {
  type ForeignCsmsRun,
  judgeRun,
  type Result,
  type Row,
  report,
  type Scenario,
  scenarios,
} from "../test/peers/scenarios.ts";
import { inScene, type Scene } from "../test/peers/scene.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds. The peer starts a Java virtual machine, and closes only 5 s after SessionStop. */
const limits = { start: 60_000, session: 60_000, end: 20_000 } as const;

interface Place extends Scene {
  readonly python: string;
}

async function main(names: readonly string[]): Promise<number> {
  const all = [...Object.keys(mobilityHouseScenarios), ...scenarios.map(({ name }) => name)];
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new UserError(`there is no scenario ${unknown.join(", ")}`);
  const isChosen = (name: string) => names.length === 0 || names.includes(name);
  const runs = await atForeignCsms(Object.keys(mobilityHouseScenarios).filter(isChosen));
  const rows = await withForeignCars(scenarios.filter(({ name }) => isChosen(name)));
  console.log(`\n${report(rows, runs)}`);
  const allPassed = rows.every(({ secc, ev }) => secc.passed && ev.passed);
  return allPassed && runs.every(({ findings }) => findings.every(({ reason }) => reason === undefined)) ? 0 : 1;
}

async function atForeignCsms(names: readonly string[]): Promise<readonly ForeignCsmsRun[]> {
  const python = ocppPython(root);
  const lacking = names.length > 0 ? missingForOcpp(python) : [];
  if (lacking.length > 0) {
    console.log(`skipped ${names.join(", ")}: the peer needs ${lacking.join("; ")}`);
    return [];
  }
  const runs: ForeignCsmsRun[] = [];
  for (const scenario of names) {
    console.log(`${scenario} …`);
    const version = mobilityHouseScenarios[scenario] ?? "2.0.1";
    runs.push({ scenario, findings: await atMobilityHouse(version, { python, root }) });
  }
  return runs;
}

async function withForeignCars(chosen: readonly Scenario[]): Promise<readonly Row[]> {
  const python = peerPython(root);
  const lacking = chosen.length > 0 ? missing(python) : [];
  if (lacking.length === 0) return chosen.length > 0 ? inScene((scene) => runAll(chosen, { ...scene, python })) : [];
  console.log(`skipped ${chosen.map(({ name }) => name).join(", ")}: the foreign peer needs ${lacking.join("; ")}`);
  return [];
}

async function runAll(chosen: readonly Scenario[], place: Place): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const scenario of chosen) {
    console.log(`${scenario.name} …`);
    const secc = await oursAsSecc(scenario, place);
    const ev = await oursAsEv(scenario, place);
    rows.push({ scenario: scenario.name, secc, ev });
  }
  return rows;
}

async function oursAsSecc(scenario: Scenario, scene: Place): Promise<Result> {
  const began = systemClock.monotonic();
  const program = plugcharge(scene.cable.secc, scene, "secc", "--sessions", "1", ...scenario.secc);
  await program.says("waits for cars", limits.start);
  const car = foreign(scene.cable.ev, scene, "ev_against_secc.py", scenario);
  const peer = await car.ended(limits.start + limits.session);
  const ours = await program.ended(limits.end);
  return judgeRun({ scenario, ours, peer, seconds: secondsSince(began) });
}

async function oursAsEv(scenario: Scenario, scene: Place): Promise<Result> {
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

function foreign(side: Side, { python, pki }: Place, driver: string, { name }: Scenario): Program {
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
