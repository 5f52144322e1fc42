import { isoTime } from "../../../util/clock.ts";
import { notice } from "../notices.ts";
import type { Handler } from "./context.ts";

/** 4.9. Connector 0 is the station; any other is an EVSE of its own. Errors are kept as they came. */
export const statusNotification: Handler<"StatusNotification"> = (request, context) => {
  const { clock, stations } = context.services;
  const { connectorId: evseId, errorCode, status: connectorStatus, timestamp = isoTime(clock.now()) } = request;
  stations.connector(context.identity, { evseId, connectorId: Math.min(evseId, 1), connectorStatus, timestamp });
  return errorCode === "NoError" ? {} : notice("StatusNotification")(request, context);
};
