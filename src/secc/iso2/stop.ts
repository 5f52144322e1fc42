/** SessionStopReq, which nearly every state understands (ISO 15118-2, 8.4.3.12). */
import type { Decide } from "../../fsm/state.ts";
import { type Iso2, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";

type Stop = Decide<Iso2, Request<"SessionStopReq">, "Terminated">;

/** Before the power was delivered there is nothing to pause. */
export const stop: Stop = (request, session) =>
  request.body.ChargingSession === "Pause" ? refuse("SessionStopReq", "FAILED", session) : end(request, session);

const end: Stop = ({ body }) => ({
  reply: { name: "SessionStopRes", message: { ResponseCode: "OK" } },
  session: { ending: body.ChargingSession },
  next: "Terminated",
});

/** After the power was switched off: the EV ends the session or pauses it. */
export const sessionStop = state({ name: "SessionStop", next: ["Terminated"], on: { SessionStopReq: end } });

/** Nothing is expected any more. */
export const terminated = state({ name: "Terminated", next: [], on: {} });
