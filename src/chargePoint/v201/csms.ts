/** Speaking with the CSMS: typed calls out, checked calls in, each of them on the timeline. */
import type { Calls, RegistrationStatusEnumType } from "../../ocpp/v201/messages.generated.ts";
import { validator } from "../../ocpp/v201/validator.ts";
import { CallTimeout, NotConnected, Overloaded, RpcError } from "../../rpc/errors.ts";
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

/** Work for after the answer has gone out. */
export type Afterwards = (work: () => void) => void;

export type Handlers = {
  readonly [A in Action]?: (request: RequestOf<A>, afterwards: Afterwards) => ResponseOf<A> | Promise<ResponseOf<A>>;
};

/** What may go out before the CSMS has accepted the station (B02.FR.02). */
const beforeAccepted: Readonly<Record<string, readonly RegistrationStatusEnumType[]>> = {
  BootNotification: ["Pending", "Rejected"],
  NotifyReport: ["Pending"],
  Heartbeat: ["Pending"],
};

export class Csms {
  /** Undefined until the first answer to a BootNotification. */
  registration: RegistrationStatusEnumType | undefined;
  connected = false;
  readonly #link: CsmsLink;
  readonly #model: DeviceModel;
  readonly #trace: Tracer;

  constructor(link: CsmsLink, model: DeviceModel, trace: Tracer) {
    this.#link = link;
    this.#model = model;
    this.#trace = trace;
  }

  /** Connected to a CSMS that has accepted this station: any message may be sent. */
  get online(): boolean {
    return this.connected && this.registration === "Accepted";
  }

  /** Sends a message now or not at all; never throws. */
  async call<A extends Action>(action: A, request: RequestOf<A>): Promise<Outcome<A>> {
    if (!this.connected) return { kind: "offline", reason: "there is no connection to the CSMS" };
    if (!this.#allowed(action)) return { kind: "offline", reason: "the CSMS has not accepted the station yet" };
    this.#trace.add(traced("OCPP", "CSMS", action, "req", request));
    const outcome = await this.#exchange(action, request);
    this.#trace.add(
      outcome.kind === "answered"
        ? traced("CSMS", "OCPP", action, "conf", outcome.response)
        : { step: stepOf(action), kind: "fault", from: "OCPP", title: `${action}: ${outcome.reason}` },
    );
    return outcome;
  }

  /** Answers a message of the CSMS. @throws RpcError for one that is unknown, not supported, wrong or not allowed now. */
  async answer(handlers: Handlers, action: string, payload: unknown, afterwards: Afterwards): Promise<unknown> {
    const handler = Object.hasOwn(handlers, action) ? handlers[action as Action] : undefined;
    if (!handler) throw new RpcError(validator.knows(action) ? "NotSupported" : "NotImplemented");
    const verdict = validator.validate(action, "request", payload);
    if (!verdict.ok) throw new RpcError(verdict.code, verdict.description);
    if (!this.#mayAsk(action, payload)) {
      throw new RpcError("SecurityError", "the CSMS has not accepted the station yet");
    }
    const known = action as Action;
    this.#trace.add(traced("CSMS", "OCPP", known, "req", payload as object));
    // The schema has just shown that the payload is what the handler of this action takes.
    const response = await (handler as (request: unknown, afterwards: Afterwards) => object | Promise<object>)(
      payload,
      afterwards,
    );
    this.#trace.add(traced("OCPP", "CSMS", known, "conf", response));
    return response;
  }

  #allowed(action: Action): boolean {
    if (this.registration === "Accepted" || action === "BootNotification") return true;
    return this.registration !== undefined && beforeAccepted[action]?.includes(this.registration) === true;
  }

  /** A CSMS that has not accepted the station may look at it and set it up while Pending, and trigger a boot (B02, B03). */
  #mayAsk(action: string, payload: unknown): boolean {
    if (this.registration === "Accepted" || this.registration === "Pending") return true;
    const { requestedMessage } = payload as { requestedMessage?: string };
    return action === "TriggerMessage" && requestedMessage === "BootNotification";
  }

  async #exchange<A extends Action>(action: A, request: RequestOf<A>): Promise<Outcome<A>> {
    const seconds = this.#model.value("OCPPCommCtrlr.MessageTimeout[Default]") ?? 60;
    try {
      const response = await this.#link.call(action, request, { timeoutMs: seconds * 1000 });
      const verdict = validator.validate(action, "response", response);
      if (verdict.ok) return { kind: "answered", response: response as ResponseOf<A> };
      return { kind: "invalid", reason: `the answer of the CSMS is not valid: ${verdict.description}` };
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
  throw error;
}
