/** The codes of roots: global elements for documents, all element names for fragments (EXI 1.0, clauses 8.5.1 and 8.5.2). */
import { InternalError } from "../util/errors.ts";
import { bitsFor } from "./bits.ts";
import type {
  AnyType,
  AttributeDeclaration,
  ComplexType,
  ElementTerm,
  GlobalElement,
  Particle,
  QName,
  SimpleType,
} from "./model.ts";
import { byQName, termOf } from "./resolve.ts";

export interface FragmentName extends QName {
  /** All types that an element of this name has anywhere in the schemas; the first is a global element's when there is one. */
  readonly types: readonly AnyType[];
  /** Declared with different types: coded by {@link file://./fragment.ts}. */
  readonly relaxed: boolean;
}

export interface Names {
  /** In the order of their codes. */
  readonly documents: readonly GlobalElement[];
  /** One code more: any other element. */
  readonly documentWidth: number;
  readonly fragments: readonly FragmentName[];
  /** Two codes more: any other element, and the end of the fragment. */
  readonly fragmentWidth: number;
  /** All attributes of the schemas, one declaration a name. */
  readonly attributes: readonly AttributeDeclaration[];
}

/**
 * @param types complex types that no element has.
 * @param relaxed local names that are declared with different types.
 * @throws InternalError when `relaxed` does not say which names those are.
 */
export function namesOf(
  elements: readonly GlobalElement[],
  types: readonly ComplexType[],
  relaxed: readonly string[],
): Names {
  const found = new Declarations();
  for (const element of elements) found.element(termOf(element));
  for (const type of types) found.type(type);
  const documents = [...elements].sort(byQName);
  const fragments = found.fragments(relaxed);
  return {
    documents,
    documentWidth: bitsFor(documents.length + 1),
    fragments,
    fragmentWidth: bitsFor(fragments.length + 2),
    attributes: [...found.attributes.values()].sort(byQName),
  };
}

class Declarations {
  readonly attributes = new Map<string, AttributeDeclaration>();
  readonly #elements = new Map<string, { readonly term: ElementTerm; readonly types: Set<AnyType> }>();
  readonly #types = new Set<AnyType>();

  element(term: ElementTerm): void {
    const name = `${term.name} ${term.uri}`;
    const known = this.#elements.get(name);
    if (known) known.types.add(term.type);
    else this.#elements.set(name, { term, types: new Set([term.type]) });
    this.type(term.type);
  }

  type(type: AnyType): void {
    if (type.kind === "simple" || this.#types.has(type)) return;
    this.#types.add(type);
    for (const attribute of type.attributes) this.attributes.set(`${attribute.name} ${attribute.uri}`, attribute);
    if (type.content && !("kind" in type.content)) this.#particle(type.content);
  }

  #particle({ term }: Particle): void {
    if (term.kind === "element") this.element(term);
    else if (term.kind !== "wildcard") for (const inner of term.particles) this.#particle(inner);
  }

  fragments(relaxed: readonly string[]): FragmentName[] {
    const names = [...this.#elements.values()].map(({ term: { name, uri }, types }): FragmentName => {
      const differ = relaxed.includes(name) && types.size > 1;
      if (!differ && !same([...types])) throw new InternalError(`${name} has different types: list it as relaxed`);
      return { name, uri, types: [...types], relaxed: differ };
    });
    for (const name of relaxed) {
      if (!names.some((fragment) => fragment.relaxed && fragment.name === name)) {
        throw new InternalError(`${name} is listed as relaxed and has one type`);
      }
    }
    return names.sort(byQName);
  }
}

/** Simple types are alike when they are written alike; a complex type is only itself. */
function same([first, ...others]: readonly AnyType[]): boolean {
  return others.every((type) => first?.kind === "simple" && type.kind === "simple" && alike(first, type));
}

function alike(a: SimpleType, b: SimpleType): boolean {
  const text = ({ form }: SimpleType) =>
    JSON.stringify(form, (_, part) => (typeof part === "bigint" ? `${part}` : part));
  return text(a) === text(b);
}
