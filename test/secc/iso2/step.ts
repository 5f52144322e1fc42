import { type Incoming, react } from "../../../src/fsm/machine.ts";
import type { Outcome, Step, Wait } from "../../../src/fsm/state.ts";
import { iso2Machine } from "../../../src/secc/iso2/machine.ts";
import type { ContractVerdict, Iso2, Iso2Ports, Iso2Session } from "../../../src/secc/iso2/protocol.ts";
import { ports } from "../fixtures.ts";

async function outcome(
  state: string,
  of: Iso2Session,
  incoming: Incoming<Iso2>,
  using: Iso2Ports,
): Promise<Outcome<Iso2>> {
  const found = react<Iso2>(iso2Machine, state, of, incoming);
  if (!("gather" in found)) return found;
  const decide = await found.gather(incoming.message as never, of, using);
  return decide(of);
}

/** What a state answers at once. */
export async function step(
  state: string,
  of: Iso2Session,
  incoming: Incoming<Iso2>,
  verdict?: ContractVerdict,
  using: Iso2Ports = ports(verdict),
): Promise<Step<Iso2>> {
  const found = await outcome(state, of, incoming, using);
  if ("until" in found) throw new TypeError("the state waits");
  return found;
}

/** What a state waits for. */
export async function wait(state: string, of: Iso2Session, incoming: Incoming<Iso2>): Promise<Wait<Iso2>> {
  const found = await outcome(state, of, incoming, ports());
  if (!("until" in found)) throw new TypeError("the state answers at once");
  return found;
}

/** The body of the answer. */
export function bodyOf({ reply }: Step<Iso2>): Record<string, unknown> {
  return reply && "name" in reply ? { ...reply.message } : {};
}

export function codeOf(of: Step<Iso2>): unknown {
  return "reply" in of && of.reply && "name" in of.reply ? of.reply.message.ResponseCode : undefined;
}

/** Names of what is published. */
export function published(of: { readonly effects?: Step<Iso2>["effects"] }): string[] {
  return (of.effects ?? []).flatMap((effect) =>
    effect.to === "charger" || effect.to === "extensions" ? [effect.name] : [],
  );
}

/** What went onto the timeline. */
export function traced(of: { readonly effects?: Step<Iso2>["effects"] }) {
  return (of.effects ?? []).flatMap((effect) => (effect.to === "trace" ? [effect.event] : []));
}
