/** `plugcharge ev`: our car at any charger, to test chargers with. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Contract } from "../../evcc/index.ts";
import { type Found, readContract, readV2gRoots } from "../../modules/PyEvJosev/certificates.ts";
import { chooseLink } from "../../transport/interfaces.ts";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import type { Certificate } from "../../x509/index.ts";
import { exitCodes, type Io } from "../io.ts";
import { driveCar } from "../peer/car.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { openPkiFolder } from "../peer/pkiFolder.ts";
import { openScreen } from "../peer/screen.ts";
import type { Payment } from "../peer/verdict.ts";

const scenarios: Readonly<Record<"ac-pnc" | "ac-eim", Payment>> = { "ac-pnc": "Contract", "ac-eim": "ExternalPayment" };

interface Flags {
  readonly iface: string;
  readonly pki?: string;
  readonly scenario: keyof typeof scenarios;
  readonly tls: boolean;
  readonly cycles: number;
  readonly sdpPort: number;
  readonly json: boolean;
}

/** @param io the outside world. */
export function evCommand(io: Io): Command {
  return new Command("ev")
    .description("Be a car (AC, ISO 15118-2) at any charger, and say how the session went.")
    .requiredOption("--iface <name>", "network interface towards the charger; auto, or lo for loopback")
    .option("--pki <dir>", "folder with certificates in EVerest's or EcoG's layout; not needed with --no-tls")
    .addOption(
      new Option("--scenario <name>", "ac-pnc pays by contract, ac-eim by external payment")
        .choices(Object.keys(scenarios))
        .default("ac-pnc"),
    )
    .option("--no-tls", "connect without TLS; then there is no Plug & Charge")
    .option("--cycles <n>", "turns of the charge loop", wholeNumber(1, 1_000_000), 10)
    .option("--sdp-port <port>", "UDP port of SECC discovery", wholeNumber(1, 65_535), SDP_PORT)
    .option("--json", "print the timeline as JSON lines; the last line is the verdict", false)
    .action((flags: Flags) => drive(flags, io));
}

async function drive(flags: Flags, io: Io): Promise<void> {
  const { scenario, cycles, sdpPort, json } = flags;
  const payment = scenarios[scenario];
  if (payment === "Contract" && !flags.tls) {
    throw new UserError("Plug & Charge is for TLS only", { key: "--no-tls", fix: "Leave it out, or choose ac-eim." });
  }
  const link = chooseLink(flags.iface);
  const certificates = flags.tls ? await readCertificates(flags, payment) : { roots: [] };
  const tls = !flags.tls ? "none" : payment === "Contract" ? "required" : "wanted";
  const screen = openScreen(io, json, `plugcharge ev: a car (AC, ISO 15118-2, ${scenario}) on ${link.interface}`);
  const ports = { network: nodeNetwork(), clock: systemClock, timeline: screen.timeline };
  const verdict = await driveCar({
    ...ports,
    ...{ link, sdpPort, tls, payment, cycles, interrupted: io.interrupted() },
    ...certificates,
  });
  screen.end();
  screen.tell(verdict);
  io.setExitCode(verdict.verdict === "charged" ? exitCodes.ok : exitCodes.failed);
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
