/** `plugcharge pki verify`: is this chain right for this role, and if not, what mends it? */
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  type Context,
  type Edition,
  judgeRaw,
  type Role,
  responseCode,
  tlsAlert,
  type Verdict,
} from "../../../evseSecurity/index.ts";
import { isoTime, systemClock } from "../../../util/clock.ts";
import { UserError } from "../../../util/errors.ts";
import { nodeFiles } from "../../../util/files.ts";
import { type Certificate, describeCertificate, loadPrivateKey, samePublicKey } from "../../../x509/index.ts";
import { exitCodes, type Io, writeLine } from "../../io.ts";
import { judgeLines, roles } from "./lines.ts";
import { responderWord } from "./responderData.ts";
import { asUserError, gatherCertificates, readInput, readRawChain } from "./sources.ts";
import { isStore } from "./storeReport.ts";

interface Flags {
  readonly role: Role;
  readonly edition?: Edition;
  readonly roots: readonly string[];
  readonly time: number;
  readonly emaid?: string;
  readonly dns?: string;
  readonly identity?: string;
  readonly key?: string;
  readonly password?: string;
  readonly json: boolean;
  readonly jsonl: boolean;
}

/** What is wrong around a chain that is in order itself. */
interface Trouble {
  readonly reason: string;
  readonly fix: string;
}

type Outcome = { readonly verdict: Verdict; readonly trouble?: Trouble; readonly notes: readonly string[] };

const collect = (value: string, before: readonly string[]) => [...before, value];

export function verifyCommand(io: Pick<Io, "stdin" | "stdout" | "setExitCode">): Command {
  return new Command("verify")
    .description("Judge a chain for a role: the path found, or the reason, the certificate to blame and the fix.")
    .argument("[chain]", "a file with the leaf and its sub-CAs, PEM or DER")
    .addOption(new Option("--role <name>", "whose chain it is").choices(roles).default("any"))
    .addOption(editionOption())
    .option(
      "--roots <path>",
      "a file, or a folder whose self-signed certificates are trusted (repeatable)",
      collect,
      [],
    )
    .option("--time <time>", "moment of judgement, as 2026-06-01T12:00:00Z (default: now)", readTime)
    .option("--emaid <eMAID>", "what PaymentDetailsReq says")
    .option("--dns <host>", "host in the CSMS's URL")
    .option("--identity <id>", "the station's identity in the CSMS's URL")
    .option("--key <file>", "a private key that should be the leaf's")
    .option("--password <text>", "of the key")
    .option("--json", "print the verdict as JSON", false)
    .option("--jsonl", "judge {id, role, profile, leaf, chain, trust, time, context} lines from standard input", false)
    .action((chain: string | undefined, flags: Omit<Flags, "time"> & { time?: number }) =>
      verify(chain, { ...flags, time: flags.time ?? systemClock.now() }, io),
    );
}

function editionOption(): Option {
  const editions: readonly Edition[] = ["iso15118-2", "iso15118-20"];
  return new Option("--edition <name>", "of ISO 15118 (default: by the leaf's key)").choices(editions);
}

function readTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError("Expected a time as 2026-06-01T12:00:00Z.");
  return time;
}

async function verify(
  file: string | undefined,
  flags: Flags,
  io: Pick<Io, "stdin" | "stdout" | "setExitCode">,
): Promise<void> {
  if (flags.jsonl) return judgeLines(io.stdin, io.stdout);
  if (file === undefined) throw new UserError("no chain given", { key: "chain", fix: "Name a file, or use --jsonl." });
  const outcome = await judgeFile(file, flags);
  const lines = flags.json ? [JSON.stringify(asJson(outcome))] : outcomeLines(outcome, flags);
  for (const line of lines) await writeLine(io.stdout, line);
  if (!outcome.verdict.ok || outcome.trouble) io.setExitCode(exitCodes.failed);
}

