/** Which elements a structure consists of: the schema classes of `@peculiar/asn1-*` pass over those that stand behind the last known one. */
import { type DerNode, derChildren, readDer } from "./der.ts";
import { X509Error } from "./errors.ts";

/** As {@link hasShape}, for octets of one element. @throws X509Error that names it by `what`. */
export function requireShape(bytes: Uint8Array, shape: RegExp, what: string): void {
  if (!hasShape(readDer(bytes), shape)) throw new X509Error(`${what} does not have the fields it must have`);
}

/** As {@link hasShape}, for each element inside. @throws X509Error that names it by `what`. */
export function requireShapes(bytes: Uint8Array, shape: RegExp, what: string): void {
  for (const { raw } of derChildren(readDer(bytes).content)) requireShape(raw, shape, what);
}

/** @param shape for the children's tags, two hexadecimal digits each, with spaces between: `30 03`. */
export function hasShape(node: DerNode | undefined, shape: RegExp): boolean {
  if (!node) return false;
  return shape.test(
    derChildren(node.content)
      .map(({ tag }) => tag.toString(16).padStart(2, "0"))
      .join(" "),
  );
}
