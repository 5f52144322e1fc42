import { end, state } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.12: the EVSE has said goodbye too. */
export const sessionStop = state({
  name: "SessionStop",
  next: ["Terminated"],
  on: {
    SessionStopRes(_, { ending, endingReason: reason, SessionID }) {
      return end(
        ending === "Pause" ? { ended: "paused", reason, resume: { SessionID } } : { ended: "completed", reason },
      );
    },
  },
});

/** Nothing comes after this. */
export const terminated = state({ name: "Terminated", next: [], on: {} });
