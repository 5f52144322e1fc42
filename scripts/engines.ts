/**
 * `npm run engines [-- MAJOR …]`: certificates, TLS and the demo on each Node that we support. Other Nodes than the one that runs
 * this come from npm, whose packages hold the binary, into `.cache/engines`. The last line is "N passed, M failed".
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const MAJORS = ["20", "22", "24"];
/** All that stands on OpenSSL, which is another one in each Node. */
const TESTS = ["test/x509", "test/evseSecurity", "test/pki", "test/transport", "test/cli/pki"];
const FETCH_MS = 180_000;
const RUN_MS = 300_000;

const run = promisify(execFile);

interface Engine {
  readonly major: string;
  /** The binary, or why there is none. */
  readonly node: string | { readonly missing: string };
}

interface Row {
  readonly engine: string;
  readonly openssl: string;
  readonly passed: number;
  readonly failed: number;
  readonly demo: string;
  /** What went wrong, in full. */
  readonly faults: readonly string[];
}

/** The Node that runs this, or npm's. */
async function engine(major: string): Promise<Engine> {
  if (process.versions.node.startsWith(`${major}.`)) return { major, node: process.execPath };
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(root, ".cache", "engines", major);
  const node = join(prefix, "node_modules", name, "bin", "node");
  if (await answers(node)) return { major, node };
  const options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"];
  try {
    await run("npm", ["install", "--prefix", prefix, ...options, `${name}@${major}`], { timeout: FETCH_MS });
  } catch (error) {
    return { major, node: { missing: `npm does not give ${name}@${major}: ${lastLine(error)}` } };
  }
  return { major, node: (await answers(node)) ? node : { missing: `${node} does not start` } };
}

async function answers(node: string): Promise<boolean> {
  return run(node, ["--version"], { timeout: RUN_MS }).then(
    () => true,
    () => false,
  );
}

function lastLine(error: unknown): string {
  const { stderr = "", message } = error as { readonly stderr?: string; readonly message: string };
  return (stderr || message).trim().split("\n").at(-1) ?? "";
}

async function judge(node: string): Promise<Row> {
  const { stdout } = await run(node, ["-p", "process.version + ' ' + process.versions.openssl"]);
  const [engine = "", openssl = ""] = stdout.trim().split(" ");
  const tests = await runTests(node);
  const demo = await runDemo(node);
  const faults = [...tests.faults, ...(demo === "passed" ? [] : [`demo: ${demo}`])];
  return { engine, openssl, ...tests, demo: demo === "passed" ? demo : "failed", faults };
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly status: string; readonly name: string; readonly message: string }[];
}

async function runTests(node: string): Promise<Pick<Row, "passed" | "failed" | "faults">> {
  const dir = mkdtempSync(join(tmpdir(), "plugcharge-engines-"));
  const file = join(dir, "report.json");
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--no-isolate", "--reporter=json", `--outputFile=${file}`, ...TESTS];
  try {
    const output = await run(node, args, { cwd: root, timeout: RUN_MS, maxBuffer: 1e8 }).catch((error: Error) => error);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) return { passed: 0, failed: 1, faults: [`no test ran: ${lastLine(output)}`] };
    const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(text) as Report;
    const broken = testResults.filter(({ status }) => status !== "passed");
    const failed = Math.max(numFailedTests, broken.length);
    return { passed, failed, faults: broken.map(({ name, message }) => `${name}: ${message}`) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `passed`, or its last line. */
async function runDemo(node: string): Promise<string> {
  const args = ["--import", "tsx", "src/cli/main.ts", "demo"];
  return run(node, args, { cwd: root, timeout: RUN_MS, maxBuffer: 1e8 }).then(
    () => "passed",
    (error: { readonly stdout?: string }) => error.stdout?.trim().split("\n").at(-1) ?? lastLine(error),
  );
}

async function main(majors: readonly string[]): Promise<number> {
  const rows: Row[] = [];
  for (const { major, node } of await Promise.all(majors.map(engine))) {
    if (typeof node !== "string") console.log(`skipped: Node ${major} is not to be had: ${node.missing}`);
    else rows.push(await judge(node));
  }
  console.table(
    Object.fromEntries(
      rows.map(({ engine, openssl, passed, failed, demo }) => [engine, { OpenSSL: openssl, passed, failed, demo }]),
    ),
  );
  for (const { engine, faults } of rows) for (const fault of faults) console.log(`${engine}: ${fault}`);
  const demos = (outcome: string) => rows.filter(({ demo }) => demo === outcome).length;
  const passed = rows.reduce((sum, row) => sum + row.passed, demos("passed"));
  const failed = rows.reduce((sum, row) => sum + row.failed, demos("failed"));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

const wanted = process.argv.slice(2);
process.exitCode = await main(wanted.length > 0 ? wanted : MAJORS);
