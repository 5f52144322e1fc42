/** What the CSMS says about a running transaction's token, and what the station does about it (OCPP 2.0.1 part 2, C10.FR.05, E05). */
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { TransactionEventRequest, TransactionEventResponse } from "../../ocpp/v201/messages.generated.ts";
import { wordsFor } from "../answers.ts";
import { InvalidTokens } from "../invalidToken.ts";
import { toValidationResult } from "../tokenAnswer.ts";
import type { Core } from "./core.ts";
import type { AuthCache } from "./tokens.ts";
import type { Transactions } from "./transaction.ts";

export class TransactionAnswers {
  readonly #core: Core;
  readonly #cache: AuthCache;
  readonly #transactions: Transactions;
  readonly #invalid: InvalidTokens;

  constructor(core: Core, cache: AuthCache, transactions: Transactions) {
    this.#core = core;
    this.#cache = cache;
    this.#transactions = transactions;
    this.#invalid = new InvalidTokens({
      ...core,
      rules: () => ({
        stop: core.model.value("TxCtrlr.StopTxOnInvalidId") === true,
        maxEnergy: core.model.value("TxCtrlr.MaxEnergyOnInvalidId"),
        stopKey: "TxCtrlr.StopTxOnInvalidId",
        maxEnergyKey: "TxCtrlr.MaxEnergyOnInvalidId",
      }),
      evseOf: (transactionId) => transactions.evseOf(transactionId),
      energyAt: (evseId) => transactions.reading(evseId)?.powermeter.energy_Wh_import.total ?? 0,
    });
  }

  /** Handles the answer to a TransactionEvent; harmless when done twice. */
  handle(request: TransactionEventRequest, response: TransactionEventResponse): void {
    this.#publish(request, response);
    const { idToken, eventType, transactionInfo } = request;
    const info = response.idTokenInfo;
    if (!idToken || !info || eventType === "Ended") return;
    this.#cache.store(idToken, info);
    // The answer may come late: it counts only for the very transaction that it is about.
    const evse = this.#transactions.evseOf(transactionInfo.transactionId);
    if (!evse) return;
    if (info.groupIdToken) {
      this.#core.station.updateValidation(evse.id, toValidationResult({ idTokenInfo: info }));
    }
    if (info.status === "Accepted") return;
    this.#invalid.refused(evse, transactionInfo.transactionId, wordsFor({ idTokenInfo: info }));
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    this.#invalid.onPowermeter(evseId, powermeter);
  }

  #publish({ eventType, transactionInfo, evse }: TransactionEventRequest, response: TransactionEventResponse): void {
    const { totalCost, chargingPriority, updatedPersonalMessage: message } = response;
    const { transactionId } = transactionInfo;
    this.#core.station.publish("ocpp_transaction_event_response", {
      original_transaction_event: {
        transaction_event: eventType,
        ...(evse ? { evse: { id: evse.id } } : {}),
        session_id: transactionId,
        transaction_id: transactionId,
      },
      ...(totalCost === undefined ? {} : { total_cost: totalCost }),
      ...(chargingPriority === undefined ? {} : { charging_priority: chargingPriority }),
      ...(message ? { personal_message: { content: message.content, format: message.format } } : {}),
    });
  }
}
