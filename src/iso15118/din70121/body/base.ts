/** DIN SPEC 70121, 9.3.4: every message is an element that may stand in the Body. */
import type { Content } from "../../../exi/model.ts";
import { namespace } from "../../../exi/schema.ts";

export const definition = namespace("urn:din:70121:2012:MsgDef", { attributes: "unqualified" });
const body = namespace("urn:din:70121:2012:MsgBody", { attributes: "unqualified" });

const BodyBaseType = definition.complexType({});
export const BodyElement = definition.abstract("BodyElement", BodyBaseType);

/** One message: a global element whose type extends BodyBaseType by `content`. */
export function message<const N extends string, const P extends Content>(name: N, content: P) {
  return body.global(name, body.extend(BodyBaseType, content));
}
