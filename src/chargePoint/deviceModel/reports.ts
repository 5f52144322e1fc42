/** What the device model tells of itself: base reports and reports by criteria (OCPP 2.0.1 part 2, B07, B08). */
import type {
  ComponentCriterionEnumType,
  ComponentVariableType,
  ReportBaseEnumType,
  ReportDataType,
  VariableAttributeType,
} from "../../ocpp/v201/messages.generated.ts";
import { componentAddress, sameAddress } from "./address.ts";
import type { DeviceModel, Place } from "./deviceModel.ts";

/** What a summary is about: the availability and condition of station, EVSEs and connectors (B07.FR.09). */
const summary: readonly string[] = ["AvailabilityState", "Available", "Problem", "Tripped", "Overload", "Fallback"];

export function baseReport(model: DeviceModel, base: ReportBaseEnumType): ReportDataType[] {
  const places = allPlaces(model);
  switch (base) {
    case "FullInventory":
      return places.map((place) => reportOf(model, place));
    case "ConfigurationInventory":
      return places.filter(settable).map((place) => reportOf(model, place));
    case "SummaryInventory":
      return places.filter(({ variable }) => summary.includes(variable.name)).map((place) => reportOf(model, place));
  }
}

/** What fits the criteria and is among `wanted`, both when given; a component fits when one of its criteria is true or not there (B08.FR.10, FR.20). */
export function filteredReport(
  model: DeviceModel,
  criteria: readonly ComponentCriterionEnumType[] = [],
  wanted?: readonly ComponentVariableType[],
): ReportDataType[] {
  return allPlaces(model)
    .filter((place) => criteria.length === 0 || criteria.some((criterion) => fits(model, place, criterion)))
    .filter((place) => !wanted || wanted.some((selector) => selects(selector, place)))
    .map((place) => reportOf(model, place));
}

/** Cuts a report into messages of at most `maxBytes` of JSON each, at least one entry a message. */
export function splitReport(report: readonly ReportDataType[], maxBytes: number): ReportDataType[][] {
  const parts: ReportDataType[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const entry of report) {
    const bytes = Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (size + bytes > maxBytes) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(entry);
    size += bytes;
  }
  return parts;
}

function allPlaces({ components }: DeviceModel): Place[] {
  return components.flatMap((component) => component.variables.map((variable) => ({ component, variable })));
}

function settable({ variable }: Place): boolean {
  return [...variable.attributes.values()].some(({ mutability }) => mutability !== "ReadOnly");
}

function fits(model: DeviceModel, { component }: Place, criterion: ComponentCriterionEnumType): boolean {
  const variable = component.variables.find(({ name }) => name === criterion);
  // A component without Problem has none; one without the others is as good as enabled, active and available.
  if (!variable) return criterion !== "Problem";
  return model.text({ component, variable }, "Actual") === "true";
}

/** Whether a criterion of a report means a variable (B08.FR.10, N02.FR.07): one without instance or EVSE means all of them. */
export function selects({ component, variable }: ComponentVariableType, place: Place): boolean {
  const { evse, instance } = component;
  const same = (a: string, b: string) => sameAddress(a) === sameAddress(b);
  const exact = evse !== undefined || instance !== undefined;
  const fitsComponent = exact
    ? same(componentAddress(component), componentAddress(place.component))
    : same(component.name, place.component.name);
  if (!fitsComponent || !variable) return fitsComponent;
  const fitsInstance = variable.instance === undefined || same(variable.instance, place.variable.instance ?? "");
  return same(variable.name, place.variable.name) && fitsInstance;
}

function reportOf(model: DeviceModel, place: Place): ReportDataType {
  const { attributes, characteristics } = place.variable;
  const variableAttribute = [...attributes].map(([type, { mutability }]): VariableAttributeType => {
    const value = mutability === "WriteOnly" ? undefined : model.text(place, type);
    return { type, ...(value === undefined ? {} : { value }), mutability, persistent: true, constant: false };
  });
  return { ...placeOf(place), variableAttribute, variableCharacteristics: characteristics };
}

/** Component and variable as a message names them. */
function placeOf({ component, variable }: Place): Pick<ReportDataType, "component" | "variable"> {
  const { name, instance, evse } = component;
  return {
    component: { name, ...(instance === undefined ? {} : { instance }), ...(evse ? { evse } : {}) },
    variable: {
      name: variable.name,
      ...(variable.instance === undefined ? {} : { instance: variable.instance }),
    },
  };
}
