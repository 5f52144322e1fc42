import { end, state } from "./protocol.ts";

/** DIN SPEC 70121, 9.4.1.8: the EVSE has said goodbye too. */
export const sessionStop = state({
  name: "SessionStop",
  next: ["Terminated"],
  on: {
    SessionStopRes(_, { endingReason: reason, dc }) {
      // What the car could not put up with is no regular end, however orderly it was.
      return end({ ended: dc.error === "NO_ERROR" ? "completed" : "protocol error", reason });
    },
  },
});

/** Nothing comes after this. */
export const terminated = state({ name: "Terminated", next: [], on: {} });
