/** A part of a benchmark in a process of its own, so that its memory and its CPU time are measured alone. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { InternalError } from "../src/util/errors.ts";

/** Octets, after everything that nobody needs was thrown away. */
export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

export interface Part {
  readonly pid: number;
  /** Sends a question and waits for its answer; one at a time. */
  ask<A>(question: unknown): Promise<A>;
  stop(): Promise<void>;
}

/** Keeps V8 from compiling, which takes memory as long as code is new, and that may be long. */
export const interpreted = ["--no-opt", "--no-sparkplug"] as const;

/** Starts `bench/NAME.ts`. @param flags for V8. */
export function startPart(name: string, flags: readonly string[] = []): Part {
  const execArgv = ["--expose-gc", ...flags, "--import", "tsx"];
  const child = fork(join(import.meta.dirname, `${name}.ts`), [], { execArgv });
  const over = once(child, "exit").then(() => {
    throw new InternalError(`${name} ended by itself`);
  });
  over.catch(() => {});
  return {
    pid: child.pid ?? 0,
    async ask<A>(question: unknown): Promise<A> {
      child.send({ question });
      const [answer] = await Promise.race([once(child, "message"), over]);
      return answer as A;
    },
    async stop() {
      child.kill();
      await over.catch(() => {});
    },
  };
}

/** In the part: answers every question. @param answer gets the question; undefined is answered as `null`. */
export function answerAll(answer: (question: never) => Promise<unknown>): void {
  process.on("message", ({ question }: { question: never }) => {
    answer(question).then((value) => process.send?.(value ?? null));
  });
}

/** Twice, as the first collection frees what holds on to more. */
export async function memory(): Promise<Memory> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed };
}
