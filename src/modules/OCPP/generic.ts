/** EVerest's `ocpp` interface on top of an OCPP 1.6 charge point: a configuration key is a variable without a component. */
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
import { getVariables, setVariables, toOcpp } from "../OCPP201/variables.ts";
import type { OcppContext } from "../ocppCommon/context.ts";
import type { Service } from "./context.ts";
import type { Storage } from "./storage.ts";

export function ocppGeneric(ctx: OcppContext, service: Service, storage: Storage): Commands<typeof ocpp> {
  const monitor = monitors(ctx, storage);
  return {
    stop: () => service.disconnect(),
    restart: () => service.connect(),
    security_event({ event }) {
      service.tell((point) => point.securityEvent(event));
      return null;
    },
    get_variables: ({ requests }) => requests.map((request) => getVariable(storage, request)),
    async set_variables({ requests, source }) {
      const results: SetVariableResult[] = [];
      for (const request of requests) results.push(await setVariable(service, storage, request, source));
      return results;
    },
    change_availability: ({ request }) => changeAvailability(service, request),
    monitor_variables({ component_variables }) {
      monitor.add(component_variables);
      return null;
    },
  };
}

/** The key that is meant; undefined for a variable of the device model that holds none. */
function keyOf({ device }: Storage, { component, variable }: ComponentVariable): string | undefined {
  if (!device || component.name === "") return variable.name;
  return device.keyAt({ component: toOcpp(component), variable });
}

function getVariable(storage: Storage, request: GetVariableRequest): GetVariableResult {
  const { component_variable, attribute_type } = request;
  const key = keyOf(storage, component_variable);
  const found = key === undefined ? undefined : storage.config.get(key);
  const attribute = attribute_type ? { attribute_type } : {};
  if (found) return { status: "Accepted", component_variable, value: found.value, ...attribute };
  // A key that is not shown is not there; of all else the device model knows.
  const [other] = key === undefined && storage.device ? getVariables(storage.device.model, [request]) : [];
  return other ?? { status: "UnknownVariable", component_variable, ...attribute };
}

async function setVariable(
  service: Service,
  storage: Storage,
  request: SetVariableRequest,
  source: string,
): Promise<SetVariableResult> {
  const { component_variable, attribute_type, value } = request;
  const key = keyOf(storage, component_variable);
  const [other] = key === undefined && storage.device ? setVariables(storage.device.model, [request], source) : [];
  if (other || key === undefined) return other ?? { status: "UnknownVariable", component_variable };
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
function monitors({ clock, provides }: OcppContext, storage: Storage) {
  const { config } = storage;
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
      for (const place of places) {
        const key = keyOf(storage, place);
        if (key !== undefined) watched.set(key.toLowerCase(), place);
      }
    },
  };
}
