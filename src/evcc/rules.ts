/** The rules that hold in every state of the car's session, whatever it speaks. A state is named after the response that it awaits. */
import type { Incoming, Rules } from "../fsm/machine.ts";
import type { Protocol, Step } from "../fsm/state.ts";
import { equalBytes } from "../util/bytes.ts";
import type { Outcome } from "./outcome.ts";

interface RuledProtocol extends Protocol {
  readonly messages: Readonly<
    Record<
      string,
      { readonly header: { readonly SessionID: Uint8Array }; readonly body: { readonly ResponseCode: string } }
    >
  >;
  readonly session: { readonly SessionID: Uint8Array; readonly ending: "Terminate" | "Pause" | undefined };
}

/** What is special of one protocol. */
export interface RuleParts<P extends RuledProtocol> {
  /** From these states the car can leave without asking the EVSE to turn the power off first. */
  readonly beforePower: readonly string[];
  end(outcome: Outcome): Step<P>;
  /** How the session ends after a response that says FAILED. */
  refusedBy(incoming: Incoming<P>): Outcome;
  goodbye(session: P["session"]): Step<P>;
}

export function carRules<P extends RuledProtocol>({ beforePower, end, refusedBy, goodbye }: RuleParts<P>): Rules<P> {
  return {
    guard(incoming, session, state) {
      const { header, body } = incoming.message;
      if (incoming.name !== `${state}Res`) return undefined;
      if (body.ResponseCode.startsWith("FAILED")) return end(refusedBy(incoming));
      if (state !== "SessionSetup" && !equalBytes(header.SessionID, session.SessionID)) {
        return end({ ended: "protocol error", reason: `${incoming.name} carries another session's id` });
      }
      return session.ending && beforePower.includes(state) ? goodbye(session) : undefined;
    },
    unexpected: ({ name }, _, state) =>
      end({ ended: "protocol error", reason: `${name} came while ${state}Res was awaited` }),
  };
}
