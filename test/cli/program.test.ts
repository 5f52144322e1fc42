import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { plugcharge } from "./peer/support.ts";

const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../package.json"), "utf8"));

it("says its version, which is the package's", async () => {
  const command = plugcharge("--version");
  expect(await command.exitCode).toBe(0);
  expect(command.lines).toEqual([manifest.version]);
});

it.each([["--help"], ["help"]])("%s names every command in a line or two", async (word) => {
  const command = plugcharge(word);
  expect(await command.exitCode).toBe(0);
  const text = command.lines.join("\n");
  for (const name of ["demo", "csms", "run", "module", "prefix", "ev", "secc", "exi", "ocpp", "explain", "pki"]) {
    expect(text).toMatch(new RegExp(`^  ${name}\\b.* {2}\\S`, "m"));
  }
});

it("bad case: a command that does not exist is answered with the nearest one, and exit code 2", async () => {
  const command = plugcharge("dmeo");
  expect(await command.exitCode).toBe(2);
  expect(command.errors.join("")).toContain("Did you mean demo?");
});
