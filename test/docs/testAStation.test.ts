/** The examples of docs/how-to/test-a-station.md, with stations of ours at the CSMS that it starts. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { faultNames } from "../../src/csms/faults/catalogue.ts";
import { plugcharge } from "../cli/peer/support.ts";
import { makePki, startTestStation as startStation16 } from "../modules/OCPP/support.ts";
import { startTestStation as startStation201, temporaryFolder } from "../modules/OCPP201/support.ts";

const text = readFileSync(resolve(import.meta.dirname, "../../docs/how-to/test-a-station.md"), "utf8");
const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, block]) => ({ language, block }));
const linesOf = (language: string) =>
  blocks.filter((each) => each.language === language).flatMap(({ block = "" }) => block.trim().split("\n"));
const commands = linesOf("sh");
const run = promisify(execFile);

/** Runs a line of the text with curl, at the address of the test. */
async function curl(line: string, apiUrl: string): Promise<string> {
  const { stdout } = await run("bash", ["-c", line.replace("localhost:8080", apiUrl)]);
  return stdout;
}

it("what it says can be done, and comes out so", { timeout: 60_000 }, async () => {
  const scratch = mkdtempSync(join(tmpdir(), "plugcharge-how-to-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const own = commands.filter((line) => line.startsWith("npx plugcharge")).map((line) => line.split(" ").slice(2));
  const words = own.map((line) =>
    line.map((word) => ({ "my-pki": join(scratch, "pki"), 9000: "0", 8080: "0" })[word] ?? word),
  );
  const [init = [], serve = [], list = []] = words;
  expect(await plugcharge(...init).exitCode).toBe(0);
  const listing = plugcharge(...list);
  expect(await listing.exitCode).toBe(0);
  for (const name of faultNames) {
    expect(listing.lines.join("\n")).toContain(name);
    expect(text).toContain(`\`${name}\``);
  }

  const csms = plugcharge(...serve, "--json");
  onTestFinished(async () => {
    csms.interrupt();
    await csms.exitCode;
  });
  await vi.waitFor(() => expect([...csms.lines, ...csms.errors]).not.toEqual([]), { timeout: 10_000 });
  const { url, apiUrl } = JSON.parse(csms.lines[0] ?? csms.errors[0] ?? "");
  const pki = await makePki(join(scratch, "station"));
  const first = await startStation201({ folder: temporaryFolder(), csms: { url }, pki });
  const values = {
    Internal: { ChargePointId: "cp016" },
    Security: { AuthorizationKey: "a-password-of-16" },
  };
  const second = await startStation16({ folder: temporaryFolder(), url, pki, values });
  await Promise.all([first.hands.booted, second.hands.booted]);

  const outputs: string[] = [];
  for (const line of commands.filter((command) => command.startsWith("curl"))) {
    outputs.push(await curl(line, apiUrl));
    if (line.includes("-X DELETE")) expect(outputs.at(-1)).toBe("");
    else expect(() => JSON.parse(outputs.at(-1) ?? ""), `${line}: ${outputs.at(-1)}`).not.toThrow();
    expect(outputs.at(-1)?.startsWith('{"error"'), line).toBe(line.includes("Explode"));
  }
  for (const line of linesOf("json"))
    expect(
      outputs.some((output) => output.startsWith(line)),
      line,
    ).toBe(true);
  const asked = outputs.filter((output) => output.startsWith('{"answer"'));
  expect(asked).toHaveLength(3);
});

it("announces itself as it says", async () => {
  const serve = commands.find((line) => line.includes("--api-port")) ?? "";
  const stations = serve
    .split(" ")
    .filter((word) => /^cp\d+:/.test(word))
    .flatMap((word) => ["--station", word]);
  const csms = plugcharge("csms", "--port", "0", ...stations);
  await vi.waitFor(() => expect(csms.lines).not.toEqual([]), { timeout: 10_000 });
  const [promised = ""] = linesOf("text");
  expect(csms.lines[0]?.replace(/127\.0\.0\.1:\d+\/ocpp /, "127.0.0.1:9000/ocpp ")).toMatch(
    new RegExp(`^${promised.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`),
  );
  csms.interrupt();
  expect(await csms.exitCode).toBe(0);
});
