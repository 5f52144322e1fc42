import type { StationContext } from "../../context.ts";

/** A handler for messages that only tell something: they are kept as they came. */
export function notice(action: string) {
  return (request: object, { identity, services }: StationContext) => {
    services.stations.notice(identity, action, request, services.clock.now());
    return {};
  };
}
