/** The named pipe by which whoever started a station follows its states. */
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { UserError } from "../../util/errors.ts";

/** EVerest's words (lib/everest/framework/include/utils/status_fifo.hpp); the second line of each start and stop is what drivers wait for. */
export type Status =
  | "MANAGER_INITIALIZING"
  | "MANAGER_STARTING_MODULES"
  | "MANAGER_RUNNING"
  | "MANAGER_CRASH_SHUTDOWN_IN_PROGRESS"
  | "MANAGER_SHUTDOWN_REQUESTED"
  | "MANAGER_SHUTDOWN_FINALIZING"
  | "MANAGER_IDLE"
  | "MANAGER_EXITING"
  | "ALL_MODULES_STARTED"
  | "WAITING_FOR_STANDALONE_MODULES"
  | "SIGINT_RECEIVED"
  | "ALL_MODULES_STOPPED_CLEAN"
  | "CRASH_RECOVERY_EXHAUSTED"
  | `CRASH_RECOVERY_ATTEMPT:${number}/${number}`;

export interface StatusFifo {
  tell(status: Status): void;
  close(): void;
}

export const noFifo: StatusFifo = { tell: () => {}, close: () => {} };

/**
 * Lines are written whole and without waiting; when nobody reads any more, no more are written.
 * @throws UserError when it is no named pipe, or nobody has it open for reading.
 */
export function openStatusFifo(path: string): StatusFifo {
  let fd: number | undefined = open(path);
  const close = () => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  return {
    tell(status) {
      if (fd === undefined) return;
      try {
        writeSync(fd, `${status}\n`);
      } catch {
        close();
      }
    },
    close,
  };
}

function open(path: string): number {
  const expected = "a named pipe that is open for reading";
  const refuse = (message: string, fix: string) => new UserError(message, { file: path, expected, fix });
  let fd: number;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw refuse("there is no status fifo", "Make it with mkfifo.");
    if (code === "ENXIO") throw refuse("nobody reads the status fifo", "Open it for reading first.");
    throw refuse(`the status fifo cannot be opened: ${message}`, "Name another one.");
  }
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw refuse("the status fifo is none", "Make it with mkfifo.");
}
