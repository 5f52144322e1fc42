/** SessionStopReq, which nearly every state understands (DIN SPEC 70121, 9.4.1.8). There is no pause. */
import type { Decide } from "../../fsm/state.ts";
import { powerOff } from "./power.ts";
import { type Din, type Request, state } from "./protocol.ts";

/** Where power may be on, as after the cable check, it goes off. */
export const stop: Decide<Din, Request<"SessionStopReq">, "Terminated"> = (_request, session) => {
  const off = powerOff(session);
  return {
    reply: { name: "SessionStopRes", message: { ResponseCode: "OK" } },
    session: { ...off.session, stopped: true },
    effects: off.effects,
    next: "Terminated",
  };
};

/** The EV was told that there is no energy for it, and can but leave. */
export const sessionStop = state({ name: "SessionStop", next: ["Terminated"], on: { SessionStopReq: stop } });

/** Nothing is expected any more. */
export const terminated = state({ name: "Terminated", next: [], on: {} });
