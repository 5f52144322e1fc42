import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, inject, it } from "vitest";
import { plugcharge } from "../cli/peer/support.ts";

const root = resolve(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const run = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), "plugcharge-readme-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
  language: match[1] ?? "",
  text: match[2] ?? "",
}));
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, "").trim())
  .filter(Boolean);
const own = commands.filter((command) => command.includes("npx plugcharge"));

/** So that `plugcharge/exi` resolves as it does for its users. */
function installInto(folder: string): void {
  const installed = join(folder, "node_modules/plugcharge");
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(root, "package.json"), join(installed, "package.json"));
  symlinkSync(inject("built"), join(installed, "dist"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
}

describe("README", () => {
  it("is at most 200 lines", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(200);
  });

  it("names its set-up and test commands as CI runs them", () => {
    const ci = readFileSync(join(root, ".ci/run"), "utf8");
    for (const command of ["npm cit", "npm start"]) {
      expect(readme).toContain(command);
      expect(ci).toContain(command);
    }
  });

  const says = async (command: string) => {
    const built = command.replaceAll("npx plugcharge", `node ${join(inject("built"), "cli/main.js")}`);
    const { stdout } = await run("bash", ["-c", built], { cwd: scratch });
    return stdout;
  };
  const isDemo = (command: string) => command.startsWith("npx plugcharge demo");
  /** Cars that wait 250 ms at most are not to wait for one another: each is a process. */
  const isDirect = (command: string) => /--(dc|din)\b/.test(command);

  // Each a car that takes its time, and none knows of another.
  it.concurrent.for(own.filter((command) => isDemo(command) && isDirect(command)))(
    "runs: %s",
    { timeout: 60_000 },
    async (command, { expect }) => expect(await says(command)).not.toBe(""),
  );

  it.concurrent.for(own.filter((command) => isDemo(command) && !isDirect(command)))(
    "runs: %s",
    { timeout: 60_000 },
    async (command, { expect }) => {
      const here = plugcharge(...command.split(" ").slice(2));
      expect(await here.exitCode).toBe(0);
      expect(here.lines).not.toEqual([]);
    },
  );

  it.each(own.filter((command) => !isDemo(command)))("runs: %s", { timeout: 60_000 }, async (command) => {
    expect(await says(command)).not.toBe("");
  });

  it("prints what the example says", { timeout: 60_000 }, async () => {
    const at = blocks.findIndex(({ language }) => language === "ts");
    const file = join(scratch, "example.ts");
    writeFileSync(file, blocks[at]?.text ?? "");
    installInto(scratch);
    const { stdout } = await run(process.execPath, ["--import", "tsx", file], { cwd: root });
    expect(stdout).toBe(blocks[at + 1]?.text);
  });

  it("names only imports that exist", async () => {
    const imports = [...readme.matchAll(/`(plugcharge\/\w+)`/g)].map((match) => match[1] ?? "");
    expect(imports.length).toBeGreaterThan(0);
    for (const name of imports) expect(import.meta.resolve?.(name) ?? name).toBeTruthy();
  });
});
