/** What a station says of itself before it can be killed, and a disk that kills it. */
import { writeSync } from "node:fs";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import type { Database, SqlValue } from "../../../src/util/database.ts";

/** A message as it was queued. */
export interface Queued {
  readonly action: string;
  readonly payload: object;
  /** The session that it belongs to. */
  readonly session: string | null;
}

export type Line =
  /** The station is told of an act; with the event when it is one. */
  | { readonly says: "doing"; readonly index: number; readonly event?: SessionEvent }
  /** It has taken it: what follows from it is on disk. */
  | { readonly says: "done"; readonly index: number }
  /** A message is about to be written, and with `kept` it was. */
  | { readonly says: "queued"; readonly number: number; readonly message: Queued }
  | { readonly says: "kept"; readonly number: number }
  /** Nothing waits any more. */
  | { readonly says: "over"; readonly deadLetters: number; readonly steps: number };

/** Written before it returns, so that a kill afterwards takes nothing back. */
export function say(line: Line): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}

/** The disk, with every message announced and confirmed; before step `killAt` the process kills itself. */
export function journalled(database: Database, killAt: number | undefined): Database & { readonly steps: number } {
  let steps = 0;
  let messages = 0;
  let depth = 0;
  let uncommitted: number[] = [];
  const step = () => {
    steps++;
    if (steps === killAt) process.kill(process.pid, "SIGKILL");
  };
  const confirm = () => {
    for (const number of uncommitted) say({ says: "kept", number });
    uncommitted = [];
  };
  return {
    ...database,
    get steps() {
      return steps;
    },
    run(sql, ...values) {
      step();
      const message = messageOf(sql, values);
      if (message) {
        uncommitted.push(++messages);
        say({ says: "queued", number: messages, message });
      }
      database.run(sql, ...values);
      step();
      if (depth === 0) confirm();
    },
    atomically(work) {
      if (depth > 0) return work();
      step();
      depth++;
      try {
        const result = database.atomically(() => {
          const worked = work();
          step();
          return worked;
        });
        step();
        confirm();
        return result;
      } finally {
        depth--;
        uncommitted = [];
      }
    },
  };
}

function messageOf(sql: string, [action, payload, session]: readonly SqlValue[]): Queued | undefined {
  if (!sql.startsWith("INSERT INTO message ")) return undefined;
  return {
    action: String(action),
    payload: JSON.parse(String(payload)),
    session: session === null ? null : String(session),
  };
}
