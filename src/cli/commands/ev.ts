/** `plugcharge ev`: our car at any charger, to test chargers with. */
import { resolve } from "node:path";
import { Command } from "commander";
import type { Contract } from "../../evcc/index.ts";
import type { Fault } from "../../faults/index.ts";
import { type Found, readContract, readV2gRoots } from "../../modules/PyEvJosev/certificates.ts";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { cryptoRandom } from "../../util/random.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import type { Certificate } from "../../x509/index.ts";
import { exitCodes, type Io } from "../io.ts";
import { type CarOptions, driveCar } from "../peer/car.ts";
import { faultOption, listFaults } from "../peer/faultOption.ts";
import { driveFaultyCar } from "../peer/faultyCar.ts";
import { faultyContract } from "../peer/faultyCertificates.ts";
import { linkOf } from "../peer/link.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { openPkiFolder } from "../peer/pkiFolder.ts";
import { listScenarios, scenarioOption } from "../peer/scenarioOption.ts";
import { type Scenario, scenarios, suits } from "../peer/scenarios.ts";
import { openScreen, type Screen } from "../peer/screen.ts";
import type { Payment } from "../peer/verdict.ts";

interface Flags {
  readonly iface?: string;
  readonly pki?: string;
  readonly scenario?: Scenario | "list";
  readonly fault?: Fault | "list";
  readonly thenCharge: boolean;
  readonly tls: boolean;
  readonly cycles: number;
  readonly sdpPort: number;
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
    .option("--no-tls", "connect without TLS; then there is no Plug & Charge")
    .option("--cycles <n>", "turns of the charge loop", wholeNumber(1, 1_000_000), 10)
    .option("--sdp-port <port>", "UDP port of SECC discovery", wholeNumber(1, 65_535), SDP_PORT)
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
  const certificates = tls === "none" ? { roots: [] } : await readCertificates(flags, scenario.payment);
  const what = fault ? `${scenario.name}, ${fault.name}: ${fault.about}` : scenario.name;
  const screen = openScreen(io, json, `plugcharge ev: a car (${what}) on ${link.interface}`);
  const car = {
    ...{ network: nodeNetwork(), clock: systemClock, timeline: screen.timeline },
    ...{ link, sdpPort, tls, scenario, cycles, interrupted: io.interrupted() },
    ...certificates,
  };
  const faultless = fault ? await driveWrongly(fault, car, flags, screen) : true;
  if (!fault || flags.thenCharge) {
    const verdict = await driveCar(car);
    screen.tell(verdict);
    io.setExitCode(faultless && verdict.verdict === "charged" ? exitCodes.ok : exitCodes.failed);
  } else {
    io.setExitCode(faultless ? exitCodes.ok : exitCodes.failed);
  }
  screen.end();
}

/** Whether the charger was right about it. */
async function driveWrongly(fault: Fault, car: CarOptions, { pki }: Flags, screen: Screen): Promise<boolean> {
  const contract =
    fault.how.seam === "certificates" && pki !== undefined
      ? await faultyContract(nodeFiles, await openPkiFolder(nodeFiles, resolve(pki)), fault.how.fault)
      : car.contract;
  const verdict = await driveFaultyCar({ ...car, ...(contract && { contract }), fault, random: cryptoRandom });
  screen.tell(verdict);
  return verdict.verdict === "right";
}

/** The one that was asked for, or the first that suits. @throws UserError when the fault has no place in it. */
function chooseScenario(wanted: Scenario | undefined, fault: Fault | undefined, tls: boolean): Scenario {
  const needs = { ...fault?.needs, ...(fault && !tls && { tls }) };
  const chosen = wanted ?? scenarios.find((scenario) => suits(scenario, needs)) ?? scenarios[0];
  if (chosen && (!fault || suits(chosen, fault.needs))) return chosen;
  const suitable = scenarios.filter((scenario) => suits(scenario, needs)).map(({ name }) => name);
  throw new UserError(`${fault?.name} has no place in ${chosen?.name}`, {
    key: "--scenario",
    expected: suitable.join(", ") || "TLS",
    fix: "Choose one of these, or leave --scenario out.",
  });
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

interface CarCertificates {
  readonly roots: readonly Certificate[];
  readonly contract?: Contract;
}

/** @throws UserError when something that the scenario needs is not there. */
async function readCertificates({ pki }: Flags, payment: Payment): Promise<CarCertificates> {
  if (pki === undefined) {
    throw new UserError("a car with TLS needs V2G roots", { key: "--pki", fix: "Name the folder that holds them." });
  }
  const { dir, names } = await openPkiFolder(nodeFiles, resolve(pki));
  const roots = required(await readV2gRoots(nodeFiles, dir, names.car), dir);
  if (payment !== "Contract") return { roots };
  return { roots, contract: required(await readContract(nodeFiles, dir, names.car), dir) };
}

function required<T>(found: Found<T>, dir: string): T {
  if ("missing" in found) throw new UserError(found.missing, { file: dir, fix: found.fix });
  return found.value;
}
