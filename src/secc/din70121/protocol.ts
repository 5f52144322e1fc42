/** What all states of a DIN SPEC 70121 session share: its messages, what is remembered, and what may be asked outside. */
import { type Protocol, stateOf } from "../../fsm/state.ts";
import type { MessageHeader, Messages, Named, RequestName, ResponseName } from "../../iso15118/din70121/index.ts";
import type { Authorization } from "../authorization.ts";
import { type DcProgress, noDc } from "../dc/progress.ts";
import type { Effect } from "../effects.ts";
import type { Evse } from "../evse.ts";

export interface Request<N extends RequestName> {
  readonly header: MessageHeader;
  readonly body: Messages[N];
}

export type Reply = Named<ResponseName>;

export interface DinPorts {
  /** From a CSPRNG. */
  random(count: number): Uint8Array;
}

export interface DinSettings {
  /** Seconds that an authorization may take; 0 is for ever. */
  readonly authTimeoutEim: number;
}

export interface DinSession {
  readonly settings: DinSettings;
  readonly evse: Evse;
  /** When the message under way came, in milliseconds since 1970. */
  readonly now: number;
  /** 8 octets; empty before SessionSetup. */
  readonly sessionId: Uint8Array;
  readonly authorization: Authorization;
  readonly dc: DcProgress;
  /** Whether the contactor may be closed, as it is for the cable check, and was not yet told to open. */
  readonly powered: boolean;
  /** Whether the EV has said goodbye. */
  readonly stopped: boolean;
}

export interface Din extends Protocol {
  readonly messages: { readonly [N in RequestName]: Request<N> };
  readonly session: DinSession;
  readonly reply: Reply;
  readonly effect: Effect;
  readonly ports: DinPorts;
}

/** A state of a DIN SPEC 70121 session on the SECC's side. */
export const state = stateOf<Din>();

/** A session before its first message. */
export function newSession(given: Pick<DinSession, "settings" | "evse" | "now">): DinSession {
  return {
    ...given,
    sessionId: new Uint8Array(0),
    authorization: { status: "none" },
    dc: noDc,
    powered: false,
    stopped: false,
  };
}
