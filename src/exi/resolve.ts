/** From the keys of `complexType({...})` to declarations with qualified names. */
import { InternalError } from "../util/errors.ts";
import type {
  AttributeDeclaration,
  Content,
  ElementTerm,
  GlobalElement,
  Group,
  Particle,
  SimpleType,
  Slot,
  Wildcard,
} from "./model.ts";

/** The namespaces of what a type declares in place. */
export interface Naming {
  readonly elementUri: string;
  readonly attributeUri: string;
}

/** The attributes among `content`, whose keys begin with `@`. */
export function attributesOf(content: Content, { attributeUri }: Naming): AttributeDeclaration[] {
  return Object.entries(content).flatMap(([key, entry]) => {
    if ((entry.kind === "attribute") !== key.startsWith("@")) throw new InternalError(`"${key}": "@" marks attributes`);
    return entry.kind === "attribute"
      ? [{ name: key.slice(1), uri: attributeUri, type: entry.type, required: entry.required }]
      : [];
  });
}

/** The children that `content` declares, or undefined when there are none. */
export function childrenOf(content: Content, naming: Naming): Particle | undefined {
  const particles = particlesOf(content, naming);
  return particles.length === 0 ? undefined : { term: { kind: "sequence", particles }, min: 1, max: 1 };
}

/** A base type's content followed by an extension's. */
export function sequenceOf(
  base: Particle | SimpleType | undefined,
  extension: Particle | undefined,
): Particle | SimpleType | undefined {
  if (!base || !extension) return base ?? extension;
  if ("kind" in base) throw new InternalError("a type with text cannot be extended by elements");
  return { term: { kind: "sequence", particles: [base, extension] }, min: 1, max: 1 };
}

function particlesOf(content: Content, naming: Naming): Particle[] {
  return Object.entries(content).flatMap(([key, entry]) =>
    entry.kind === "attribute" ? [] : [particle(key, entry, naming)],
  );
}

function particle(key: string, entry: Slot | Group | Wildcard, naming: Naming): Particle {
  const { min, max } = entry;
  if (entry.kind === "slot") return { term: slotTerm(key, entry, naming), min, max };
  if (entry.kind === "wildcard") return { term: { kind: "wildcard" }, min, max };
  if (entry.of.kind === "substitution") {
    const particles = entry.of.members.map(termOf).sort(byQName).map(once);
    return { term: { kind: "choice", particles }, min, max };
  }
  return { term: { kind: entry.of.kind, particles: particlesOf(entry.of.content, naming) }, min, max };
}

function once(term: ElementTerm): Particle {
  return { term, min: 1, max: 1 };
}

function slotTerm(key: string, { of }: Slot, { elementUri }: Naming): ElementTerm {
  if (of.kind !== "global") return { kind: "element", name: key, uri: elementUri, type: of, abstract: false };
  if (of.name !== key) throw new InternalError(`"${key}" refers to the global element ${of.name}`);
  return termOf(of);
}

/** A reference to a global element. */
export function termOf({ name, uri, type, abstract }: GlobalElement): ElementTerm {
  return { kind: "element", name, uri, type, abstract };
}

/** EXI's order of names: local name, then namespace, both by code unit. */
export function byQName(a: { name: string; uri: string }, b: { name: string; uri: string }): number {
  return compare(a.name, b.name) || compare(a.uri, b.uri);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
