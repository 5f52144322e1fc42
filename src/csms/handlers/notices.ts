/** Messages that only tell something, and the heartbeat: the same in every version. */
import { isoTime } from "../../util/clock.ts";
import type { StationContext } from "../context.ts";
import { printable } from "../services/words.ts";

/** A handler for messages that are kept as they came. */
export function notice(action: string) {
  return (request: object, { identity, services }: StationContext) => {
    services.stations.notice(identity, action, request, services.clock.now());
    return {};
  };
}

/** OCPP 2.0.1, G02; 1.6, 4.6. */
export function heartbeat(_request: object, { services }: StationContext) {
  return { currentTime: isoTime(services.clock.now()) };
}

/** OCPP 2.0.1, A04; security whitepaper of 1.6. */
export function securityEvent(request: { type: string; techInfo?: string }, context: StationContext) {
  const { identity: station, services } = context;
  const info = request.techInfo === undefined ? "" : `: ${printable(request.techInfo)}`;
  const title = `security event ${printable(request.type)}${info}`;
  services.reporter.decide({ step: 0, station, title, rule: "A04" });
  return notice("SecurityEventNotification")(request, context);
}
