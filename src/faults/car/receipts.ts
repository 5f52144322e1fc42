/** A car's faults in the receipts for what was metered. */
import { iso2, type Messages } from "../../iso15118/iso2/index.ts";
import type { Signature } from "../../iso15118/xmldsig.ts";
import type { Fault } from "../fault.ts";
import { body, frame, group, header, messageOf } from "../make.ts";
import { refuses, says } from "../reaction.ts";

const at = "MeteringReceiptReq";
type Receipt = Messages[typeof at];

const invalid = [says("MeteringReceiptRes", "FAILED_MeteringSignatureNotValid")];
const refused = [refuses("MeteringReceiptRes")];

const flipped = (octets: Uint8Array) => octets.with(0, (octets[0] ?? 0) ^ 0xff);

/** A reading that is less than what was metered. */
const less = ({ MeterInfo, ...rest }: Receipt): Receipt => ({
  ...rest,
  MeterInfo: { ...MeterInfo, MeterReading: 1 },
});

export const receipts: readonly Fault[] = group(
  "ev",
  "receipt",
  {
    rule: "ISO 15118-2, 8.4.3.13",
    danger: "nobody has signed for the energy that is billed",
    needs: { protocol: "ISO 15118-2", payment: "Contract", receipts: true },
    attacks: ["B09"],
  },
  [
    {
      ...{ name: "unsigned", about: "a receipt without a signature", at, expect: invalid },
      how: header(({ SessionID }) => ({ SessionID })),
    },
    {
      ...{ name: "wrong-value", about: "a signature of which one octet is another", at, expect: invalid },
      how: header((honest) => {
        const { SignatureValue, ...rest } = honest.Signature as Signature;
        return { ...honest, Signature: { ...rest, SignatureValue: { "#text": flipped(SignatureValue["#text"]) } } };
      }),
    },
    {
      ...{ name: "altered", about: "another reading than was signed", at, expect: invalid },
      how: {
        ...{ seam: "message", after: "watch" },
        turns: ({ document, body: own }) => {
          const { Header } = messageOf(document);
          const Body = { [at]: less(own as Receipt) };
          // Header and body were read from one message; only their types have parted.
          return [[frame(iso2.encode("V2G_Message", { Header, Body } as never))]];
        },
      },
    },
    {
      ...{ name: "other-reading", about: "another reading than the charger's, well signed", at, expect: refused },
      how: body(at, less),
    },
    {
      ...{ name: "other-session", about: "a receipt for another session, well signed", at, expect: refused },
      how: body(at, ({ SessionID, ...rest }) => ({ ...rest, SessionID: flipped(SessionID) })),
    },
  ],
);
