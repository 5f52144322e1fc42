/** What a connection needs of the protocol that was agreed on. */
import type { RequestName as DinRequestName } from "../iso15118/din70121/index.ts";
import type { RequestName } from "../iso15118/iso2/index.ts";
import { PeerError } from "../util/errors.ts";
import type { OutwardEffect } from "./effects.ts";
import type { SessionEvent } from "./events.ts";

/** What is to be done after a message. */
export interface Answer {
  /** Names of the messages, for those who keep them. */
  readonly request: string;
  readonly response: string;
  /** To be sent; nothing when the session was ended meanwhile. */
  readonly exi: Uint8Array | undefined;
  /** Whether the session is over with it. */
  readonly last: boolean;
  /** Whether it was a refusal. */
  readonly failed: boolean;
}

/** How a session came to its end. */
export interface SessionEnd {
  /** `broken`: without SessionStop. */
  readonly how: "terminated" | "paused" | "broken";
  /** The last request that was understood. */
  readonly lastRequest: "supportedAppProtocolReq" | RequestName | DinRequestName;
  /** What is left to do, for example to switch the power off. */
  readonly effects: readonly OutwardEffect[];
}

export interface ProtocolSession {
  /** @throws PeerError when the bytes are no message of the protocol. */
  handle(exi: Uint8Array): Promise<Answer>;
  apply(event: SessionEvent): void;
  /** Whether SessionSetup is done. */
  readonly established: boolean;
  /** Ends it, whatever is under way. */
  end(): SessionEnd;
}

/** A message that may not be there, though its bytes are in order. */
export class ProtocolError extends PeerError {}
