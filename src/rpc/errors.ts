/** What a CALL can fail with. */
import { PeerError } from "../util/errors.ts";

/** OCPP bounds a CALLERROR's description to so many characters. */
export const MAX_DESCRIPTION = 255;

/**
 * A CALLERROR. Received: a call rejects with it. Thrown by a handler: it is what the caller gets.
 * `code` is one of the OCPP version's error codes; `description` is cut to {@link MAX_DESCRIPTION}.
 */
export class RpcError extends PeerError {
  readonly code: string;
  readonly description: string;
  readonly details: unknown;

  constructor(code: string, description = "", details: unknown = {}) {
    super(description === "" ? code : `${code}: ${description.slice(0, MAX_DESCRIPTION)}`);
    this.code = code;
    this.description = description.slice(0, MAX_DESCRIPTION);
    this.details = details;
  }
}

/** No answer came in time. The call may have been carried out all the same. */
export class CallTimeout extends PeerError {
  constructor(action: string, ms: number) {
    super(`no answer to ${action} within ${ms} ms`);
  }
}

/** There is no connection, or it ended before the answer came. */
export class NotConnected extends PeerError {}

/** More calls wait for the connection than may. */
export class Overloaded extends PeerError {}
