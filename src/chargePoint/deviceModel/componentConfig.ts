/**
 * Component config files, in EVerest's format: one JSON file a component, in `standardized/` and `custom/`.
 *
 * All faults of all files are found in one pass and named by file and key.
 */
import { join } from "node:path";
import { z } from "zod";
import type { AttributeEnumType, ComponentType, MutabilityEnumType } from "../../ocpp/v201/messages.generated.ts";
import type { Files } from "../../util/files.ts";
import { type Characteristics, expectedInstead, expectedType } from "./values.ts";

export interface ComponentFault {
  readonly file: string;
  /** The path in the file, for example `properties.PnCEnabled.attributes.0.value`. */
  readonly key: string;
  readonly message: string;
  readonly expected?: string;
}

export interface Attribute {
  readonly mutability: MutabilityEnumType;
  /** What the file says. */
  readonly initial?: string;
}

export interface Variable {
  readonly name: string;
  readonly instance?: string;
  readonly characteristics: Characteristics;
  readonly attributes: ReadonlyMap<AttributeEnumType, Attribute>;
  readonly required: boolean;
  /** Where the variable is described, for faults found later. */
  readonly source: { readonly file: string; readonly key: string };
}

export interface Component extends ComponentType {
  readonly variables: readonly Variable[];
}

const attributeTypes = ["Actual", "Target", "MinSet", "MaxSet"] as const;
const dataTypes = [
  "string",
  "decimal",
  "integer",
  "dateTime",
  "boolean",
  "OptionList",
  "SequenceList",
  "MemberList",
] as const;

/** Values may be written as what they are or as text. */
const value = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const property = z.object({
  variable_name: z.string().min(1).max(50),
  instance: z.string().min(1).max(50).optional(),
  characteristics: z.object({
    dataType: z.enum(dataTypes),
    supportsMonitoring: z.boolean(),
    unit: z.string().max(16).optional(),
    minLimit: z.coerce.number().optional(),
    maxLimit: z.coerce.number().optional(),
    valuesList: z.string().max(1000).optional(),
  }),
  attributes: z
    .array(
      z.object({
        type: z.enum(attributeTypes).default("Actual"),
        mutability: z.enum(["ReadOnly", "ReadWrite", "WriteOnly"]).default("ReadWrite"),
        value: value.optional(),
      }),
    )
    .min(1)
    .max(4),
  default: value.optional(),
});

const componentFile = z.object({
  name: z.string().min(1).max(50),
  instance: z.string().min(1).max(50).optional(),
  evse_id: z.int().min(1).optional(),
  connector_id: z.int().min(1).optional(),
  properties: z.record(z.string(), property),
  required: z.array(z.string()).default([]),
});

type ComponentFile = z.infer<typeof componentFile>;
type Property = z.infer<typeof property>;

/** Reads every component below `folder`. What is faulty is left out and told. */
export async function readComponentConfig(
  files: Files,
  folder: string,
): Promise<{ components: Component[]; faults: ComponentFault[] }> {
  const faults: ComponentFault[] = [];
  const components: Component[] = [];
  for (const path of await componentFiles(files, folder)) {
    const content = new TextDecoder().decode(await files.read(path));
    const component = readComponent(path, content, faults);
    if (component) components.push(component);
  }
  if (components.length === 0 && faults.length === 0) {
    const expected = "JSON files in standardized/ and custom/";
    faults.push({ file: folder, key: "", message: "no component is described here", expected });
  }
  return { components, faults };
}

async function componentFiles(files: Files, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const part of ["standardized", "custom"]) {
    const directory = join(folder, part);
    if (!(await files.info(directory))?.isDirectory) continue;
    const names = (await files.list(directory)).filter((name) => name.endsWith(".json"));
    found.push(...names.map((name) => join(directory, name)));
  }
  return found;
}

function readComponent(file: string, content: string, faults: ComponentFault[]): Component | undefined {
  const json = parseJson(content);
  if (json === undefined) {
    faults.push({ file, key: "", message: "this is not JSON" });
    return undefined;
  }
  const parsed = componentFile.safeParse(json);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map(({ path, message }) => ({ file, key: path.join("."), message })));
    return undefined;
  }
  const { name, instance, evse_id, connector_id } = parsed.data;
  const evse = evse_id && { id: evse_id, ...(connector_id === undefined ? {} : { connectorId: connector_id }) };
  return {
    name,
    ...(instance === undefined ? {} : { instance }),
    ...(evse ? { evse } : {}),
    variables: variablesOf(file, parsed.data, faults),
  };
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function variablesOf(file: string, data: ComponentFile, faults: ComponentFault[]): Variable[] {
  for (const key of data.required.filter((key) => !(key in data.properties))) {
    faults.push({ file, key: "required", message: `${key} is required but not described in properties` });
  }
  return Object.entries(data.properties).map(([key, described]) => {
    const path = `properties.${key}`;
    faults.push(...valueFaults(file, path, described));
    return toVariable(file, path, described, data.required.includes(key));
  });
}

function valueFaults(file: string, path: string, described: Property): ComponentFault[] {
  const { attributes, default: fallback } = described;
  const characteristics = strip(described.characteristics);
  const values = attributes.map(({ type, value: text }, index) => ({
    key: `${path}.attributes.${index}.value`,
    text,
    check: type === "Actual" ? expectedInstead : expectedType,
  }));
  const all = [...values, { key: `${path}.default`, text: fallback, check: expectedInstead }];
  return all.flatMap(({ key, text, check }) => {
    // Empty text stands for a value to come, as EVerest's files have it.
    const expected = text && check(text, characteristics);
    return expected ? [{ file, key, message: "the value does not fit the variable", expected }] : [];
  });
}

function toVariable(file: string, key: string, described: Property, required: boolean): Variable {
  const attributes = described.attributes.map(({ type, mutability, value: own }) => {
    const initial = own ?? (type === "Actual" ? described.default : undefined);
    return [type, { mutability, ...(initial === undefined ? {} : { initial }) }] as const;
  });
  return {
    name: described.variable_name,
    ...(described.instance === undefined ? {} : { instance: described.instance }),
    characteristics: strip(described.characteristics),
    attributes: new Map(attributes),
    required,
    source: { file, key },
  };
}

/** Without the keys that zod leaves undefined. */
function strip(characteristics: Property["characteristics"]): Characteristics {
  return Object.fromEntries(
    Object.entries(characteristics).filter(([, part]) => part !== undefined),
  ) as unknown as Characteristics;
}
