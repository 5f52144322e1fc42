/**
 * Judges the chains of `../shared/chains` (or of the folder named as argument) and compares: every firm verdict must
 * agree, and none may take longer than 100 ms. Prints what differs, with both reasons.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Context, type Edition, judgeRaw, type Role, type Verdict } from "../src/evseSecurity/index.ts";
import { parsePem } from "../src/x509/index.ts";

interface Case {
  readonly id: string;
  readonly expected: string;
  readonly reason: string;
  /** Whether the opposite verdict is borne as well. */
  readonly tolerant: boolean;
  readonly judge: () => Verdict;
}

interface IndexLine {
  readonly id: string;
  readonly role: Role;
  readonly profile: Edition;
  readonly verdict: "ACCEPT" | "REJECT";
  readonly reason: string;
  readonly leaf: string;
  readonly chain: readonly string[];
  readonly trust: readonly string[];
  readonly time: string;
  readonly context: Context;
  readonly also_acceptable: readonly string[];
}

interface LimboLine {
  readonly id: string;
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
  readonly leaf: string;
  readonly time: string;
  readonly max_depth: number | null;
  readonly expected: string;
  readonly pnc_expected: "SUCCESS" | "FAILURE" | "EITHER";
}

const LIMIT_MS = 100;
const folder = process.argv[2] ?? join(import.meta.dirname, "../../shared/chains");

function lines<T>(name: string): T[] {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8").trim();
  return text.split("\n").map((line) => JSON.parse(line) as T);
}

const certificate = (stem: string) => new Uint8Array(readFileSync(join(folder, "certs", `${stem}.der`)));
const pemToDer = (pem: string) => parsePem(pem)[0]?.der ?? new Uint8Array();

function indexCase(line: IndexLine): Case {
  const opposite = line.verdict === "ACCEPT" ? "REJECT" : "ACCEPT";
  const leaf = certificate(line.leaf);
  const chain = line.chain.map(certificate);
  const anchors = line.trust.map(certificate);
  const { id, role, profile, reason, context } = line;
  return {
    id,
    expected: line.verdict,
    reason,
    tolerant: line.also_acceptable.some((text) => text.startsWith(opposite)),
    judge: () => judgeRaw({ role, edition: profile, leaf, chain, anchors, time: Date.parse(line.time), context }),
  };
}

function limboCase(line: LimboLine): Case {
  const leaf = pemToDer(line.leaf);
  const chain = line.untrusted.map(pemToDer);
  const anchors = line.trusted.map(pemToDer);
  const most = line.max_depth === null ? {} : { maxIntermediates: line.max_depth };
  return {
    id: line.id,
    expected: (line.pnc_expected === "EITHER" ? line.expected : line.pnc_expected) === "SUCCESS" ? "ACCEPT" : "REJECT",
    reason: "limbo",
    tolerant: line.pnc_expected === "EITHER",
    judge: () => judgeRaw({ role: "any", leaf, chain, anchors, time: Date.parse(line.time), ...most }),
  };
}

function run(name: string, cases: readonly Case[]): { passed: number; failed: number } {
  let failed = 0;
  let slowest = 0;
  for (const { id, expected, reason, tolerant, judge } of cases) {
    const start = performance.now();
    const verdict = judge();
    const took = performance.now() - start;
    slowest = Math.max(slowest, took);
    const given = verdict.ok ? "ACCEPT" : "REJECT";
    const ours = verdict.ok ? "ok" : `${verdict.reason} at ${verdict.certificate}`;
    if (given !== expected) {
      console.log(
        `${tolerant ? "tolerated" : "DISAGREES"} ${id}: expected ${expected} (${reason}), ours ${given} (${ours})`,
      );
    }
    if (took > LIMIT_MS) console.log(`TOO SLOW ${id}: ${took.toFixed(0)} ms`);
    if ((given !== expected && !tolerant) || took > LIMIT_MS) failed++;
  }
  console.log(`${name}: ${cases.length - failed} of ${cases.length} agree, slowest ${slowest.toFixed(1)} ms`);
  return { passed: cases.length - failed, failed };
}

if (!existsSync(folder)) {
  console.log(`${folder} is not there: nothing to judge`);
} else {
  const results = [
    run("index.jsonl", lines<IndexLine>("index.jsonl").map(indexCase)),
    run("limbo.jsonl", lines<LimboLine>("limbo.jsonl").map(limboCase)),
  ];
  const sum = (key: "passed" | "failed") => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") === 0 ? 0 : 1;
}
