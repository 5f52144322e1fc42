/** Logging as a port; pino behind it. Logs go to stderr only, because stdout belongs to a command's result. */
import { pino, destination as pinoDestination } from "pino";

export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
  /** A logger that adds `facts` to every line. */
  child(facts: object): Logger;
}

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** JSON lines on stderr. Key material is never passed to a logger; the redaction is a second net. */
export function createLogger(level: LogLevel): Logger {
  const redact = ["password", "*.password", "private_key_password", "*.private_key_password", "BasicAuthPassword"];
  return pino({ level, redact }, pinoDestination({ fd: 2, sync: true }));
}

const nothing = () => {};

/** For tests and for tools that show a timeline instead. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
