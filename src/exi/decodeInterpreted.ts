/**
 * Decodes by walking the grammar, event by event: the readable statement of what a stream means, which also says where
 * and why one is wrong, and takes the legal forms that emitted code leaves alone.
 */
import { BitReader } from "./bitReader.ts";
import type { Decoding } from "./context.ts";
import { ExiError } from "./errors.ts";
import { decodeRelaxed } from "./fragment.ts";
import { type Event, type Grammar, grammarOf, type Production, type State } from "./grammar.ts";
import { HEADER, MISS } from "./limits.ts";
import type { AnyType, QName } from "./model.ts";
import type { Names } from "./names.ts";
import { StringTable } from "./stringTable.ts";
import { valueCodec } from "./values.ts";

const reader = new BitReader();

/** @throws ExiError with the path and bit where the stream leaves the schema. */
export function decodeDocument(names: Names, bytes: Uint8Array): { root: string; value: unknown } {
  return decodeStream(names, bytes, (decoding) => {
    const root = names.documents[reader.bits(names.documentWidth)] ?? reader.fail("a known root element");
    if (root.abstract) reader.fail(`a member of ${root.name}, which is abstract`);
    decoding.path.push(root.name);
    return { root: root.name, value: decodeElement(decoding, root.type, root) };
  });
}

/** @throws ExiError as {@link decodeDocument}. */
export function decodeFragment(names: Names, bytes: Uint8Array): { name: string; value: unknown } {
  return decodeStream(names, bytes, (decoding) => {
    const { fragments, fragmentWidth } = names;
    const fragment = fragments[reader.bits(fragmentWidth)] ?? reader.fail("a known element");
    decoding.path.push(fragment.name);
    const [type] = fragment.types as [AnyType];
    const value = fragment.relaxed ? decodeRelaxed(decoding, fragment) : decodeElement(decoding, type, fragment);
    decoding.path.pop();
    const code = reader.bits(fragmentWidth);
    if (code !== fragments.length + 1) reader.fail("the end of the fragment");
    return { name: fragment.name, value };
  });
}

function decodeStream<T>(names: Names, bytes: Uint8Array, content: (decoding: Decoding) => T): T {
  const decoding: Decoding = { reader, strings: new StringTable(), path: [], names };
  try {
    reader.load(bytes);
    if (reader.bits(8) !== HEADER) reader.fail("the EXI header 80");
    return content(decoding);
  } catch (error) {
    if (error !== MISS) throw error;
    throw new ExiError({ path: decoding.path.join("/") || "EXI", bit: reader.p, expected: reader.expected });
  }
}

/** An element from behind its start tag to its end. */
export function decodeElement(decoding: Decoding, type: AnyType, name: QName): unknown {
  const grammar = grammarOf(type);
  const found: Found = {};
  let state = grammar.start;
  for (;;) {
    const code = reader.bits(state.width);
    const production = state.productions[code] ?? emptyText(state);
    if (production.event.kind === "end") break;
    take(decoding, production, found, name, code >= state.productions.length);
    if (code >= state.productions.length) break;
    state = state.next(code);
  }
  return type.kind === "simple" ? found["#text"] : inOrder(found, grammar);
}

type Found = Record<string, unknown>;

/**
 * The second level is for what the schema does not foresee. One of its events is taken: the end of an element whose text is
 * empty, which encoders that see no characters write instead of a length of 0.
 */
function emptyText(state: State): Production {
  const second = reader.bits(state.secondWidth);
  const [only] = state.productions;
  if (second === 0 && only?.event.kind === "text" && valueCodec(only.event.type).empty !== undefined) return only;
  return reader.fail(expectedIn(state));
}

function take(decoding: Decoding, { event }: Production, found: Found, name: QName, empty: boolean): void {
  switch (event.kind) {
    case "attribute":
      found[event.key] = within(decoding, event.key, () => decodeText(decoding, event, `@${event.uri} ${event.name}`));
      return;
    case "text": {
      const text = empty ? valueCodec(event.type).empty : decodeText(decoding, event, `${name.uri} ${name.name}`);
      found["#text"] = event.mixed && found["#text"] !== undefined ? `${found["#text"]}${text}` : text;
      return;
    }
    case "element":
      takeChild(decoding, event, found);
      return;
    default:
      reader.fail("no element of another schema");
  }
}

function decodeText(
  { strings }: Decoding,
  event: Extract<Event, { type: AnyType; kind: "attribute" | "text" }>,
  place: string,
) {
  return valueCodec(event.type).read(reader, strings, place);
}

function takeChild(decoding: Decoding, event: Extract<Event, { kind: "element" }>, found: Found): void {
  const { key, type } = event;
  if (event.abstract) reader.fail(`a member of ${key}, which is abstract`);
  if (!event.list) {
    found[key] = within(decoding, key, () => decodeElement(decoding, type, event));
    return;
  }
  found[key] ??= [];
  const items = found[key] as unknown[];
  items.push(within(decoding, `${key}[${items.length}]`, () => decodeElement(decoding, type, event)));
}

/** After a failure the path keeps the place. */
function within<T>({ path }: Decoding, name: string, read: () => T): T {
  path.push(name);
  const value = read();
  path.pop();
  return value;
}

function inOrder(found: Found, { keys }: Grammar): Found {
  return Object.fromEntries(keys.filter((key) => key in found).map((key) => [key, found[key]]));
}

/** The events that may come in a state, for error messages. */
export function expectedIn({ productions }: State): string {
  const names = productions.map(({ event }) => ("key" in event ? event.key : event.kind === "end" ? "the end" : "any"));
  return names.join(" or ");
}
