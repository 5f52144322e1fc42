/** `plugcharge pki verify --jsonl`: thousands of chains, a JSON line each, a verdict a line. */
import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import { judgeRaw, type RawQuestion, type Verdict } from "../../../evseSecurity/index.ts";
import { fromBase64 } from "../../../util/bytes.ts";
import { PeerError } from "../../../util/errors.ts";
import { CertificateMemory } from "../../../x509/index.ts";
import { writeLine } from "../../io.ts";
import { linesOf, MAX_LINE } from "../../lines.ts";

export const roles = ["contract", "secc", "cps", "oem", "vehicle", "csms_server", "csms_client", "mf", "any"] as const;

/** Names under which people know a car's provisioning certificate. */
const aliases: Readonly<Record<string, string>> = { oem_prov: "oem", oem_provisioning: "oem", provisioning: "oem" };

const Depth = z.int().nonnegative().nullish();
const Base64 = z.string().max(200_000);
const Question = z.object({
  id: z.union([z.string(), z.number()]),
  role: z.preprocess((role) => aliases[String(role)] ?? role, z.enum(roles)),
  profile: z.enum(["iso15118-2", "iso15118-20", "ocpp"]).nullish().catch(undefined),
  leaf: Base64,
  chain: z.array(Base64).max(1000).default([]),
  trust: z.array(Base64).max(1000).default([]),
  time: z.union([z.number(), z.iso.datetime({ offset: true })]),
  max_depth: Depth,
  context: z
    .looseObject({
      request_emaid: z.string().nullish(),
      identity: z.string().nullish(),
      dns: z.string().nullish(),
      max_depth: Depth,
    })
    .nullish(),
});
type Question = z.infer<typeof Question>;

export interface Answer {
  readonly id: string | number | null;
  readonly ok: boolean;
  /** `ok`, or the word of the verdict. */
  readonly reason: string;
  readonly certificate: string | null;
  readonly fix: string | null;
}

export async function judgeLines(input: Readable, output: Writable): Promise<void> {
  const memory = new CertificateMemory();
  for await (const lines of linesOf(input)) {
    for (const line of lines) if (line.trim() !== "") await writeLine(output, JSON.stringify(answerLine(line, memory)));
  }
}

function answerLine(line: string, memory: CertificateMemory): Answer {
  const json = line.length > MAX_LINE ? undefined : tryJson(line);
  const parsed = Question.safeParse(json);
  if (parsed.success) return answer(parsed.data, memory);
  const id = (json as { id?: unknown } | undefined)?.id;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "line"}: ${message}`).join("; ");
  return malformedLine(typeof id === "string" || typeof id === "number" ? id : null, wrong);
}

function answer(question: Question, memory: CertificateMemory): Answer {
  const { id } = question;
  try {
    const verdict = judgeQuestion(question, memory);
    if (verdict.ok) return { id, ok: true, reason: "ok", certificate: null, fix: null };
    const { reason, certificate, fix } = verdict;
    return { id, ok: false, reason, certificate, fix };
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return malformedLine(id, error.message);
  }
}

function judgeQuestion(question: Question, memory: CertificateMemory): Verdict {
  const { role, profile, leaf, chain, trust, time } = question;
  const { request_emaid, identity, dns, max_depth } = question.context ?? {};
  const depth = question.max_depth ?? max_depth;
  const context = { ...(request_emaid && { request_emaid }), ...(identity && { identity }), ...(dns && { dns }) };
  const raw: RawQuestion = {
    role,
    ...(profile && { edition: profile }),
    leaf: fromBase64(leaf),
    chain: chain.map(fromBase64),
    anchors: trust.map(fromBase64),
    time: typeof time === "number" ? time : Date.parse(time),
    ...(typeof depth === "number" && { maxIntermediates: depth }),
    context,
  };
  return judgeRaw(raw, memory);
}

function malformedLine(id: string | number | null, why: string): Answer {
  return { id, ok: false, reason: "malformed", certificate: "the line", fix: `Mend the line: ${why}.` };
}

function tryJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
