/** EVerest's `ocpp` interface on top of an OCPP 1.6 charge point: a configuration key is a variable without a component. */
import type { Configuration } from "../../chargePoint/v16/configuration/configuration.ts";
import type { Commands } from "../../framework/interface.ts";
import type { ocpp } from "../../interfaces/ocpp.ts";
import type {
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ComponentVariable,
  GetVariableRequest,
  GetVariableResult,
  SetVariableRequest,
  SetVariableResult,
} from "../../interfaces/types/ocpp.ts";
import { isoTime } from "../../util/clock.ts";
import type { Context, Service } from "./context.ts";
import type { Storage } from "./storage.ts";

export function ocppGeneric(ctx: Context, service: Service, { config }: Storage): Commands<typeof ocpp> {
  const monitor = monitors(ctx, config);
  return {
    stop: () => service.disconnect(),
    restart: () => service.connect(),
    security_event({ event }) {
      service.tell((point) => point.securityEvent(event));
      return null;
    },
    get_variables: ({ requests }) => requests.map((request) => getVariable(config, request)),
    async set_variables({ requests }) {
      const results: SetVariableResult[] = [];
      for (const request of requests) results.push(await setVariable(service, request));
      return results;
    },
    change_availability: ({ request }) => changeAvailability(service, request),
    monitor_variables({ component_variables }) {
      monitor.add(component_variables);
      return null;
    },
  };
}

function getVariable(config: Configuration, { component_variable, attribute_type }: GetVariableRequest) {
  const found = config.get(component_variable.variable.name);
  const attribute = attribute_type ? { attribute_type } : {};
  if (!found) return { status: "UnknownVariable", component_variable, ...attribute } satisfies GetVariableResult;
  return { status: "Accepted", component_variable, value: found.value, ...attribute } satisfies GetVariableResult;
}

async function setVariable(
  service: Service,
  { component_variable, attribute_type, value }: SetVariableRequest,
): Promise<SetVariableResult> {
  const key = component_variable.variable.name;
  const answer = await service.chargePoint?.changeConfiguration({ key, value });
  const status = attributeStatuses[answer?.status ?? "Rejected"];
  return { status, component_variable, ...(attribute_type ? { attribute_type } : {}) };
}

const attributeStatuses = {
  Accepted: "Accepted",
  Rejected: "Rejected",
  RebootRequired: "RebootRequired",
  NotSupported: "UnknownVariable",
} as const;

/** Without an EVSE the whole station is meant; an EVSE without a connector is its first. */
function changeAvailability(
  service: Service,
  { operational_status: type, evse }: ChangeAvailabilityRequest,
): ChangeAvailabilityResponse {
  const point = service.chargePoint;
  if (!point) return { status: "Rejected" };
  return point.changeAvailability(evse?.id ?? 0, evse?.connector_id, type);
}

/** Tells of changes of the keys that somebody wants to follow; a password is not among them. */
function monitors({ clock, provides }: Context, config: Configuration) {
  const watched = new Map<string, ComponentVariable>();
  let events = 0;
  config.onChange(({ key }) => {
    const component_variable = watched.get(key.toLowerCase());
    const shown = config.get(key);
    if (!component_variable || !shown) return;
    provides.ocpp_generic.publish("event_data", {
      component_variable,
      event_id: events++,
      timestamp: isoTime(clock.now()),
      trigger: "Alerting",
      actual_value: shown.value,
      event_notification_type: "CustomMonitor",
    });
  });
  return {
    add(places: readonly ComponentVariable[]): void {
      for (const place of places) watched.set(place.variable.name.toLowerCase(), place);
    },
  };
}
