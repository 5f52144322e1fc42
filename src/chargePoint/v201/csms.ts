/** Speaking with the CSMS: typed, checked calls both ways, each of them on the timeline. */
import { InvalidAnswer } from "../../ocpp/endpoint.ts";
import { type Call, createCall, createHandler } from "../../ocpp/v201/endpoint.ts";
import type { Calls, RegistrationStatusEnumType } from "../../ocpp/v201/messages.generated.ts";
import { CallTimeout, NotConnected, Overloaded, RpcError } from "../../rpc/errors.ts";
import type { Afterwards, CallHandler } from "../../rpc/peer.ts";
import type { Tracer } from "../../util/trace.ts";
import type { DeviceModel } from "../deviceModel/deviceModel.ts";
import type { CsmsLink } from "../ports.ts";
import { stepOf, traced } from "./messageTrace.ts";

export type Action = keyof Calls & string;
export type RequestOf<A extends Action> = Calls[A]["request"];
export type ResponseOf<A extends Action> = Calls[A]["response"];

/** What became of a call. Only `answered` has an answer; the others say in words what happened instead. */
export type Outcome<A extends Action> =
  | { readonly kind: "answered"; readonly response: ResponseOf<A> }
  /** Not sent, or the connection ended before the answer came. */
  | { readonly kind: "offline"; readonly reason: string }
  /** The CSMS could not process it: no answer in time, or a CALLERROR. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The CSMS has it, but its answer is against the schema. */
  | { readonly kind: "invalid"; readonly reason: string };

/** A function an action of the CSMS that this station answers. */
export type Handlers = {
  readonly [A in Action]?: (request: RequestOf<A>, afterwards: Afterwards) => ResponseOf<A> | Promise<ResponseOf<A>>;
};

type AnyHandler = (request: object, afterwards: Afterwards) => object | Promise<object>;

/** What a CSMS that still hesitates gets, because it has asked for it (B02.FR.02, F06). */
const whilePending: readonly Action[] = [
  "NotifyReport",
  "Heartbeat",
  "StatusNotification",
  "MeterValues",
  "SignCertificate",
];

export class Csms {
  /** Undefined until the first answer to a BootNotification. */
  registration: RegistrationStatusEnumType | undefined;
  connected = false;
  readonly #call: Call;
  readonly #model: DeviceModel;
  readonly #trace: Tracer;

  constructor(link: CsmsLink, model: DeviceModel, trace: Tracer) {
    this.#call = createCall(link);
    this.#model = model;
    this.#trace = trace;
  }

  /** Connected to a CSMS that has accepted this station: any message may be sent. */
  get online(): boolean {
    return this.connected && this.registration === "Accepted";
  }

  /** Sends a message now or not at all. @throws InternalError for a request that is against the schema. */
  async call<A extends Action>(action: A, request: RequestOf<A>): Promise<Outcome<A>> {
    if (!this.connected) return { kind: "offline", reason: "there is no connection to the CSMS" };
    if (!this.#maySend(action)) return { kind: "offline", reason: "the CSMS has not accepted the station yet" };
    this.#trace.add(traced("OCPP", "CSMS", action, "req", request));
    const outcome = await this.#exchange(action, request);
    this.#trace.add(
      outcome.kind === "answered"
        ? traced("CSMS", "OCPP", action, "conf", outcome.response)
        : { step: stepOf(action), kind: "fault", from: "OCPP", title: `${action}: ${outcome.reason}` },
    );
    return outcome;
  }

  /** Answers the CSMS's calls with `handlers`; RpcError is thrown for a call that is unknown, not supported, wrong or not allowed now. */
  answerWith(handlers: Handlers): CallHandler {
    const tracedHandlers = Object.entries(handlers).map(([action, handler]) => {
      return [action, this.#traced(action, handler as AnyHandler)] as const;
    });
    const answer = createHandler(Object.fromEntries(tracedHandlers), null);
    return async (action, payload, afterwards) => {
      if (!this.#mayAsk(action, payload)) throw new RpcError("SecurityError", "the station is not accepted yet");
      return answer(action, payload, afterwards);
    };
  }

  #traced(action: string, handler: AnyHandler) {
    return async (request: object, _context: null, afterwards: Afterwards): Promise<object> => {
      this.#trace.add(traced("CSMS", "OCPP", action, "req", request));
      const response = await handler(request, afterwards);
      this.#trace.add(traced("OCPP", "CSMS", action, "conf", response));
      return response;
    };
  }

  #maySend(action: Action): boolean {
    if (this.registration === "Accepted" || action === "BootNotification") return true;
    return this.registration === "Pending" && whilePending.includes(action);
  }

  /** A CSMS that has not accepted the station may look at it and set it up while Pending, and trigger a boot (B02, B03). */
  #mayAsk(action: string, payload: unknown): boolean {
    if (this.registration === "Accepted" || this.registration === "Pending") return true;
    const { requestedMessage } = (payload ?? {}) as { requestedMessage?: unknown };
    return action === "TriggerMessage" && requestedMessage === "BootNotification";
  }

  async #exchange<A extends Action>(action: A, request: RequestOf<A>): Promise<Outcome<A>> {
    const seconds = this.#model.value("OCPPCommCtrlr.MessageTimeout[Default]") ?? 60;
    try {
      return { kind: "answered", response: await this.#call(action, request, { timeoutMs: seconds * 1000 }) };
    } catch (error) {
      return failure(error, seconds);
    }
  }
}

function failure(error: unknown, seconds: number): Exclude<Outcome<Action>, { kind: "answered" }> {
  if (error instanceof NotConnected) return { kind: "offline", reason: "the connection to the CSMS was lost" };
  if (error instanceof CallTimeout) return { kind: "failed", reason: `no answer of the CSMS within ${seconds} s` };
  if (error instanceof RpcError) return { kind: "failed", reason: `the CSMS answered with the error ${error.message}` };
  if (error instanceof Overloaded) return { kind: "failed", reason: "too many messages wait for the CSMS" };
  if (error instanceof InvalidAnswer) return { kind: "invalid", reason: error.message };
  throw error;
}
