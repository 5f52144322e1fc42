/** `plugcharge csms`: the test CSMS alone, telling its decisions until it is stopped. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { ApiClient } from "../../csms/clearingHouse/tokens.ts";
import { type Csms, startCsms } from "../../csms/csms.ts";
import type { CsmsOptions, StationAccount } from "../../csms/options.ts";
import type { TokenAccount } from "../../csms/store/accounts.ts";
import { isEmaid } from "../../iso15118/emaid.ts";
import { isIdentity } from "../../rpc/stationUrl.ts";
import { systemClock } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import { createLogger, type LogLevel } from "../../util/log.ts";
import { cryptoRandom } from "../../util/random.ts";
import { Timeline } from "../../util/trace.ts";
import { type Io, writeLine } from "../io.ts";
import { type ChosenFaults, csmsFaultOption, listCsmsFaults } from "../peer/csmsFaults.ts";
import { readCsmsTrust } from "../peer/csmsTrust.ts";
import { timelineLines } from "../timeline.ts";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly httpPort: number;
  readonly database: string;
  readonly station?: readonly NamedStation[];
  readonly token?: readonly TokenAccount[];
  readonly contract?: readonly string[];
  readonly pki?: string;
  readonly car?: readonly Car[];
  readonly apiClient?: readonly ApiClient[];
  readonly moRoots?: string;
  readonly v2gRoots?: string;
  readonly responder?: readonly string[];
  readonly tls: boolean;
  readonly fault?: ChosenFaults;
  readonly apiPort?: number;
  readonly apiHost: string;
  readonly apiToken?: string;
  readonly json: boolean;
  readonly log: LogLevel;
}

/** Password of EVerest's example configurations. */
const defaultStation: NamedStation = { identity: "cp001", password: "DEADBEEFDEADBEEF" };

type NamedStation = Pick<StationAccount, "identity" | "password">;

function portNumber(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== "") return port;
  throw new InvalidArgumentError("Expected a port from 0 (any free one) to 65535.");
}

/** Collects a repeatable option. */
function each<T>(read: (text: string) => T): (text: string, before: readonly T[] | undefined) => readonly T[] {
  return (text, before = []) => [...before, read(text)];
}

function readStation(text: string): NamedStation {
  const [identity = "", ...rest] = text.split(":");
  const password = rest.join(":");
  if (!isIdentity(identity)) throw new InvalidArgumentError("Expected identity:password, or identity alone.");
  return { identity, ...(password !== "" && { password }) };
}

/** By password, or else by nothing; on TLS by password, or else by certificate. */
function accountOf(station: NamedStation, tls: boolean): StationAccount {
  const byPassword = station.password !== undefined;
  if (tls) return { ...station, profile: byPassword ? 2 : 3 };
  return { ...station, profile: byPassword ? 1 : 0 };
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
    .option(
      "--station <id[:password]>",
      "a station that may connect, by its password or by none; with --tls by password or by certificate (repeatable; default: cp001 or those of the database)",
      each(readStation),
    )
    .option("--tls", "have stations connect by wss, with the CSMS certificate of the folder of --pki", false)
    .option("--token <uid>", "an RFID card (ISO14443) that may charge (repeatable)", each(readToken))
    .option("--contract <eMAID>", "a contract that may charge (repeatable)", each(String))
    .option("--pki <dir>", "a folder that `pki init` made: its roots, CPO CA, OCSP responders, and contracts for cars")
    .option("--car <PCID=eMAID>", "a car that may have this contract installed (repeatable)", each(readCar))
    .option("--api-client <id:secret>", "another CSMS that may use the clearing house (repeatable)", each(readClient))
    .option("--mo-roots <file>", "PEM file with the MO roots and, if need be, their sub-CAs")
    .option("--v2g-roots <file>", "PEM file with V2G roots that contracts may lead to")
    .option("--responder <url>", "an OCSP responder that may be asked (repeatable)", each(String))
    .addOption(csmsFaultOption())
    .option("--api-port <port>", "serve the HTTP API, described at /openapi.json; 0 takes a free port", portNumber)
    .option("--api-host <host>", "address of the HTTP API; others than this machine's need a token", "127.0.0.1")
    .addOption(
      new Option("--api-token <token>", "that every request to the HTTP API must bear").env("PLUGCHARGE_API_TOKEN"),
    )
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
  if (flags.fault === "list") return listCsmsFaults(io, flags.json);
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
  const { contract = [], database, host, httpPort, log, port, responder = [], station = [], token = [] } = flags;
  const { car = [], apiClient = [], fault = [] } = flags;
  const { pki, known, tls } = await readCsmsTrust(flags, io);
  const csms = await startCsms({
    ...{ clock: systemClock, random: cryptoRandom, log: createLogger(log), trace },
    ...{ host, port, httpPort, database, tokens: token, allowedResponders: responder },
    stations: station.map((each) => accountOf(each, flags.tls)),
    contracts: [
      ...contract.map((emaid) => ({ emaid })),
      ...car.map(({ pcid, emaid }) => ({ emaid, pcids: [pcid] })),
      ...known,
    ],
    pki,
    apiClients: apiClient,
    ...(fault !== "list" && { faults: fault }),
    ...(flags.tls && { tls: tls ?? lacksCertificate(flags) }),
    ...apiOf(flags),
  });
  if (csms.accounts.length === 0) csms.setStations([accountOf(defaultStation, flags.tls)]);
  return csms;
}

/** @throws UserError always. */
function lacksCertificate({ pki }: Flags): never {
  if (pki === undefined)
    throw new UserError("--tls needs a certificate", { fix: "Name a folder of pki init by --pki." });
  throw new UserError("there is no certificate of a CSMS in this folder", {
    file: pki,
    expected: "CSMS_SERVER.pem and CSMS_SERVER.key, as pki init writes them in EVerest's layout",
  });
}

function apiOf({ apiPort: port, apiHost: host, apiToken: token }: Flags): Pick<CsmsOptions, "api"> {
  return port === undefined ? {} : { api: { port, host, ...(token !== undefined && { token }) } };
}

async function announce(csms: Csms, { json, apiClient }: Flags, io: Io): Promise<void> {
  const { apiUrl, ocspUrl, url, clearingHouseUrl } = csms;
  const open = { ...(apiClient && { clearingHouseUrl }), ...(apiUrl !== undefined && { apiUrl }) };
  if (json) return writeLine(io.stdout, JSON.stringify({ url, ocspUrl, ...open }));
  const parts = [
    `CSMS for OCPP 1.6, 2.0.1 and 2.1 at ${url} for ${csms.accounts.join(", ")}; OCSP responder at ${ocspUrl}`,
    ...(apiClient ? [`clearing house at ${clearingHouseUrl}`] : []),
    ...(apiUrl === undefined ? [] : [`HTTP API at ${apiUrl}/openapi.json`]),
  ];
  await writeLine(io.stdout, `${parts.join(", ")}. Ctrl+C stops it.`);
}
