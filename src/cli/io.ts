/** What a command may touch of the outside world, so that commands are tested without a process of their own. */
import { readFile } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @throws the system's error when the file cannot be read. */
  readFile(path: string): Promise<Uint8Array>;
  /** The process's exit code when the command is done; 0 unless set. See {@link exitCodes}. */
  setExitCode(code: number): void;
  /** Resolves when the person asks to stop (SIGINT or SIGTERM); asked again, when the person does so again. */
  interrupted(): Promise<void>;
  /** Resolves with what was thrown where nobody catches it; without this call it ends the process at once. */
  crashed(): Promise<unknown>;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** `failed`: the command ran and its verdict is negative. `usage`: a file, option or the environment is wrong. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

function onSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}

function onCrash(): Promise<unknown> {
  return new Promise((resolve) => {
    process.on("uncaughtException", resolve);
    process.on("unhandledRejection", resolve);
  });
}

/** The real process. */
export const processIo: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  readFile: async (path) => new Uint8Array(await readFile(path)),
  setExitCode: (code) => {
    process.exitCode = code;
  },
  interrupted: onSignal,
  crashed: onCrash,
  exit: (code) => process.exit(code),
};

/** Writes one line and waits when the reader is slow. */
export function writeLine(to: Writable, line: string): Promise<void> {
  return new Promise((resolve) => {
    if (to.write(`${line}\n`)) resolve();
    else to.once("drain", resolve);
  });
}
