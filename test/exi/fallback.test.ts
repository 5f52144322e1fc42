import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("codes every vector where the process forbids code from strings", async () => {
  const script = join(import.meta.dirname, "interpretedOnly.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--disallow-code-generation-from-strings",
    "--import",
    "tsx",
    script,
  ]);
  const result = JSON.parse(stdout) as { forbidden: boolean; good: number; all: number };
  expect(result).toEqual({ forbidden: true, good: result.all, all: result.all });
  expect(result.all).toBeGreaterThan(200);
});
