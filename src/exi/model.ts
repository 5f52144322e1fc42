/**
 * What a schema is made of, as plain values. `schema.ts` makes them; `grammar.ts` reads them.
 * Every value carries, for the compiler only, the TypeScript type of what it describes: see {@link Infer}.
 */

declare const described: unique symbol;
declare const necessity: unique symbol;

/** Describes values of type `T`; the property exists for the compiler only. */
export interface Describes<out T> {
  readonly [described]?: T;
}

/** The TypeScript type of the values that a simple type, complex type, element or set of attributes describes. */
export type Infer<X> = X extends Describes<infer T> ? T : never;

/** How a simple value is written: the datatypes of EXI 1.0, clause 7.1, that V2G schemas use. */
export type ValueForm =
  | { readonly kind: "string"; readonly minLength: number; readonly maxLength: number }
  | { readonly kind: "boolean" }
  /** Absent bounds: unbounded. Which of the three integer forms is used follows from the bounds. */
  | { readonly kind: "integer"; readonly min?: bigint; readonly max?: bigint }
  | { readonly kind: "binary"; readonly text: "hex" | "base64"; readonly minLength: number; readonly maxLength: number }
  | { readonly kind: "enumeration"; readonly values: readonly string[] };

export interface SimpleType<out T = unknown> extends Describes<T> {
  readonly kind: "simple";
  readonly form: ValueForm;
}

/** A name as XML has it. EXI sorts by local name, then by namespace. */
export interface QName {
  readonly name: string;
  /** Empty: in no namespace. */
  readonly uri: string;
}

export interface AttributeDeclaration extends QName {
  readonly type: SimpleType;
  readonly required: boolean;
}

/** An element where it may occur: declared in place, or a reference to a global element. */
export interface ElementTerm extends QName {
  readonly kind: "element";
  readonly type: AnyType;
  /** True for an abstract substitution head: it owns an event code, yet never occurs. */
  readonly abstract: boolean;
}

/** `xs:any` of `##any` or `##other`, which are the same to EXI: this codec knows its place and its code only. */
export interface WildcardTerm {
  readonly kind: "wildcard";
}

export interface GroupTerm {
  readonly kind: "sequence" | "choice";
  readonly particles: readonly Particle[];
}

/** A term with how often it occurs; `max` may be Infinity. */
export interface Particle {
  readonly term: ElementTerm | WildcardTerm | GroupTerm;
  readonly min: number;
  readonly max: number;
}

export interface ComplexType<out T = unknown> extends Describes<T> {
  readonly kind: "complex";
  /** All attributes, inherited ones included, in declared order. */
  readonly attributes: readonly AttributeDeclaration[];
  /** Content of elements, inherited first; or the type of the text; undefined when there is neither. */
  readonly content: Particle | SimpleType | undefined;
  /** Text may stand between the children. */
  readonly mixed: boolean;
}

export type AnyType<T = unknown> = SimpleType<T> | ComplexType<T>;

/** A global element: a possible document root, and what `ref` and substitution groups name. */
export interface GlobalElement<N extends string = string, out T = unknown, A extends boolean = boolean>
  extends Describes<T> {
  readonly kind: "global";
  readonly name: N;
  readonly uri: string;
  readonly type: AnyType<T>;
  readonly abstract: A;
}

// What the keys of `complexType({...})` may hold.

export interface Attribute<out T = unknown, R extends boolean = boolean> extends Describes<T> {
  readonly kind: "attribute";
  readonly type: SimpleType<T>;
  readonly required: R;
}

/** An element that is named by its key. `T` is the property's type: an array when it may repeat. */
export interface Slot<out T = unknown, out R extends boolean = boolean> extends Describes<T> {
  readonly kind: "slot";
  readonly of: AnyType | GlobalElement;
  readonly min: number;
  readonly max: number;
  readonly [necessity]?: R;
}

/** Particles whose names stand beside those of the enclosing type; the key is only a label. */
export interface Group<out T = unknown> extends Describes<T> {
  readonly kind: "group";
  readonly of:
    | { readonly kind: "sequence" | "choice"; readonly content: Content }
    | { readonly kind: "substitution"; readonly members: readonly GlobalElement[] };
  readonly min: number;
  readonly max: number;
}

export interface Wildcard {
  readonly kind: "wildcard";
  readonly min: number;
  readonly max: number;
}

export type Content = { readonly [key: string]: Slot | Group | Wildcard | Attribute };

// From content to the type of its values.

/** One flat object type instead of an intersection, in each member of a union. */
export type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;

type RequiredKeys<P> = {
  [K in keyof P]: P[K] extends Slot<unknown, true> | Attribute<unknown, true> ? K : never;
}[keyof P];
type OptionalKeys<P> = Exclude<{ [K in keyof P]: P[K] extends Slot | Attribute ? K : never }[keyof P], RequiredKeys<P>>;
type GroupKeys<P> = { [K in keyof P]: P[K] extends Group ? K : never }[keyof P];

/** The intersection of all groups' types; each may be a union. */
type Groups<P> = { [K in GroupKeys<P>]: (value: Infer<P[K]>) => void }[GroupKeys<P>] extends (value: infer I) => void
  ? I
  : never;

/** The object type of `complexType(P)` or `sequence(P)`. */
export type ContentValue<P> = Flat<
  { readonly [K in RequiredKeys<P>]: Infer<P[K]> } & { readonly [K in OptionalKeys<P>]?: Infer<P[K]> } & Groups<P>
>;

type KeysOf<U> = U extends unknown ? keyof U : never;

/** Exactly one member of the union: the others' keys stay absent, so that any of them may be asked for. */
type Exclusive<U, K extends PropertyKey = KeysOf<U>> = U extends unknown
  ? Flat<U & { readonly [P in Exclude<K, keyof U>]?: never }>
  : never;

type Alternative<P, K extends keyof P> =
  P[K] extends Slot<infer T> ? { readonly [N in K]: T } : P[K] extends Group<infer T> ? T : never;

/** The type of `choice(P)`: one of the alternatives. */
export type ChoiceValue<P> = Exclusive<{ [K in keyof P]: Alternative<P, K> }[keyof P]>;

/** The type of a substitution group: one member under its own name. */
export type MemberValue<M extends GlobalElement> = Exclusive<
  M extends GlobalElement<infer N, infer T, false> ? { readonly [K in N]: T } : never
>;

/** The type of a group that may be absent. */
export type OptionalValue<U> = U | { readonly [K in KeysOf<U>]?: never };

type ItemOf<U, K> = U extends unknown ? (K extends keyof U ? Exclude<U[K], undefined> : never) : never;
type ListOf<T> = [T] extends [readonly unknown[]] ? T : readonly T[];

/** The type of a group that may repeat: every name holds its items in order. */
export type RepeatedValue<U> = { readonly [K in KeysOf<U>]?: ListOf<ItemOf<U, K>> };

// JSON, as commands and tests show values.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
