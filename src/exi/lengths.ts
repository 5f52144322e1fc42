/**
 * Whether texts and octets are as long as their schema allows. EXI codes them whatever their length, and a decoder that helps
 * people to understand reads them all; who acts on a stranger's message asks here first.
 */
import { ExiError } from "./errors.ts";
import { membersOf } from "./members.ts";
import type { AnyType } from "./model.ts";
import { describe, isWithin } from "./values.ts";

/** @throws ExiError with the path of a value that is too long. */
export function checkLengths(type: AnyType, value: unknown, path: string): void {
  if (type.kind === "simple") {
    if (!isWithin(type.form, value)) throw new ExiError({ path, expected: describe(type.form) });
    return;
  }
  const known = membersOf(type);
  for (const [key, inner] of Object.entries(value as object)) {
    const event = known.get(key);
    if (event) checkMember(event.type, inner, `${path}/${key}`);
  }
}

function checkMember(type: AnyType, inner: unknown, path: string): void {
  if (Array.isArray(inner)) for (const [index, item] of inner.entries()) checkLengths(type, item, `${path}[${index}]`);
  else checkLengths(type, inner, path);
}
