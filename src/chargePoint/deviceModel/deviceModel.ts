/** The device model of OCPP 2.0.1 (part 1, section 4): what the files describe, with the values that were set since. */
import type {
  AttributeEnumType,
  ComponentType,
  SetVariableStatusEnumType,
  StatusInfoType,
  VariableType,
} from "../../ocpp/v201/messages.generated.ts";
import type { Database } from "../../util/database.ts";
import { UserError } from "../../util/errors.ts";
import { componentAddress, sameAddress, variableAddress } from "./address.ts";
import type { Component, ComponentFault, Variable } from "./componentConfig.ts";
import { expectedInstead, members } from "./values.ts";
import { required, type ValueOf, type VariableName, variables } from "./variables.ts";

export const deviceModelSchema = `
CREATE TABLE variable_value (
  address TEXT NOT NULL,
  attribute TEXT NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (address, attribute)
)`;

/** Faults in component config files, all of them. */
export class DeviceModelError extends UserError {
  readonly faults: readonly ComponentFault[];
  constructor(faults: readonly ComponentFault[]) {
    const lines = faults.map(({ file, key, message, expected }) => {
      return `${file}: ${key ? `${key}: ` : ""}${message}${expected ? `; expected ${expected}` : ""}`;
    });
    super(`the OCPP device model has ${faults.length} fault(s):\n${lines.join("\n")}`, {
      fix: "Correct the component config files named above.",
    });
    this.faults = faults;
  }
}

export interface Change {
  readonly address: string;
  readonly place: Place;
  readonly attribute: AttributeEnumType;
  readonly value: string;
}

/** Refuses a change that the values of a single variable cannot show to be wrong; says why. */
export type Guard = (change: Change, model: DeviceModel) => StatusInfoType | undefined;

export interface Place {
  readonly component: Component;
  readonly variable: Variable;
}

export interface SetResult {
  readonly status: SetVariableStatusEnumType;
  readonly info?: StatusInfoType;
}

export type Lookup =
  | { readonly status: "Accepted"; readonly place: Place }
  | { readonly status: "UnknownComponent" | "UnknownVariable" };

export class DeviceModel {
  readonly components: readonly Component[];
  readonly #database: Database;
  readonly #guards: readonly Guard[];
  readonly #places = new Map<string, Place>();
  readonly #componentAddresses: ReadonlySet<string>;
  readonly #values = new Map<string, string>();
  readonly #listeners = new Set<(change: Change) => void>();

