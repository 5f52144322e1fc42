/** What this CSMS answers in OCPP 2.0.1. */
import type { Call, Handlers } from "../../ocpp/v201/endpoint.ts";
import type { CallingContext } from "../context.ts";
import { handlersOf } from "./v2/handlers.ts";

export const handlers: Handlers<CallingContext<Call>> = handlersOf("OCPP 2.0.1");
