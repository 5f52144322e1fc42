/**
 * Fragments of elements whose name is declared with different types: EXI 1.0, clause 8.5.3, the element fragment grammar.
 * It allows every attribute and element of the schemas. In V2G it is met for signed elements that hold text and an Id
 * (eMAID of ISO 15118-2), so this reads and writes attributes and text; children are refused.
 */

import { bitsFor } from "./bits.ts";
import type { Decoding, Encoding } from "./context.ts";
import type { AttributeDeclaration } from "./model.ts";
import type { FragmentName, Names } from "./names.ts";
import { valueCodec } from "./values.ts";

/** The codes of the two states. `children` are the elements by name and, last, any other. */
function codesOf({ attributes, fragments }: Names) {
  const children = fragments.length + 1;
  const end = attributes.length + 1 + children;
  return {
    /** Attributes, any other attribute, children, end, text. */
    start: { width: bitsFor(end + 3), end, text: end + 1 },
    /** After the text or a child: children, end, text. */
    content: { width: bitsFor(children + 3), end: children },
  };
}

/** Text alone is a string; with attributes it is an object with `#text`. */
export function decodeRelaxed({ reader, strings, path, names }: Decoding, fragment: FragmentName): unknown {
  const { start, content } = codesOf(names);
  const found: Record<string, unknown> = {};
  let code = reader.bits(start.width);
  for (; code < names.attributes.length; code = reader.bits(start.width)) {
    const attribute = names.attributes[code] as AttributeDeclaration;
    const key = `@${attribute.name}`;
    path.push(key);
    if (key in found) reader.fail("each attribute once");
    found[key] = valueCodec(attribute.type).read(reader, strings, attribute);
    path.pop();
  }
  let text = "";
  if (code === start.text) {
    text = strings.read(reader, fragment);
    if (reader.bits(content.width) !== content.end) reader.fail("the end");
  } else if (code !== start.end) {
    reader.fail("an attribute, text or the end");
  }
  return Object.keys(found).length === 0 ? text : { ...found, "#text": text };
}

/** Of attributes with the same local name, those of the name's own types are meant. */
function attributeOf({ types }: FragmentName, key: string): AttributeDeclaration | undefined {
  const declared = types.flatMap((type) => (type.kind === "complex" ? type.attributes : []));
  return declared.find(({ name }) => `@${name}` === key);
}

export function encodeRelaxed({ writer, path, names }: Encoding, fragment: FragmentName, value: unknown): void {
  const { start, content } = codesOf(names);
  const object = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : { "#text": value };
  for (const key of Object.keys(object).sort()) {
    if (key === "#text" || object[key] === undefined) continue;
    path.push(key);
    const { name, uri, type } = attributeOf(fragment, key) ?? writer.fail("an attribute of the schema");
    writer.bits(
      start.width,
      names.attributes.findIndex((other) => other.name === name && other.uri === uri),
    );
    valueCodec(type).write(writer, object[key]);
    path.pop();
  }
  const text = object["#text"];
  writer.bits(start.width, start.text);
  writer.string(typeof text === "string" ? text : writer.fail("text"));
  writer.bits(content.width, content.end);
}
