/** A charger's faults in frames and EXI. */
import { iso2, type Messages } from "../../iso15118/iso2/index.ts";
import { concatBytes } from "../../util/bytes.ts";
import { HEADER_LENGTH } from "../../v2gtp/header.ts";
import { replaceText } from "../bits.ts";
import { badDocuments, meaningless } from "../documents.ts";
import type { Fault } from "../fault.ts";
import { badFrames, badPayloads } from "../frames.ts";
import { group, octets, payload, type Row, slowly } from "../make.ts";
import { charges, closes, says } from "../reaction.ts";
import { request } from "../requests.ts";

const at = "SessionSetupRes";
const expect = [closes()];
const needs = { protocol: "ISO 15118-2" } as const;

const split = "it takes one read for one message: it fails on any link that splits segments";

export const v2gtp: readonly Fault[] = group(
  "secc",
  "v2gtp",
  {
    rule: "ISO 15118-2, 7.8.3",
    danger: "it reads a header that is none; every length and type in it is the attacker's",
    attacks: ["A01"],
  },
  [
    ...[...badFrames, ...badPayloads].map(
      ({ name, about, write }): Row => ({ name, about, at, expect, how: octets(write) }),
    ),
    {
      ...{ name: "split", about: "every octet of the message in a write of its own", at, expect: [charges] },
      ...{ how: octets((frame) => slowly(frame, 1), "go on"), danger: split },
    },
    {
      ...{ name: "split-header", about: "every message in two writes, header and payload", at: "every message" },
      ...{ expect: [charges], danger: split },
      how: octets((frame) => [frame.subarray(0, HEADER_LENGTH), 1, frame.subarray(HEADER_LENGTH)], "go on"),
    },
    {
      ...{ name: "joined", about: "the response twice in one write", at: "ServiceDiscoveryRes" },
      expect: [closes(), says("PaymentServiceSelectionReq"), says("ServiceDetailReq")],
      how: octets((frame) => [concatBytes(frame, frame)]),
      danger: "it takes one response for the answer to the next request",
    },
  ],
);

type Setup = Messages["SessionSetupRes"];
const code = (ResponseCode: Setup["ResponseCode"]) => (body: Setup) => ({ ...body, ResponseCode });
type Authorization = Messages["AuthorizationRes"];
const processing = (EVSEProcessing: Authorization["EVSEProcessing"]) => (body: Authorization) => ({
  ...body,
  EVSEProcessing,
});

export const exi: readonly Fault[] = group(
  "secc",
  "exi",
  {
    rule: "ISO 15118-2, 7.9.1; EXI 1.0, 7",
    danger: "it acts on a message that is none; what it reads beyond the end of it is anybody's guess",
    attacks: ["A06", "A24"],
  },
  [
    ...badDocuments.map(({ name, about, change }): Row => ({ name, about, at, expect, how: payload(change) })),
    {
      ...{ name: "request", about: "a request instead of a response", at, expect, needs },
      how: payload((_, context) => request("SessionStopReq")(context)),
    },
    {
      ...{ name: "trailing", about: "16 octets behind the end of the message", at },
      expect: [closes(), says("ServiceDiscoveryReq")],
      how: payload((exi) => concatBytes(exi, new Uint8Array(16))),
      danger: "it neither reads the message nor refuses it",
    },
    {
      ...{ name: "response-code", about: "a response code that does not exist", at, expect, needs },
      how: meaningless(at, code("FAILED_ContractCanceled"), code("FAILED_WrongChargeParameter")),
    },
    {
      ...{ name: "processing", about: "an EVSEProcessing that does not exist", at: "AuthorizationRes", expect, needs },
      how: meaningless("AuthorizationRes", processing("Ongoing"), processing("Ongoing_WaitingForCustomerInteraction")),
    },
    {
      ...{ name: "long-evseid", about: "an EVSEID of 38 characters", at, expect, needs },
      how: payload((exi) => replaceText(exi, evseId(exi), evseId(exi).padEnd(38, "0"))),
    },
  ],
);

function evseId(exi: Uint8Array): string {
  const { Body } = iso2.decode(exi).value as { readonly Body: { readonly SessionSetupRes: Setup } };
  return Body.SessionSetupRes.EVSEID;
}
