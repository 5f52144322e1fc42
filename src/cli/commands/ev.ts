/** `plugcharge ev`: our car at any charger, to test chargers with. */
import { resolve } from "node:path";
import { Command } from "commander";
import type { Contract } from "../../evcc/index.ts";
import type { Fault, FaultVerdict } from "../../faults/index.ts";
import {
  type Found,
  readContract,
  readProvisioning,
  readV2gRoots,
  storeContract,
} from "../../modules/PyEvJosev/certificates.ts";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { cryptoRandom } from "../../util/random.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import { exitCodes, type Io } from "../io.ts";
import { keepFolder } from "../keepFolder.ts";
import { type CarOptions, driveCar } from "../peer/car.ts";
import { faultOption, listFaults } from "../peer/faultOption.ts";
import { driveFaultyCar } from "../peer/faultyCar.ts";
import { faultyContract } from "../peer/faultyCertificates.ts";
import { Keeper } from "../peer/keep.ts";
import { linkOf } from "../peer/link.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { openPkiFolder } from "../peer/pkiFolder.ts";
import { chooseScenario, listScenarios, scenarioOption } from "../peer/scenarioOption.ts";
import type { Scenario } from "../peer/scenarios.ts";
import { openScreen, type Screen } from "../peer/screen.ts";
import type { SessionVerdict } from "../peer/verdict.ts";

interface Flags {
  readonly iface?: string;
  readonly pki?: string;
  readonly scenario?: Scenario | "list";
  readonly fault?: Fault | "list";
  readonly thenCharge: boolean;
  readonly keepContract: boolean;
  readonly tls: boolean;
  readonly cycles: number;
  readonly sdpPort: number;
  readonly keep?: string;
  readonly json: boolean;
}

/** @param io the outside world. */
export function evCommand(io: Io): Command {
  return new Command("ev")
    .description("Be a car at any charger, and say how the session went; or do something wrong, and judge the charger.")
    .option("--iface <name>", "network interface towards the charger; auto, or lo for loopback")
    .option("--pki <dir>", "folder with certificates in EVerest's or EcoG's layout; not needed with --no-tls")
    .addOption(scenarioOption("what the car does (default: ac-pnc, or the first that the fault has its place in)"))
    .addOption(faultOption("ev"))
    .option("--then-charge", "after the fault, charge as an honest car, to see that the charger still serves", false)
    .option("--keep-contract", "put a contract that was installed or renewed into the folder of --pki", false)
    .option("--no-tls", "connect without TLS; then there is no Plug & Charge")
    .option("--cycles <n>", "turns of the charge loop", wholeNumber(1, 1_000_000), 10)
    .option("--sdp-port <port>", "UDP port of SECC discovery", wholeNumber(1, 65_535), SDP_PORT)
    .option("--keep <dir>", "keep frames, timeline and TLS keys in this new or empty folder")
    .option("--json", "print the timeline as JSON lines; the last line is the verdict", false)
    .action((flags: Flags) => act(flags, io));
}

function act(flags: Flags, io: Io): Promise<void> {
  const { scenario, fault, json } = flags;
  if (scenario === "list") return listScenarios(io, json);
  if (fault === "list") return listFaults("ev", io, json);
  return drive(flags, chooseScenario(scenario, fault, flags.tls), fault, io);
}

async function drive(flags: Flags, scenario: Scenario, fault: Fault | undefined, io: Io): Promise<void> {
  const { cycles, sdpPort, json } = flags;
  const tls = fault?.needs.tls === false ? "none" : tlsOf(flags, scenario);
  const link = linkOf(flags);
  const certificates = tls === "none" ? { roots: [] } : await readCertificates(flags, scenario);
  const what = fault ? `${scenario.name}, ${fault.name}: ${fault.about}` : scenario.name;
  const screen = openScreen(io, json, `plugcharge ev: a car (${what}) on ${link.interface}`);
  const keeper = await openKeeper(flags, screen);
  const car = {
    ...{ network: keeper?.network(nodeNetwork()) ?? nodeNetwork(), clock: systemClock, timeline: screen.timeline },
    ...{ link, sdpPort, tls, scenario, cycles, interrupted: io.interrupted() },
    ...certificates,
  };
  const verdicts = [];
  if (fault) verdicts.push(await driveWrongly(fault, car, flags, screen));
  if (!fault || flags.thenCharge) {
    verdicts.push(await driveCar(car));
    screen.tell(verdicts.at(-1) as SessionVerdict);
  }
  await keeper?.flush(verdicts.at(-1) ?? {});
  screen.end();
  const good = verdicts.every(({ verdict }) => verdict === "right" || verdict === "charged");
  io.setExitCode(good ? exitCodes.ok : exitCodes.failed);
}

async function openKeeper({ keep }: Flags, { timeline }: Screen): Promise<Keeper | undefined> {
  if (keep === undefined) return undefined;
  return new Keeper({ files: nodeFiles, clock: systemClock, own: "EV", timeline, dir: await keepFolder(keep) });
}

async function driveWrongly(fault: Fault, car: CarOptions, { pki }: Flags, screen: Screen): Promise<FaultVerdict> {
  const contract =
    fault.how.seam === "certificates" && pki !== undefined
      ? await faultyContract(nodeFiles, await openPkiFolder(nodeFiles, resolve(pki)), fault.how.fault)
      : car.contract;
  const verdict = await driveFaultyCar({ ...car, ...(contract && { contract }), fault, random: cryptoRandom });
  screen.tell(verdict);
  return verdict;
}

/** @throws UserError when the scenario is for TLS only, and there shall be none. */
function tlsOf(flags: Flags, { tls, name }: Scenario): Scenario["tls"] {
  if (flags.tls) return tls;
  if (tls !== "required") return "none";
  throw new UserError(`${name} is Plug & Charge, which is for TLS only`, {
    key: "--no-tls",
    fix: "Leave it out, or choose ac-eim.",
  });
}

type CarCertificates = Pick<CarOptions, "roots" | "contract" | "contractWish" | "storeContract">;

/** @throws UserError when something that the scenario needs is not there. */
async function readCertificates(
  { pki, keepContract }: Flags,
  { payment, contract: wanted, name }: Scenario,
): Promise<CarCertificates> {
  if (pki === undefined) {
    throw new UserError("a car with TLS needs V2G roots", { key: "--pki", fix: "Name the folder that holds them." });
  }
  const { dir, names } = await openPkiFolder(nodeFiles, resolve(pki));
  const roots = required(await readV2gRoots(nodeFiles, dir, names.car), dir);
  if (payment !== "Contract") return { roots };
  const wish = { roots, why: `the scenario is ${name}` };
  const keeping = keepContract && {
    storeContract: (contract: Contract) => storeContract(nodeFiles, dir, contract, names.car),
  };
  if (wanted === "install") {
    const provisioning = required(await readProvisioning(nodeFiles, dir, names.car), dir);
    return { roots, contractWish: { action: "install", provisioning, ...wish }, ...keeping };
  }
  const contract = required(await readContract(nodeFiles, dir, names.car), dir);
  if (wanted !== "update") return { roots, contract };
  return { roots, contract, contractWish: { action: "update", ...wish }, ...keeping };
}

function required<T>(found: Found<T>, dir: string): T {
  if ("missing" in found) throw new UserError(found.missing, { file: dir, fix: found.fix });
  return found.value;
}
