/** Which elements a structure consists of, as a pattern. */
import { type DerNode, derChildren, readDer } from "./der.ts";
import { X509Error } from "./errors.ts";

const SEQUENCE = 0x30;

/** @param shape for the children's tags, two hexadecimal digits each, with spaces between: `30 03`. */
export function hasShape(node: DerNode | undefined, shape: RegExp): boolean {
  if (!node) return false;
  return shape.test(
    derChildren(node.content)
      .map(({ tag }) => tag.toString(16).padStart(2, "0"))
      .join(" "),
  );
}

/** The children of one of this shape. @throws X509Error that names it by `what`. */
export function childrenOf(node: DerNode | undefined, shape: RegExp, what: string): DerNode[] {
  if (!node || !hasShape(node, shape)) throw new X509Error(`${what} does not have the fields it must have`);
  return derChildren(node.content);
}

/** The children of a sequence that fills these octets. @throws X509Error */
export function fieldsOf(bytes: Uint8Array, shape: RegExp, what: string): DerNode[] {
  const node = readDer(bytes);
  return childrenOf(node.tag === SEQUENCE ? node : undefined, shape, what);
}
