/** `plugcharge csms`: the test CSMS alone, telling its decisions until it is stopped. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { ApiClient } from "../../csms/clearingHouse/tokens.ts";
import { type Csms, startCsms } from "../../csms/csms.ts";
import type { StationAccount } from "../../csms/options.ts";
import type { TokenAccount } from "../../csms/store/accounts.ts";
import { isEmaid } from "../../iso15118/emaid.ts";
import { systemClock } from "../../util/clock.ts";
import { createLogger, type LogLevel } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { Timeline } from "../../util/trace.ts";
import { type Io, writeLine } from "../io.ts";
import { readCsmsTrust } from "../peer/csmsTrust.ts";
import { timelineLines } from "../timeline.ts";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly httpPort: number;
  readonly database: string;
  readonly station?: readonly StationAccount[];
  readonly token?: readonly TokenAccount[];
  readonly contract?: readonly string[];
  readonly pki?: string;
  readonly car?: readonly Car[];
  readonly apiClient?: readonly ApiClient[];
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

/** A car that may have a contract installed. */
interface Car {
  readonly pcid: string;
  readonly emaid: string;
}

function readCar(text: string): Car {
  const [pcid = "", emaid = ""] = text.split("=");
  if (pcid === "" || !isEmaid(emaid)) throw new InvalidArgumentError("Expected PCID=eMAID.");
  return { pcid, emaid };
}

function readClient(text: string): ApiClient {
  const [id = "", ...rest] = text.split(":");
  const secret = rest.join(":");
  if (id === "" || secret === "") throw new InvalidArgumentError("Expected id:secret.");
  return { id, secret };
}

/** @param io the outside world. */
export function csmsCommand(io: Io): Command {
  return new Command("csms")
    .description(
      "Run the test CSMS for OCPP 1.6, 2.0.1 and 2.1 with its OCSP responder, and tell what it decides and why.",
    )
    .option("--host <host>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "TCP port for stations; 0 takes a free one", portNumber, 9000)
    .option("--http-port <port>", "TCP port of OCSP responder and clearing house; 0 takes a free one", portNumber, 0)
    .option("--database <file>", "keep stations, transactions and accounts in this SQLite file", ":memory:")
    .option("--station <id:password>", "a station that may connect (repeatable; default: cp001)", each(readStation))
    .option("--token <uid>", "an RFID card (ISO14443) that may charge (repeatable)", each(readToken))
    .option("--contract <eMAID>", "a contract that may charge (repeatable)", each(String))
    .option("--pki <dir>", "a folder that `pki init` made: its roots, CPO CA, OCSP responders, and contracts for cars")
    .option("--car <PCID=eMAID>", "a car that may have this contract installed (repeatable)", each(readCar))
    .option("--api-client <id:secret>", "another CSMS that may use the clearing house (repeatable)", each(readClient))
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
    car = [],
    apiClient = [],
  } = flags;
  const { pki, known } = await readCsmsTrust(flags, io);
  return startCsms({
    ...{ clock: systemClock, random: cryptoRandom, log: createLogger(log), trace },
    ...{ host, port, httpPort, database, stations: station, tokens: token, allowedResponders: responder },
    contracts: [
      ...contract.map((emaid) => ({ emaid })),
      ...car.map(({ pcid, emaid }) => ({ emaid, pcids: [pcid] })),
      ...known,
    ],
    pki,
    apiClients: apiClient,
  });
}

async function announce(csms: Csms, { json, apiClient, station = [defaultStation] }: Flags, io: Io): Promise<void> {
  const { ocspUrl, url, clearingHouseUrl } = csms;
  const open = apiClient ? { clearingHouseUrl } : {};
  if (json) return writeLine(io.stdout, JSON.stringify({ url, ocspUrl, ...open }));
  const names = station.map(({ identity }) => identity).join(", ");
  await writeLine(
    io.stdout,
    `CSMS for OCPP 1.6, 2.0.1 and 2.1 at ${url} for ${names}; OCSP responder at ${ocspUrl}${apiClient ? `, clearing house at ${clearingHouseUrl}` : ""}. Ctrl+C stops it.`,
  );
}
