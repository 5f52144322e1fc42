/** CPU time of other processes, from Linux's accounts of them. */
import { readdirSync, readFileSync } from "node:fs";

const NANOSECONDS = 1e9;

/** Of all threads of these processes since they began, to the microsecond; what has ended does not count. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ofProcess(pid), 0);
}

function ofProcess(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + ofThread(`/proc/${pid}/task/${thread}`), 0);
  } catch {
    return 0;
  }
}

/** The first number of schedstat: nanoseconds on a CPU. */
function ofThread(folder: string): number {
  try {
    return Number(readFileSync(`${folder}/schedstat`, "utf8").split(" ")[0]) / NANOSECONDS;
  } catch {
    return 0;
  }
}

/** The processes of a group, which a program and all that it starts are. */
export function groupOf(leader: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && processGroup(pid) === leader);
}

function processGroup(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return undefined;
  }
}
