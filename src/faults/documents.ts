/** What can be wrong with the EXI of a message, whoever sends it. */
import type { MessageName, Messages } from "../iso15118/iso2/index.ts";
import { InternalError } from "../util/errors.ts";
import { united } from "./bits.ts";
import type { Context, MessageFault } from "./fault.ts";
import { frame, messageOf } from "./make.ts";

export interface BadDocument {
  readonly name: string;
  readonly about: string;
  change(exi: Uint8Array, context: Context): Uint8Array;
}

/** Nothing that could be read as a message of the session. */
export const badDocuments: readonly BadDocument[] = [
  {
    ...{ name: "truncated", about: "the last octet of the message is missing" },
    change: (exi) => exi.subarray(0, -1),
  },
  { name: "half", about: "half of the message", change: (exi) => exi.subarray(0, exi.length >> 1) },
  { name: "garbage", about: "64 random octets", change: (_, { random }) => random.bytes(64) },
  { name: "header", about: "another EXI header (0xA0, with options)", change: (exi) => exi.with(0, 0xa0) },
  {
    ...{ name: "xml", about: "the message as XML text" },
    change: () => new TextEncoder().encode('<?xml version="1.0"?><V2G_Message/>'),
  },
  {
    ...{ name: "other-schema", about: "the handshake's message within the session" },
    change: (exi, { said }) => (said("supportedAppProtocolReq") ?? { exi }).exi,
  },
  {
    ...{ name: "empty-body", about: "a message with nothing in its body" },
    change: (_, { SessionID, set }) => set.encode("V2G_Message", { Header: { SessionID }, Body: {} }),
  },
];

type Change<N extends MessageName> = (body: Messages[N]) => Messages[N];

/** An ISO 15118-2 message with two values of one field at once, which makes a code that has no meaning. */
export function meaningless<N extends MessageName>(name: N, one: Change<N>, other: Change<N>): MessageFault {
  return {
    seam: "message",
    after: "watch",
    turns: ({ document }, { set }) => {
      const { Header, Body } = messageOf(document);
      const [a, b] = [one, other].map((change) =>
        set.encode("V2G_Message", { Header, Body: { [name]: change(Body[name] as Messages[N]) } }),
      );
      if (a?.length !== b?.length || !a || !b)
        throw new InternalError("the two values have codes of different lengths");
      return [[frame(united(a, b))]];
    },
  };
}
