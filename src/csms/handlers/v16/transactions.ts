/** Transactions of OCPP 1.6 (4.7, 4.8, 4.10), taken in by the rules that all versions share. */
import type { MeterValue } from "../../../ocpp/v16/types.ts";
import { importReadings } from "../../services/meterReadings.ts";
import type { UnnumberedEvent } from "../../services/transactions.ts";
import { notice } from "../notices.ts";
import { tellTransaction } from "../transactions.ts";
import type { Context, Handler } from "./context.ts";
import { infoOf } from "./idTags.ts";

const RULE = "OCPP 1.6, 4.8 and 4.10";

/** The transaction has its number whatever becomes of who is named (4.8). */
export const startTransaction: Handler<"StartTransaction"> = (request, context) => {
  const { identity, services } = context;
  const { connectorId, idTag, meterStart, timestamp } = request;
  const transactionId = services.transactions.numberOf(identity, request);
  take(context, {
    ...{ eventType: "Started", transactionId: String(transactionId), timestamp, message: request },
    ...{ evseId: connectorId, connectorId: 1, idToken: { idToken: idTag }, readings: [meterStart] },
  });
  return { transactionId, idTagInfo: infoOf(services.tokens.check({ idToken: idTag }).info) };
};

/** Outside of a transaction they are kept as they come. */
export const meterValues: Handler<"MeterValues"> = (request, context) => {
  const { meterValue, transactionId } = request;
  const [first] = meterValue;
  if (transactionId === undefined || !first) return notice("MeterValues")(request, context);
  take(context, {
    ...{ eventType: "Updated", transactionId: String(transactionId), timestamp: first.timestamp, message: request },
    readings: readingsOf(meterValue),
  });
  return {};
};

/** The idTag is of who stopped it, not of who pays; transactionData repeats what was measured since the beginning. */
export const stopTransaction: Handler<"StopTransaction"> = (request, context) => {
  const { idTag, meterStop, reason = "Local", timestamp, transactionId } = request;
  take(context, {
    ...{ eventType: "Ended", transactionId: String(transactionId), timestamp, message: request },
    ...{ stoppedReason: reason, readings: [meterStop] },
  });
  const { services } = context;
  return idTag === undefined ? {} : { idTagInfo: infoOf(services.tokens.check({ idToken: idTag }).info) };
};

function take(context: Context, event: UnnumberedEvent): void {
  const { identity, services } = context;
  tellTransaction(services.transactions.takeUnnumbered(identity, event), context, RULE);
}

function readingsOf(meterValue: readonly MeterValue[]): number[] {
  const samples = meterValue.flatMap(({ sampledValue }) => sampledValue);
  const numbers = samples.filter(({ format }) => format !== "SignedData");
  return importReadings(numbers.map(({ value, ...sample }) => ({ ...sample, value: Number(value) })));
}
