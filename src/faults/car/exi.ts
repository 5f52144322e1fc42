/** A car's faults in EXI. */
import { iso2, type Messages } from "../../iso15118/iso2/index.ts";
import { concatBytes } from "../../util/bytes.ts";
import { badDocuments, meaningless } from "../documents.ts";
import type { Fault } from "../fault.ts";
import { group, inOrder, noService, payload, type Row, responseTo } from "../make.ts";
import { closes, ignores, says } from "../reaction.ts";
import { request } from "../requests.ts";

const at = "SessionSetupReq";
const needs = { protocol: "ISO 15118-2" } as const;

type Power = Messages["PowerDeliveryReq"];
const progress = (ChargeProgress: Power["ChargeProgress"]) => (body: Power) => ({ ...body, ChargeProgress });
const tuple = (SAScheduleTupleID: number) => (body: Power) => ({ ...body, SAScheduleTupleID });
type Parameters = Messages["ChargeParameterDiscoveryReq"];
type Mode = Parameters["RequestedEnergyTransferMode"];
const mode = (RequestedEnergyTransferMode: Mode) => (body: Parameters) => ({ ...body, RequestedEnergyTransferMode });

export const exi: readonly Fault[] = group(
  "ev",
  "exi",
  {
    rule: "ISO 15118-2, 7.9.1; EXI 1.0, 7",
    danger: "it acts on a message that is none; what it reads beyond the end of it is anybody's guess",
    attacks: ["A06", "A24"],
  },
  [
    ...badDocuments.map(
      ({ name, about, change }): Row => ({ name, about, at, expect: noService(at), how: payload(change) }),
    ),
    {
      ...{ name: "no-handshake", about: "a message of the session instead of the handshake" },
      ...{ at: "supportedAppProtocolReq", expect: [closes(), ignores], how: inOrder(request(at)) },
    },
    {
      ...{ name: "response", about: "a response instead of a request", at, needs, expect: noService(at) },
      how: payload((_, { SessionID }) => {
        return iso2.encode("V2G_Message", { Header: { SessionID }, Body: { SessionStopRes: { ResponseCode: "OK" } } });
      }),
    },
    {
      ...{ name: "trailing", about: "16 octets behind the end of the message", at },
      expect: [...noService(at), says(responseTo(at), "OK_NewSessionEstablished")],
      how: payload((exi) => concatBytes(exi, new Uint8Array(16))),
      danger: "it neither reads the message nor refuses it",
    },
    {
      ...{ name: "enumeration", about: "a ChargeProgress that does not exist", at: "PowerDeliveryReq", needs },
      expect: noService("PowerDeliveryReq"),
      how: meaningless("PowerDeliveryReq", progress("Stop"), progress("Renegotiate")),
    },
    {
      ...{ name: "energy-transfer-mode", about: "an energy transfer mode that does not exist", needs },
      ...{ at: "ChargeParameterDiscoveryReq", expect: noService("ChargeParameterDiscoveryReq") },
      how: meaningless("ChargeParameterDiscoveryReq", mode("DC_core"), mode("DC_combo_core")),
    },
    {
      ...{ name: "out-of-range", about: "an SAScheduleTupleID above 255", at: "PowerDeliveryReq", needs },
      ...{ expect: noService("PowerDeliveryReq"), how: meaningless("PowerDeliveryReq", tuple(255), tuple(2)) },
    },
  ],
);
