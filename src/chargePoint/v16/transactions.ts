/** Transactions of OCPP 1.6 (4.8, 4.10): StartTransaction, MeterValues and StopTransaction, which are never lost and never overtake each other. */
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type { StopTransactionRequest } from "../../ocpp/v16/messages.generated.ts";
import type { MeterValue, Reason } from "../../ocpp/v16/types.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { Reading } from "../measurands.ts";
import type { Importance, MessageQueue } from "../queue.ts";
import { Samples } from "../samples.ts";
import type { Connector } from "./connectors.ts";
import type { Block, Core } from "./core.ts";
import { toShortIdTag } from "./idTag.ts";
import { Meters } from "./meters.ts";
import { signedMeterValue, wholeWh } from "./meterValues.ts";
import type { Notices } from "./notices.ts";
import { type SignedEnds, signedEnds, withSignedEnds } from "./signedEnds.ts";
import { toReason } from "./stopReasons.ts";
import { type Transaction, TransactionStore } from "./transactionStore.ts";

/** How a transaction ended. */
interface Ending {
  readonly reason: Reason;
  readonly timestamp: string;
  readonly meterStop: number;
  /** Who stopped it. */
  readonly idTag?: string;
}

export class Transactions implements Block {
  readonly #core: Core;
  readonly #queue: MessageQueue;
  readonly #notices: Notices;
  readonly #store: TransactionStore;
  readonly #samples: Samples<MeterValue>;
  readonly meters: Meters;
  /** By session. */
  readonly #running: Map<string, Transaction>;

  constructor(core: Core, queue: MessageQueue, notices: Notices) {
    this.#core = core;
    this.#queue = queue;
    this.#notices = notices;
    this.#store = new TransactionStore(core.database);
    this.#samples = new Samples(core.database);
    this.meters = new Meters(core, { sample: (id) => this.#sample(id), align: () => this.#align() });
    this.#running = new Map(this.#store.running().map((transaction) => [transaction.sessionId, transaction]));
  }

  /** Those of before the restart that no EVSE goes on with have ended with the loss of power. */
  restore(resumed: ReadonlySet<string>): void {
    for (const transaction of [...this.#running.values()]) {
      if (resumed.has(transaction.sessionId)) this.meters.follow(transaction.connectorId, true);
      else this.#closeLost(transaction);
    }
  }

  stop(): void {
    this.meters.stop();
  }

  /** Takes an event of a connector; what follows from it is on disk when this returns. */
  onSessionEvent(connector: Connector, event: SessionEvent): void {
    if (event.event === "TransactionStarted") this.#start(connector, event);
    if (event.event === "TransactionFinished") this.#finish(connector, event);
    if (event.event === "SessionFinished") this.#sessionFinished(connector, event);
  }

  /** The running transaction at a connector. */
  runningAt(connectorId: number): Transaction | undefined {
    return [...this.#running.values()].find((transaction) => transaction.connectorId === connectorId);
  }

  /** The running transaction that the CSMS knows by a number. */
  byId(transactionId: number): Transaction | undefined {
    return [...this.#running.values()].find((transaction) => transaction.transactionId === transactionId);
  }

  get anyRunning(): boolean {
    return this.#running.size > 0;
  }

  /** A transaction until the CSMS has its end. */
  find(sessionId: string): Transaction | undefined {
    return this.#running.get(sessionId) ?? this.#store.get(sessionId);
  }

  /** StartTransaction.conf has come. */
  name(sessionId: string, transactionId: number): void {
    this.#store.name(sessionId, transactionId);
    const transaction = this.#running.get(sessionId);
    if (transaction) this.#running.set(sessionId, { ...transaction, transactionId });
  }

  /** StopTransaction.conf has come, or will never come. */
  forget(sessionId: string): void {
    this.#store.forget(sessionId);
  }

  /** MeterValues now, because the CSMS wants them. */
  sendTriggered(connectorId: number): void {
    const value = this.meters.value(connectorId, "Trigger", "MeterValuesSampledData");
    if (value) this.#sendMeterValue(connectorId, value);
  }

  /** A meter value outside of any schedule. */
  reading(connectorId: number): Reading | undefined {
    return this.meters.reading(connectorId);
  }

  #start(connector: Connector, event: SessionEvent): void {
    const started = event.transaction_started;
    if (!started || this.find(event.uuid)) return;
    const { id_tag, meter_value, reservation_id, signed_meter_value } = started;
    const startedAt = isoTime(readDateTime(event.timestamp));
    const meterStart = wholeWh(meter_value.energy_Wh_import.total);
    const transaction: Transaction = {
      sessionId: event.uuid,
      connectorId: connector.id,
      internalId: this.#newInternalId(),
      idTag: toShortIdTag(id_tag),
      startedAt,
      meterLast: meterStart,
      meterLastAt: startedAt,
    };
    const left = this.runningAt(connector.id);
    if (left) this.#closeLost(left);
    this.#core.database.atomically(() => {
      this.#store.add(transaction);
      const { connectorId, idTag, sessionId } = transaction;
      this.#queue.push({
        action: "StartTransaction",
        payload: {
          ...{ connectorId, idTag, meterStart, timestamp: startedAt },
          ...(reservation_id === undefined ? {} : { reservationId: reservation_id }),
        },
        transactionId: sessionId,
      });
      if (signed_meter_value) this.#signedBegin(transaction, signed_meter_value.signed_meter_data);
    });
    this.#running.set(transaction.sessionId, transaction);
    this.meters.follow(connector.id, true);
    this.#publish("Started", transaction);
  }

