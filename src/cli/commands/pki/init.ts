/** `plugcharge pki init`: a whole test PKI in a folder. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import {
  type Audience,
  createPki,
  defaultOcspUrl,
  type LayoutName,
  ocspFiles,
  type Pki,
  type PkiFile,
  type PkiOptions,
  requireFault,
  writeFiles,
  writePki,
} from "../../../pki/index.ts";
import { systemClock } from "../../../util/clock.ts";
import { UserError } from "../../../util/errors.ts";
import { nodeFiles } from "../../../util/files.ts";
import { cryptoRandom } from "../../../util/random.ts";
import type { KeyKind } from "../../../x509/index.ts";
import { type Io, writeLine } from "../../io.ts";

interface Flags {
  readonly profile: "iso2" | "iso20" | "both";
  readonly curve: "P-521" | "Ed448";
  readonly layout: LayoutName;
  readonly password?: string;
  readonly emaid?: string;
  readonly seccId?: string;
  readonly identity?: string;
  readonly ocspUrl: string;
  readonly csmsKey: KeyKind;
  readonly csmsHost: readonly string[];
  readonly organization?: string;
  readonly country?: string;
  readonly fault: readonly string[];
  readonly for: readonly Audience[];
  readonly force: boolean;
}

/** What the testers of each layout's program use. */
const defaultPasswords: Readonly<Record<LayoutName, string>> = { everest: "123456", ecog: "12345" };

const collect = (value: string, before: readonly string[]) => [...before, value];

export function initCommand(io: Pick<Io, "stdout">): Command {
  const audiences = ["authority", "station", "car", "csms"];
  return new Command("init")
    .description("Make a test PKI: V2G, CPO, MO, OEM, CPS and CSMS certificates with keys, in a new or empty folder.")
    .argument("<dir>", "the folder")
    .addOption(profileOption())
    .addOption(new Option("--curve <name>", "of ISO 15118-20").choices(["P-521", "Ed448"]).default("P-521"))
    .addOption(new Option("--layout <name>", "file names").choices(["everest", "ecog"]).default("everest"))
    .option("--password <text>", "of private keys; empty for none (default: the layout's usual one)")
    .option("--emaid <eMAID>", "CN of the contract certificate")
    .option("--secc-id <id>", "CN of the SECC certificate")
    .option("--identity <id>", "CN of the station's certificate towards the CSMS (default: cp001)")
    .option("--ocsp-url <url>", "responder named in the certificates; empty for none", defaultOcspUrl)
    .addOption(csmsKeyOption())
    .option("--csms-host <name>", "a host name of the CSMS (repeatable; default: localhost)", collect, [])
    .option("--organization <name>", "O of all names")
    .option("--country <code>", "C of all names, two letters")
    .option("--fault <name>", "make something wrong; `pki faults` lists what (repeatable)", collect, [])
    .addOption(new Option("--for <who...>", "only what these need").choices(audiences).default(audiences, "all"))
    .option("--force", "write into a folder that is not empty", false)
    .action((dir: string, flags: Flags) => init(resolve(dir), flags, io));
}

function profileOption(): Option {
  return new Option("--profile <name>", "edition of ISO 15118").choices(["iso2", "iso20", "both"]).default("iso2");
}

function csmsKeyOption(): Option {
  const kinds: readonly KeyKind[] = ["P-256", "P-384", "RSA-2048", "RSA-3072", "RSA-4096"];
  return new Option("--csms-key <kind>", "key of the TLS certificates of CSMS and manufacturer")
    .choices(kinds)
    .default("P-256");
}

async function init(dir: string, flags: Flags, io: Pick<Io, "stdout">): Promise<void> {
  await checkEmpty(dir, flags);
  const options = pkiOptions(flags);
  const edition20 = { ...options, profile: "iso20", curve: flags.curve } as const;
  const first = await createPki(flags.profile === "iso20" ? edition20 : { ...options, profile: "iso2" });
  const others = flags.profile === "both" ? [await createPki(edition20)] : [];
  const password = flags.password ?? defaultPasswords[flags.layout];
  const write = { files: nodeFiles, dir, layout: flags.layout, password, audiences: flags.for };
  const written = await writePki([first, ...others], write);
  const responder = flags.for.includes("csms") ? responderFiles([first, ...others]) : [];
  await writeFiles(responder, write);
  for (const { path } of [...written, ...responder].sort((a, b) => a.path.localeCompare(b.path))) {
    await writeLine(io.stdout, path);
  }
  await writeLine(io.stdout, `\n${written.length + responder.length} files in ${dir}`);
  await writeLine(io.stdout, password === "" ? "Keys have no password." : `The keys' password is ${password}.`);
  for (const name of flags.fault) {
    const { about, answer } = requireFault(name);
    await writeLine(io.stdout, `Wrong on purpose: ${about} (${name}). What it deserves: ${answer}.`);
  }
}

function responderFiles(pkis: readonly Pki[]): PkiFile[] {
  return pkis.flatMap((pki, i) => ocspFiles(pki, systemClock.now(), i === 0 ? "" : "_20"));
}

function pkiOptions(flags: Flags): PkiOptions {
  const { emaid, seccId, identity, organization, country, csmsHost, ocspUrl, csmsKey } = flags;
  if (country !== undefined && !/^[A-Z]{2}$/.test(country)) {
    throw new UserError(`${country} is no country code`, { key: "--country", expected: "two capital letters" });
  }
  return {
    clock: systemClock,
    random: cryptoRandom,
    faults: flags.fault.map(requireFault),
    csmsKey,
    ...(ocspUrl !== "" && { ocspUrl }),
    ...(emaid !== undefined && { eMAID: emaid.replaceAll("-", "") }),
    ...(seccId !== undefined && { seccId }),
    ...(identity !== undefined && { chargePointId: identity }),
    ...(organization !== undefined && { organization }),
    ...(country !== undefined && { country }),
    ...(csmsHost.length > 0 && { csmsHosts: csmsHost }),
  };
}

/** A PKI that is written over another would leave chains that fit nowhere. */
async function checkEmpty(dir: string, { force }: Flags): Promise<void> {
  const info = await nodeFiles.info(dir);
  if (!info) return;
  if (!info.isDirectory) throw new UserError("this is not a folder", { file: dir, fix: "Name another one." });
  if (force || (await nodeFiles.list(dir)).length === 0) return;
  throw new UserError("the folder is not empty", { file: dir, fix: "Name another one, or add --force." });
}
