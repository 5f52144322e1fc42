import type { Handler } from "../../context.ts";

/** B07, B08: parts of the device model. */
export const notifyReport: Handler<"NotifyReport"> = ({ reportData = [] }, { identity, services }) => {
  services.stations.variables(identity, reportData);
  return {};
};
