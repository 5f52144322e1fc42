/**
 * Decodes by walking the grammar, event by event: the readable statement of what a stream means, which also says where
 * and why one is wrong, and takes the legal forms that emitted code leaves alone.
 */
import { BitReader } from "./bitReader.ts";
import type { Decoding } from "./context.ts";
import { ExiError } from "./errors.ts";
import { decodeRelaxed } from "./fragment.ts";
import { type ElementEvent, type Event, type Grammar, grammarOf, type State } from "./grammar.ts";
import { HEADER, MISS } from "./limits.ts";
import type { AnyType, QName } from "./model.ts";
import type { Names } from "./names.ts";
import { StringTable } from "./stringTable.ts";

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
    throw new ExiError({ path: decoding.path.join("/") || "EXI", bit: reader.at, expected: reader.expected });
  }
}

/** An element from behind its start tag to its end. */
export function decodeElement(decoding: Decoding, type: AnyType, name: QName): unknown {
  const grammar = grammarOf(type);
  const found: Found = {};
  let state = grammar.start;
  for (;;) {
    const code = reader.bits(state.width);
    const event = state.productions[code]?.event;
    if (!event) {
      found["#text"] = emptyText(state, code);
      break;
    }
    if (event.kind === "end") break;
    take(decoding, event, found, name);
    state = state.next(code);
  }
  if (type.kind === "simple") return found["#text"];
  return grammar.shuffled ? inOrder(found, grammar) : found;
}

type Found = Record<string, unknown>;

/**
 * The first code without a production leads to the second level, for what the schema does not foresee. One of its events is
 * taken: the end where text is due, which encoders that see no characters write instead of a length of 0.
 */
function emptyText(state: State, code: number): unknown {
  const text = state.productions.find(({ event }) => event.kind === "text" && !event.mixed)?.event;
  const empty = text?.kind === "text" ? text.codec.empty : undefined;
  const isEnd = code === state.productions.length && reader.bits(state.secondWidth) === 0;
  return isEnd && empty !== undefined ? empty : reader.fail(expectedIn(state));
}

function take(decoding: Decoding, event: Event, found: Found, name: QName): void {
  const { path, strings } = decoding;
  switch (event.kind) {
    case "attribute":
      path.push(event.key);
      found[event.key] = event.codec.read(reader, strings, event);
      path.pop();
      return;
    case "text": {
      const text = event.codec.read(reader, strings, name);
      found["#text"] = event.mixed && found["#text"] !== undefined ? `${found["#text"]}${text}` : text;
      return;
    }
    case "element":
      if (event.abstract) reader.fail(`a member of ${event.key}, which is abstract`);
      takeChild(decoding, event, found);
      return;
    default:
      reader.fail("no element of another schema");
  }
}

/** After a failure the path keeps the place. */
function takeChild(decoding: Decoding, event: ElementEvent, found: Found): void {
  const { key, type, list } = event;
  const { path } = decoding;
  if (!list) {
    path.push(key);
    found[key] = decodeElement(decoding, type, event);
  } else {
    found[key] ??= [];
    const items = found[key] as unknown[];
    path.push(`${key}[${items.length}]`);
    items.push(decodeElement(decoding, type, event));
  }
  path.pop();
}

function inOrder(found: Found, { keys }: Grammar): Found {
  return Object.fromEntries(keys.filter((key) => key in found).map((key) => [key, found[key]]));
}

/** The events that may come in a state, for error messages. */
function expectedIn({ productions }: State): string {
  const names = productions.map(({ event }) => ("key" in event ? event.key : event.kind === "end" ? "the end" : "any"));
  return names.join(" or ");
}
