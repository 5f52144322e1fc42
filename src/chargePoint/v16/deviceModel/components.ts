/** The components of a device model with a variable for every key of OCPP 1.6. */

import { componentAddress, sameAddress, variableAddress } from "../../deviceModel/address.ts";
import type { Component, Variable } from "../../deviceModel/componentConfig.ts";
import type { Characteristics } from "../../deviceModel/values.ts";
import { type Access, type KeySpec, keySpecs } from "../configuration/schema.ts";
import { type Address, addressOf } from "./mapping.ts";
import { textKind } from "./texts.ts";

const mutabilities: Readonly<Record<Access, "ReadOnly" | "WriteOnly" | "ReadWrite">> = {
  R: "ReadOnly",
  W: "WriteOnly",
  RW: "ReadWrite",
};

/** Keys of the section Custom, each with its place. */
export type CustomKeys = ReadonlyMap<string, Address>;

/**
 * Adds what no file describes. What a key of 1.6 may be is said by 1.6, so the limits of 2.0.1 do not hold for its variable.
 *
 * @param slot of NetworkConfiguration.
 */
export function withKeys(components: readonly Component[], slot: number, custom: CustomKeys): Component[] {
  const wanted = [
    ...[...keySpecs.values()].map((spec) => ({
      address: addressOf(spec.key, slot),
      variable: variableFor(spec, slot),
    })),
    ...[...custom.values()].map((address) => ({ address, variable: customVariable(address) })),
  ];
  const whole = new Map(components.map((component) => [sameAddress(componentAddress(component)), component]));
  for (const { address, variable } of wanted) {
    const name = sameAddress(componentAddress(address.component));
    whole.set(name, withVariable(whole.get(name) ?? { ...address.component, variables: [] }, variable));
  }
  return [...whole.values()];
}

function withVariable(component: Component, variable: Variable): Component {
  const place = sameAddress(variableAddress(component, variable));
  const isIt = (other: Variable) => sameAddress(variableAddress(component, other)) === place;
  if (!component.variables.some(isIt)) return { ...component, variables: [...component.variables, variable] };
  const { characteristics } = variable;
  return {
    ...component,
    variables: component.variables.map((other) => (isIt(other) ? { ...other, characteristics } : other)),
  };
}

function variableFor({ key, access, schema }: KeySpec, slot: number): Variable {
  const { variable } = addressOf(key, slot);
  return described(variable, { dataType: textKind(schema), supportsMonitoring: false }, mutabilities[access]);
}

function customVariable({ variable }: Address): Variable {
  return described(variable, { dataType: "string", supportsMonitoring: false }, "ReadWrite");
}

function described(
  name: Address["variable"],
  characteristics: Characteristics,
  mutability: (typeof mutabilities)[Access],
): Variable {
  return {
    ...name,
    characteristics,
    attributes: new Map([["Actual", { mutability }]]),
    required: false,
    source: { file: "OCPP 1.6", key: name.name },
  };
}
