/** `plugcharge demo`: a whole Plug & Charge session, car to CSMS, shown as one timeline. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { systemClock } from "../../util/clock.ts";
import { nodeFiles } from "../../util/files.ts";
import { createLogger, type LogLevel } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { Timeline } from "../../util/trace.ts";
import { type ContractCase, contractCaseFacts, contractCases } from "../demo/contractCases.ts";
import { freeUdpPort } from "../demo/freePort.ts";
import { dcConfigFile, defaultConfigFile, type OcppVersionName, ocpp16ConfigFile } from "../demo/installation.ts";
import { type DemoOptions, runDemo } from "../demo/session.ts";
import type { Verdict } from "../demo/verdict.ts";
import { FrameLog } from "../demo/wiretap.ts";
import { exitCodes, type Io, writeLine } from "../io.ts";
import { keepFolder } from "../keepFolder.ts";
import { TimelinePrinter, timelineHeading } from "../timeline.ts";

interface Flags {
  readonly json: boolean;
  readonly evContract: ContractCase;
  readonly certInstall: boolean;
  readonly fault: readonly string[];
  readonly keep?: string;
  readonly eim: boolean;
  readonly dc: boolean;
  readonly din: boolean;
  readonly ocpp: OcppVersionName;
  readonly config: string;
  readonly iface?: string;
  readonly chargeSeconds: number;
  readonly pause: boolean;
  readonly hardwareDelays: number;
  readonly sdpPort?: number;
  readonly csmsPort?: number;
  readonly log: LogLevel;
}

function numberIn(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
  };
}

const collected = (value: string, before: readonly string[]) => [...before, value];

/** @param io the outside world. */
export function demoCommand(io: Io): Command {
  const port = numberIn(1, 65_535);
  return new Command("demo")
    .description("Run a Plug & Charge session of ISO 15118-2 from the car to the CSMS, and show what happened.")
    .option("--json", "print the timeline as JSON lines; the last line is the verdict", false)
    .addOption(
      new Option("--ev-contract <kind>", "the contract that the car comes with")
        .choices(contractCases)
        .default("valid"),
    )
    .addOption(
      new Option("--cert-install", "let the car come without a contract, and have one installed")
        .default(false)
        .conflicts("evContract"),
    )
    .option("--fault <name>", "make a certificate wrong, for example secc:expired (repeatable)", collected, [])
    .option("--keep <dir>", "keep PKI, captured frames, timeline and databases in this new or empty folder")
    .addOption(
      new Option("--eim", "pay externally, by an app that starts through the CSMS, instead of by contract")
        .default(false)
        .conflicts(["evContract", "certInstall"]),
    )
    .addOption(new Option("--dc", "charge with direct current").default(false).conflicts("config"))
    .addOption(
      new Option("--din", "let the car speak DIN SPEC 70121: direct current, paid externally, without TLS")
        .default(false)
        .conflicts(["config", "evContract", "certInstall", "pause"]),
    )
    .addOption(
      new Option("--ocpp <version>", "what station and CSMS speak")
        .choices(["1.6", "2.0.1"])
        .default("2.0.1")
        .conflicts(["config", "dc", "din"]),
    )
    .option("--config <file>", "the charging station, in EVerest's YAML format", defaultConfigFile)
    .option("--iface <name>", "network interface for V2G; lo for loopback (default: as configured)")
    .option("--charge-seconds <s>", "time in the charge loop", numberIn(0.5, 3600), 2)
    .option("--pause", "let the car pause its session, sleep, wake the station and go on", false)
    .option("--hardware-delays <factor>", "delays of the simulated hardware; 1 = as EVerest's", numberIn(0, 10), 0)
    .option(
      "--sdp-port <port>",
      "UDP port of the SECC discovery, both sides; 15118 in the standard (default: a free one)",
      port,
    )
    .option("--csms-port <port>", "TCP port of the CSMS (default: a free one)", port)
    .addOption(
      new Option("--log <level>", "log lines on stderr")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("silent"),
    )
    .action((flags: Flags) => demo(flags, io));
}

async function demo(flags: Flags, io: Io): Promise<void> {
  const dir = flags.keep === undefined ? await mkdtemp(join(tmpdir(), "plugcharge-")) : await keepFolder(flags.keep);
  const timeline = new Timeline(systemClock);
  const frames = new FrameLog(systemClock);
  try {
    const verdict = await shown(flags, io, timeline, () => run(flags, { dir, timeline, wiretap: frames }));
    if (flags.keep !== undefined) await keep(dir, timeline, frames, verdict);
    if (!flags.json && flags.keep !== undefined) await writeLine(io.stdout, `\nKept in ${dir}`);
    await (flags.json ? writeLine(io.stdout, JSON.stringify(verdict)) : printVerdict(io, verdict));
    io.setExitCode(verdict.expected ? exitCodes.ok : exitCodes.failed);
  } finally {
    if (flags.keep === undefined) await rm(dir, { recursive: true, force: true });
  }
}

