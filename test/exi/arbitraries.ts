/** Random values of a schema, and random schemas. */
import fc from "fast-check";
import type { AnyType, ComplexType, Content, Particle, SimpleType, ValueForm } from "../../src/exi/model.ts";
import * as dsl from "../../src/exi/schema.ts";

type Members = Record<string, unknown>;

/** Values of the type; undefined when no value can be written because a foreign element is required. */
export function valuesOf(type: AnyType): fc.Arbitrary<unknown> | undefined {
  if (type.kind === "simple") return simple(type.form);
  const { content } = type;
  const inner = !content
    ? fc.constant({})
    : "kind" in content
      ? simple(content.form).map((text): Members => ({ "#text": text }))
      : members(content, false);
  const text = type.mixed ? fc.option(fc.string({ minLength: 1 }), { nil: undefined }) : fc.constant(undefined);
  return (
    inner &&
    fc
      .tuple(attributes(type), inner, text)
      .map(([first, second, mixed]) => ({ ...first, ...second, ...(mixed === undefined ? {} : { "#text": mixed }) }))
  );
}

function attributes({ attributes: declared }: ComplexType): fc.Arbitrary<Members> {
  const required = declared.filter((attribute) => attribute.required).map(({ name }) => `@${name}`);
  const values = declared.map(({ name, type }) => [`@${name}`, simple(type.form)] as const);
  return fc.record(Object.fromEntries(values), { requiredKeys: required });
}

/** What a particle adds to the object of its type. */
function members({ term, min, max }: Particle, inList: boolean): fc.Arbitrary<Members> | undefined {
  const many = inList || max > 1;
  const once = term.kind === "element" ? element(term, many) : term.kind === "wildcard" ? undefined : group(term, many);
  if (!once) return min === 0 ? fc.constant({}) : undefined;
  const most = Math.min(max, min + 3);
  const count = fc.oneof(fc.integer({ min, max: most }), fc.constant(max > 30 ? most : max));
  return count.chain((length) => fc.array(once, { minLength: length, maxLength: length })).map(merged);
}

function element(term: { name: string; type: AnyType; abstract: boolean }, many: boolean) {
  if (term.abstract) return undefined;
  return valuesOf(term.type)?.map((value): Members => ({ [term.name]: many ? [value] : value }));
}

function group(term: { kind: "sequence" | "choice"; particles: readonly Particle[] }, many: boolean) {
  const parts = term.particles.map((particle) => members(particle, many));
  if (term.kind === "sequence") {
    const all = parts.filter((part) => part !== undefined);
    return all.length === parts.length ? fc.tuple(...all).map(merged) : undefined;
  }
  const possible = parts.filter((part) => part !== undefined);
  return possible.length === 0 ? undefined : fc.oneof(...possible);
}

function merged(objects: readonly Members[]): Members {
  const result: Members = {};
  for (const object of objects) {
    for (const [key, value] of Object.entries(object)) {
      const before = result[key];
      result[key] = Array.isArray(before) ? [...before, ...(value as unknown[])] : value;
    }
  }
  return result;
}

function simple(form: ValueForm): fc.Arbitrary<unknown> {
  switch (form.kind) {
    case "boolean":
      return fc.boolean();
    case "enumeration":
      return fc.constantFrom(...form.values);
    case "binary":
      return fc.uint8Array({ maxLength: Math.min(form.maxLength, 90) });
    case "string":
      return text(Math.min(form.maxLength, 90));
    case "integer":
      return integer(form.min ?? -(2n ** 200n), form.max ?? 2n ** 200n);
  }
}

/** Mostly ASCII; else any characters, also those of two UTF-16 units. */
function text(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength, unit: "binary-ascii" }) },
    fc.string({ maxLength, unit: "binary" }),
  );
}

function integer(min: bigint, max: bigint): fc.Arbitrary<number | bigint> {
  const near = [min, max, 0n, 127n, 128n, -128n, -129n, 16383n, 16384n, 2n ** 31n, 2n ** 49n, 2n ** 53n, -(2n ** 53n)];
  const edge = fc.constantFrom(...near.filter((value) => value >= min && value <= max));
  return fc
    .oneof(edge, fc.bigInt({ min, max }))
    .map((value) => (BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value));
}

// Schemas

/** A namespace of its own for each type, as a name has one type in a schema. */
const namespaces = fc.noBias(fc.nat()).map((number) => dsl.namespace(`urn:random:${number}`));