  /** StartTransaction has no room for a signature. */
  #signedBegin(transaction: Transaction, data: string): void {
    const value = signedMeterValue(data, "Transaction.Begin", transaction.startedAt);
    this.#samples.add(transaction.sessionId, value);
    this.#queueMeterValue(transaction, value, "essential");
  }

  #finish({ evse, atEvse }: Connector, event: SessionEvent): void {
    const transaction = this.#running.get(event.uuid);
    const finished = event.transaction_finished;
    if (!transaction || !finished) return;
    const { meter_value, id_tag, signed_meter_value, start_signed_meter_value } = finished;
    const reason = toReason(finished.reason);
    const timestamp = isoTime(readDateTime(event.timestamp));
    this.#end(
      transaction,
      {
        ...{ reason, timestamp, meterStop: wholeWh(meter_value.energy_Wh_import.total) },
        ...(id_tag ? { idTag: toShortIdTag(id_tag) } : {}),
      },
      signedEnds(transaction.startedAt, start_signed_meter_value?.signed_meter_data, timestamp, signed_meter_value),
    );
    if (reason === "EVDisconnected" && this.#core.config.value("UnlockConnectorOnEVSideDisconnect")) {
      inBackground(this.#core, "unlocking", () => evse.force_unlock({ connector_id: atEvse }));
    }
  }

  /** An EVSE ends the transaction before the session; should it ever not, the car has gone. */
  #sessionFinished({ evse }: Connector, { uuid, timestamp, session_finished }: SessionEvent): void {
    this.meters.forgetCar(evse.id);
    const transaction = this.#running.get(uuid);
    if (!transaction) return;
    const meterStop = wholeWh(session_finished?.meter_value.energy_Wh_import.total ?? transaction.meterLast);
    this.#end(transaction, { reason: "EVDisconnected", timestamp: isoTime(readDateTime(timestamp)), meterStop });
  }

  #closeLost(transaction: Transaction): void {
    const { meterLast, meterLastAt } = transaction;
    this.#end(transaction, { reason: "PowerLoss", timestamp: meterLastAt, meterStop: meterLast });
  }

  #end(transaction: Transaction, { reason, timestamp, meterStop, idTag }: Ending, signed: SignedEnds = {}): void {
    const { sessionId, connectorId, internalId } = transaction;
    this.#core.database.atomically(() => {
      const mostBytes = this.#core.config.value("MaxMessageSize");
      const transactionData = withSignedEnds(signed, mostBytes, (room) => this.#samples.take(sessionId, room));
      const payload: StopTransactionRequest = {
        ...{ transactionId: internalId, reason, timestamp, meterStop },
        ...(idTag === undefined ? {} : { idTag }),
        ...(transactionData.length > 0 ? { transactionData } : {}),
      };
      this.#queue.push({ action: "StopTransaction", payload, transactionId: sessionId });
      this.#store.end(sessionId);
    });
    this.#running.delete(sessionId);
    this.meters.follow(connectorId, false);
    this.#publish("Ended", transaction);
  }

  #sample(connectorId: number): void {
    const transaction = this.runningAt(connectorId);
    if (!transaction) return;
    const value = this.meters.value(connectorId, "Sample.Periodic", "MeterValuesSampledData");
    this.#core.database.atomically(() => {
      this.#noteMeter(transaction);
      this.#keep(transaction.sessionId, this.meters.value(connectorId, "Sample.Periodic", "StopTxnSampledData"));
      if (value) this.#queueMeterValue(transaction, value, "intermediate");
    });
  }

  #align(): void {
    for (const { id } of this.#core.connectors.all) {
      const transaction = this.runningAt(id);
      if (transaction) {
        this.#keep(transaction.sessionId, this.meters.value(id, "Sample.Clock", "StopTxnAlignedData"));
      }
      const value = this.meters.value(id, "Sample.Clock", "MeterValuesAlignedData");
      if (value) this.#sendMeterValue(id, value);
    }
  }

  #keep(sessionId: string, value: MeterValue | undefined): void {
    if (value) this.#samples.add(sessionId, value);
  }

  /** A loss of power would end the transaction with this reading. */
  #noteMeter(transaction: Transaction): void {
    const powermeter: Powermeter | undefined = this.meters.reading(transaction.connectorId)?.powermeter;
    if (!powermeter) return;
    const meterLast = wholeWh(powermeter.energy_Wh_import.total);
    const meterLastAt = isoTime(readDateTime(powermeter.timestamp));
    this.#store.note(transaction.sessionId, meterLast, meterLastAt);
    this.#running.set(transaction.sessionId, { ...transaction, meterLast, meterLastAt });
  }

  /** In a transaction it belongs to it and must arrive; otherwise it is one of many. */
  #sendMeterValue(connectorId: number, value: MeterValue): void {
    const transaction = this.runningAt(connectorId);
    if (transaction) this.#queueMeterValue(transaction, value, "intermediate");
    else this.#notices.send("MeterValues", { connectorId, meterValue: [value] });
  }

  #queueMeterValue(
    { connectorId, internalId, sessionId }: Transaction,
    value: MeterValue,
    importance: Importance,
  ): void {
    const payload = { connectorId, transactionId: internalId, meterValue: [value] };
    this.#queue.push({ action: "MeterValues", payload, transactionId: sessionId, importance });
  }

  #newInternalId(): number {
    const [a = 0, b = 0, c = 0] = this.#core.random.bytes(3);
    return -1 - (a + 256 * b + 65_536 * c);
  }

  #publish(transaction_event: "Started" | "Ended", { sessionId, connectorId, transactionId }: Transaction): void {
    const connector = this.#core.connectors.get(connectorId);
    this.#core.station.publish("ocpp_transaction_event", {
      transaction_event,
      ...(connector ? { evse: { id: connector.evse.id, connector_id: connector.atEvse } } : {}),
      session_id: sessionId,
      ...(transactionId === undefined ? {} : { transaction_id: String(transactionId) }),
    });
  }
}
