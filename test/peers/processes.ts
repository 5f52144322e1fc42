/** Programs of a run: each in a process group of its own, with a time limit, and nothing left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { sleep, systemClock, withTimeout } from "../../src/util/clock.ts";
import type { Ended } from "./scenarios.ts";

const running = new Set<ChildProcess>();

export interface Program {
  /** Of its process group as well; 0 when it could not be started. */
  readonly pid: number;
  /** Resolves with true when so many lines have `text`; false when the program is over or the time is up before. */
  says(text: string, limitMs: number, times?: number): Promise<boolean>;
  /** The last line that has `text`; empty when there is none. */
  lastWith(text: string): string;
  /** As Ctrl+C does. */
  interrupt(): void;
  /** Waits for the end; kills the program when that takes longer. */
  ended(limitMs: number): Promise<Ended>;
}

const NOT_STARTED = -1;
const LOOK_AGAIN_MS = 50;

/**
 * @param command program and arguments. What it writes to standard output and error is read as lines.
 * @param onLine gets every line when it comes.
 */
export function start(
  [file = "", ...args]: readonly string[],
  cwd: string,
  onLine: (line: string) => void = () => {},
): Program {
  // Its own process group: the peer's Java goes with the peer.
  const child = spawn(file, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      onLine(line);
    });
  }
  let isOver = false;
  const over = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      lines.push(error.message);
      resolve(NOT_STARTED);
    });
    child.once("close", resolve);
  }).finally(() => {
    isOver = true;
  });
  return {
    pid: child.pid ?? 0,
    async says(text, limitMs, times = 1) {
      const end = systemClock.monotonic() + limitMs;
      const said = () => lines.filter((line) => line.includes(text)).length >= times;
      while (!said() && !isOver && systemClock.monotonic() < end) await sleep(systemClock, LOOK_AGAIN_MS);
      return said();
    },
    lastWith: (text) => lines.findLast((line) => line.includes(text)) ?? "",
    interrupt: () => void child.kill("SIGINT"),
    async ended(limitMs) {
      const late = await withTimeout(
        systemClock,
        limitMs,
        over.then(() => false),
        () => true,
      );
      kill(child);
      const exitCode = await over;
      return { lines, exitCode: late ? null : exitCode };
    },
  };
}

/** Kills what is still there, when this process ends early. */
export function killAll(): void {
  for (const child of running) kill(child);
}

function kill(child: ChildProcess): void {
  running.delete(child);
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group is gone already.
  }
}
