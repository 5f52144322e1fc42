import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { explainCommand } from "../../../src/cli/commands/explain.ts";

async function explain(...args: string[]): Promise<string> {
  let text = "";
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  await explainCommand({ stdout })
    .exitOverride()
    .parseAsync(["pnc-decisions", ...args], { from: "user" });
  return text;
}

const page = readFileSync(resolve(import.meta.dirname, "../../../docs/reference/pnc-decisions.md"), "utf8");

it("prints what the reference holds (npx plugcharge explain pnc-decisions --markdown > docs/reference/pnc-decisions.md)", async () => {
  expect(await explain("--markdown")).toBe(page);
});

it("says the same as text and as JSON lines", async () => {
  const rows = (await explain("--json"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { table: string; id?: string; because: string; tokenStatus: string });
  const text = await explain();
  expect(new Set(rows.map(({ table }) => table))).toEqual(new Set(["1.6", "2.0.1", "csms"]));
  for (const { id, because, tokenStatus } of rows) {
    expect(text).toContain(because);
    expect(page).toContain(because);
    if (id) expect(text).toMatch(new RegExp(`^${id}$[^]*? token +${tokenStatus}$`, "m"));
  }
});

it("shows one version alone when asked", async () => {
  const text = await explain("--ocpp", "1.6");
  expect(text).toContain("pnc-disabled");
  expect(text).not.toContain("authorization-off");
});
