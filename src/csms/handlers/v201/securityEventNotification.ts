import type { Handler } from "../../context.ts";
import { printable } from "../../services/words.ts";

/** A04. */
export const securityEventNotification: Handler<"SecurityEventNotification"> = (request, { identity, services }) => {
  const { clock, reporter, stations } = services;
  stations.notice(identity, "SecurityEventNotification", request, clock.now());
  const info = request.techInfo === undefined ? "" : `: ${printable(request.techInfo)}`;
  reporter.decide({
    step: 0,
    station: identity,
    title: `security event ${printable(request.type)}${info}`,
    rule: "A04",
  });
  return {};
};
