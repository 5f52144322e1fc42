/** `plugcharge secc`: a charger for any car, to test cars with. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { type Fault, type FaultVerdict, judgeFault } from "../../faults/index.ts";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { InternalError, UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { createLogger, type LogLevel } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import { signal } from "../demo/signal.ts";
import { exitCodes, type Io } from "../io.ts";
import { keepFolder } from "../keepFolder.ts";
import { openCharger } from "../peer/charger.ts";
import { openContractService } from "../peer/contractService.ts";
import { type Chosen, faultOption, listFaults } from "../peer/faultOption.ts";
import { faultyCredentials, faultyService } from "../peer/faultyCertificates.ts";
import { type FaultyChargerOptions, openFaultyCharger } from "../peer/faultyCharger.ts";
import { Keeper } from "../peer/keep.ts";
import { linkOf } from "../peer/link.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { openPkiFolder, type PkiFolder, readContractRoots, readSeccCredentials } from "../peer/pkiFolder.ts";
import { listScenarios, scenarioOption, type Task, tasksFor } from "../peer/scenarioOption.ts";
import { anyCar, type Scenario } from "../peer/scenarios.ts";
import { readOffers } from "../peer/schedules.ts";
import { openScreen, type Screen } from "../peer/screen.ts";
import type { Payment, SessionVerdict } from "../peer/verdict.ts";

const payments: Readonly<Record<"pnc" | "eim", Payment>> = { pnc: "Contract", eim: "ExternalPayment" };

interface Flags {
  readonly iface?: string;
  readonly pki?: string;
  readonly scenario?: Scenario | "list";
  readonly fault?: Chosen;
  readonly sessions?: number;
  readonly timeout?: number;
  readonly tls: "force" | "allow" | "prohibit";
  readonly auth?: keyof typeof payments;
  readonly schedules?: string;
  readonly sdpPort: number;
  readonly keep?: string;
  readonly json: boolean;
  readonly log: LogLevel;
}

/** @param io the outside world. */
export function seccCommand(io: Io): Command {
  return new Command("secc")
    .description("Be a charger for any car, and say how every session went; or do something wrong, and judge the car.")
    .option("--iface <name>", "network interface towards the car; auto, or lo for loopback")
    .option("--pki <dir>", "folder with certificates in EVerest's or EcoG's layout; not needed with --tls prohibit")
    .addOption(scenarioOption("what alone is offered (default: all that a car may want)"))
    .addOption(faultOption("secc"))
    .option("--sessions <n>", "stop after this many sessions (default: Ctrl+C stops it)", wholeNumber(1, 1_000_000))
    .option("--timeout <s>", "stop after this many seconds", wholeNumber(1, 86_400))
    .addOption(
      new Option("--tls <how>", "whether cars must, may or cannot connect by TLS")
        .choices(["force", "allow", "prohibit"])
        .default("allow"),
    )
    .addOption(
      new Option("--auth <how>", "the only way to pay that is offered (default: both)").choices(["pnc", "eim"]),
    )
    .option("--schedules <file>", "JSON with the schedules and tariffs that cars may choose from")
    .option("--sdp-port <port>", "UDP port of SECC discovery", wholeNumber(1, 65_535), SDP_PORT)
    .option("--keep <dir>", "keep frames, timeline and TLS keys of every session in this new or empty folder")
    .option("--json", "print the timeline and the verdict of every session as JSON lines", false)
    .addOption(
      new Option("--log <level>", "log lines on stderr")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("silent"),
    )
    .action((flags: Flags) => act(flags, io));
}

function act(flags: Flags, io: Io): Promise<void> {
  const { scenario, fault, json, tls } = flags;
  if (scenario === "list") return listScenarios(io, json);
  if (fault === "list") return listFaults("secc", io, json);
  return fault ? testCars(tasksFor(fault, scenario, tls !== "prohibit"), flags, io) : serve(flags, scenario, io);
}

type Opened = Omit<FaultyChargerOptions, "onSession" | "fault">;

