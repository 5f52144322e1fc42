/** What the CSMS says about transactions, and what the station does about it (OCPP 1.6, 4.8, 4.10, 5.8). */
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type {
  StartTransactionRequest,
  StartTransactionResponse,
  StopTransactionRequest,
  StopTransactionResponse,
} from "../../ocpp/v16/messages.generated.ts";
import type { IdTagInfo } from "../../ocpp/v16/types.ts";
import { tokenWords } from "../answers.ts";
import { InvalidTokens } from "../invalidToken.ts";
import type { EvsePort } from "../ports.ts";
import type { QueuedMessage } from "../queue.ts";
import type { Core } from "./core.ts";
import type { AuthCache } from "./tokens.ts";
import type { Transaction } from "./transactionStore.ts";
import type { Transactions } from "./transactions.ts";

export class TransactionAnswers {
  readonly #core: Core;
  readonly #cache: AuthCache;
  readonly #transactions: Transactions;
  readonly #invalid: InvalidTokens;

  constructor(core: Core, cache: AuthCache, transactions: Transactions) {
    const { config } = core;
    this.#core = core;
    this.#cache = cache;
    this.#transactions = transactions;
    this.#invalid = new InvalidTokens({
      ...core,
      rules: () => ({
        stop: config.value("StopTransactionOnInvalidId"),
        maxEnergy: config.value("MaxEnergyOnInvalidId"),
        stopKey: "Core.StopTransactionOnInvalidId",
        maxEnergyKey: "Core.MaxEnergyOnInvalidId",
      }),
      evseOf: (sessionId) => this.#evseOf(sessionId),
      energyAt: (evseId) => {
        const [connector] = core.connectors.at(evseId);
        if (!connector) return 0;
        const reading = transactions.reading(connector.id)?.powermeter.energy_Wh_import.total;
        return reading ?? transactions.runningAt(connector.id)?.meterLast ?? 0;
      },
    });
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    this.#invalid.onPowermeter(evseId, powermeter);
  }

  /** A queued message as it is sent: with the CSMS's number of the transaction, if there is one by now. */
  prepared({ action, payload, transactionId: sessionId }: QueuedMessage): object {
    if (sessionId === undefined || !("transactionId" in payload)) return payload;
    const known = this.#transactions.find(sessionId)?.transactionId;
    if (known !== undefined) return { ...payload, transactionId: known };
    // StartTransaction was given up: values go without a transaction, its end under the station's own number.
    const { transactionId: _, ...rest } = payload;
    return action === "MeterValues" ? rest : payload;
  }

  /** Handles the answer to a queued message; harmless when done twice. */
  handle({ action, payload, transactionId: sessionId }: QueuedMessage, response: unknown): void {
    if (sessionId === undefined) return;
    if (action === "StartTransaction") {
      this.#started(sessionId, payload as StartTransactionRequest, response as Partial<StartTransactionResponse>);
    }
    if (action === "StopTransaction") {
      this.#stopped(sessionId, payload as StopTransactionRequest, response as StopTransactionResponse);
    }
  }

  /** A queued message was put aside: of a transaction whose end is, nothing is left to do. */
  givenUp({ action, transactionId: sessionId }: QueuedMessage): void {
    if (action === "StopTransaction" && sessionId !== undefined) this.#transactions.forget(sessionId);
  }

  #started(
    sessionId: string,
    { idTag }: StartTransactionRequest,
    { transactionId, idTagInfo }: Partial<StartTransactionResponse>,
  ): void {
    if (transactionId === undefined || !idTagInfo) return;
    this.#transactions.name(sessionId, transactionId);
    this.#cache.store(idTag, idTagInfo);
    const transaction = this.#transactions.find(sessionId);
    if (!transaction) return;
    this.#publish(transaction);
    // The answer may come late: it counts only while the very transaction runs.
    const evse = this.#evseOf(sessionId);
    if (!evse) return;
    this.#tellGroup(evse, idTagInfo);
    if (idTagInfo.status !== "Accepted") this.#invalid.refused(evse, sessionId, tokenWords[idTagInfo.status]);
  }

  #stopped(sessionId: string, { idTag }: StopTransactionRequest, { idTagInfo }: StopTransactionResponse): void {
    if (idTag !== undefined && idTagInfo) this.#cache.store(idTag, idTagInfo);
    this.#transactions.forget(sessionId);
  }

  /** The EVSE at which a transaction runs. */
  #evseOf(sessionId: string): EvsePort | undefined {
    return this.#core.connectors.all.find(({ id }) => this.#transactions.runningAt(id)?.sessionId === sessionId)?.evse;
  }

  #tellGroup(evse: EvsePort, { status, parentIdTag }: IdTagInfo): void {
    if (parentIdTag === undefined) return;
    this.#core.station.updateValidation(evse.id, {
      authorization_status: status,
      tariff_messages: [],
      parent_id_token: { value: parentIdTag, type: "Central" },
    });
  }

  #publish({ sessionId, connectorId, transactionId }: Transaction): void {
    const connector = this.#core.connectors.get(connectorId);
    this.#core.station.publish("ocpp_transaction_event", {
      transaction_event: "Updated",
      ...(connector ? { evse: { id: connector.evse.id, connector_id: connector.atEvse } } : {}),
      session_id: sessionId,
      ...(transactionId === undefined ? {} : { transaction_id: String(transactionId) }),
    });
  }
}
