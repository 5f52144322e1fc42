/**
 * The grammar of a type, EXI 1.0 clause 8.5.4: which events may come next, and how many bits tell them apart.
 *
 * A {@link State} is reached by position and count: what of the type is still to come. It is worked out when it is first
 * asked for, so that a list of at most 1024 items costs nothing until it is used.
 */
import { InternalError } from "../util/errors.ts";
import { bitsFor } from "./bits.ts";
import { oncePer } from "./memo.ts";
import type { AnyType, AttributeDeclaration, ComplexType, Particle, QName, SimpleType } from "./model.ts";
import { byQName } from "./resolve.ts";
import { type ValueCodec, valueCodec } from "./values.ts";

export interface AttributeEvent extends QName {
  readonly kind: "attribute";
  /** The property that holds the value, `@` and the local name. */
  readonly key: string;
  readonly type: SimpleType;
  readonly codec: ValueCodec;
}

export interface ElementEvent extends QName {
  readonly kind: "element";
  readonly key: string;
  readonly type: AnyType;
  /** Can occur more than once, so that its property is an array. */
  readonly list: boolean;
  readonly abstract: boolean;
}

/** Characters: typed, or between the children of a mixed type. */
export interface TextEvent {
  readonly kind: "text";
  readonly key: "#text";
  readonly type: SimpleType;
  readonly codec: ValueCodec;
  readonly mixed: boolean;
}

export interface OtherEvent {
  readonly kind: "wildcard" | "end";
}

export type Event = AttributeEvent | ElementEvent | TextEvent | OtherEvent;

/** A particle of a grammar; attributes and text are particles like elements. */
export interface Node {
  /** Unique within its grammar. */
  readonly id: number;
  readonly min: number;
  readonly max: number;
  /** May match nothing, whatever `min` is. */
  readonly empty: boolean;
  readonly term: { readonly event: Event } | { readonly group: "sequence" | "choice"; readonly nodes: readonly Node[] };
}

/** A node of which `done` occurrences are complete, and what follows it. Undefined: nothing is to come but the end. */
export interface Position {
  readonly node: Node;
  readonly done: number;
  readonly following: Position | undefined;
}

/** An event that may come, and where it leads. */
export interface Production {
  readonly event: Event;
  readonly rest: Position | undefined;
}

/** How far an element is: nothing read, within its attributes, or in its content. It fixes the second-level codes. */
export type Phase = "start" | "attributes" | "content";

export interface State {
  /** In the order of their codes. */
  readonly productions: readonly Production[];
  /** Bits of a first-level code: one value beyond the productions leads to the second level. */
  readonly width: number;
  /** Bits of a second-level code. */
  readonly secondWidth: number;
  /** Where the production with this code leads. */
  next(code: number): State;
}

const END: OtherEvent = { kind: "end" };
const WILDCARD: OtherEvent = { kind: "wildcard" };
const untyped: SimpleType<string> = {
  kind: "simple",
  form: { kind: "string", minLength: 0, maxLength: Number.POSITIVE_INFINITY },
};
const MIXED: TextEvent = textEvent(untyped, true);

function textEvent(type: SimpleType, mixed: boolean): TextEvent {
  return { kind: "text", key: "#text", type, codec: valueCodec(type), mixed };
}

function attributeEvent(declared: AttributeDeclaration): AttributeEvent {
  const { name, uri, type } = declared;
  return { kind: "attribute", key: `@${name}`, name, uri, type, codec: valueCodec(type) };
}

/** Clause 8.5.4.3: attributes, elements, wildcards, end, characters; each in schema order. */
const rank = { attribute: 0, element: 1, wildcard: 2, end: 3, text: 4 } as const;

export class Grammar {
  readonly start: State;
  /** Everything from the start: attributes by name, then content. */
  readonly first: Position | undefined;
  /** All properties that a value can have, in schema order. */
  readonly keys: readonly string[];
  /** Set when text may stand between the children. */
  readonly mixedText: TextEvent | undefined;
  /** Properties can come in another order than that of `keys`, because a group repeats. */
  readonly shuffled: boolean;
  readonly #states = new Map<string, State>();

  constructor(type: AnyType) {
    const build = new Builder();
    const attributes = type.kind === "complex" ? [...type.attributes].sort(byQName) : [];
    const nodes = [
      ...attributes.map((declared) => build.leaf(attributeEvent(declared), declared.required ? 1 : 0)),
      ...build.content(type.kind === "complex" ? type.content : type),
    ];
    this.mixedText = type.kind === "complex" && type.mixed ? MIXED : undefined;
    this.first = chain(nodes, undefined);
    this.keys = [...new Set([...keysOf(nodes), ...(this.mixedText ? [MIXED.key] : [])])];
    this.shuffled = this.mixedText !== undefined || nodes.some(({ term, max }) => "group" in term && max > 1);
    this.start = this.at(this.first, "start");
  }

  /** The state in which `rest` is still to come. */
  at(rest: Position | undefined, phase: Phase): State {
    const name = `${phase} ${nameOf(rest)}`;
    const known = this.#states.get(name);
    if (known) return known;
    const state = this.#state(rest, phase);
    this.#states.set(name, state);
    return state;
  }