async function open(flags: Flags, task: Partial<Task>, screen: Screen, keeper?: Keeper): Promise<Opened> {
  const { auth, sdpPort } = flags;
  const { scenario } = task;
  const link = linkOf(flags);
  const certificates = await readCertificates(flags, task);
  return {
    ...{ clock: systemClock, random: cryptoRandom, log: createLogger(flags.log), timeline: screen.timeline },
    ...{ link, sdpPort, tlsSecurity: tlsOf(flags, task), ...certificates },
    network: keeper?.network(nodeNetwork()) ?? nodeNetwork(),
    ...(scenario && { protocol: scenario.protocol }),
    ...(scenario?.renegotiates && { renegotiates: true }),
    evse: { ...(scenario?.evse ?? anyCar), ...(auth && { paymentOptions: [payments[auth]] }) },
  };
}

/** Some protocols and some faults are without TLS. */
function tlsOf({ tls }: Flags, { scenario, fault }: Partial<Task>): Flags["tls"] {
  return scenario?.tls === "none" || fault?.needs.tls === false ? "prohibit" : tls;
}

async function openKeeper({ keep }: Flags, { timeline }: Screen): Promise<Keeper | undefined> {
  if (keep === undefined) return undefined;
  return new Keeper({ files: nodeFiles, clock: systemClock, own: "EVSE", timeline, dir: await keepFolder(keep) });
}

/** Resolves when the person, or the time that he has given, stops it. */
function stopOf({ timeout }: Flags, io: Io): { readonly stopped: Promise<void>; cancel(): void } {
  const over = signal<void>();
  const timer = timeout === undefined ? undefined : systemClock.setTimer(timeout * 1000, over.resolve);
  return { stopped: Promise.race([over.promise, io.interrupted()]), cancel: () => timer?.cancel() };
}

/** Serves cars until there have been enough, or somebody stops it. */
async function serve(flags: Flags, scenario: Scenario | undefined, io: Io): Promise<void> {
  const { sessions = Number.POSITIVE_INFINITY, json } = flags;
  const screen = openScreen(io, { json }, `plugcharge secc: a charger (${scenario?.name ?? "for any car"})`);
  const keeper = await openKeeper(flags, screen);
  const verdicts: SessionVerdict[] = [];
  const enough = signal<void>();
  let kept = Promise.resolve();
  const charger = await openCharger({
    ...(await open(flags, scenario ? { scenario } : {}, screen, keeper)),
    onSession(verdict) {
      screen.tell(verdict);
      const count = verdicts.push(verdict);
      kept = kept.then(() => keeper?.flush(verdict, `session-${count}`));
      if (count >= sessions) enough.resolve();
    },
  });
  const { stopped, cancel } = stopOf(flags, io);
  await Promise.race([enough.promise, stopped]);
  cancel();
  await charger.close();
  await kept;
  conclude(verdicts, screen, flags, io);
}

/** Does one thing wrong after the other, and waits each time for what a car does about it. */
async function testCars(tasks: readonly Task[], flags: Flags, io: Io): Promise<void> {
  const [first] = tasks;
  const what = tasks.length === 1 ? `${first?.fault?.name}: ${first?.fault?.about}` : `${tasks.length} faults`;
  const brief = tasks.length > 1;
  const screen = openScreen(io, { json: flags.json, brief }, `plugcharge secc: a charger (${what})`);
  const keeper = await openKeeper(flags, screen);
  const { stopped, cancel } = stopOf(flags, io);
  const verdicts: FaultVerdict[] = [];
  for (const task of tasks) {
    screen.say(`waits for a car, for ${task.fault?.name}: ${task.fault?.about}`);
    const verdict = await testCar(task, flags, screen, keeper, stopped);
    await keeper?.flush(verdict, tasks.length > 1 ? `session-${verdicts.length + 1}` : "");
    verdicts.push(verdict);
    screen.tell(verdict);
    if (verdict.verdict === "not reached") break;
  }
  cancel();
  screen.end();
  if (brief) screen.sum(verdicts);
  io.setExitCode(verdicts.every(({ verdict }) => verdict === "right") ? exitCodes.ok : exitCodes.failed);
}

