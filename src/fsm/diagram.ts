import type { Machine } from "./machine.ts";
import type { Protocol } from "./state.ts";

/** The machine as a Mermaid state diagram, printed from `next`; states without successors are ends. */
export function mermaid<P extends Protocol>(machine: Machine<P>): string {
  const lines = ["stateDiagram-v2", `  [*] --> ${machine.initial}`];
  for (const state of machine.states.values()) {
    for (const next of state.next) lines.push(`  ${state.name} --> ${next}`);
    if (state.next.length === 0) lines.push(`  ${state.name} --> [*]`);
  }
  return `${lines.join("\n")}\n`;
}
