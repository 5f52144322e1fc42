/** Encodes by walking the grammar: each step takes the first event that the value has something for. */
import { BitWriter } from "./bitWriter.ts";
import type { Encoding } from "./context.ts";
import { ExiError } from "./errors.ts";
import { encodeRelaxed } from "./fragment.ts";
import { type Event, grammarOf, type State } from "./grammar.ts";
import { HEADER, MISS } from "./limits.ts";
import type { AnyType } from "./model.ts";
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
  const pending = new Pending(type.kind === "simple" ? { "#text": value } : objectOf(value), grammarOf(type).keys);
  let state = grammarOf(type).start;
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

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
  return isObject ? (value as Record<string, unknown>) : writer.fail("an object");
}

/** What of a value is still to be written. */
class Pending {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #keys: readonly string[];
  readonly #taken = new Map<string, number>();

  constructor(value: Readonly<Record<string, unknown>>, keys: readonly string[]) {
    this.#value = value;
    this.#keys = keys;
  }

  has(key: string): boolean {
    const value = this.#value[key];
    const taken = this.taken(key);
    return value !== undefined && (Array.isArray(value) ? taken < value.length : taken === 0);
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

  /** A key that the grammar left no place for. */
  left(): string | undefined {
    return this.#keys.find((key) => this.has(key));
  }
}

function nextCode(state: State, pending: Pending, { path }: Encoding): number {
  const { productions } = state;
  const mixed = productions.findIndex(({ event }) => event.kind === "text" && event.mixed && pending.has(event.key));
  const code = productions.findIndex(
    ({ event }) => event.kind === "end" || isTyped(event) || ("key" in event && pending.has(event.key)),
  );
  const event = productions[code]?.event;
  if (mixed >= 0 && event?.kind !== "attribute") return mixed;
  if (!event || event.kind === "end") {
    const left = pending.left();
    if (left !== undefined) path.push(left);
    if (left !== undefined)
      writer.fail(pending.taken(left) > 0 ? `at most ${pending.taken(left)} of them` : "no such element here");
    if (!event)
      writer.fail(productions.flatMap((other) => ("key" in other.event ? [other.event.key] : [])).join(" or "));
  }
  return code;
}

function isTyped(event: Event): boolean {
  return event.kind === "text" && !event.mixed;
}

function write(encoding: Encoding, event: Event, pending: Pending): void {
  if (!("key" in event)) return;
  const list = event.kind === "element" && event.list;
  const { path } = encoding;
  if (event.kind !== "text") path.push(list ? `${event.key}[${pending.taken(event.key)}]` : event.key);
  const value = pending.take(event.key, list);
  if (event.kind === "element" && event.abstract) writer.fail("a member of this group, which is abstract");
  if (event.kind === "element") encodeElement(encoding, event.type, value);
  else valueCodec(event.type).write(writer, value);
  if (event.kind !== "text") path.pop();
}