async function testCar(
  { scenario, fault }: Task,
  flags: Flags,
  screen: Screen,
  keeper: Keeper | undefined,
  stopped: Promise<void>,
): Promise<FaultVerdict> {
  if (!fault) throw new InternalError("a car is tested with a fault");
  const { sessions = Number.POSITIVE_INFINITY } = flags;
  const ended: SessionVerdict[] = [];
  const enough = signal<void>();
  const charger = await openFaultyCharger({
    ...(await open(flags, { scenario, fault }, screen, keeper)),
    fault,
    onSession(verdict) {
      screen.tell(verdict);
      if (ended.push(verdict) >= sessions) enough.resolve();
    },
  });
  const unreached = Promise.race([enough.promise, stopped]).then(() =>
    judgeFault(fault, { unreached: ended.at(-1)?.reason ?? "no car has come" }),
  );
  const verdict = await Promise.race([charger.verdict, unreached]);
  await charger.close();
  return verdict;
}

/** @throws UserError when there is no certificate, but it is needed. */
async function readCertificates(flags: Flags, task: Partial<Task>) {
  const { pki, schedules } = flags;
  const tls = tlsOf(flags, task);
  const offers = async (folder?: PkiFolder) =>
    schedules === undefined ? {} : { schedules: await readOffers(nodeFiles, schedules, folder) };
  if (pki === undefined && tls === "prohibit")
    return { credentials: undefined, contractRoots: [], ...(await offers()) };
  if (pki === undefined) {
    throw new UserError("a charger needs certificates", {
      key: "--pki",
      fix: "Name the folder that holds them, or give --tls prohibit.",
    });
  }
  const folder = await openPkiFolder(nodeFiles, resolve(pki));
  const credentials = tls === "prohibit" ? undefined : await readCredentials(folder, task.fault);
  if (!credentials && tls !== "prohibit") {
    throw new UserError("the folder has no SECC certificate with its key", {
      file: folder.dir,
      expected: `${folder.names.secc.chain} and ${folder.names.secc.key}`,
      fix: "Put them there, or give --tls prohibit.",
    });
  }
  const contractRoots = await readContractRoots(nodeFiles, folder);
  return { credentials, contractRoots, ...(await offers(folder)), ...(await contractService(folder, task)) };
}

/** Offered where the folder has what it takes. @throws UserError when it has not, but the scenario is about it. */
async function contractService(folder: PkiFolder, { scenario, fault }: Partial<Task>) {
  const ports = { files: nodeFiles, clock: systemClock, random: cryptoRandom };
  const service = await openContractService(folder, ports);
  const wrong = fault?.how.seam === "certificates" && fault.how.leaf === "cps" && fault.how.fault;
  const issued = wrong ? { issued: await faultyService(nodeFiles, folder, wrong) } : {};
  if ("clearingHouse" in service) return { ...service, ...issued };
  if (scenario?.contract === undefined) return {};
  throw new UserError(`no contract can be installed: ${service.missing}`, {
    file: folder.dir,
    fix: "Name a folder that `plugcharge pki init` has made for all.",
  });
}

function readCredentials(folder: PkiFolder, fault: Fault | undefined) {
  return fault?.how.seam === "certificates" && fault.how.leaf === "secc"
    ? faultyCredentials(nodeFiles, folder, fault.how.fault)
    : readSeccCredentials(nodeFiles, folder);
}

/** Good is only what was tried: no car at all is no success. */
function conclude(verdicts: readonly SessionVerdict[], screen: Screen, { json }: Flags, io: Io): void {
  screen.end();
  const charged = verdicts.filter(({ verdict }) => verdict === "charged").length;
  if (!json) io.stdout.write(`\n${charged} of ${verdicts.length} sessions charged.\n`);
  io.setExitCode(charged > 0 && charged === verdicts.length ? exitCodes.ok : exitCodes.failed);
}
