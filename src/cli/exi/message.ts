/** One message, as a document or as a fragment of any schema set. */
import type { AnySet, Json } from "../../exi/schema.ts";

export type Kind = "document" | "fragment";

export interface Message {
  readonly root: string;
  readonly value: unknown;
}

/** @throws ExiError */
export function decodeMessage(set: AnySet, kind: Kind, exi: Uint8Array): Message {
  if (kind === "document") return set.decode(exi);
  const { name, value } = set.decodeFragment(exi);
  return { root: name, value };
}

/** @throws ExiError */
export function messageToJson(set: AnySet, kind: Kind, { root, value }: Message): Json {
  return kind === "document" ? set.toJson(root, value) : set.fragmentToJson(root, value);
}

/** @param json the content of the root element. @throws ExiError */
export function encodeJson(set: AnySet, kind: Kind, root: string, json: unknown): Uint8Array {
  return kind === "document"
    ? set.encode(root, set.fromJson(root, json))
    : set.encodeFragment(root, set.fragmentFromJson(root, json));
}
