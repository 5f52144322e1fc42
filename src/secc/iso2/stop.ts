/** SessionStopReq, which nearly every state understands (ISO 15118-2, 8.4.3.12). */
import type { Decide } from "../../fsm/state.ts";
import { powerOff } from "./power.ts";
import { type Iso2, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";

type Stop = Decide<Iso2, Request<"SessionStopReq">, "Terminated">;

/** Before the power was delivered there is nothing to pause. */
export const stop: Stop = (request, session) =>
  request.body.ChargingSession === "Pause" ? refuse("SessionStopReq", "FAILED", session) : end(request, session);

/** Where power may be on, as after the cable check, it goes off. */
export const end: Stop = ({ body }, session) => {
  const off = powerOff(session);
  return {
    reply: { name: "SessionStopRes", message: { ResponseCode: "OK" } },
    session: { ...off.session, ending: body.ChargingSession },
    effects: off.effects,
    next: "Terminated",
  };
};

/** After the power was switched off: the EV ends the session or pauses it. */
export const sessionStop = state({ name: "SessionStop", next: ["Terminated"], on: { SessionStopReq: end } });

/** Nothing is expected any more. */
export const terminated = state({ name: "Terminated", next: [], on: {} });
