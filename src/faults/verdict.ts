/** Whether a counterpart did about a fault what it ought to. */
import type { Fault } from "./fault.ts";
import { describeReaction, type Reaction } from "./reaction.ts";

export interface FaultVerdict {
  /** `not reached`: the session ended before the fault had its place. */
  readonly verdict: "right" | "wrong" | "not reached";
  readonly fault: string;
  /** In words, as all that follows. */
  readonly expected: string;
  readonly got: string;
  readonly rule: string;
  /** What it means when it is wrong. */
  readonly meaning: string | null;
}

/** @param reaction what was seen, or why there was nothing to be seen. */
export function judgeFault(fault: Fault, reaction: Reaction | { readonly unreached: string }): FaultVerdict {
  const { name, rule, danger } = fault;
  const told = { fault: name, expected: expectedWords(fault), rule };
  if ("unreached" in reaction) return { verdict: "not reached", ...told, got: reaction.unreached, meaning: null };
  const right = fault.expect.some((expectation) => expectation.matches(reaction));
  const got = describeReaction(reaction);
  return { verdict: right ? "right" : "wrong", ...told, got, meaning: right ? null : danger };
}

/** All right reactions. */
export function expectedWords({ expect }: Pick<Fault, "expect">): string {
  return expect.map(({ words }) => words).join(", or ");
}
