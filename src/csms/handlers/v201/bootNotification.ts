import { isoTime } from "../../../util/clock.ts";
import type { Handler } from "../../context.ts";
import { printable } from "../../services/words.ts";

/** B01: a station that may connect may also work. */
export const bootNotification: Handler<"BootNotification"> = (request, { identity, services }) => {
  const { clock, heartbeatInterval, reporter, stations } = services;
  const { model, vendorName } = request.chargingStation;
  stations.booted(identity, request, "Accepted", clock.now());
  reporter.decide({
    step: 0,
    station: identity,
    title: `station ${identity} (${printable(vendorName)} ${printable(model)}) accepted after ${request.reason}`,
    outcome: "ok",
    rule: "B01.FR.01",
  });
  return { status: "Accepted", currentTime: isoTime(clock.now()), interval: heartbeatInterval };
};
