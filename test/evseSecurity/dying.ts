import * as fs from "node:fs/promises";
import { type FileSystem, filesOn } from "../../src/util/files.ts";

/**
 * A disk under a process that dies before the `nth` step after `begin()`: neither that system call nor any later one happens, and
 * nobody is told; of a write, half is done. Nothing waits for the disk itself, which such a death does not need.
 */
export function dying(nth: number, kill = () => {}) {
  let steps = Number.NEGATIVE_INFINITY;
  const closers: (() => Promise<void>)[] = [];
  let die = () => {};
  const death = new Promise<"dead">((resolve) => {
    die = () => {
      kill();
      resolve("dead");
    };
  });
  const never = () => {
    die();
    return new Promise<never>(() => {});
  };
  const step =
    <A extends unknown[], R>(operation: (...args: A) => Promise<R>, half?: (...args: A) => Promise<unknown>) =>
    async (...args: A): Promise<R> => {
      if (steps++ < nth) return operation(...args);
      await half?.(...args);
      return never();
    };
  const open: FileSystem["open"] = step(async (path, flags, mode) => {
    const file = await fs.open(path, flags, mode);
    const close = file.close.bind(file);
    closers.push(close);
    const writeFile = file.writeFile.bind(file);
    file.writeFile = step(writeFile, (content) => writeFile(Buffer.from(String(content)).subarray(0, 40)));
    file.sync = step(async () => {});
    file.close = step(close);
    return file;
  });
  const mkdir = step(fs.mkdir) as FileSystem["mkdir"];
  const files = filesOn({ ...fs, open, mkdir, rename: step(fs.rename), rm: step(fs.rm) });
  const bury = () => Promise.all(closers.map((close) => close()));
  const begin = () => {
    steps = 0;
  };
  return { files, death, begin, bury, steps: () => steps };
}
