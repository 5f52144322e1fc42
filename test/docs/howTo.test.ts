/** The examples of the how-tos on testing chargers and cars, on loopback and with the other side played by us. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { freeUdpPort } from "../../src/cli/demo/freePort.ts";
import { type Charger, charger, listening, plugcharge } from "../cli/peer/support.ts";

const folder = resolve(import.meta.dirname, "../../docs/how-to");
const scratch = mkdtempSync(join(tmpdir(), "plugcharge-how-to-"));
const pki = join(scratch, "my-pki");
beforeAll(async () => expect(await plugcharge("pki", "init", pki).exitCode).toBe(0));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function blocksOf(file: string, language: string): string[] {
  const text = readFileSync(join(folder, file), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter((m) => m[1] === language).map((m) => m[2] ?? "");
}

/** The command lines that need another side, without `npx plugcharge`; files are those of this test. */
function commandsOf(file: string): string[][] {
  return blocksOf(file, "sh")
    .flatMap((block) => block.trim().split("\n"))
    .filter((line) => line.startsWith("npx plugcharge") && line.includes("--iface"))
    .map((line) => line.split(" ").slice(2))
    .map((words) => words.map((word) => ({ "my-pki": pki, eth0: "lo" })[word] ?? word));
}

/** What a reader is shown comes out so, up to where the line in the text ends. */
function promises(file: string, outputs: readonly string[]): void {
  for (const line of blocksOf(file, "text").flatMap((block) => block.trim().split("\n"))) {
    expect(outputs.filter((output) => output.startsWith(line)).length, line).toBeGreaterThan(0);
  }
}

describe("docs/how-to/test-a-charger.md", () => {
  const outputs: string[] = [];
  let secc: Charger;
  beforeAll(async () => {
    secc = await charger("--pki", pki);
  });
  afterAll(async () => {
    secc.interrupt();
    await secc.exitCode;
  });

  it.each(commandsOf("test-a-charger.md").map((words) => [words.join(" ").replaceAll(scratch, ""), words] as const))(
    "runs: %s",
    { timeout: 30_000 },
    async (_, words) => {
      const keep = words.map((word) => (word === "kept" ? join(scratch, "kept") : word));
      const ev = plugcharge(...keep, ...secc.at.slice(2));
      expect(await ev.exitCode).toBe(0);
      outputs.push(...ev.lines);
    },
  );

  it("promises what comes", () => promises("test-a-charger.md", outputs));

  it("keeps the files that are named, and decodes what is kept as it says", { timeout: 30_000 }, async () => {
    const text = readFileSync(join(folder, "test-a-charger.md"), "utf8");
    const files = [...text.matchAll(/^\| `([\w.]+)` \|/gm)].map((match) => match[1] ?? "");
    expect(files).toHaveLength(3);
    for (const file of files) expect(existsSync(join(scratch, "kept", file)), file).toBe(true);
    const line = text.split("\n").find((each) => each.startsWith("grep ")) ?? "";
    const main = `${process.execPath} ${join(inject("built"), "cli/main.js")}`;
    const command = line.replace("npx plugcharge", main).replace("kept/", `${scratch}/kept/`);
    const { stdout } = await promisify(execFile)("bash", ["-c", command], { cwd: resolve(folder, "../..") });
    const answers = stdout
      .trim()
      .split("\n")
      .map((each) => JSON.parse(each));
    expect(answers.length).toBeGreaterThan(20);
    for (const answer of answers) expect(answer).toMatchObject({ json: expect.anything() });
  });
});

describe("docs/how-to/test-a-car.md", () => {
  const outputs: string[] = [];

  it.each(commandsOf("test-a-car.md").map((words) => [words.join(" ").replaceAll(scratch, ""), words] as const))(
    "runs: %s",
    { timeout: 30_000 },
    async (_, words) => {
      const at = ["--iface", "lo", "--sdp-port", String(await freeUdpPort())];
      const options = words.slice(1).map((word) => (word === "kept" ? join(scratch, "kept-secc") : word));
      const secc = plugcharge("secc", ...options, ...at.slice(2));
      await listening(secc);
      const external = words.includes("eim") ? ["--scenario", "ac-eim", "--no-tls"] : [];
      const cars = words.includes("3") || words.includes("challenge") ? 3 : 1;
      for (let car = 0; car < cars; car++) {
        await plugcharge("ev", ...at, "--pki", pki, "--cycles", "1", ...external).exitCode;
      }
      if (!words.some((word) => ["--fault", "--sessions"].includes(word))) secc.interrupt();
      expect(await secc.exitCode).toBe(0);
      outputs.push(...secc.lines);
    },
  );

  it("promises what comes", () => promises("test-a-car.md", outputs));
});
