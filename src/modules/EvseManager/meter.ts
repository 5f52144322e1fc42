import type { IdTokenType } from "../../interfaces/types/authorization.ts";
import type { OCMFIdentificationType, Powermeter, TransactionReq } from "../../interfaces/types/powermeter.ts";
import type { Authorization } from "./charger/model.ts";

const identificationTypes: Readonly<Record<IdTokenType, OCMFIdentificationType>> = {
  Central: "CENTRAL",
  eMAID: "EMAID",
  ISO14443: "ISO14443",
  ISO15693: "ISO15693",
  KeyCode: "KEY_CODE",
  Local: "LOCAL",
  NoAuthorization: "NONE",
  MacAddress: "UNDEFINED",
};

/** What the meter signs (OCMF): who charges, where, in which transaction. */
export function transactionRequest(authorization: Authorization, evseId: string, sessionId: string): TransactionReq {
  const { id_token } = authorization.token;
  const tariff = authorization.result.tariff_messages[0]?.content;
  return {
    evse_id: evseId,
    transaction_id: sessionId,
    identification_status: "ASSIGNED",
    identification_flags: authorization.plugAndCharge ? ["ISO15118_PNC"] : [],
    identification_type: identificationTypes[id_token.type],
    identification_data: id_token.value,
    ...(tariff === undefined ? {} : { tariff_text: tariff.slice(0, 250) }),
  };
}

/** Stands for the meter until it has spoken. */
export function noReading(timestamp: string): Powermeter {
  return { timestamp, energy_Wh_import: { total: 0 } };
}

/** Current of the phases that the meter reports, in A; empty when it does not report all three. */
export function phaseCurrents({ current_A }: Powermeter): readonly number[] {
  const phases = [current_A?.L1, current_A?.L2, current_A?.L3].filter((ampere) => ampere !== undefined);
  return phases.length === 3 ? phases : [];
}
