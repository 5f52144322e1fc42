/**
 * Schemas as TypeScript values. One value gives the static type and the EXI grammar; tables read like the standard.
 *
 * ```ts
 * const header = namespace("urn:iso:15118:2:2013:MsgHeader");            // local elements and attributes qualified
 * const dsig = namespace("http://www.w3.org/2000/09/xmldsig#", { attributes: "unqualified" });
 *
 * const Signature = dsig.global("Signature", SignatureType);              // <xs:element name="Signature" …>
 * const MessageHeaderType = header.complexType({
 *   SessionID: element(hexBinary(8)),
 *   Notification: optional(NotificationType),
 *   Signature: optional(Signature),                                       // ref=: the key is the global's name
 * });
 * const EVSEStatusType = types.complexType({ NotificationMaxDelay: element(unsignedShort) });
 * const EVSEStatus = types.abstract("EVSEStatus", EVSEStatusType);        // substitution head
 * const AC_EVSEStatus = types.global("AC_EVSEStatus", types.extend(EVSEStatusType, { RCD: element(boolean) }));
 * const PowerDeliveryResType = body.extend(BodyBaseType, {
 *   ResponseCode: element(responseCodeType),
 *   EVSEStatus: substitution(EVSEStatus, AC_EVSEStatus, DC_EVSEStatus),   // {AC_EVSEStatus: …} or {DC_EVSEStatus: …}
 * });
 * const BodyType = body.complexType({ BodyElement: optional(substitution(BodyElement, SessionSetupReq, …)) });
 * const IdType = string();
 * const EMAIDType = types.simpleContent(string({ minLength: 14, maxLength: 15 }), { "@Id": attribute(IdType, { required: true }) });
 * const TransformType = dsig.complexType(
 *   { "@Algorithm": attribute(string(), { required: true }),
 *     content: repeated(choice({ any: any(), XPath: element(string()) }), 0, Infinity) },
 *   { mixed: true });
 * const DSAKeyValueType = dsig.complexType({ pq: optional(sequence({ P: element(base64Binary()), Q: … })), … });
 *
 * export const iso2 = schemaSet("iso-2", { ...xmldsig.elements, V2G_Message, Header, … }, { types: [Unused], relaxed: ["eMAID"] });
 * export type MessageHeader = Infer<typeof MessageHeaderType>;
 * ```
 *
 * Key order is schema order. A key that holds a group (choice, sequence, substitution) or a wildcard is a label; the
 * names inside stand beside the others in values. A global element that heads a substitution group is referred to by
 * `substitution(head, ...allMembers)`, also transitive ones; the order of members does not matter.
 */

import type {
  AnyType,
  Attribute,
  ChoiceValue,
  ComplexType,
  Content,
  ContentValue,
  Flat,
  GlobalElement,
  Group,
  Infer,
  MemberValue,
  OptionalValue,
  RepeatedValue,
  SimpleType,
  Slot,
  Wildcard,
} from "./model.ts";
import { attributesOf, childrenOf, type Naming, sequenceOf } from "./resolve.ts";
import { type AnySet, createSet, type Elements, type SchemaSet, type SetOptions } from "./schemaSet.ts";

export type { Infer, Json } from "./model.ts";
export type { AnySet, SchemaSet };

// Simple types

export interface LengthFacets {
  readonly minLength?: number;
  readonly maxLength?: number;
}

function lengths(facets: number | LengthFacets): { minLength: number; maxLength: number } {
  return typeof facets === "number"
    ? { minLength: 0, maxLength: facets }
    : { minLength: 0, maxLength: Number.POSITIVE_INFINITY, ...facets };
}

/** `xs:string` and all types derived from it (`anyURI`, `ID`, `token`, …). Lengths count characters (code points). */
export function string(facets: number | LengthFacets = {}): SimpleType<string> {
  return { kind: "simple", form: { kind: "string", ...lengths(facets) } };
}

