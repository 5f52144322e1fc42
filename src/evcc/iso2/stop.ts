import { end, state } from "./protocol.ts";

/** ISO 15118-2, 8.4.3.12: the EVSE has said goodbye too. */
export const sessionStop = state({
  name: "SessionStop",
  next: ["Terminated"],
  on: {
    SessionStopRes(_, { ending, endingReason: reason, SessionID, payment, schedule, dc }) {
      // What the car could not put up with is no regular end, however orderly it was.
      if (dc.error !== "NO_ERROR") return end({ ended: "protocol error", reason });
      if (ending !== "Pause") return end({ ended: "completed", reason });
      const resume = { SessionID, payment, SAScheduleTupleID: schedule?.SAScheduleTupleID ?? 1 };
      return end({ ended: "paused", reason, resume });
    },
  },
});

/** Nothing comes after this. */
export const terminated = state({ name: "Terminated", next: [], on: {} });
