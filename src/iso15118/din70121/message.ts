/** DIN SPEC 70121, 9.3: the message with header and body, and the table of all bodies. */
import { element, type Infer, namespace, optional, substitution } from "../../exi/schema.ts";
import { Signature } from "../xmldsig.ts";
import { BodyElement, definition } from "./body/base.ts";
import * as certificates from "./body/certificates.ts";
import * as charging from "./body/charging.ts";
import * as dc from "./body/dc.ts";
import * as payment from "./body/payment.ts";
import * as services from "./body/services.ts";
import * as session from "./body/session.ts";
import { sessionIDType } from "./types/simple.ts";
import { NotificationType } from "./types/values.ts";

/** Every message that a Body may hold, by its name. */
export const messages = { ...session, ...services, ...payment, ...certificates, ...charging, ...dc };

/** Message name to its type. */
export type Messages = { readonly [N in keyof typeof messages]: Infer<(typeof messages)[N]> };
export type MessageName = keyof Messages;
export type RequestName = Extract<MessageName, `${string}Req`>;
export type ResponseName = Extract<MessageName, `${string}Res`>;

const header = namespace("urn:din:70121:2012:MsgHeader", { attributes: "unqualified" });

/** 9.3.3 */
const MessageHeaderType = header.complexType({
  SessionID: element(sessionIDType),
  Notification: optional(NotificationType),
  Signature: optional(Signature),
});
export type MessageHeader = Infer<typeof MessageHeaderType>;

/** 9.3.4 */
const BodyType = definition.complexType({
  BodyElement: optional(substitution(BodyElement, ...Object.values(messages))),
});

/** 9.3.2 */
export const V2G_Message = definition.global(
  "V2G_Message",
  definition.complexType({ Header: element(MessageHeaderType), Body: element(BodyType) }),
);
export type V2G_Message = Infer<typeof V2G_Message>;

/** A message with its name. */
export type Named<N extends MessageName = MessageName> = {
  [K in N]: { readonly name: K; readonly message: Messages[K] };
}[N];

/** What the body holds; undefined when it is empty, which the schema allows. */
export function bodyOf({ Body }: V2G_Message): Named | undefined {
  const [entry] = Object.entries(Body);
  // A decoded body has one member at most, and its name tells its type.
  return entry && ({ name: entry[0], message: entry[1] } as Named);
}

/** Header and body put together. */
export function messageOf(header: MessageHeader, { name, message }: Named): V2G_Message {
  return { Header: header, Body: { [name]: message } as V2G_Message["Body"] };
}