const simpleTypes: fc.Arbitrary<SimpleType> = fc.oneof(
  fc.constantFrom<SimpleType>(dsl.boolean, dsl.string(), dsl.string(12), dsl.base64Binary(), dsl.hexBinary(8)),
  fc.constantFrom<SimpleType>(dsl.unsignedByte, dsl.byte, dsl.short, dsl.unsignedShort, dsl.int, dsl.unsignedInt),
  fc.constantFrom<SimpleType>(dsl.long, dsl.unsignedLong, dsl.integer, dsl.bounded(12, 1024), dsl.bounded(5, 5)),
  fc.constantFrom<SimpleType>(dsl.bounded(0, 16777214), dsl.bounded(-5000, 3), dsl.bounded(1, 65535)),
  fc
    .integer({ min: 1, max: 9 })
    .map((count) => dsl.enumeration(Array.from({ length: count }, (_, code) => `v${code}`))),
);

/** Complex types of every construct, nested at most `depth` deep. Names are unique within a type. */
export function schemas(depth: number): fc.Arbitrary<ComplexType> {
  const attribute = fc
    .tuple(simpleTypes, fc.boolean())
    .map(([type, required]) => (required ? dsl.attribute(type, { required }) : dsl.attribute(type)));
  const attributes = fc.array(attribute, { maxLength: 3 }).map((list) => named(list, "@a"));
  const text = fc.tuple(namespaces, simpleTypes, attributes).map(([ns, type, uses]) => ns.simpleContent(type, uses));
  const elements = fc
    .tuple(namespaces, attributes, fc.array(particles(depth), { maxLength: 5 }), fc.boolean())
    .map(([ns, uses, list, mixed]) => {
      const content = { ...uses, ...named(list, "p") };
      return mixed ? ns.complexType(content, { mixed }) : ns.complexType(content);
    });
  const row = fc
    .tuple(namespaces, fc.array(simpleTypes, { minLength: 4, maxLength: 14 }))
    .map(([ns, types]) => ns.complexType(named(types.map(dsl.element), "r")));
  return fc.oneof(text, { weight: 2, arbitrary: row }, { weight: 5, arbitrary: elements });
}

type Entry = Content[string];

/** Each gets a key; inside groups too, so that no name occurs twice. */
function named<T>(list: readonly T[], prefix: string): Record<`@${string}`, T> & Record<string, T> {
  return Object.fromEntries(list.map((entry, index) => [`${prefix}${index}`, entry]));
}

const occurrences = fc.constantFrom(
  [0, 1],
  [1, 1],
  [0, 4],
  [1, 3],
  [1, Number.POSITIVE_INFINITY],
  [2, 5],
) as fc.Arbitrary<[number, number]>;

function particles(depth: number): fc.Arbitrary<Entry> {
  const type: fc.Arbitrary<AnyType> = depth === 0 ? simpleTypes : fc.oneof(simpleTypes, schemas(depth - 1));
  const slot = fc.tuple(type, occurrences).map(([of, [min, max]]) => occurring(of, min, max));
  const single = type.map((of) => dsl.element(of));
  const inner = fc.tuple(
    fc.nat(),
    fc.array(
      fc.oneof(
        single,
        type.map((of) => dsl.optional(of)),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  );
  const alternatives = fc.tuple(fc.nat(), fc.array(single, { minLength: 2, maxLength: 4 }), fc.boolean());
  const choice = fc
    .tuple(alternatives, occurrences)
    .map(([[id, list, open], [min, max]]) =>
      grouped(dsl.choice({ ...named(list, `c${id}_`), ...(open ? { any: dsl.any(1, 1) } : {}) }), min, max),
    );
  const sequence = fc
    .tuple(inner, occurrences)
    .map(([[id, list], [min, max]]) => grouped(dsl.sequence(named(list, `s${id}_`)), min, max));
  return fc.oneof(
    { weight: 5, arbitrary: slot },
    { weight: 2, arbitrary: choice },
    { weight: 1, arbitrary: sequence },
    { weight: 1, arbitrary: fc.constant(dsl.any(0, 1)) },
  );
}

function occurring(of: AnyType, min: number, max: number): Entry {
  if (max > 1) return dsl.repeated(of, min, max);
  return min === 0 ? dsl.optional(of) : dsl.element(of);
}

function grouped(group: ReturnType<typeof dsl.choice>, min: number, max: number): Entry {
  if (max > 1) return dsl.repeated(group, min, max);
  return min === 0 ? dsl.optional(group) : group;
}
