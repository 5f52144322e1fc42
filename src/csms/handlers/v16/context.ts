import type { Call, Handlers } from "../../../ocpp/v16/endpoint.ts";
import type { Calls } from "../../../ocpp/v16/messages.generated.ts";
import type { CallingContext } from "../../context.ts";

/** A connected station of OCPP 1.6. */
export type Context = CallingContext<Call>;

export type Handler<A extends keyof Calls> = NonNullable<Handlers<Context>[A]>;