/** Octets; upper-case hexadecimal in JSON. */
export function hexBinary(facets: number | LengthFacets = {}): SimpleType<Uint8Array> {
  return { kind: "simple", form: { kind: "binary", text: "hex", ...lengths(facets) } };
}

/** Octets; base64 in JSON. */
export function base64Binary(facets: number | LengthFacets = {}): SimpleType<Uint8Array> {
  return { kind: "simple", form: { kind: "binary", text: "base64", ...lengths(facets) } };
}

export const boolean: SimpleType<boolean> = { kind: "simple", form: { kind: "boolean" } };

function range<T>(min?: bigint, max?: bigint): SimpleType<T> {
  return {
    kind: "simple",
    form: { kind: "integer", ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) },
  };
}

/** An integer type restricted by `minInclusive` and `maxInclusive`. */
export function bounded(min: number, max: number): SimpleType<number> {
  return range(BigInt(min), BigInt(max));
}

export const byte: SimpleType<number> = bounded(-128, 127);
export const short: SimpleType<number> = bounded(-(2 ** 15), 2 ** 15 - 1);
export const int: SimpleType<number> = bounded(-(2 ** 31), 2 ** 31 - 1);
export const unsignedByte: SimpleType<number> = bounded(0, 255);
export const unsignedShort: SimpleType<number> = bounded(0, 2 ** 16 - 1);
export const unsignedInt: SimpleType<number> = bounded(0, 2 ** 32 - 1);
/** Beyond 2^53 - 1 in either direction a value is a bigint. */
export const long: SimpleType<number | bigint> = range(-(2n ** 63n), 2n ** 63n - 1n);
export const unsignedLong: SimpleType<number | bigint> = range(0n, 2n ** 64n - 1n);
export const integer: SimpleType<number | bigint> = range();
export const nonNegativeInteger: SimpleType<number | bigint> = range(0n);

/** Values in schema order, which is the order of their codes. */
export function enumeration<const V extends readonly string[]>(values: V): SimpleType<V[number]> {
  return { kind: "simple", form: { kind: "enumeration", values } };
}

// Particles

type Named = AnyType | GlobalElement;

/** An element that occurs once: of this type, or a reference to this global element. */
export function element<X extends Named>(of: X): Slot<Infer<X>, true> {
  return { kind: "slot", of, min: 1, max: 1 };
}

/** An element or a group that may be absent. */
export function optional<X extends Named>(of: X): Slot<Infer<X>, false>;
export function optional<T>(group: Group<T>): Group<OptionalValue<T>>;
export function optional(of: Named | Group): Slot | Group {
  return of.kind === "group" ? { ...of, min: 0 } : { kind: "slot", of, min: 0, max: 1 };
}

/** An element or a group that occurs `min` to `max` times; `max` may be Infinity. Its names hold arrays. */
export function repeated<X extends Named, Min extends number>(
  of: X,
  min: Min,
  max: number,
): Slot<readonly Infer<X>[], Min extends 0 ? false : true>;
export function repeated<T>(group: Group<T>, min: number, max: number): Group<RepeatedValue<T>>;
export function repeated(of: Named | Group, min: number, max: number): Slot | Group {
  return of.kind === "group" ? { ...of, min, max } : { kind: "slot", of, min, max };
}

/** One of the alternatives, which may be elements, groups or a wildcard. */
export function choice<const P extends Content>(content: P): Group<ChoiceValue<P>> {
  return { kind: "group", of: { kind: "choice", content }, min: 1, max: 1 };
}

/** Particles that come and go together. */
export function sequence<const P extends Content>(content: P): Group<ContentValue<P>> {
  return { kind: "group", of: { kind: "sequence", content }, min: 1, max: 1 };
}

