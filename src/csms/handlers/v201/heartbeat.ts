import { isoTime } from "../../../util/clock.ts";
import type { Handler } from "../../context.ts";

/** G02. */
export const heartbeat: Handler<"Heartbeat"> = (_request, { services }) => ({
  currentTime: isoTime(services.clock.now()),
});
