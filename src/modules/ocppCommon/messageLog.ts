/** Every OCPP message in a file, as EVerest writes its `libocpp.log`. */
import { isAbsolute, join } from "node:path";
import type { Message } from "../../interfaces/types/ocpp.ts";
import { type Clock, isoTime } from "../../util/clock.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";

export interface MessageLogOptions {
  readonly clock: Clock;
  readonly files: Files;
  readonly log: Logger;
  readonly folder: string;
  /** Beyond it a new file is begun; 0 is never. */
  readonly maxBytes: number;
  /** How many files there are at most, the one that is written among them; 0 is any number. */
  readonly maxFiles: number;
}

/** What the configuration of a version says of it. */
export interface LogSettings {
  readonly on: boolean;
  /** `log` is the file; the others of EVerest are not written. */
  readonly formats: readonly string[];
  readonly rotates: boolean;
  readonly maxBytes: number;
  readonly maxFiles: number;
}

interface LogPlace extends Pick<MessageLogOptions, "clock" | "files" | "log"> {
  readonly config: { readonly MessageLogPath: string };
  readonly env: { readonly shareDir: string };
}

/** Undefined when no messages are to be kept. */
export function openMessageLog(ctx: LogPlace, settings: LogSettings): MessageLog | undefined {
  const { on, formats, rotates, maxBytes, maxFiles } = settings;
  if (!on || !formats.includes("log")) return undefined;
  const { clock, files, log, config, env } = ctx;
  const folder = isAbsolute(config.MessageLogPath) ? config.MessageLogPath : join(env.shareDir, config.MessageLogPath);
  return new MessageLog({
    ...{ clock, files, log, folder },
    maxBytes: rotates ? maxBytes : 0,
    maxFiles: rotates ? maxFiles : 0,
  });
}

const NAME = "libocpp.log";
/** How many calls without an answer are remembered. */
const MAX_OPEN_CALLS = 100;
/** How many entries may wait for a slow disk. */
const MAX_WAITING = 1000;

export class MessageLog {
  readonly #options: MessageLogOptions;
  /** Actions by message id, to name the answers. */
  readonly #calls = new Map<string, string>();
  #writing: Promise<void>;
  #waiting = 0;

  constructor(options: MessageLogOptions) {
    this.#options = options;
    this.#writing = options.files.makeFolder(options.folder, 0o700).catch((error: unknown) => this.#complain(error));
  }

  /** Nobody waits for it; a disk that fails costs the message only. */
  add({ message, direction }: Message): void {
    if (this.#waiting >= MAX_WAITING) return;
    this.#waiting++;
    const time = isoTime(this.#options.clock.now());
    const [from, to] =
      direction === "ChargingStationToCSMS" ? ["ChargePoint", "CentralSystem"] : ["CentralSystem", "ChargePoint"];
    const entry = `${time}: ${from}>${to} ${this.#nameOf(message)}\n${message}\n\n`;
    this.#writing = this.#writing
      .then(() => this.#write(entry))
      .catch((error: unknown) => this.#complain(error))
      .finally(() => {
        this.#waiting--;
      });
  }

  /** Resolves when everything is written. */
  settled(): Promise<void> {
    return this.#writing;
  }

  async #write(entry: string): Promise<void> {
    const { files, folder, maxBytes } = this.#options;
    const path = join(folder, NAME);
    const size = maxBytes > 0 ? ((await files.info(path))?.size ?? 0) : 0;
    if (maxBytes > 0 && size >= maxBytes) await this.#rotate(path);
    await files.append(path, entry, 0o600);
  }

  /** `libocpp.log.0` is the youngest of the old ones. */
  async #rotate(path: string): Promise<void> {
    const { files, folder, maxFiles } = this.#options;
    const old = (await files.list(folder))
      .flatMap((name) => /^libocpp\.log\.(\d{1,6})$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
    for (const number of old) {
      if (maxFiles > 0 && number + 2 >= maxFiles) await files.remove(`${path}.${number}`);
      else await files.rename(`${path}.${number}`, `${path}.${number + 1}`);
    }
    if (maxFiles === 1) await files.remove(path);
    else await files.rename(path, `${path}.0`);
  }

  #nameOf(text: string): string {
    const [, type, id = "", action] = /^\s*\[\s*(\d)\s*,\s*"([^"]{1,36})"\s*(?:,\s*"(\w{1,60})")?/.exec(text) ?? [];
    if (type === "2" && action !== undefined) {
      if (this.#calls.size < MAX_OPEN_CALLS) this.#calls.set(id, action);
      return action;
    }
    const answered = this.#calls.get(id) ?? "unknown";
    this.#calls.delete(id);
    return type === "3" ? `${answered}.conf` : `${answered}.error`;
  }

  #complain(error: unknown): void {
    this.#options.log.warn({ error }, "an OCPP message could not be written to the message log");
  }
}