/** The place of a substitution group's head: any member, the head too unless it is abstract, under its own name. */
export function substitution<H extends GlobalElement, const M extends readonly GlobalElement[]>(
  head: H,
  ...members: M
): Group<MemberValue<H | M[number]>> {
  return { kind: "group", of: { kind: "substitution", members: [head, ...members] }, min: 1, max: 1 };
}

/** `xs:any` of `##any` or `##other`. It holds its place in the grammar; an element that stands there is refused. */
export function any(min = 0, max = Number.POSITIVE_INFINITY): Wildcard {
  return { kind: "wildcard", min, max };
}

/** For keys that begin with `@`. Text of the kind `ID` and `anyURI` is `string()`. */
export function attribute<T>(type: SimpleType<T>): Attribute<T, false>;
export function attribute<T>(type: SimpleType<T>, use: { readonly required: true }): Attribute<T, true>;
export function attribute<T>(type: SimpleType<T>, use?: { readonly required: true }): Attribute<T> {
  return { kind: "attribute", type, required: use !== undefined };
}

// Complex types and global elements

type Attributes = { readonly [key: `@${string}`]: Attribute };

export interface NamespaceOptions {
  /** `elementFormDefault`; qualified unless told. */
  readonly elements?: "qualified" | "unqualified";
  /** `attributeFormDefault`; qualified unless told. */
  readonly attributes?: "qualified" | "unqualified";
}

/** Constructors of one target namespace. Local names belong to the namespace of the type that declares them. */
export interface Namespace {
  readonly uri: string;
  complexType<const P extends Content>(content: P): ComplexType<ContentValue<P>>;
  /** Text between the children is kept, joined, as `#text`, and written before the first child. */
  complexType<const P extends Content>(
    content: P,
    options: { readonly mixed: true },
  ): ComplexType<Flat<ContentValue<P> & { readonly "#text"?: string }>>;
  /** `xs:extension` of a type of any namespace: its content, then this. */
  extend<B, const P extends Content>(base: ComplexType<B>, content: P): ComplexType<Flat<B & ContentValue<P>>>;
  /** Text with attributes. */
  simpleContent<T, const P extends Attributes>(
    type: SimpleType<T>,
    attributes: P,
  ): ComplexType<Flat<ContentValue<P> & { readonly "#text": T }>>;
  global<const N extends string, T>(name: N, type: AnyType<T>): GlobalElement<N, T, false>;
  /** An abstract head of a substitution group. */
  abstract<const N extends string, T>(name: N, type: AnyType<T>): GlobalElement<N, T, true>;
}

/** @param uri the target namespace. */
export function namespace(uri: string, options: NamespaceOptions = {}): Namespace {
  const naming: Naming = {
    elementUri: options.elements === "unqualified" ? "" : uri,
    attributeUri: options.attributes === "unqualified" ? "" : uri,
  };
  return {
    uri,
    complexType: (content: Content, { mixed = false }: { mixed?: boolean } = {}) => ({
      kind: "complex",
      attributes: attributesOf(content, naming),
      content: childrenOf(content, naming),
      mixed,
    }),
    extend: (base, content) => ({
      kind: "complex",
      attributes: [...base.attributes, ...attributesOf(content, naming)],
      content: sequenceOf(base.content, childrenOf(content, naming)),
      mixed: base.mixed,
    }),
    simpleContent: (type, attributes) => ({
      kind: "complex",
      attributes: attributesOf(attributes, naming),
      content: type,
      mixed: false,
    }),
    global: (name, type) => ({ kind: "global", name, uri, type, abstract: false }),
    abstract: (name, type) => ({ kind: "global", name, uri, type, abstract: true }),
  };
}

/**
 * All schemas that one EXI stream is coded with.
 * @param name as in `plugcharge exi --schema`.
 * @param elements every global element of the import closure: they fix the codes of documents.
 */
export function schemaSet<const E extends Elements>(name: string, elements: E, options: SetOptions = {}): SchemaSet<E> {
  return createSet(name, elements, options);
}
