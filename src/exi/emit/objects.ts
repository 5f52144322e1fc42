/** Source of object literals. A literal with fixed names is several times as fast as assigning names one by one, and smaller. */
import { literalKey, property } from "./program.ts";

/** What a decoder has for one key. */
export interface Property {
  readonly key: string;
  /** The value as source. */
  readonly value: string;
  /** The variable that is undefined when the property is absent; without, it is always there. */
  readonly variable?: string;
  /** The alternatives of one choice share this. */
  readonly choice?: { readonly required: boolean };
}

/** Most presence patterns with a literal each. */
const PATTERNS = 8;

export function objectLiteral(properties: readonly Property[]): string {
  return `{${properties.map(({ key, value }) => `${literalKey(key)}: ${value}`).join(", ")}}`;
}

/** Source that returns the object of those properties that are there. */
export function objectReturn(properties: readonly Property[]): string {
  const units = unitsOf(properties);
  const patterns = units.reduce((product, { options }) => product * options.length, 1);
  return patterns <= PATTERNS ? byPattern(properties, units, new Set()) : byAssignment(properties);
}

/** Something that varies: an optional property, or a choice. Each option is a property or, undefined, none. */
interface Unit {
  readonly options: readonly (Property | undefined)[];
}

function unitsOf(properties: readonly Property[]): Unit[] {
  const choices = new Set(properties.flatMap(({ choice }) => choice ?? []));
  const optional = properties.filter(({ variable, choice }) => variable !== undefined && choice === undefined);
  return [
    ...optional.map((property) => ({ options: [property, undefined] })),
    ...[...choices].map((choice) => ({
      options: [...properties.filter((other) => other.choice === choice), ...(choice.required ? [] : [undefined])],
    })),
  ];
}

function byPattern(
  properties: readonly Property[],
  [unit, ...others]: readonly Unit[],
  present: Set<Property>,
): string {
  if (!unit) {
    const included = properties.filter((property) => property.variable === undefined || present.has(property));
    return `return ${objectLiteral(included)};`;
  }
  const branches = unit.options.map((option, index) => {
    const inner = byPattern(properties, others, new Set(option ? [...present, option] : present));
    const last = index === unit.options.length - 1;
    return last ? inner : `if (${option?.variable} !== undefined) {\n${inner}\n}`;
  });
  return branches.join("\n");
}

/** Everything there and nothing optional there are the usual cases. */
function byAssignment(properties: readonly Property[]): string {
  const optional = properties.filter(({ variable }) => variable !== undefined);
  const fixed = properties.filter(({ variable }) => variable === undefined);
  const all = optional.every(({ choice }) => choice === undefined);
  return [
    ...(all
      ? [
          `if (${optional.map(({ variable }) => `${variable} !== undefined`).join(" && ")}) return ${objectLiteral(properties)};`,
        ]
      : []),
    `if (${optional.map(({ variable }) => `${variable} === undefined`).join(" && ")}) return ${objectLiteral(fixed)};`,
    "const o = {};",
    ...properties.map(({ key, value, variable }) => {
      const assignment = `${property("o", key)} = ${value};`;
      return variable === undefined ? assignment : `if (${variable} !== undefined) ${assignment}`;
    }),
    "return o;",
  ].join("\n");
}
