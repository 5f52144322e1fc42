/** What all buses do with values and with those who throw. */
import type { Logger } from "../../util/log.ts";
import { CommandError } from "../errors.ts";
import type { CommandHandler } from "./bus.ts";

/** The copy of a value that a receiver gets: what JSON keeps of it. Nothing becomes null. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

/** One sentence from whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Lets a receiver work; what it throws, now or later, is logged and goes no further. */
export function deliver(log: Logger, topic: string, receive: () => void | Promise<void>): void {
  const failed = (error: unknown) => log.error({ err: error, topic }, `receiving ${topic} failed: ${reasonOf(error)}`);
  try {
    receive()?.catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** Lets a handler answer. @throws CommandError HandlerException when it throws, after logging it. */
export async function answer(
  log: Logger,
  command: string,
  handle: CommandHandler,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    return await handle(args);
  } catch (error) {
    if (error instanceof CommandError && error.code === "SchemaValidationError") throw error;
    log.error({ err: error, command }, `command ${command} failed: ${reasonOf(error)}`);
    throw new CommandError("HandlerException", `${command}: ${reasonOf(error)}`);
  }
}

/** Whether an MQTT topic filter, with `+` for one level and a final `#` for the rest, covers a topic. */
export function matchesTopic(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const levels = topic.split("/");
  if (wanted.at(-1) === "#") {
    wanted.pop();
    levels.length = Math.min(levels.length, wanted.length);
  }
  return wanted.length === levels.length && wanted.every((level, i) => level === "+" || level === levels[i]);
}
