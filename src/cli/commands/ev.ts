/** `plugcharge ev`: our car at any charger, to test chargers with. */
import { Command } from "commander";
import { type Fault, type FaultVerdict, judgeFault } from "../../faults/index.ts";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import { exitCodes, type Io } from "../io.ts";
import { keepFolder } from "../keepFolder.ts";
import { type CarBase, perform } from "../peer/carTasks.ts";
import { type Chosen, faultOption, listFaults } from "../peer/faultOption.ts";
import { Keeper } from "../peer/keep.ts";
import { linkOf } from "../peer/link.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { listScenarios, scenarioOption, type Task, tasksFor } from "../peer/scenarioOption.ts";
import { type Scenario, scenarios } from "../peer/scenarios.ts";
import { openScreen, type Screen } from "../peer/screen.ts";
import type { SessionVerdict } from "../peer/verdict.ts";

interface Flags {
  readonly iface?: string;
  readonly pki?: string;
  readonly scenario?: Scenario | "list";
  readonly fault?: Chosen;
  readonly thenCharge: boolean;
  readonly keepContract: boolean;
  readonly repeat: number;
  readonly timeout?: number;
  readonly tls: boolean;
  readonly cycles: number;
  readonly peerQuirks: boolean;
  readonly sdpPort: number;
  readonly keep?: string;
  readonly json: boolean;
}

type Verdict = SessionVerdict | FaultVerdict;

/** @param io the outside world. */
export function evCommand(io: Io): Command {
  return new Command("ev")
    .description("Be a car at any charger, and say how the session went; or do something wrong, and judge the charger.")
    .option("--iface <name>", "network interface towards the charger; auto, or lo for loopback")
    .option("--pki <dir>", "folder with certificates in EVerest's or EcoG's layout; not needed with --no-tls")
    .addOption(scenarioOption("what the car does (default: ac-pnc, or the first that the fault has its place in)"))
    .addOption(faultOption("ev"))
    .option("--then-charge", "after each fault, charge as an honest car, to see that the charger still serves", false)
    .option("--keep-contract", "put a contract that was installed or renewed into the folder of --pki", false)
    .option("--no-tls", "connect without TLS; then there is no Plug & Charge")
    .option(
      "--peer-quirks",
      "bear a charger whose DC voltages cannot be and whose answers are late, as a simulator's",
      false,
    )
    .option("--cycles <n>", "turns of the charge loop", wholeNumber(1, 1_000_000), 10)
    .option("--repeat <n>", "do it so many times", wholeNumber(1, 1_000_000), 1)
    .option("--timeout <s>", "give a session up that takes longer, in seconds", wholeNumber(1, 86_400))
    .option("--sdp-port <port>", "UDP port of SECC discovery", wholeNumber(1, 65_535), SDP_PORT)
    .option("--keep <dir>", "keep frames, timeline and TLS keys in this new or empty folder")
    .option("--json", "print the timeline as JSON lines; the last line is the verdict", false)
    .action((flags: Flags) => act(flags, io));
}

async function act(flags: Flags, io: Io): Promise<void> {
  const { scenario, fault, json } = flags;
  if (scenario === "list") return listScenarios(io, json);
  if (fault === "list") return listFaults("ev", io, json);
  const tasks = Array.from({ length: flags.repeat }, () => plan(flags, scenario, fault)).flat();
  const link = linkOf(flags);
  const brief = tasks.length > 2;
  const screen = openScreen(io, { json, brief }, `plugcharge ev: a car (${titleOf(tasks)}) on ${link.interface}`);
  const verdicts = await performAll(tasks, flags, screen, io, link);
  screen.end();
  if (brief) screen.sum(verdicts);
  io.setExitCode(verdicts.every(isGood) ? exitCodes.ok : exitCodes.failed);
}

const [usual] = scenarios;

function plan({ tls, thenCharge }: Flags, wanted: Scenario | undefined, faults: readonly Fault[] | undefined): Task[] {
  const scenario = wanted ?? usual;
  if (!faults) return scenario ? [{ scenario }] : [];
  return tasksFor(faults, wanted, tls).flatMap((task) => (thenCharge ? [task, { scenario: task.scenario }] : [task]));
}

function titleOf(tasks: readonly Task[]): string {
  const [first, ...others] = tasks.flatMap(({ scenario, fault }) => {
    return fault ? `${scenario.name}, ${fault.name}: ${fault.about}` : scenario.name;
  });
  return others.length > 1 ? `${tasks.length} sessions` : (first ?? "");
}

async function performAll(
  tasks: readonly Task[],
  flags: Flags,
  screen: Screen,
  io: Io,
  link: CarBase["link"],
): Promise<Verdict[]> {
  const { sdpPort, cycles, timeout } = flags;
  const keeper = await openKeeper(flags, screen);
  const interrupted = io.interrupted();
  let stopped = false;
  void interrupted.then(() => {
    stopped = true;
  });
  const base: CarBase = {
    ...{ network: keeper?.network(nodeNetwork()) ?? nodeNetwork(), clock: systemClock, timeline: screen.timeline },
    ...{ link, sdpPort, cycles, quirks: flags.peerQuirks, interrupted },
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
  };
  const verdicts: Verdict[] = [];
  for (const task of tasks) {
    if (stopped) break;
    const verdict = await perform(task, base, flags).catch((error) => lacking(error, task, tasks.length));
    screen.tell(verdict);
    await keeper?.flush(verdict, tasks.length > 1 ? `session-${verdicts.length + 1}` : "");
    verdicts.push(verdict);
  }
  return verdicts;
}

/** Among many faults, one for which the folder lacks something ends nothing. */
function lacking(error: unknown, { fault }: Task, count: number): FaultVerdict {
  if (!(error instanceof UserError) || !fault || count === 1) throw error;
  return judgeFault(fault, { unreached: error.describe() });
}

function isGood({ verdict }: Verdict): boolean {
  return verdict === "right" || verdict === "charged";
}

async function openKeeper({ keep }: Flags, { timeline }: Screen): Promise<Keeper | undefined> {
  if (keep === undefined) return undefined;
  return new Keeper({ files: nodeFiles, clock: systemClock, own: "EV", timeline, dir: await keepFolder(keep) });
}
