/** What the tables of faults are made of. */
import { iso2, type MessageName, type Messages } from "../iso15118/iso2/index.ts";
import { signFragments } from "../iso15118/signature.ts";
import { InternalError } from "../util/errors.ts";
import { encodeFrame, payloadType } from "../v2gtp/header.ts";
import type { AttackId } from "./attacks.ts";
import type { After, Context, Document, Fault, How, MessageFault, Piece, Said, Side, Traits, Turn } from "./fault.ts";
import { closes, type Expectation, ignores, refuses } from "./reaction.ts";

/** What the rows of a group have in common. */
interface Common {
  readonly rule: string;
  readonly danger: string;
  readonly needs?: Partial<Traits>;
  readonly attacks?: readonly AttackId[];
}

export interface Row extends Partial<Common> {
  readonly name: string;
  readonly about: string;
  readonly at: string;
  readonly expect: readonly Expectation[];
  readonly how: How;
  readonly watchMs?: number;
}

export function group(side: Side, prefix: string, common: Common, rows: readonly Row[]): Fault[] {
  return rows.map(({ needs, ...row }) => ({
    ...{ attacks: [], ...common, ...row },
    ...{ side, group: prefix, name: `${prefix}:${row.name}`, needs: { ...common.needs, ...needs } },
  }));
}

export function frame(exi: Uint8Array): Uint8Array {
  return encodeFrame(payloadType.exi, exi);
}

/** The seam of octets: what is written in place of a frame. */
export function octets(change: (frame: Uint8Array, context: Context) => Turn, after: After = "watch"): MessageFault {
  return { seam: "frames", after, turns: ({ exi }, context) => [change(frame(exi), context)] };
}

/** The same for the EXI in the frame. */
export function payload(
  change: (exi: Uint8Array, context: Context, honest: Said) => Uint8Array,
  after: After = "watch",
): MessageFault {
  return { seam: "message", after, turns: (honest, context) => [[frame(change(honest.exi, context, honest))]] };
}

interface Message {
  readonly Header: Header;
  readonly Body: { readonly [name: string]: unknown };
}
type Header = { readonly SessionID: Uint8Array; readonly [name: string]: unknown };

/** The seam of messages: the header is another one, whatever the protocol. */
export function header(change: (header: Header, context: Context) => Header): MessageFault {
  return {
    seam: "message",
    after: "watch",
    turns: ({ document }, context) => {
      const { Header, Body } = messageOf(document);
      return [[frame(context.set.encode("V2G_Message", { Header: change(Header, context), Body }))]];
    },
  };
}

/** The body of an ISO 15118-2 message is another one; what was signed is signed anew. */
export function body<N extends MessageName>(
  name: N,
  change: (body: Messages[N], context: Context) => Messages[N],
  after: After = "watch",
): MessageFault {
  return {
    seam: "message",
    after,
    turns: ({ document }, context) => {
      const { Header, Body } = messageOf(document);
      return [[frame(rewritten(name, Header, change(Body[name] as Messages[N], context), context))]];
    },
  };
}

/** A message with this body. */
export function rewritten(name: MessageName, Header: Header, value: object, context: Context): Uint8Array {
  return context.set.encode("V2G_Message", { Header: resigned(name, Header, value, context), Body: { [name]: value } });
}

function resigned(name: MessageName, Header: Header, value: object, { key }: Context): Header {
  const id = "@Id" in value ? value["@Id"] : undefined;
  if (!Header.Signature || typeof id !== "string" || !key) return Header;
  return { ...Header, Signature: signFragments({ elements: [{ set: iso2, name, id, value }], key }) };
}

/** The seam of order: other messages in place of ours, each after the answer to the one before. */
export function inOrder(...messages: readonly ((context: Context, honest: Uint8Array) => Uint8Array)[]): MessageFault {
  return {
    seam: "order",
    after: "watch",
    turns: ({ exi }, context) => messages.map((message) => [frame(message(context, exi))]),
  };
}

/** Nothing at all in place of a message. */
export const silence: MessageFault = octets(() => []);

export function messageOf(document: Document | undefined): Message {
  if (document?.root !== "V2G_Message") throw new InternalError("a fault wants a V2G_Message where there is none");
  return document.value as Message;
}

/** Octet for octet, with a pause between. */
export function slowly(bytes: Uint8Array, pauseMs: number): Piece[] {
  return Array.from(bytes).flatMap((octet) => [Uint8Array.of(octet), pauseMs]);
}

export function responseTo(request: string): string {
  return request.replace(/Req$/, "Res");
}

/** For what cannot be understood: no answer, or one that refuses. */
export function noService(at: string): Expectation[] {
  return [closes(), ignores, refuses(responseTo(at))];
}
