/** `plugcharge ev`: our car at any charger, to test chargers with. */
import { resolve } from "node:path";
import { Command } from "commander";
import type { Contract } from "../../evcc/index.ts";
import { type Found, readContract, readV2gRoots } from "../../modules/PyEvJosev/certificates.ts";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import type { Certificate } from "../../x509/index.ts";
import { exitCodes, type Io } from "../io.ts";
import { driveCar } from "../peer/car.ts";
import { linkOf } from "../peer/link.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { openPkiFolder } from "../peer/pkiFolder.ts";
import { listScenarios, scenarioOption } from "../peer/scenarioOption.ts";
import { findScenario, type Scenario } from "../peer/scenarios.ts";
import { openScreen } from "../peer/screen.ts";
import type { Payment } from "../peer/verdict.ts";

interface Flags {
  readonly iface?: string;
  readonly pki?: string;
  readonly scenario: Scenario | "list";
  readonly tls: boolean;
  readonly cycles: number;
  readonly sdpPort: number;
  readonly json: boolean;
}

/** @param io the outside world. */
export function evCommand(io: Io): Command {
  return new Command("ev")
    .description("Be a car (ISO 15118-2) at any charger, and say how the session went.")
    .option("--iface <name>", "network interface towards the charger; auto, or lo for loopback")
    .option("--pki <dir>", "folder with certificates in EVerest's or EcoG's layout; not needed with --no-tls")
    .addOption(scenarioOption("what the car does").default(findScenario("ac-pnc"), "ac-pnc"))
    .option("--no-tls", "connect without TLS; then there is no Plug & Charge")
    .option("--cycles <n>", "turns of the charge loop", wholeNumber(1, 1_000_000), 10)
    .option("--sdp-port <port>", "UDP port of SECC discovery", wholeNumber(1, 65_535), SDP_PORT)
    .option("--json", "print the timeline as JSON lines; the last line is the verdict", false)
    .action((flags: Flags) =>
      flags.scenario === "list" ? listScenarios(io, flags.json) : drive(flags, flags.scenario, io),
    );
}

async function drive(flags: Flags, scenario: Scenario, io: Io): Promise<void> {
  const { cycles, sdpPort, json } = flags;
  const tls = tlsOf(flags, scenario);
  const link = linkOf(flags);
  const certificates = tls === "none" ? { roots: [] } : await readCertificates(flags, scenario.payment);
  const screen = openScreen(io, json, `plugcharge ev: a car (${scenario.name}) on ${link.interface}`);
  const ports = { network: nodeNetwork(), clock: systemClock, timeline: screen.timeline };
  const verdict = await driveCar({
    ...ports,
    ...{ link, sdpPort, tls, scenario, cycles, interrupted: io.interrupted() },
    ...certificates,
  });
  screen.end();
  screen.tell(verdict);
  io.setExitCode(verdict.verdict === "charged" ? exitCodes.ok : exitCodes.failed);
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
