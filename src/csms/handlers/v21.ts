/** What this CSMS answers in OCPP 2.1. */
import type { Call, Handlers } from "../../ocpp/v21/endpoint.ts";
import type { CallingContext } from "../context.ts";
import { handlersOf } from "./v2/handlers.ts";

export const handlers: Handlers<CallingContext<Call>> = handlersOf("OCPP 2.1");
