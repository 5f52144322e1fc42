/** EVerest's `ocpp` interface on top of the charge point. */
import { sameAddress, variableAddress } from "../../chargePoint/deviceModel/address.ts";
import type { Change } from "../../chargePoint/deviceModel/deviceModel.ts";
import type { ChargePoint } from "../../chargePoint/v201/chargePoint.ts";
import type { Commands } from "../../framework/interface.ts";
import type { ocpp } from "../../interfaces/ocpp.ts";
import type {
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ComponentVariable,
} from "../../interfaces/types/ocpp.ts";
import { isoTime } from "../../util/clock.ts";
import type { OcppContext } from "../ocppCommon/context.ts";
import type { Service as ServiceOf } from "../ocppCommon/service.ts";
import { applySettings } from "./settings.ts";
import type { Storage } from "./storage.ts";
import { getVariables, placeOf, setVariables, toOcpp } from "./variables.ts";

type Service = ServiceOf<ChargePoint>;

export function ocppGeneric(ctx: OcppContext, service: Service, { model }: Storage): Commands<typeof ocpp> {
  const monitor = monitors(ctx);
  model.onChange(monitor.changed);
  return {
    stop: () => service.disconnect(),
    restart: () => service.connect(),
    security_event({ event }) {
      service.tell((point) => point.securityEvent(event));
      return null;
    },
    get_variables: ({ requests }) => getVariables(model, requests),
    async set_variables({ requests, source }) {
      const results = setVariables(model, requests, source);
      await applySettings(model, ctx.requires);
      return results;
    },
    change_availability: ({ request }) => changeAvailability(service, request),
    monitor_variables({ component_variables }) {
      monitor.add(component_variables);
      return null;
    },
  };
}

async function changeAvailability(
  service: Service,
  { operational_status, evse }: ChangeAvailabilityRequest,
): Promise<ChangeAvailabilityResponse> {
  const target = toOcpp({ name: "", ...(evse ? { evse } : {}) }).evse;
  const request = { operationalStatus: operational_status, ...(target ? { evse: target } : {}) };
  const { status, statusInfo } = (await service.chargePoint?.changeAvailability(request)) ?? { status: "Rejected" };
  if (!statusInfo) return { status };
  const { reasonCode, additionalInfo } = statusInfo;
  const more = additionalInfo === undefined ? {} : { additional_info: additionalInfo };
  return { status, status_info: { reason_code: reasonCode, ...more } };
}

/** Tells of changes of the variables that somebody wants to follow; never what is only to be written, as passwords are. */
function monitors({ clock, provides }: OcppContext) {
  const watched = new Set<string>();
  let events = 0;
  return {
    add(places: readonly ComponentVariable[]): void {
      for (const { component, variable } of places)
        watched.add(sameAddress(variableAddress(toOcpp(component), variable)));
    },
    changed(change: Change): void {
      const { address, attribute, place, value } = change;
      const secret = place.variable.attributes.get(attribute)?.mutability === "WriteOnly";
      if (attribute !== "Actual" || secret || !watched.has(sameAddress(address))) return;
      provides.ocpp_generic.publish("event_data", {
        component_variable: placeOf(change),
        event_id: events++,
        timestamp: isoTime(clock.now()),
        trigger: "Alerting",
        actual_value: value,
        event_notification_type: "CustomMonitor",
      });
    },
  };
}
