/** A car's faults in EXI. */
import { iso2, type Messages } from "../../iso15118/iso2/index.ts";
import { concatBytes } from "../../util/bytes.ts";
import { InternalError } from "../../util/errors.ts";
import { united } from "../bits.ts";
import type { Context, Fault, How, Said } from "../fault.ts";
import { frame, group, messageOf, noService, payload, type Row, responseTo } from "../make.ts";
import { closes, ignores, says } from "../reaction.ts";

const at = "SessionSetupReq";

function bad(name: string, about: string, change: (exi: Uint8Array, context: Context) => Uint8Array): Row {
  return { name, about, at, expect: noService(at), how: payload(change) };
}

/** The message with two values of one field at once, which makes a code that has no meaning. */
function meaningless<N extends "PowerDeliveryReq" | "ChargeParameterDiscoveryReq">(
  name: N,
  ...changes: readonly [Change<N>, Change<N>]
): How {
  const turns = ({ document }: Said, { set }: Context) => {
    const { Header, Body } = messageOf(document);
    const [a, b] = changes.map((change) =>
      set.encode("V2G_Message", { Header, Body: { [name]: change(Body[name] as Messages[N]) } }),
    );
    if (!a || !b) throw new InternalError("two values make a code");
    return [[frame(united(a, b))]];
  };
  return { seam: "message", after: "watch", turns };
}
type Change<N extends keyof Messages> = (body: Messages[N]) => Messages[N];

const progress =
  (ChargeProgress: Messages["PowerDeliveryReq"]["ChargeProgress"]) => (body: Messages["PowerDeliveryReq"]) => ({
    ...body,
    ChargeProgress,
  });
const tuple = (SAScheduleTupleID: number) => (body: Messages["PowerDeliveryReq"]) => ({ ...body, SAScheduleTupleID });
type Parameters = Messages["ChargeParameterDiscoveryReq"];
const mode = (RequestedEnergyTransferMode: Parameters["RequestedEnergyTransferMode"]) => (body: Parameters) => ({
  ...body,
  RequestedEnergyTransferMode,
});

export const exi: readonly Fault[] = group(
  "ev",
  "exi",
  {
    rule: "ISO 15118-2, 7.9.1; EXI 1.0, 7",
    danger: "it acts on a message that is none; what it reads beyond the end of it is anybody's guess",
    attacks: ["A06", "A24"],
  },
  [
    bad("truncated", "the last octet of the message is missing", (exi) => exi.subarray(0, -1)),
    bad("half", "half of the message", (exi) => exi.subarray(0, exi.length >> 1)),
    bad("garbage", "random octets", (_, { random }) => random.bytes(64)),
    bad("header", "another EXI header (0xA0, with options)", (exi) => exi.with(0, 0xa0)),
    bad("xml", "the message as XML text", () => new TextEncoder().encode('<?xml version="1.0"?><V2G_Message/>')),
    bad("other-schema", "the handshake's message within the session", (_, { said }) => {
      return said("supportedAppProtocolReq")?.exi ?? new Uint8Array(0);
    }),
    {
      ...bad("no-handshake", "a message of the session instead of the handshake", () =>
        iso2.encode("V2G_Message", {
          Header: { SessionID: new Uint8Array(8) },
          Body: { SessionSetupReq: { EVCCID: Uint8Array.of(2, 0, 0, 0, 0, 1) } },
        }),
      ),
      ...{ at: "supportedAppProtocolReq", expect: [closes(), ignores] },
    },
    {
      ...bad("response", "a response instead of a request", (_, { SessionID, set }) =>
        set.encode("V2G_Message", { Header: { SessionID }, Body: { SessionStopRes: { ResponseCode: "OK" } } }),
      ),
      needs: { protocol: "ISO 15118-2" },
    },
    bad("empty-body", "a message with nothing in its body", (_, { SessionID, set }) =>
      set.encode("V2G_Message", { Header: { SessionID }, Body: {} }),
    ),
    {
      ...bad("trailing", "16 octets behind the end of the message", (exi) => concatBytes(exi, new Uint8Array(16))),
      expect: [...noService(at), says(responseTo(at), "OK_NewSessionEstablished")],
      danger: "it neither reads the message nor refuses it",
    },
    {
      ...{ name: "enumeration", about: "a ChargeProgress that does not exist", at: "PowerDeliveryReq" },
      ...{ expect: noService("PowerDeliveryReq"), needs: { protocol: "ISO 15118-2" } },
      how: meaningless("PowerDeliveryReq", progress("Stop"), progress("Renegotiate")),
    },
    {
      ...{ name: "energy-transfer-mode", about: "an energy transfer mode that does not exist" },
      ...{ at: "ChargeParameterDiscoveryReq", expect: noService("ChargeParameterDiscoveryReq") },
      needs: { protocol: "ISO 15118-2" },
      how: meaningless("ChargeParameterDiscoveryReq", mode("DC_core"), mode("DC_combo_core")),
    },
    {
      ...{ name: "out-of-range", about: "an SAScheduleTupleID above 255", at: "PowerDeliveryReq" },
      ...{ expect: noService("PowerDeliveryReq"), needs: { protocol: "ISO 15118-2" } },
      how: meaningless("PowerDeliveryReq", tuple(255), tuple(2)),
    },
  ],
);
