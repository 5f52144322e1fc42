/** `plugcharge secc`: a charger for any car, to test cars with. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { nodeNetwork } from "../../transport/node.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { nodeFiles } from "../../util/files.ts";
import { createLogger, type LogLevel } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { SDP_PORT } from "../../v2gtp/sdp.ts";
import { exitCodes, type Io } from "../io.ts";
import { openCharger } from "../peer/charger.ts";
import { linkOf } from "../peer/link.ts";
import { wholeNumber } from "../peer/numbers.ts";
import { openPkiFolder, readContractRoots, readSeccCredentials } from "../peer/pkiFolder.ts";
import { listScenarios, scenarioOption } from "../peer/scenarioOption.ts";
import { anyCar, type Scenario } from "../peer/scenarios.ts";
import { openScreen, type Screen } from "../peer/screen.ts";
import type { Payment, SessionVerdict } from "../peer/verdict.ts";

const payments: Readonly<Record<"pnc" | "eim", Payment>> = { pnc: "Contract", eim: "ExternalPayment" };

interface Flags {
  readonly iface?: string;
  readonly pki?: string;
  readonly scenario?: Scenario | "list";
  readonly sessions?: number;
  readonly tls: "force" | "allow" | "prohibit";
  readonly auth?: keyof typeof payments;
  readonly sdpPort: number;
  readonly json: boolean;
  readonly log: LogLevel;
}

/** @param io the outside world. */
export function seccCommand(io: Io): Command {
  return new Command("secc")
    .description("Be a charger (ISO 15118-2) for any car, and say of every session how it went.")
    .option("--iface <name>", "network interface towards the car; auto, or lo for loopback")
    .option("--pki <dir>", "folder with certificates in EVerest's or EcoG's layout")
    .addOption(scenarioOption("what alone is offered (default: all that a car may want)"))
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
    .option("--json", "print the timeline and the verdict of every session as JSON lines", false)
    .addOption(
      new Option("--log <level>", "log lines on stderr")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("silent"),
    )
    .action((flags: Flags) =>
      flags.scenario === "list" ? listScenarios(io, flags.json) : serve(flags, flags.scenario, io),
    );
}

async function serve(flags: Flags, scenario: Scenario | undefined, io: Io): Promise<void> {
  const { auth, sessions = Number.POSITIVE_INFINITY } = flags;
  const link = linkOf(flags);
  const certificates = await readCertificates(flags);
  const what = scenario?.name ?? "for any car";
  const screen = openScreen(io, flags.json, `plugcharge secc: a charger (${what}) on ${link.interface}`);
  const verdicts: SessionVerdict[] = [];
  let enough = () => {};
  const served = new Promise<void>((settle) => {
    enough = settle;
  });
  const charger = await openCharger({
    ...{ network: nodeNetwork(), clock: systemClock, random: cryptoRandom, log: createLogger(flags.log) },
    ...{ link, sdpPort: flags.sdpPort, tlsSecurity: flags.tls, timeline: screen.timeline, ...certificates },
    ...(scenario?.renegotiates && { renegotiates: true }),
    evse: { ...(scenario?.evse ?? anyCar), ...(auth && { paymentOptions: [payments[auth]] }) },
    onSession(verdict) {
      screen.tell(verdict);
      if (verdicts.push(verdict) >= sessions) enough();
    },
  });
  await Promise.race([served, io.interrupted()]);
  await charger.close();
  conclude(verdicts, screen, flags, io);
}

/** @throws UserError when there is no certificate, but it is needed. */
async function readCertificates({ pki, tls }: Flags) {
  if (pki === undefined) {
    throw new UserError("a charger needs certificates", { key: "--pki", fix: "Name the folder that holds them." });
  }
  const folder = await openPkiFolder(nodeFiles, resolve(pki));
  const credentials = tls === "prohibit" ? undefined : await readSeccCredentials(nodeFiles, folder);
  if (!credentials && tls !== "prohibit") {
    throw new UserError("the folder has no SECC certificate with its key", {
      file: folder.dir,
      expected: `${folder.names.secc.chain} and ${folder.names.secc.key}`,
      fix: "Put them there, or give --tls prohibit.",
    });
  }
  return { credentials, contractRoots: await readContractRoots(nodeFiles, folder) };
}

/** Good is only what was tried: no car at all is no success. */
function conclude(verdicts: readonly SessionVerdict[], screen: Screen, { json }: Flags, io: Io): void {
  screen.end();
  const charged = verdicts.filter(({ verdict }) => verdict === "charged").length;
  if (!json) io.stdout.write(`\n${charged} of ${verdicts.length} sessions charged.\n`);
  io.setExitCode(charged > 0 && charged === verdicts.length ? exitCodes.ok : exitCodes.failed);
}
