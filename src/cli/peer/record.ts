/** What has come on a timeline since one began to listen; a charger that runs for months keeps only its present session. */
import type { Timeline, TraceEntry } from "../../util/trace.ts";

/** @returns what takes out all that was kept, and begins anew. */
export function record(timeline: Timeline): () => readonly TraceEntry[] {
  let kept: TraceEntry[] = [];
  timeline.subscribe((entry) => kept.push(entry));
  return () => {
    const taken = kept;
    kept = [];
    return taken;
  };
}
