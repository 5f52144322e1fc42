/** OCPP 2.1 as a typed `call` and a typed table of handlers. */
import type { CallHandler } from "../../rpc/peer.ts";
import { type Caller, callHandler, type Handlers as HandlersOf, type TypedCall, typedCall } from "../endpoint.ts";
import type { Calls } from "./messages.generated.ts";
import { validator } from "./validator.ts";

export const subprotocol = "ocpp2.1";

/** `call("Authorize", { idToken })` gives an AuthorizeResponse. */
export type Call = TypedCall<Calls>;

export type Handlers<Context = void> = HandlersOf<Calls, Context>;

export function createCall(caller: Caller): Call {
  return typedCall<Calls>(validator, caller);
}

export function createHandler<Context>(handlers: Handlers<Context>, context: Context): CallHandler {
  return callHandler<Calls, Context>(validator, handlers, context);
}