async function run(flags: Flags, where: Pick<DemoOptions, "dir" | "timeline" | "wiretap">): Promise<Verdict> {
  const { iface, csmsPort } = flags;
  return runDemo({
    ...where,
    ...{ clock: systemClock, random: cryptoRandom, files: nodeFiles, log: createLogger(flags.log) },
    contract: contractOf(flags),
    payment: isExternal(flags) ? "ExternalPayment" : "Contract",
    protocol: flags.din ? "DIN SPEC 70121" : "ISO 15118-2",
    faults: flags.fault,
    configFile: resolve(configFileOf(flags)),
    chargeSeconds: flags.chargeSeconds,
    pause: flags.pause,
    delayFactor: flags.hardwareDelays,
    ...(iface === undefined ? {} : { device: iface }),
    sdpPort: flags.sdpPort ?? (await freeUdpPort()),
    ...(csmsPort === undefined ? {} : { csmsPort }),
  });
}

function configFileOf({ config, dc, din, ocpp }: Flags): string {
  if (dc || din) return dcConfigFile;
  return ocpp === "1.6" ? ocpp16ConfigFile : config;
}

/** Prints every entry of the timeline while `work` runs. */
async function shown<T>(flags: Flags, io: Io, timeline: Timeline, work: () => Promise<T>): Promise<T> {
  const colour = (io.stdout as { isTTY?: boolean }).isTTY === true && io.env.NO_COLOR === undefined;
  const start = systemClock.now();
  if (!flags.json) await printHeading(io, flags);
  const print = (line: string) => void io.stdout.write(`${line}\n`);
  const printer = new TimelinePrinter(print, start, colour);
  const stop = timeline.subscribe((entry) => (flags.json ? print(JSON.stringify(entry)) : printer.add(entry)));
  try {
    return await work();
  } finally {
    stop();
    printer.end();
  }
}

function contractOf({ certInstall, evContract }: Flags): ContractCase {
  return certInstall ? "installed" : evContract;
}

/** DIN SPEC 70121 knows no contracts. */
function isExternal({ eim, din }: Flags): boolean {
  return eim || din;
}

async function printHeading(io: Io, flags: Flags): Promise<void> {
  const own = flags.config !== defaultConfigFile;
  const outlet = own ? "" : flags.dc || flags.din ? "DC " : "AC ";
  const what = isExternal(flags) ? "charging" : "Plug & Charge";
  const how = flags.din ? "DIN SPEC 70121" : "ISO 15118-2 over TLS 1.2";
  await writeLine(io.stdout, `plugcharge demo: ${outlet}${what}, ${how}, OCPP${own ? "" : ` ${flags.ocpp}`}`);
  const about = contractCaseFacts[contractOf(flags)].about;
  await writeLine(io.stdout, isExternal(flags) ? "The driver pays by an app." : `The car comes with ${about}.`);
  await writeLine(io.stdout, `${timelineHeading()}\n`);
}

async function printVerdict(io: Io, verdict: Verdict): Promise<void> {
  const { payment, idToken, energyWh, transactionId, reason, ResponseCode, plugInToChargeLoopMs } = verdict;
  const payer = payment === "Contract" ? `contract ${idToken}` : `token ${idToken}`;
  const told = {
    charged: `Charged ${energyWh.toFixed(1)} Wh for ${payer}, transaction ${transactionId}.`,
    refused: `${ResponseCode === null ? "The car leaves" : `Refused with ${ResponseCode}`}: no energy for ${payer}. ${reason}.`,
    failed: `Failed: ${reason}.`,
  }[verdict.verdict];
  await writeLine(io.stdout, `\n${told}`);
  if (plugInToChargeLoopMs !== null) {
    await writeLine(io.stdout, `From plug-in to the charge loop: ${plugInToChargeLoopMs} ms.`);
  }
  await writeLine(io.stdout, verdict.expected ? "This is right." : `This is wrong. ${reason}.`);
}

async function keep(dir: string, timeline: Timeline, frames: FrameLog, verdict: Verdict): Promise<void> {
  const lines = [...timeline.entries, verdict].map((entry) => `${JSON.stringify(entry)}\n`);
  await nodeFiles.write(join(dir, "timeline.jsonl"), lines.join(""), 0o600);
  await nodeFiles.write(join(dir, "frames.jsonl"), frames.text, 0o600);
}
