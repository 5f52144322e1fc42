/** Encodes by walking the grammar: each step takes the first event that the value has something for. */
import { BitWriter } from "./bitWriter.ts";
import type { Encoding } from "./context.ts";
import { ExiError } from "./errors.ts";
import { encodeRelaxed } from "./fragment.ts";
import { type Event, grammarOf, type Production, type State } from "./grammar.ts";
import { HEADER, MISS } from "./limits.ts";
import type { AnyType, SimpleType } from "./model.ts";
import type { Names } from "./names.ts";
import { valueCodec } from "./values.ts";

const writer = new BitWriter();

/** @throws ExiError with the path of what cannot be written. */
export function encodeDocument(names: Names, root: string, value: unknown): Uint8Array {
  return encodeStream(names, root, (encoding) => {
    const code = names.documents.findIndex((element) => element.name === root);
    const element = names.documents[code] ?? writer.fail("a known root element");
    if (element.abstract) writer.fail("an element that is not abstract");
    writer.bits(names.documentWidth, code);
    encodeElement(encoding, element.type, value);
  });
}

/** @throws ExiError as {@link encodeDocument}. */
export function encodeFragment(names: Names, name: string, value: unknown): Uint8Array {
  return encodeStream(names, name, (encoding) => {
    const { fragments, fragmentWidth } = names;
    const code = fragments.findIndex((fragment) => fragment.name === name);
    const fragment = fragments[code] ?? writer.fail("a known element");
    const [type] = fragment.types as [AnyType];
    writer.bits(fragmentWidth, code);
    if (fragment.relaxed) encodeRelaxed(encoding, fragment, value);
    else encodeElement(encoding, type, value);
    writer.bits(fragmentWidth, fragments.length + 1);
  });
}

function encodeStream(names: Names, root: string, content: (encoding: Encoding) => void): Uint8Array {
  const encoding: Encoding = { writer, path: [root], names };
  try {
    writer.start();
    writer.bits(8, HEADER);
    content(encoding);
    return writer.finish();
  } catch (error) {
    if (error !== MISS) throw error;
    throw new ExiError({ path: encoding.path.join("/"), expected: writer.expected });
  }
}

export function encodeElement(encoding: Encoding, type: AnyType, value: unknown): void {
  if (type.kind === "simple") {
    encodeSimple(type, value);
    return;
  }
  const grammar = grammarOf(type);
  const pending = new Pending(objectOf(value), grammar.keys);
  let state = grammar.start;
  for (;;) {
    const code = nextCode(state, pending, encoding);
    const event = state.productions[code]?.event as Event;
    writer.within(8);
    writer.bits(state.width, code);
    if (event.kind === "end") return;
    write(encoding, event, pending);
    state = state.next(code);
  }
}

/** The shortest grammar there is: text, then the end, each the only event of its state. */
function encodeSimple(type: SimpleType, value: unknown): void {
  writer.within(8);
  writer.bits(1, 0);
  valueCodec(type).write(writer, value);
  writer.bits(1, 0);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isObject ? (value as Record<string, unknown>) : writer.fail("an object");
}

type Keyed = Extract<Event, { key: string }>;

/** What of a value is still to be written. */
class Pending {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #keys: readonly string[];
  readonly #taken = new Map<string, number>();

  constructor(value: Readonly<Record<string, unknown>>, keys: readonly string[]) {
    this.#value = value;
    this.#keys = keys;
  }

  /** Whether there is something for the event. An array that may stay empty is nothing when it is. */
  has(event: Keyed): boolean {
    const value = this.#value[event.key];
    const taken = this.taken(event.key);
    const list = event.kind === "element" && event.list && Array.isArray(value);
    return value !== undefined && (list ? taken < value.length : taken === 0);
  }

  taken(key: string): number {
    return this.#taken.get(key) ?? 0;
  }

  take(key: string, list: boolean): unknown {
    const value = this.#value[key];
    const index = this.taken(key);
    this.#taken.set(key, index + 1);
    if (!list) return value;
    return Array.isArray(value) ? value[index] : writer.fail("an array");
  }

  /** Refuses a key that the grammar has left no place for. */
  refuseLeft(path: string[]): void {
    for (const key of this.#keys) {
      const value = this.#value[key];
      const taken = this.taken(key);
      if (value === undefined || taken >= (Array.isArray(value) ? value.length : 1)) continue;
      path.push(key);
      writer.fail(taken > 0 ? `at most ${taken} of them` : "no such element here");
    }
  }
}

/** The code of the event that comes next: the first that the value has something for. */
function nextCode({ productions }: State, pending: Pending, { path }: Encoding): number {
  let code = 0;
  for (const { event } of productions) {
    if (event.kind === "end" || isTyped(event) || ("key" in event && pending.has(event))) break;
    code++;
  }
  const event = productions[code]?.event;
  const last = productions.length - 1;
  if (event?.kind !== "attribute" && isPendingText(productions[last]?.event, pending)) return last;
  if (!event || event.kind === "end") pending.refuseLeft(path);
  return event ? code : writer.fail(expectedOf(productions));
}

/** Text between children has the last code; it is written before the first child. */
function isPendingText(event: Event | undefined, pending: Pending): boolean {
  return event?.kind === "text" && event.mixed && pending.has(event);
}

function isTyped(event: Event): boolean {
  return event.kind === "text" && !event.mixed;
}

function expectedOf(productions: readonly Production[]): string {
  return productions.flatMap(({ event }) => ("key" in event ? [event.key] : [])).join(" or ");
}

function write(encoding: Encoding, event: Event, pending: Pending): void {
  if (!("key" in event)) return;
  const { path } = encoding;
  if (event.kind === "text") {
    event.codec.write(writer, pending.take(event.key, false));
    return;
  }
  const list = event.kind === "element" && event.list;
  path.push(event.key);
  const value = pending.take(event.key, list);
  if (list) path[path.length - 1] = `${event.key}[${pending.taken(event.key) - 1}]`;
  if (event.kind === "attribute") event.codec.write(writer, value);
  else if (event.abstract) writer.fail("a member of this group, which is abstract");
  else encodeElement(encoding, event.type, value);
  path.pop();
}