  #state(rest: Position | undefined, phase: Phase): State {
    const productions = distinct(open(rest));
    if (this.mixedText && !mustStartWithAttribute(productions)) {
      productions.push({ event: MIXED, rest: withoutAttributes(rest) });
    }
    productions.sort((a, b) => rank[a.event.kind] - rank[b.event.kind]);
    const states: State[] = [];
    return {
      productions,
      width: bitsFor(productions.length + 1),
      secondWidth: secondWidth(phase, productions),
      next: (code) => {
        states[code] ??= this.#after(productions[code], phase);
        return states[code];
      },
    };
  }

  #after(production: Production | undefined, phase: Phase): State {
    if (!production) throw new InternalError("a code without a production");
    const { event, rest } = production;
    if (event.kind === "attribute") return this.at(rest, "attributes");
    const stays = event === MIXED && phase !== "content";
    return this.at(rest, stays ? phase : "content");
  }
}

export const grammarOf: (type: AnyType) => Grammar = oncePer((type) => new Grammar(type));

/** From the model's particles to nodes. */
class Builder {
  #ids = 0;

  leaf(event: Event, min: number, max = 1): Node {
    return { id: this.#ids++, min, max, empty: false, term: { event } };
  }

  content(content: ComplexType["content"]): Node[] {
    if (!content) return [];
    if (!("kind" in content)) return this.#particles([content], false);
    return [this.leaf(textEvent(content, false), 1)];
  }

  #particles(particles: readonly Particle[], inList: boolean): Node[] {
    return particles.flatMap((particle) => this.#particle(particle, inList));
  }

  /** One node, also of a sequence. */
  #alternative(particle: Particle, inList: boolean): Node {
    const nodes = this.#particle(particle, inList);
    const [only] = nodes;
    if (only && nodes.length === 1) return only;
    const term = { group: "sequence", nodes } as const;
    return { id: this.#ids++, min: 1, max: 1, empty: nodes.every(skippable), term };
  }

  #particle({ term, min, max }: Particle, inList: boolean): Node[] {
    if (max === 0) return [];
    const list = inList || max > 1;
    if (term.kind === "element") return [this.leaf({ ...term, key: term.name, list }, min, max)];
    if (term.kind === "wildcard") return [this.leaf(WILDCARD, min, max)];
    const nodes =
      term.kind === "sequence"
        ? this.#particles(term.particles, list)
        : term.particles.map((alternative) => this.#alternative(alternative, list));
    if (term.kind === "sequence" && min === 1 && max === 1) return nodes;
    const empty = term.kind === "sequence" ? nodes.every(skippable) : nodes.some(skippable);
    return [{ id: this.#ids++, min, max, empty, term: { group: term.kind, nodes } }];
  }
}

function keysOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap(({ term }) => {
    if ("group" in term) return keysOf(term.nodes);
    return "key" in term.event ? [term.event.key] : [];
  });
}

function skippable(node: Node): boolean {
  return node.min === 0 || node.empty;
}

function chain(nodes: readonly Node[], following: Position | undefined): Position | undefined {
  return nodes.reduceRight<Position | undefined>((rest, node) => ({ node, done: 0, following: rest }), following);
}

function nameOf(rest: Position | undefined): string {
  return rest ? `${rest.node.id}.${rest.done} ${nameOf(rest.following)}` : "";
}

/** Every event that may come next. */
function open(rest: Position | undefined): Production[] {
  if (!rest) return [{ event: END, rest: undefined }];
  const more = again(rest);
  return rest.done >= rest.node.min || rest.node.empty ? [...more, ...open(rest.following)] : more;
}

/** Events that begin one more occurrence of the node. */
function again({ node, done, following }: Position): Production[] {
  if (done >= node.max) return [];
  const counted = node.max === Number.POSITIVE_INFINITY ? Math.min(done + 1, node.min) : done + 1;
  return begin(node, { node, done: counted, following });
}

/** Events that begin the node's term, followed by `following`. */
function begin({ term }: Node, following: Position): Production[] {
  if ("event" in term) return [{ event: term.event, rest: following }];
  if (term.group === "choice") return term.nodes.flatMap((node) => again({ node, done: 0, following }));
  const productions: Production[] = [];
  for (let place = chain(term.nodes, following); place && place !== following; place = place.following) {
    productions.push(...again(place));
    if (!skippable(place.node)) break;
  }
  return productions;
}

/** One production an event, clause 8.5.4.2.2: the first leaves open all that the others do. */
function distinct(productions: readonly Production[]): Production[] {
  const seen = new Map<string, Production>();
  for (const production of productions) {
    const { event } = production;
    const name = "name" in event ? `${event.kind} ${event.name} ${event.uri}` : event.kind;
    if (!seen.has(name)) seen.set(name, production);
  }
  return [...seen.values()];
}

function isAttribute(node: Node): boolean {
  return "event" in node.term && node.term.event.kind === "attribute";
}

function mustStartWithAttribute(productions: readonly Production[]): boolean {
  return productions.every(({ event }) => event.kind === "attribute");
}

function withoutAttributes(rest: Position | undefined): Position | undefined {
  return rest && isAttribute(rest.node) ? withoutAttributes(rest.following) : rest;
}

/**
 * Clause 8.5.4.4.1: the end where it is not open, xsi:type and xsi:nil at the start, any attribute and a badly typed
 * one until content begins, any element, untyped characters.
 */
function secondWidth(phase: Phase, productions: readonly Production[]): number {
  const end = productions.some(({ event }) => event.kind === "end") ? 0 : 1;
  const more = { start: 6, attributes: 4, content: 2 } as const;
  return bitsFor(end + more[phase]);
}
