/** Speaking with the CSMS: typed, checked calls both ways, each of them on the timeline. */
import {
  type CallTable,
  callHandler,
  type Handlers,
  InvalidAnswer,
  type TypedCall,
  typedCall,
} from "../ocpp/endpoint.ts";
import type { Validator } from "../ocpp/validator.ts";
import { CallTimeout, NotConnected, Overloaded, RpcError } from "../rpc/errors.ts";
import type { Afterwards, CallHandler } from "../rpc/peer.ts";
import type { Tracer } from "../util/trace.ts";
import { stepOf, traced } from "./messageTrace.ts";
import type { CsmsLink } from "./ports.ts";

/** What became of a call. Only `answered` has an answer; the others say in words what happened instead. */
export type Outcome<Response> =
  | { readonly kind: "answered"; readonly response: Response }
  /** Not sent, or the connection ended before the answer came. */
  | { readonly kind: "offline"; readonly reason: string }
  /** The CSMS could not process it: no answer in time, or a CALLERROR. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The CSMS has it, but its answer is against the schema. */
  | { readonly kind: "invalid"; readonly reason: string };

/** A function an action of the CSMS that this station answers. */
export type HandlerTable<C extends CallTable<C>> = {
  readonly [A in keyof C]?: (
    request: C[A]["request"],
    afterwards: Afterwards,
  ) => C[A]["response"] | Promise<C[A]["response"]>;
};

type AnyHandler = (request: object, afterwards: Afterwards) => object | Promise<object>;

/** What a version of OCPP and the station bring to {@link Csms}. */
export interface CsmsOptions<C extends CallTable<C>> {
  readonly link: CsmsLink;
  readonly trace: Tracer;
  readonly validator: Validator;
  /** How long an answer may take. */
  readonly timeoutSeconds: () => number;
  /** What is only ever said because the CSMS has asked for it: one that still hesitates gets it too. */
  readonly whilePending: readonly (keyof C & string)[];
}

export class Csms<C extends CallTable<C>> {
  /** Undefined until the first answer to a BootNotification. */
  registration: "Accepted" | "Pending" | "Rejected" | undefined;
  connected = false;
  readonly #options: CsmsOptions<C>;
  readonly #call: TypedCall<C>;
  /** How many messages of an action may still go to a CSMS that hesitates. */
  readonly #allowed = new Map<keyof C & string, number>();

  constructor(options: CsmsOptions<C>) {
    this.#options = options;
    this.#call = typedCall(options.validator, {
      call: (action, payload, { timeoutMs = 0 } = {}) => options.link.call(action, payload, { timeoutMs }),
    });
  }

  /** Connected to a CSMS that has accepted this station: any message may be sent. */
  get online(): boolean {
    return this.connected && this.registration === "Accepted";
  }

  /** The CSMS has asked for messages: so many may go out though it has not accepted the station. */
  allow(action: keyof C & string, count = 1): void {
    if (this.registration !== "Accepted") this.#allowed.set(action, count);
  }

  /** Sends a message now or not at all. @throws InternalError for a request that is against the schema. */
  async call<A extends keyof C & string>(action: A, request: C[A]["request"]): Promise<Outcome<C[A]["response"]>> {
    if (!this.connected) return { kind: "offline", reason: "there is no connection to the CSMS" };
    if (!this.#maySend(action)) return { kind: "offline", reason: "the CSMS has not accepted the station yet" };
    const { trace } = this.#options;
    trace.add(traced("OCPP", "CSMS", action, "req", request as object));
    const outcome = await this.#exchange(action, request);
    trace.add(
      outcome.kind === "answered"
        ? traced("CSMS", "OCPP", action, "conf", outcome.response as object, request as object)
        : {
            step: stepOf(action, request as object),
            kind: "fault",
            from: "OCPP",
            title: `${action}: ${outcome.reason}`,
          },
    );
    return outcome;
  }

  /** Answers the CSMS's calls with `handlers`; RpcError is thrown for a call that is unknown, not supported, wrong or not allowed now. */
  answerWith(handlers: HandlerTable<C>): CallHandler {
    const tracedHandlers = Object.entries(handlers).map(([action, handler]) => {
      return [action, this.#traced(action, handler as AnyHandler)] as const;
    });
    const table: Handlers<C, null> = Object.fromEntries(tracedHandlers) as Handlers<C, null>;
    const answer = callHandler(this.#options.validator, table, null);
    return async (action, payload, afterwards) => {
      if (!this.#mayAsk(action, payload)) throw new RpcError("SecurityError", "the station is not accepted yet");
      return answer(action, payload, afterwards);
    };
  }

  #traced(action: string, handler: AnyHandler) {
    const { trace } = this.#options;
    return async (request: object, _context: null, afterwards: Afterwards): Promise<object> => {
      trace.add(traced("CSMS", "OCPP", action, "req", request));
      const response = await handler(request, afterwards);
      trace.add(traced("OCPP", "CSMS", action, "conf", response, request));
      return response;
    };
  }

  #maySend(action: keyof C & string): boolean {
    if (this.registration === "Accepted" || action === "BootNotification") return true;
    if (this.registration !== "Pending") return false;
    return this.#options.whilePending.includes(action) || this.#takeAllowance(action);
  }

  #takeAllowance(action: keyof C & string): boolean {
    const left = this.#allowed.get(action) ?? 0;
    this.#allowed.set(action, Math.max(0, left - 1));
    return left > 0;
  }

  /** A CSMS that has not accepted the station may look at it and set it up while Pending, and trigger a boot (2.0.1 B02, B03; 1.6 4.2). */
  #mayAsk(action: string, payload: unknown): boolean {
    if (this.registration === "Accepted" || this.registration === "Pending") return true;
    const { requestedMessage } = (payload ?? {}) as { requestedMessage?: unknown };
    return action.endsWith("TriggerMessage") && requestedMessage === "BootNotification";
  }

  async #exchange<A extends keyof C & string>(action: A, request: C[A]["request"]): Promise<Outcome<C[A]["response"]>> {
    const seconds = this.#options.timeoutSeconds();
    try {
      return {
        kind: "answered",
        response: await this.#call(action, request, { timeoutMs: seconds * 1000 }),
      };
    } catch (error) {
      return failure(error, seconds);
    }
  }
}

function failure(error: unknown, seconds: number): Exclude<Outcome<never>, { kind: "answered" }> {
  if (error instanceof NotConnected) return { kind: "offline", reason: "the connection to the CSMS was lost" };
  if (error instanceof CallTimeout) return { kind: "failed", reason: `no answer of the CSMS within ${seconds} s` };
  if (error instanceof RpcError) return { kind: "failed", reason: `the CSMS answered with the error ${error.message}` };
  if (error instanceof Overloaded) return { kind: "failed", reason: "too many messages wait for the CSMS" };
  if (error instanceof InvalidAnswer) return { kind: "invalid", reason: error.message };
  throw error;
}
