/** Variables in the words of EVerest's `ocpp` interface. */
import type { Change, DeviceModel } from "../../chargePoint/deviceModel/deviceModel.ts";
import { getVariable, setVariable } from "../../chargePoint/v201/provisioning.ts";
import type {
  Component,
  ComponentVariable,
  GetVariableRequest,
  GetVariableResult,
  SetVariableRequest,
  SetVariableResult,
} from "../../interfaces/types/ocpp.ts";
import type { ComponentType } from "../../ocpp/v201/messages.generated.ts";

export function getVariables(model: DeviceModel, requests: readonly GetVariableRequest[]): GetVariableResult[] {
  return requests.map(({ component_variable, attribute_type }) => {
    const { component, variable } = component_variable;
    const attribute = attribute_type ? { attributeType: attribute_type } : {};
    const wanted = { component: toOcpp(component), variable, ...attribute };
    const { attributeStatus, attributeValue } = getVariable(model, wanted);
    const value = attributeValue === undefined ? {} : { value: attributeValue };
    return { status: attributeStatus, component_variable, ...(attribute_type ? { attribute_type } : {}), ...value };
  });
}

/** @param source whose values they are; the station's own may also set what is read-only for the CSMS. */
export function setVariables(
  model: DeviceModel,
  requests: readonly SetVariableRequest[],
  source: string,
): SetVariableResult[] {
  return requests.map(({ component_variable, attribute_type, value }) => {
    const { component, variable } = component_variable;
    const attribute = attribute_type ? { attributeType: attribute_type } : {};
    const data = { component: toOcpp(component), variable, attributeValue: value, ...attribute };
    const { attributeStatus } = setVariable(model, data, source);
    return { status: attributeStatus, component_variable, ...(attribute_type ? { attribute_type } : {}) };
  });
}

/** Where a change took place. */
export function placeOf({ place }: Change): ComponentVariable {
  const { component, variable } = place;
  const { name, instance, evse } = component;
  const connector = evse?.connectorId === undefined ? {} : { connector_id: evse.connectorId };
  return {
    component: {
      name,
      ...(instance === undefined ? {} : { instance }),
      ...(evse ? { evse: { id: evse.id, ...connector } } : {}),
    },
    variable: { name: variable.name, ...(variable.instance === undefined ? {} : { instance: variable.instance }) },
  };
}

/** The component as OCPP's messages name it. */
export function toOcpp({ name, instance, evse }: Component): ComponentType {
  const connector = evse?.connector_id === undefined ? {} : { connectorId: evse.connector_id };
  return {
    name,
    ...(instance === undefined ? {} : { instance }),
    ...(evse ? { evse: { id: evse.id, ...connector } } : {}),
  };
}
