import { join } from "node:path";
import { type Clock, isoTime } from "../../util/clock.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";

export interface SessionLogOptions {
  readonly folder: string;
  /** Name of a session's folder; `session_uuid` stands for the session's id. */
  readonly suffix: string;
  /** Write the content of ISO 15118 messages too. */
  readonly withMessages: boolean;
  readonly clock: Clock;
  readonly files: Files;
  readonly log: Logger;
  /** One line as JSON, for who watches. */
  publish(line: string): void;
}

type Origin = "EVSE" | "CAR" | "SYS";

/** More than a session can need; a car that floods the log must not fill the memory. */
const MAX_LINES = 20_000;

/** The event log of each session, in a folder of its own: `eventlog.csv` with time, origin, event and message. */
export class SessionLog {
  readonly #options: SessionLogOptions;
  #lines: string[] = [];
  #folder: string | undefined;

  constructor(options: SessionLogOptions) {
    this.#options = options;
  }

  /** @returns the folder of the session's log. */
  start(sessionId: string): string {
    const { folder, suffix, clock } = this.#options;
    const name = suffix === "session_uuid" ? sessionId : suffix;
    const safe = `${isoTime(clock.now())}-${name}`.replace(/[^\w.-]/g, "-");
    this.#lines = [];
    this.#folder = join(folder, safe);
    this.note("SYS", "Session logging started.");
    return this.#folder;
  }

  /** @param message content of an ISO 15118 message, in any textual form. */
  note(origin: Origin, event: string, message = ""): void {
    if (this.#folder === undefined || this.#lines.length >= MAX_LINES) return;
    const content = this.#options.withMessages ? message : "";
    const fields = [isoTime(this.#options.clock.now()), origin, event, content];
    this.#lines.push(fields.map(quote).join(","));
    const target = { EVSE: "CAR", CAR: "EVSE", SYS: "" }[origin];
    this.#options.publish(JSON.stringify({ origin, target, iso15118: message !== "", msg: event }));
  }

  /** Writes the log of the session that ends. A full disk is no reason to stop charging. */
  async stop(): Promise<void> {
    const { files, log } = this.#options;
    const folder = this.#folder;
    if (folder === undefined) return;
    this.note("SYS", "Session logging stopped.");
    const content = `${this.#lines.join("\n")}\n`;
    this.#folder = undefined;
    this.#lines = [];
    try {
      await files.makeFolder(folder);
      await files.write(join(folder, "eventlog.csv"), content);
    } catch (error) {
      log.error({ folder, error: String(error) }, "the session log was not written");
    }
  }
}

function quote(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}
