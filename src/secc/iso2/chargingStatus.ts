/** ISO 15118-2, 8.4.4.2 and 8.4.3.13: the loop of AC charging, and receipts for what was metered. */
import type { Step } from "../../fsm/state.ts";
import { iso2, type Messages, type MeterInfo } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { verifySignature } from "../../iso15118/signature.ts";
import { equalBytes } from "../../util/bytes.ts";
import { decided } from "../effects.ts";
import { whileCharging } from "./powerDelivery.ts";
import { type Iso2, type Iso2Session, type Request, state } from "./protocol.ts";
import { refuse } from "./refusals.ts";
import { acStatus, evseStatus } from "./status.ts";

function chargingStatus(
  _request: Request<"ChargingStatusReq">,
  session: Iso2Session,
): Step<Iso2, "Charging" | "MeteringReceipt"> {
  const { evse, tupleId, selected } = session;
  const contract = selected?.payment === "Contract";
  // Only who has a contract can sign, and only what was metered [V2G2-691].
  const receiptDue = contract && evse.receiptRequired ? evse.meter : undefined;
  const message: Messages["ChargingStatusRes"] = {
    ResponseCode: "OK",
    EVSEID: evse.evseId,
    SAScheduleTupleID: tupleId,
    ...(contract || evse.currentLimit === undefined ? {} : { EVSEMaxCurrent: physicalValue(evse.currentLimit, "A") }),
    ...(evse.meter ? { MeterInfo: evse.meter } : {}),
    ReceiptRequired: receiptDue !== undefined,
    AC_EVSEStatus: acStatus(evse),
  };
  const next = receiptDue ? "MeteringReceipt" : "Charging";
  return { reply: { name: "ChargingStatusRes", message }, session: { receiptDue }, next };
}

/** Right after power on nothing but the status may be asked for [V2G2-576]. */
export const chargingStarted = state({
  name: "ChargingStarted",
  next: ["Charging", "MeteringReceipt", "Terminated"],
  on: { ChargingStatusReq: chargingStatus },
});

export const charging = state({
  name: "Charging",
  next: ["Charging", "MeteringReceipt", "SessionStop", "ChargeParameterDiscovery", "Terminated"],
  on: { ChargingStatusReq: chargingStatus, PowerDeliveryReq: whileCharging },
});

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
  next: ["Charging", "Terminated"],
  on: {
    MeteringReceiptReq(request, session) {
      const reason = receiptFault(request, session);
      if (reason === undefined) {
        const message = { ResponseCode: "OK", ...evseStatus(session) } as const;
        return { reply: { name: "MeteringReceiptRes", message }, session: { receiptDue: undefined }, next: "Charging" };
      }
      const fix = "Repeat SessionID and MeterInfo of ChargingStatusRes, signed with the contract's private key.";
      const rule = "FAILED_MeteringSignatureNotValid";
      const event = { step: 6, title: `metering receipt: ${reason}`, outcome: "refused", rule, fix } as const;
      return { ...refuse("MeteringReceiptReq", rule, session), effects: [decided(event)] };
    },
  },
});
