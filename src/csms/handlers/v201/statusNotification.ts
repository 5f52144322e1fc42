import type { Handler } from "../../context.ts";

/** G01. */
export const statusNotification: Handler<"StatusNotification"> = (request, { identity, services }) => {
  services.stations.connector(identity, request);
  return {};
};
