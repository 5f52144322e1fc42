/** OpenSSL's command as an oracle, where it is installed. */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";

const found = spawnSync("openssl", ["version"], { encoding: "utf8" });
const version = found.status === 0 ? found.stdout.trim() : undefined;

/** A test that needs `openssl`; skipped, with the reason in its name, where there is none. */
export function opensslTest(name: string, run: () => Promise<void> | void): void {
  if (version) test(name, run);
  else test.skip(nameWhenSkipped(name), run);
}

/** The same, for each row of a table. */
opensslTest.each = <Row extends readonly string[]>(rows: readonly Row[]) => {
  return (name: string, run: (...row: Row) => Promise<void>): void => {
    if (version) test.each(rows)(name, (...row) => run(...(row as unknown as Row)));
    else test.skip(nameWhenSkipped(name), () => {});
  };
};

function nameWhenSkipped(name: string): string {
  return `${name} (skipped: no openssl command on this machine)`;
}

/** Runs openssl with files in a folder that is gone afterwards. @returns stdout and stderr together, and the status. */
export function openssl(files: Readonly<Record<string, string | Uint8Array>>, args: readonly string[]) {
  const dir = mkdtempSync(join(tmpdir(), "plugcharge-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
    const { status, stdout, stderr } = spawnSync("openssl", args, { cwd: dir, encoding: "utf8" });
    return { ok: status === 0, text: `${stdout}${stderr}` };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs openssl with nothing to read, while this process goes on, as it must to be a server of it. */
export function opensslClient(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = execFile("openssl", [...args], (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
    child.stdin?.end();
  });
}

/** As {@link openssl}, for output that is octets in a file named `out`. */
export function opensslBytes(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[],
): Uint8Array {
  const dir = mkdtempSync(join(tmpdir(), "plugcharge-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
    execFileSync("openssl", [...args], { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
    return new Uint8Array(execFileSync("cat", ["out"], { cwd: dir }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
