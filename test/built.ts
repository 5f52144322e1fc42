/**
 * The package compiled once for all tests that start it as a process: a process that compiles for itself costs as much as the session it
 * runs. The folder is named by what was compiled, so that no test runs what is no longer there, and stands where `dist` stands.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the compiled package, with `cli/main.js`. */
    readonly built: string;
    /** A folder that goes when all tests are over, however their processes end. */
    readonly nursery: string;
  }
}

const root = resolve(import.meta.dirname, "..");
const hour = 3_600_000;

/** Vitest calls it before the first test. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = join(root, `.built-${hashOfSources()}`);
  if (!existsSync(folder)) await build(folder);
  project.provide("built", folder);
  const nursery = mkdtempSync(join(tmpdir(), "plugcharge-nursery-"));
  project.provide("nursery", nursery);
  return () => rmSync(nursery, { recursive: true });
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  for (const name of files.sort())
    hash
      .update(name)
      .update("\0")
      .update(readFileSync(join(root, "src", name)));
  return hash.digest("hex").slice(0, 16);
}

/** Renamed when whole: another run may look for it at the same time. */
async function build(folder: string): Promise<void> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const temporary = mkdtempSync(join(root, ".built-unfinished-"));
  const options = ["--noCheck", "--declaration", "false", "--sourceMap", "false", "--outDir", temporary];
  await promisify(execFile)(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), ...options]);
  for (const name of readdirSync(root).filter((each) => each.startsWith(".built-"))) {
    if (Date.now() - statSync(join(root, name)).mtimeMs > hour) rmSync(join(root, name), { recursive: true });
  }
  if (existsSync(folder)) rmSync(temporary, { recursive: true });
  else renameSync(temporary, folder);
}
