/** `plugcharge csms`: the test CSMS alone, telling its decisions until it is stopped. */
import { Command, InvalidArgumentError, Option } from "commander";
import { type Csms, startCsms } from "../../csms/csms.ts";
import type { CsmsPki, StationAccount } from "../../csms/options.ts";
import { emptyPki } from "../../csms/pki.ts";
import type { TokenAccount } from "../../csms/store/accounts.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { createLogger, type LogLevel } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { Timeline } from "../../util/trace.ts";
import { type Certificate, parsePemChain, X509Error } from "../../x509/index.ts";
import { type Io, writeLine } from "../io.ts";
import { timelineLines } from "../timeline.ts";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly httpPort: number;
  readonly database: string;
  readonly station?: readonly StationAccount[];
  readonly token?: readonly TokenAccount[];
  readonly contract?: readonly string[];
  readonly moRoots?: string;
  readonly v2gRoots?: string;
  readonly responder?: readonly string[];
  readonly json: boolean;
  readonly log: LogLevel;
}

/** Password of EVerest's example configurations. */
const defaultStation = { identity: "cp001", profile: 1, password: "DEADBEEFDEADBEEF" } as const;

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== "") return port;
  throw new InvalidArgumentError("Expected a port from 0 (any free one) to 65535.");
}

/** Collects a repeatable option. */
function each<T>(read: (text: string) => T): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before = []) => [...before, read(text)];
}

function readStation(text: string): StationAccount {
  const [identity = "", ...rest] = text.split(":");
  const password = rest.join(":");
  if (identity === "") throw new InvalidArgumentError("Expected identity:password, or identity alone.");
  return password === "" ? { identity, profile: 0 } : { identity, profile: 1, password };
}

/** @param io the outside world. */
export function csmsCommand(io: Io): Command {
  return new Command("csms")
    .description("Run the test CSMS for OCPP 2.0.1 with its OCSP responder, and tell what it decides and why.")
    .option("--host <host>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "TCP port for stations; 0 takes a free one", portNumber, 9000)
    .option("--http-port <port>", "TCP port of the OCSP responder; 0 takes a free one", portNumber, 0)
    .option("--database <file>", "keep stations, transactions and accounts in this SQLite file", ":memory:")
    .option("--station <id:password>", "a station that may connect (repeatable; default: cp001)", each(readStation))
    .option("--token <uid>", "an RFID card (ISO14443) that may charge (repeatable)", each(readToken))
    .option("--contract <eMAID>", "a contract that may charge (repeatable)", each(String))
    .option("--mo-roots <file>", "PEM file with the MO roots and, if need be, their sub-CAs")
    .option("--v2g-roots <file>", "PEM file with V2G roots that contracts may lead to")
    .option("--responder <url>", "an OCSP responder that may be asked (repeatable)", each(String))
    .option("--json", "print events as JSON lines", false)
    .addOption(
      new Option("--log <level>", "log lines on stderr")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("warn"),
    )
    .action((flags: Flags) => run(flags, io));
}

function readToken(idToken: string): TokenAccount {
  return { idToken, type: "ISO14443" };
}

async function run(flags: Flags, io: Io): Promise<void> {
  // Shown as it comes; a server that runs for months keeps none of it.
  const timeline = new Timeline(systemClock, { keep: 0 });
  const start = systemClock.now();
  const colour = (io.stdout as { isTTY?: boolean }).isTTY === true && io.env.NO_COLOR === undefined;
  timeline.subscribe((entry) => {
    const lines = flags.json ? [JSON.stringify(entry)] : timelineLines(entry, start, colour);
    io.stdout.write(`${lines.join("\n")}\n`);
  });
  const csms = await startFor(flags, io, timeline);
  try {
    await announce(csms, flags, io);
    await io.interrupted();
  } finally {
    await csms.close();
  }
}

/** @throws UserError for a port, database or file that cannot be used. */
async function startFor(flags: Flags, io: Io, trace: Timeline): Promise<Csms> {
  const {
    contract = [],
    database,
    host,
    httpPort,
    log,
    port,
    responder = [],
    station = [defaultStation],
    token = [],
  } = flags;
  return startCsms({
    ...{ clock: systemClock, random: cryptoRandom, log: createLogger(log), trace },
    ...{ host, port, httpPort, database, stations: station, tokens: token, allowedResponders: responder },
    contracts: contract.map((emaid) => ({ emaid })),
    pki: await readPki(flags, io),
  });
}

async function readPki({ moRoots, v2gRoots }: Flags, io: Io): Promise<CsmsPki> {
  const mo = await readCertificates(moRoots, io);
  const v2g = await readCertificates(v2gRoots, io);
  const isRoot = ({ isSelfIssued }: Certificate) => isSelfIssued;
  return {
    ...emptyPki,
    roots: { mo: mo.filter(isRoot), v2g: v2g.filter(isRoot) },
    intermediates: [...mo, ...v2g].filter((certificate) => !isRoot(certificate)),
  };
}

async function readCertificates(file: string | undefined, io: Io): Promise<readonly Certificate[]> {
  if (file === undefined) return [];
  try {
    return parsePemChain(new TextDecoder().decode(await io.readFile(file)));
  } catch (error) {
    if (error instanceof X509Error) throw new UserError(error.message, { file, expected: "certificates as PEM" });
    throw new UserError("the file cannot be read", { file, fix: "Check its name and permissions." });
  }
}

async function announce(csms: Csms, { json, station = [defaultStation] }: Flags, io: Io): Promise<void> {
  const { ocspUrl, url } = csms;
  if (json) return writeLine(io.stdout, JSON.stringify({ url, ocspUrl }));
  const names = station.map(({ identity }) => identity).join(", ");
  await writeLine(
    io.stdout,
    `CSMS for OCPP 2.0.1 at ${url} for ${names}; OCSP responder at ${ocspUrl}. Ctrl+C stops it.`,
  );
}
