/** `plugcharge secc`: a charger for any car, to test cars with. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { type Fault, judgeFault } from "../../faults/index.ts";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { createLogger, type LogLevel } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import { signal } from "../demo/signal.ts";
import { exitCodes, type Io } from "../io.ts";
import { keepFolder } from "../keepFolder.ts";
import { type ChargerOptions, openCharger } from "../peer/charger.ts";
import { openContractService } from "../peer/contractService.ts";
import { faultOption, listFaults } from "../peer/faultOption.ts";
import { faultyCredentials } from "../peer/faultyCertificates.ts";
import { openFaultyCharger } from "../peer/faultyCharger.ts";
import { Keeper } from "../peer/keep.ts";
import { linkOf } from "../peer/link.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { openPkiFolder, type PkiFolder, readContractRoots, readSeccCredentials } from "../peer/pkiFolder.ts";
import { chooseScenario, listScenarios, scenarioOption } from "../peer/scenarioOption.ts";
import { anyCar, type Scenario } from "../peer/scenarios.ts";
import { openScreen, type Screen } from "../peer/screen.ts";
import type { Payment, SessionVerdict } from "../peer/verdict.ts";

const payments: Readonly<Record<"pnc" | "eim", Payment>> = { pnc: "Contract", eim: "ExternalPayment" };

interface Flags {
  readonly iface?: string;
  readonly pki?: string;
  readonly scenario?: Scenario | "list";
  readonly fault?: Fault | "list";
  readonly sessions?: number;
  readonly tls: "force" | "allow" | "prohibit";
  readonly auth?: keyof typeof payments;
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
    .addOption(
      new Option("--tls <how>", "whether cars must, may or cannot connect by TLS")
        .choices(["force", "allow", "prohibit"])
        .default("allow"),
    )
    .addOption(
      new Option("--auth <how>", "the only way to pay that is offered (default: both)").choices(["pnc", "eim"]),
    )
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
  const { scenario, fault, json } = flags;
  if (scenario === "list") return listScenarios(io, json);
  if (fault === "list") return listFaults("secc", io, json);
  return fault
    ? testCar(fault, flags, chooseScenario(scenario, fault, flags.tls !== "prohibit"), io)
    : serve(flags, scenario, io);
}

type Opened = Omit<ChargerOptions, "onSession"> & {
  /** Writes what is to be kept of a session that is over. */
  keep(verdict: object): Promise<void>;
};

async function open(flags: Flags, scenario: Scenario | undefined, screen: Screen, fault?: Fault): Promise<Opened> {
  const { auth, sdpPort, keep } = flags;
  const { timeline } = screen;
  const link = linkOf(flags);
  const certificates = await readCertificates(flags, scenario, fault);
  const files = { files: nodeFiles, clock: systemClock, own: "EVSE", timeline } as const;
  const keeper = keep === undefined ? undefined : new Keeper({ ...files, dir: await keepFolder(keep) });
  let kept = 0;
  return {
    ...{ clock: systemClock, random: cryptoRandom, log: createLogger(flags.log), timeline },
    ...{ link, sdpPort, tlsSecurity: fault?.needs.tls === false ? "prohibit" : flags.tls, ...certificates },
    network: keeper?.network(nodeNetwork()) ?? nodeNetwork(),
    ...(scenario?.renegotiates && { renegotiates: true }),
    evse: { ...(scenario?.evse ?? anyCar), ...(auth && { paymentOptions: [payments[auth]] }) },
    keep: async (verdict) => keeper?.flush(verdict, `session-${++kept}`),
  };
}

/** Serves cars until there have been enough, or the person stops it. */
async function serve(flags: Flags, scenario: Scenario | undefined, io: Io): Promise<void> {
  const { sessions = Number.POSITIVE_INFINITY } = flags;
  const screen = openScreen(io, flags.json, `plugcharge secc: a charger (${scenario?.name ?? "for any car"})`);
  const options = await open(flags, scenario, screen);
  const verdicts: SessionVerdict[] = [];
  const enough = signal<void>();
  let kept = Promise.resolve();
  const charger = await openCharger({
    ...options,
    onSession(verdict) {
      screen.tell(verdict);
      kept = kept.then(() => options.keep(verdict));
      if (verdicts.push(verdict) >= sessions) enough.resolve();
    },
  });
  await Promise.race([enough.promise, io.interrupted()]);
  await charger.close();
  await kept;
  conclude(verdicts, screen, flags, io);
}

/** Does one thing wrong, and waits for what the car does about it. */
async function testCar(fault: Fault, flags: Flags, scenario: Scenario, io: Io): Promise<void> {
  const { sessions = Number.POSITIVE_INFINITY } = flags;
  const title = `plugcharge secc: a charger (${scenario.name}, ${fault.name}: ${fault.about})`;
  const screen = openScreen(io, flags.json, title);
  const options = await open(flags, scenario, screen, fault);
  const ended: SessionVerdict[] = [];
  const enough = signal<void>();
  const charger = await openFaultyCharger({
    ...{ ...options, fault },
    onSession(verdict) {
      screen.tell(verdict);
      if (ended.push(verdict) >= sessions) enough.resolve();
    },
  });
  const stopped = Promise.race([enough.promise, io.interrupted()]);
  const unreached = stopped.then(() => {
    return judgeFault(fault, { unreached: ended.at(-1)?.reason ?? "no car has come" });
  });
  const verdict = await Promise.race([charger.verdict, unreached]);
  await charger.close();
  await options.keep(verdict);
  screen.end();
  screen.tell(verdict);
  io.setExitCode(verdict.verdict === "right" ? exitCodes.ok : exitCodes.failed);
}

/** @throws UserError when there is no certificate, but it is needed. */
async function readCertificates({ pki, tls }: Flags, scenario: Scenario | undefined, fault: Fault | undefined) {
  if (pki === undefined && tls === "prohibit") return { credentials: undefined, contractRoots: [] };
  if (pki === undefined) {
    throw new UserError("a charger needs certificates", {
      key: "--pki",
      fix: "Name the folder that holds them, or give --tls prohibit.",
    });
  }
  const folder = await openPkiFolder(nodeFiles, resolve(pki));
  const credentials = tls === "prohibit" ? undefined : await readCredentials(folder, fault);
  if (!credentials && tls !== "prohibit") {
    throw new UserError("the folder has no SECC certificate with its key", {
      file: folder.dir,
      expected: `${folder.names.secc.chain} and ${folder.names.secc.key}`,
      fix: "Put them there, or give --tls prohibit.",
    });
  }
  const contractRoots = await readContractRoots(nodeFiles, folder);
  return { credentials, contractRoots, ...(await contractService(folder, scenario)) };
}

/** Offered where the folder has what it takes. @throws UserError when it has not, but the scenario is about it. */
async function contractService(folder: PkiFolder, scenario: Scenario | undefined) {
  const ports = { files: nodeFiles, clock: systemClock, random: cryptoRandom };
  const service = await openContractService(folder, ports);
  if ("clearingHouse" in service) return service;
  if (scenario?.contract === undefined) return {};
  throw new UserError(`no contract can be installed: ${service.missing}`, {
    file: folder.dir,
    fix: "Name a folder that `plugcharge pki init` has made for all.",
  });
}

function readCredentials(folder: PkiFolder, fault: Fault | undefined) {
  return fault?.how.seam === "certificates"
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