async function judgeFile(file: string, flags: Flags): Promise<Outcome> {
  const [leaf, ...chain] = await readRawChain(file);
  const { role, edition, time } = flags;
  const anchors = await trusted(flags);
  const verdict = judgeRaw({
    role,
    ...(edition && { edition }),
    leaf,
    chain,
    anchors,
    time,
    context: contextOf(flags),
  });
  if (!verdict.ok) return { verdict, notes: [] };
  const [certificate] = verdict.path;
  if (!certificate) return { verdict, notes: [] };
  const trouble = (await keyTrouble(certificate, flags)) ?? (await responderTrouble(certificate, flags));
  const notes = certificate.aia?.ocsp ? [] : ["It names no OCSP responder: whether it is revoked cannot be asked."];
  return { verdict, ...(trouble && { trouble }), notes };
}

/**
 * In a folder only self-signed certificates are meant as roots, and of a whole store only those below `ca`;
 * with role `any` a file may name others.
 */
async function trusted({ roots, role }: Flags): Promise<Uint8Array[]> {
  const found: Certificate[] = [];
  for (const path of roots) {
    const isFile = (await nodeFiles.info(path).catch(() => undefined))?.isDirectory === false;
    const certificates = await gatherCertificates((await isStore(path)) ? join(path, "ca") : path);
    found.push(...certificates.filter(({ isSelfIssued }) => isSelfIssued || (isFile && role === "any")));
  }
  return found.map(({ der }) => der);
}

function contextOf({ emaid, dns, identity }: Flags): Context {
  return {
    ...(emaid !== undefined && { request_emaid: emaid }),
    ...(dns !== undefined && { dns }),
    ...(identity !== undefined && { identity }),
  };
}

async function keyTrouble(certificate: Certificate, { key, password }: Flags): Promise<Trouble | undefined> {
  if (key === undefined) return undefined;
  const privateKey = asUserError(key, await readInput(key), (content) => loadPrivateKey(content, password));
  if (samePublicKey(privateKey, certificate.publicKey)) return undefined;
  const name = describeCertificate(certificate);
  return { reason: "wrong_key", fix: `Put the private key of ${name} into ${key}; the one there is another's.` };
}

async function responderTrouble(certificate: Certificate, { roots }: Flags): Promise<Trouble | undefined> {
  const name = describeCertificate(certificate);
  for (const dir of roots) {
    const word = await responderWord(dir, certificate);
    if (word === "revoked") return { reason: "revoked", fix: `Get ${name} anew; its responder calls it revoked.` };
    if (word === "unknown")
      return { reason: "ocsp_unknown", fix: `Tell the responder of ${name}; it does not know it.` };
  }
  return undefined;
}

function asJson({ verdict, trouble, notes }: Outcome): object {
  if (!verdict.ok) return verdict;
  const path = verdict.path.map(describeCertificate);
  return trouble ? { ok: false, ...trouble, path, notes } : { ok: true, reason: "ok", path, notes };
}

function outcomeLines({ verdict, trouble, notes }: Outcome, flags: Flags): string[] {
  if (!verdict.ok) {
    const { reason, certificate, clause, fix } = verdict;
    const answer = answerOf(verdict, flags.role);
    return [
      `refused as ${flags.role} at ${isoTime(flags.time)}: ${reason}`,
      `  certificate: ${certificate}`,
      `  rule: ${clause}`,
      ...(answer === undefined ? [] : [`  answer: ${answer}`]),
      `  fix: ${fix}`,
    ];
  }
  const path = verdict.path.map((certificate, i) => `  ${i === 0 ? "" : "below "}${describeCertificate(certificate)}`);
  const found = [
    `path found for ${flags.role} at ${isoTime(flags.time)}:`,
    ...path,
    ...notes.map((n) => `  note: ${n}`),
  ];
  if (!trouble) return ["ok", ...found];
  return [`refused as ${flags.role}: ${trouble.reason}`, `  fix: ${trouble.fix}`, ...found];
}

/** What the peer hears of it. */
function answerOf(verdict: Extract<Verdict, { ok: false }>, role: Role): string | undefined {
  if (role === "contract") return `PaymentDetailsRes ${responseCode(verdict)}`;
  return role === "any" || role === "mf" ? undefined : `TLS alert ${tlsAlert(verdict)}`;
}
