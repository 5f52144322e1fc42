/** What the CSMS says about a running transaction's token, and what the station does about it (OCPP 2.0.1 part 2, C10.FR.05, E05). */
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type {
  IdTokenInfoType,
  TransactionEventRequest,
  TransactionEventResponse,
} from "../../ocpp/v201/messages.generated.ts";
import { wordsFor } from "../answers.ts";
import { inBackground } from "../block.ts";
import type { EvsePort } from "../ports.ts";
import { toValidationResult } from "./authorization.ts";
import type { Core } from "./core.ts";
import type { AuthCache } from "./tokens.ts";
import type { Transactions } from "./transaction.ts";

/** What a transaction with an invalid token may get before it is paused (MaxEnergyOnInvalidId). */
interface Limit {
  readonly transactionId: string;
  /** The meter's reading in Wh. */
  readonly reading: number;
}

export class TransactionAnswers {
  readonly #core: Core;
  readonly #cache: AuthCache;
  readonly #transactions: Transactions;
  /** By EVSE, so that there are never more than these. */
  readonly #limits = new Map<number, Limit>();

  constructor(core: Core, cache: AuthCache, transactions: Transactions) {
    this.#core = core;
    this.#cache = cache;
    this.#transactions = transactions;
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
    if (info.status !== "Accepted") this.#refused(evse, transactionInfo.transactionId, info);
  }

  /** Pauses a transaction that has used up what an invalid token may get. */
  onPowermeter(evseId: number, { energy_Wh_import }: Powermeter): void {
    const limit = this.#limits.get(evseId);
    if (!limit || energy_Wh_import.total < limit.reading) return;
    this.#limits.delete(evseId);
    // Of a transaction that is over there is none.
    const evse = this.#transactions.evseOf(limit.transactionId);
    inBackground(this.#core, "pausing", () => evse?.pause_charging({}));
  }

  #refused(evse: EvsePort, transactionId: string, info: IdTokenInfoType): void {
    const { model } = this.#core;
    const maxEnergy = model.value("TxCtrlr.MaxEnergyOnInvalidId");
    if (model.value("TxCtrlr.StopTxOnInvalidId") === true) {
      this.#explain(info, "TxCtrlr.StopTxOnInvalidId", "the transaction is stopped");
      inBackground(this.#core, "stopping", () => evse.stop_transaction({ request: { reason: "DeAuthorized" } }));
    } else if (maxEnergy !== undefined) {
      this.#explain(info, "TxCtrlr.MaxEnergyOnInvalidId", `charging goes on for ${maxEnergy} Wh`);
      const now = this.#transactions.reading(evse.id)?.powermeter.energy_Wh_import.total ?? 0;
      if (this.#limits.get(evse.id)?.transactionId !== transactionId) {
        this.#limits.set(evse.id, { transactionId, reading: now + maxEnergy });
      }
    } else {
      this.#explain(info, "TxCtrlr.StopTxOnInvalidId", "charging is paused");
      inBackground(this.#core, "pausing", () => evse.pause_charging({}));
    }
  }

  #explain(info: IdTokenInfoType, rule: string, effect: string): void {
    const { because, fix } = wordsFor({ idTokenInfo: info });
    const title = `${because}: ${effect}`;
    const mend = fix ? { fix } : {};
    this.#core.trace.add({ step: 6, kind: "decision", from: "OCPP", title, outcome: "refused", rule, ...mend });
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
