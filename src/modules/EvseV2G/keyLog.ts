import { join } from "node:path";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";

/** Sessions of the last while; a log that grows for ever would fill the disk. */
const MAX_LINES = 1000;
const OWNER_ONLY = 0o600;

/** Keeps TLS session keys in a file that opens captured traffic. @returns what takes a line in NSS key log format. */
export function keyLog(folder: string, files: Files, log: Logger): (line: Uint8Array) => void {
  const path = join(folder, "tls_session_keys.log");
  const lines: string[] = [];
  let writing = Promise.resolve();
  return (line) => {
    lines.push(new TextDecoder().decode(line));
    lines.splice(0, lines.length - MAX_LINES);
    writing = writing
      .then(() => files.write(path, lines.join(""), OWNER_ONLY))
      .catch((error: Error) => log.error({ path, reason: error.message }, "TLS session keys could not be written"));
  };
}