  /**
   * A value once set, by the CSMS or locally, wins over the files; all others follow the files at each start.
   *
   * @throws DeviceModelError when a required variable has no value.
   */
  constructor(components: readonly Component[], database: Database, guards: readonly Guard[] = []) {
    this.components = components;
    this.#database = database;
    this.#guards = guards;
    this.#componentAddresses = new Set(components.map((component) => sameAddress(componentAddress(component))));
    for (const component of components) this.#addInitial(component);
    this.#overlayStored();
    const faults = [...this.#undescribed(), ...[...this.#places.values()].flatMap((place) => this.#missing(place))];
    if (faults.length > 0) throw new DeviceModelError(faults);
  }

  /** The actual value of a variable that the charge point knows; undefined when it has none. */
  value<N extends VariableName>(name: N): ValueOf<N> | undefined {
    const text = this.#values.get(valueKey(name, "Actual"));
    if (text === undefined || (text === "" && variables[name] !== "string" && variables[name] !== "list")) {
      return undefined;
    }
    return parsers[variables[name]](text) as ValueOf<N>;
  }

  find(component: ComponentType, variable: VariableType): Lookup {
    const place = this.#places.get(sameAddress(variableAddress(component, variable)));
    if (place) return { status: "Accepted", place };
    const known = this.#componentAddresses.has(sameAddress(componentAddress(component)));
    return { status: known ? "UnknownVariable" : "UnknownComponent" };
  }

  /** The text of an attribute, whatever its mutability; undefined when it has no value. */
  text({ component, variable }: Place, attribute: AttributeEnumType): string | undefined {
    return this.#values.get(valueKey(variableAddress(component, variable), attribute));
  }

  /**
   * Sets an attribute, on disk before it returns, and tells the listeners.
   *
   * @param source who sets it: `csms`, or a name of the station's own. Only the CSMS is bound by ReadOnly.
   */
  set(
    component: ComponentType,
    variable: VariableType,
    attribute: AttributeEnumType,
    value: string,
    source: string,
  ): SetResult {
    const found = this.find(component, variable);
    if (found.status !== "Accepted") return { status: found.status };
    const expected = expectedInstead(value, found.place.variable.characteristics);
    if (expected) return rejected("ValueOutOfRange", `expected ${expected}`);
    const described = found.place.variable.attributes.get(attribute);
    if (!described) return { status: "NotSupportedAttributeType" };
    if (source === "csms" && described.mutability === "ReadOnly") return { status: "Rejected" };
    const address = variableAddress(found.place.component, found.place.variable);
    const change = { address, place: found.place, attribute, value };
    const refusal = this.#guards.map((guard) => guard(change, this)).find((info) => info !== undefined);
    if (refusal) return { status: "Rejected", info: refusal };
    this.#persist(change, source);
    this.#values.set(valueKey(address, attribute), value);
    for (const listener of this.#listeners) listener(change);
    return { status: "Accepted" };
  }

  /** Shows a value that the station finds out itself, such as `Connector#1.1.AvailabilityState`; unknown variables are passed over. */
  show(address: string, value: string): void {
    const place = this.#places.get(sameAddress(address));
    const key = valueKey(address, "Actual");
    if (!place || this.#values.get(key) === value) return;
    this.#values.set(key, value);
    for (const listener of this.#listeners) listener({ address, place, attribute: "Actual", value });
  }

  onChange(listener: (change: Change) => void): void {
    this.#listeners.add(listener);
  }

  #addInitial(component: Component): void {
    for (const variable of component.variables) {
      const address = variableAddress(component, variable);
      this.#places.set(sameAddress(address), { component, variable });
      for (const [attribute, { initial }] of variable.attributes) {
        if (initial !== undefined) this.#values.set(valueKey(address, attribute), initial);
      }
    }
  }

  /** A stored value that no longer fits its variable is passed over: the file's value holds. */
  #overlayStored(): void {
    const rows = this.#database.all<{ address: string; attribute: AttributeEnumType; value: string }>(
      "SELECT address, attribute, value FROM variable_value",
    );
    for (const { address, attribute, value } of rows) {
      const variable = this.#places.get(sameAddress(address))?.variable;
      if (!variable?.attributes.has(attribute) || expectedInstead(value, variable.characteristics)) continue;
      this.#values.set(valueKey(address, attribute), value);
    }
  }

  /** What the charge point needs and no file describes. */
  #undescribed(): ComponentFault[] {
    const missing = required.filter((name) => !this.#places.has(sameAddress(name)));
    return missing.map((name) => {
      return {
        file: `${name.slice(0, name.indexOf("."))}.json`,
        key: "properties",
        message: `${name} is not described`,
      };
    });
  }

  /** A network configuration slot that is not in use may be empty, as in EVerest's own files. */
  #missing({ component, variable }: Place): ComponentFault[] {
    const address = variableAddress(component, variable);
    const needed = variable.required || required.some((name) => sameAddress(name) === sameAddress(address));
    if (!needed || this.text({ component, variable }, "Actual") !== undefined) return [];
    const inUse = this.value("OCPPCommCtrlr.NetworkConfigurationPriority") ?? [];
    if (component.name === "NetworkConfiguration" && !inUse.includes(component.instance ?? "")) return [];
    const { file, key } = variable.source;
    const message = `${address} is required and has no value`;
    return [{ file, key, message, expected: `a value of type ${variable.characteristics.dataType}` }];
  }

  #persist({ address, attribute, value }: Change, source: string): void {
    this.#database.run(
      `INSERT INTO variable_value VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value, source = excluded.source`,
      address,
      attribute,
      value,
      source,
    );
  }
}

const parsers = {
  boolean: (text: string) => text === "true",
  integer: Number,
  string: String,
  list: members,
} as const;

function valueKey(address: string, attribute: AttributeEnumType): string {
  return `${sameAddress(address)}:${attribute}`;
}

function rejected(reasonCode: string, additionalInfo: string): SetResult {
  return { status: "Rejected", info: { reasonCode, additionalInfo } };
}
