/** The rules that hold in every state of a session with an EV, whatever it speaks. */
import type { Incoming, Rules } from "../fsm/machine.ts";
import type { Protocol, Step } from "../fsm/state.ts";
import { equalBytes } from "../util/bytes.ts";
import type { Effect } from "./effects.ts";
import type { Evse } from "./evse.ts";

export interface SeccProtocol extends Protocol {
  readonly messages: Readonly<Record<string, { readonly header: { readonly SessionID: Uint8Array } }>>;
  readonly session: {
    readonly evse: Evse;
    /** Empty before SessionSetup. */
    readonly sessionId: Uint8Array;
    /** Whether the EV has power, or may. */
    readonly powered: boolean;
  };
  readonly effect: Effect;
}

/** What is special of one protocol. */
export interface RuleParts<P extends SeccProtocol> {
  /** A response that ends the session, of the kind that the request asks for. */
  refuse(
    request: Incoming<P>["name"],
    code: "FAILED" | "FAILED_SequenceError" | "FAILED_UnknownSession",
    session: P["session"],
  ): Step<P>;
  isFailure(reply: P["reply"] | undefined): boolean;
  powerOff(session: P["session"]): {
    readonly session: Partial<P["session"]>;
    readonly effects: readonly Effect[];
  };
}

/** What an EV that has no power says before it leaves. */
const farewells: ReadonlySet<string> = new Set(["WeldingDetectionReq", "SessionStopReq"]);

export function seccRules<P extends SeccProtocol>({ refuse, isFailure, powerOff }: RuleParts<P>): Rules<P> {
  return {
    /** It has no effect, and the session is over. */
    unexpected: ({ name }, session) => refuse(name, "FAILED_SequenceError", session),

    /** Who has been asked to stop and did not fails; so does who names another session. */
    guard({ name, message }, session) {
      const leaves = !session.powered && farewells.has(name);
      if (session.evse.shutdown && !leaves) return refuse(name, "FAILED", session);
      if (name === "SessionSetupReq") return undefined;
      const known = equalBytes(message.header.SessionID, session.sessionId);
      return known ? undefined : refuse(name, "FAILED_UnknownSession", session);
    },

    /** Whatever failed, ends the session with the power off. */
    conclude(step, _incoming, session) {
      if (!isFailure(step.reply)) return step;
      const off = powerOff(session);
      const effects = [...(step.effects ?? []), ...off.effects];
      return { ...step, session: { ...step.session, ...off.session }, effects, next: "Terminated" };
    },
  };
}
