/** A decoded message for people: one line a value, wire names, bytes as hexadecimal. */
import { toHex } from "../../util/bytes.ts";

/** Octets shown of a long value. */
const SHOWN = 24;

/** @returns the lines of `name` and all below it. */
export function treeLines(name: string, value: unknown, indent = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => treeLines(name, item, indent));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return [`${indent}${name}: ${scalar(value)}`];
  }
  const inner = Object.entries(value).flatMap(([key, part]) => treeLines(key, part, `${indent}  `));
  return [`${indent}${name}`, ...inner];
}

function scalar(value: unknown): string {
  if (!(value instanceof Uint8Array)) return visible(String(value));
  const hex = toHex(value).toUpperCase();
  return value.length <= SHOWN ? hex : `${hex.slice(0, 2 * SHOWN)}… (${value.length} bytes)`;
}

/** A peer's text must not steer the terminal. */
function visible(text: string): string {
  return text.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
