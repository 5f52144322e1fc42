/** `plugcharge pki install`: a root or a leaf into a station's store, with the store's own checks. */
import { join } from "node:path";
import { Command, Option } from "commander";
import { openStore, resolvePaths } from "../../../evseSecurity/index.ts";
import { systemClock } from "../../../util/clock.ts";
import { UserError } from "../../../util/errors.ts";
import { nodeFiles } from "../../../util/files.ts";
import { type Logger, silentLogger } from "../../../util/log.ts";
import { cryptoRandom } from "../../../util/random.ts";
import { type Certificate, loadPrivateKey, samePublicKey, toPem } from "../../../x509/index.ts";
import { exitCodes, type Io, writeLine } from "../../io.ts";
import { asUserError, readChain, readInput } from "./sources.ts";

interface Flags {
  readonly certs: string;
  readonly type?: "V2G" | "MO" | "CSMS" | "MF";
  readonly key?: string;
  readonly password: string;
}

export function installCommand(io: Pick<Io, "stdout" | "setExitCode">): Command {
  return new Command("install")
    .description("Put a root, or a leaf with its chain and key, into a station's store; say why when it is refused.")
    .argument("<file>", "a root certificate, or a leaf and its sub-CAs")
    .requiredOption("--certs <dir>", "the store: EVerest's `certs` folder")
    .addOption(
      new Option("--type <type>", "which store (default: by the domain component)").choices([
        "V2G",
        "MO",
        "CSMS",
        "MF",
      ]),
    )
    .option("--key <file>", "the leaf's private key, if it is not in the store yet")
    .option("--password <text>", "of private keys", "")
    .action((file: string, flags: Flags) => install(file, flags, io));
}

async function install(file: string, flags: Flags, io: Pick<Io, "stdout" | "setExitCode">): Promise<void> {
  const chain = await readChain(file);
  const [first] = chain;
  const type = flags.type ?? typeOf(first, file);
  const reasons: string[] = [];
  const paths = resolvePaths({}, flags.certs);
  const ports = { files: nodeFiles, clock: systemClock, random: cryptoRandom, log: collecting(reasons) };
  const store = await openStore({ ...ports, paths, password: flags.password });
  const isLeaf = !first.isCa && !first.isSelfIssued;
  const newKey = isLeaf && flags.key !== undefined ? await storeKey(first, type, flags, paths) : undefined;
  const result = isLeaf
    ? await store.update_leaf_certificate({ certificate_chain: toPem(...chain), certificate_type: type })
    : await store.install_ca_certificate({ certificate: toPem(...chain), certificate_type: type });
  await writeLine(
    io.stdout,
    result === "Accepted" ? `installed as ${type} ${isLeaf ? "leaf" : "root"}` : `refused: ${result}`,
  );
  for (const reason of reasons) await writeLine(io.stdout, `  ${reason}`);
  if (result === "Accepted") return;
  if (newKey !== undefined) await nodeFiles.remove(newKey);
  io.setExitCode(exitCodes.failed);
}

function typeOf({ subject }: Certificate, file: string): NonNullable<Flags["type"]> {
  const types: Readonly<Record<string, NonNullable<Flags["type"]>>> = { V2G: "V2G", CPO: "V2G", MO: "MO" };
  const type = types[subject.DC ?? ""];
  if (type) return type;
  throw new UserError("the certificate does not say which store it is for", {
    file,
    key: "--type",
    expected: "V2G, MO, CSMS or MF",
  });
}

async function storeKey(
  leaf: Certificate,
  type: NonNullable<Flags["type"]>,
  { key = "", password }: Flags,
  paths: ReturnType<typeof resolvePaths>,
): Promise<string> {
  const content = await readInput(key);
  const privateKey = asUserError(key, content, (octets) => loadPrivateKey(octets, password));
  if (!samePublicKey(privateKey, leaf.publicKey)) {
    throw new UserError("the key does not belong to the leaf", { file: key, fix: "Give the key of the certificate." });
  }
  const folder = type === "CSMS" ? paths.csms_leaf_key_directory : paths.secc_leaf_key_directory;
  const path = join(folder, `${leaf.fingerprint.slice(0, 16)}.key`);
  await nodeFiles.write(path, content, 0o600);
  return path;
}

/** What the store says of a refusal is for people here. */
function collecting(reasons: string[]): Logger {
  const warn = (facts: object, message: string) => {
    const { fix } = facts as { readonly fix?: string };
    reasons.push(fix === undefined ? message : `${message}. ${fix}`);
  };
  const log: Logger = { ...silentLogger, warn, error: warn, child: () => log };
  return log;
}
