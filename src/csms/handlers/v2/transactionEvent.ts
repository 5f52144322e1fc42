import type { TransactionEventResponse } from "../../../ocpp/v201/messages.generated.ts";
import type { StationContext } from "../../context.ts";
import { importReadings } from "../../services/meterReadings.ts";
import type { TransactionEvent } from "../../services/transactionRules.ts";
import { tellTransaction } from "../transactions.ts";

interface SampledValue {
  readonly value: number;
  readonly measurand?: string;
  readonly phase?: string;
  readonly unitOfMeasure?: { readonly unit?: string; readonly multiplier?: number };
}

interface Request {
  readonly eventType: "Started" | "Updated" | "Ended";
  readonly seqNo: number;
  readonly timestamp: string;
  readonly transactionInfo: {
    readonly transactionId: string;
    readonly chargingState?: string;
    readonly stoppedReason?: string;
  };
  readonly evse?: { readonly id: number; readonly connectorId?: number };
  readonly idToken?: { readonly idToken: string; readonly type: string };
  readonly meterValue?: readonly { readonly sampledValue: readonly SampledValue[] }[];
}

const RULE = "OCPP 2.0.1 E01 to E06";

/** E01 to E06. */
export function transactionEvent(request: Request, context: StationContext): TransactionEventResponse {
  const { identity, services } = context;
  tellTransaction(services.transactions.take(identity, eventOf(request)), context, RULE);
  const { idToken } = request;
  // C01.FR.17: whoever is named gets an answer.
  return { ...(idToken && { idTokenInfo: services.tokens.check(idToken).info }) };
}

function eventOf(request: Request): TransactionEvent {
  const { eventType, evse, idToken, meterValue = [], seqNo, timestamp, transactionInfo } = request;
  const { chargingState, stoppedReason, transactionId } = transactionInfo;
  return {
    ...{ transactionId, eventType, seqNo, timestamp, message: request },
    ...(evse && { evseId: evse.id, ...(evse.connectorId !== undefined && { connectorId: evse.connectorId }) }),
    ...(idToken && { idToken: { idToken: idToken.idToken, type: idToken.type } }),
    ...(chargingState !== undefined && { chargingState }),
    ...(stoppedReason !== undefined && { stoppedReason }),
    readings: importReadings(meterValue.flatMap(({ sampledValue }) => sampledValue.map(sample))),
  };
}

function sample({ unitOfMeasure = {}, ...value }: SampledValue) {
  return { ...value, ...unitOfMeasure };
}
