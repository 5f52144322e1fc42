/** Typed, checked OCPP over the untyped rpc: both ends check what they send and what they get. */
import { RpcError } from "../rpc/errors.ts";
import type { Afterwards, CallHandler, CallOptions } from "../rpc/peer.ts";
import { InternalError, PeerError } from "../util/errors.ts";
import type { Validator } from "./validator.ts";

/** Holds for every version's `Calls`. */
export type CallTable<C> = { readonly [A in keyof C]: { request: unknown; response: unknown } };

/** One function an action that this end answers; what is left out is answered NotSupported. RpcError becomes a CALLERROR. */
export type Handlers<C extends CallTable<C>, Context = void> = {
  readonly [A in keyof C]?: (
    request: C[A]["request"],
    context: Context,
    afterwards: Afterwards,
  ) => C[A]["response"] | Promise<C[A]["response"]>;
};

/** @throws RpcError, CallTimeout, NotConnected, Overloaded as the rpc does, and {@link InvalidAnswer}. */
export type TypedCall<C extends CallTable<C>> = <A extends keyof C & string>(
  action: A,
  request: C[A]["request"],
  options?: CallOptions,
) => Promise<C[A]["response"]>;

/** Something with rpc's `call`: a Peer or a Link. */
export interface Caller {
  call(action: string, payload: unknown, options?: CallOptions): Promise<unknown>;
}

/** The other end answered a CALL with what its schema forbids. */
export class InvalidAnswer extends PeerError {}

export function typedCall<C extends CallTable<C>>(validator: Validator, caller: Caller): TypedCall<C> {
  return async (action, request, options) => {
    const sent = validator.validate(action, "request", request);
    if (!sent.ok) throw new InternalError(`our ${action} request is wrong: ${sent.description}`);
    return callChecked(validator, caller, action, request, options);
  };
}

/** A CALL whose payload is in order, for who does not know its action beforehand. @throws as {@link TypedCall}. */
export async function callChecked(
  validator: Validator,
  caller: Caller,
  action: string,
  request: unknown,
  options?: CallOptions,
): Promise<unknown> {
  const answer = await caller.call(action, request, options);
  const got = validator.validate(action, "response", answer);
  if (!got.ok) throw new InvalidAnswer(`the answer to ${action} is wrong: ${got.description}`);
  return answer;
}

type AnyHandler<Context> = (request: unknown, context: Context, afterwards: Afterwards) => unknown;

/** What {@link Handlers} are for a Peer's `onCall`; `context` is handed to each. */
export function callHandler<C extends CallTable<C>, Context>(
  validator: Validator,
  handlers: Handlers<C, Context>,
  context: Context,
): CallHandler {
  const table = new Map(Object.entries(handlers)) as Map<string, AnyHandler<Context>>;
  return async (action, payload, afterwards) => {
    const request = validator.validate(action, "request", payload);
    if (!request.ok) throw new RpcError(request.code, request.description);
    const handler = table.get(action);
    if (!handler) throw new RpcError("NotSupported", "this action is not supported here");
    const answer = await handler(payload, context, afterwards);
    const response = validator.validate(action, "response", answer);
    if (!response.ok) throw new InternalError(`our answer to ${action} is wrong: ${response.description}`);
    return answer;
  };
}
