/** ISO 15118-2, 8.3.4: every message is an element that may stand in the Body. */
import type { Content } from "../../../exi/model.ts";
import { namespace } from "../../../exi/schema.ts";

export const body = namespace("urn:iso:15118:2:2013:MsgBody");

const BodyBaseType = body.complexType({});
export const BodyElement = body.abstract("BodyElement", BodyBaseType);

/** One message: a global element whose type extends BodyBaseType by `content`. */
export function message<const N extends string, const P extends Content>(name: N, content: P) {
  return body.global(name, body.extend(BodyBaseType, content));
}
