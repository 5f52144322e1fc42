/** CPU time by part of plugcharge: every sample is charged to the folder of `src` nearest above it on the stack. */
import { Session } from "node:inspector/promises";

export interface CpuByFolder {
  /** Milliseconds by folder, most first; `node` is what no folder of ours asked for. */
  readonly folders: readonly (readonly [string, number])[];
  readonly totalMs: number;
}

interface Node {
  readonly id: number;
  readonly url: string;
  readonly name: string;
  parent?: number;
}

/** Runs `work` under the sampling profiler. */
export async function profiled<T>(work: () => Promise<T>): Promise<{ result: T; cpu: CpuByFolder }> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: 200 });
    await session.post("Profiler.start");
    const result = await work();
    const { profile } = await session.post("Profiler.stop");
    const nodes = new Map<number, Node>();
    for (const { id, callFrame } of profile.nodes) {
      nodes.set(id, { id, url: callFrame.url, name: callFrame.functionName });
    }
    for (const { id, children = [] } of profile.nodes) {
      for (const child of children) {
        const node = nodes.get(child);
        if (node) node.parent = id;
      }
    }
    return { result, cpu: sum(nodes, profile.samples ?? [], profile.timeDeltas ?? []) };
  } finally {
    session.disconnect();
  }
}

function sum(nodes: ReadonlyMap<number, Node>, samples: readonly number[], deltas: readonly number[]): CpuByFolder {
  const time = new Map<string, number>();
  samples.forEach((id, i) => {
    const folder = folderOf(nodes, id);
    if (folder) time.set(folder, (time.get(folder) ?? 0) + (deltas[i] ?? 0) / 1000);
  });
  const folders = [...time].sort((a, b) => b[1] - a[1]);
  return { folders, totalMs: folders.reduce((all, [, ms]) => all + ms, 0) };
}

/** Undefined while nothing runs. */
function folderOf(nodes: ReadonlyMap<number, Node>, id: number): string | undefined {
  let node = nodes.get(id);
  if (node?.name === "(idle)" || node?.name === "(root)") return undefined;
  while (node) {
    const found = /\/(?:src|dist)\/(modules\/\w+|\w+)\//.exec(node.url);
    if (found && !node.url.includes("node_modules")) return found[1];
    node = node.parent === undefined ? undefined : nodes.get(node.parent);
  }
  return "node";
}
