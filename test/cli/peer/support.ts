/** Both commands over loopback, with a PKI in a folder of its own. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, inject, onTestFinished, vi } from "vitest";
import { freeUdpPort } from "../../../src/cli/demo/freePort.ts";
import { type Io, processIo } from "../../../src/cli/io.ts";
import type { SessionVerdict } from "../../../src/cli/peer/verdict.ts";
import { run } from "../../../src/cli/program.ts";
import type { LayoutName } from "../../../src/pki/index.ts";
import { createPki, requireFault, writePki } from "../../../src/pki/index.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { cryptoRandom } from "../../../src/util/random.ts";

export interface Command {
  readonly lines: string[];
  readonly errors: string[];
  readonly exitCode: Promise<number>;
  interrupt(): void;
}

/** Runs one command line within this process. */
export function plugcharge(...args: string[]): Command {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const lines: string[] = [];
  const errors: string[] = [];
  stdout.on("data", (data) => lines.push(...String(data).trimEnd().split("\n")));
  stderr.on("data", (data) => errors.push(String(data)));
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  let code = 0;
  const io: Io = {
    ...{ ...processIo, stdout, stderr, env: {} },
    setExitCode: (given) => {
      code = given;
    },
    interrupted: () => interrupted,
  };
  return { lines, errors, exitCode: run(args, io).then(() => code), interrupt };
}

const made = new Map<string, Promise<string>>();
const nursery = mkdtempSync(join(inject("nursery"), "pkis-"));

/** A folder with a whole PKI, of which every test has its own copy; it goes when the test is over. */
export async function pkiFolder(layout: LayoutName = "ecog", ...faults: string[]): Promise<string> {
  const key = [layout, ...faults].join("+").replaceAll(":", "-");
  const original = made.get(key) ?? makePki(join(nursery, key), layout, faults);
  made.set(key, original);
  const dir = mkdtempSync(join(tmpdir(), "plugcharge-peer-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  cpSync(await original, dir, { recursive: true });
  return dir;
}

async function makePki(dir: string, layout: LayoutName, faults: readonly string[]): Promise<string> {
  const pki = await createPki({ clock: systemClock, random: cryptoRandom, faults: faults.map(requireFault) });
  await writePki(pki, { files: nodeFiles, dir, layout, password: "12345" });
  return dir;
}

export interface Charger extends Command {
  /** For the car: where the charger is. */
  readonly at: readonly string[];
}

/** `plugcharge secc` on loopback, when it listens. */
export async function charger(...args: string[]): Promise<Charger> {
  const at = ["--iface", "lo", "--sdp-port", String(await freeUdpPort())];
  const command = plugcharge("secc", ...at, "--json", ...args);
  await listening(command);
  return { ...command, at };
}

/** Until a charger can be found. */
export async function listening({ lines, errors }: Command): Promise<void> {
  const waits = () => lines.some((line) => /waits for (cars|a car)/.test(line)) || errors.length > 0;
  await vi.waitFor(() => expect(waits()).toBe(true), { timeout: 10_000, interval: 10 });
}

export function verdicts({ lines }: Command): SessionVerdict[] {
  return lines.filter((line) => line.startsWith('{"verdict":')).map((line) => JSON.parse(line) as SessionVerdict);
}
