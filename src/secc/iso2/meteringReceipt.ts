/** ISO 15118-2, 8.4.3.13: receipts for what was metered. */
import { iso2, type MeterInfo } from "../../iso15118/iso2/index.ts";
import { verifySignature } from "../../iso15118/signature.ts";
import { equalBytes } from "../../util/bytes.ts";
import { decided } from "../effects.ts";
import { type Iso2Session, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { evseStatus, isDc } from "./status.ts";

/** The reading to be signed. Only who has a contract can sign, and only what was metered [V2G2-691]. */
export function receiptDueFor({ evse, selected }: Iso2Session): MeterInfo | undefined {
  return selected?.payment === "Contract" && evse.receiptRequired ? evse.meter : undefined;
}

/** Why a receipt is none. */
function receiptFault({ header, body }: Request<"MeteringReceiptReq">, session: Iso2Session): string | undefined {
  const { contract, receiptDue, sessionId, tupleId } = session;
  if (!contract || !receiptDue) return "there is no reading to sign for";
  if (!equalBytes(body.SessionID, sessionId)) return "it is for another session";
  if (body.SAScheduleTupleID !== undefined && body.SAScheduleTupleID !== tupleId) return "it is for another schedule";
  if (!sameReading(body.MeterInfo, receiptDue)) return "it is for another reading";
  const id = body["@Id"];
  if (!header.Signature || !id) return "it is not signed";
  const elements = [{ set: iso2, name: "MeteringReceiptReq", id, value: body }];
  const verdict = verifySignature({ signature: header.Signature, elements, publicKey: contract.publicKey });
  return verdict.ok ? undefined : verdict.reason;
}

function sameReading(a: MeterInfo, b: MeterInfo): boolean {
  const signed = (info: MeterInfo) => info.SigMeterReading ?? new Uint8Array(0);
  return (
    a.MeterID === b.MeterID &&
    a.MeterReading === b.MeterReading &&
    a.MeterStatus === b.MeterStatus &&
    a.TMeter === b.TMeter &&
    equalBytes(signed(a), signed(b))
  );
}

export const meteringReceipt = state({
  name: "MeteringReceipt",
  next: ["Charging", "CurrentDemand", "Terminated"],
  on: {
    MeteringReceiptReq(request, session) {
      const reason = receiptFault(request, session);
      if (reason === undefined) {
        const message = { ResponseCode: "OK", ...evseStatus(session) } as const;
        const next = isDc(session) ? "CurrentDemand" : "Charging";
        return { reply: { name: "MeteringReceiptRes", message }, session: { receiptDue: undefined }, next };
      }
      const fix = "Repeat SessionID and MeterInfo of ChargingStatusRes, signed with the contract's private key.";
      const rule = "FAILED_MeteringSignatureNotValid";
      const event = { step: 6, title: `metering receipt: ${reason}`, outcome: "refused", rule, fix } as const;
      return { ...refuse("MeteringReceiptReq", rule, session), effects: [decided(event)] };
    },
  },
});
