/** Functional block E of OCPP 2.0.1: transactions, told to the CSMS by TransactionEvents that are never lost. */

import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type {
  MeterValueType,
  TransactionEventRequest,
  TriggerReasonEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import { isoTime } from "../../util/clock.ts";
import type { Reading } from "../measurands.ts";
import type { EvsePort } from "../ports.ts";
import type { MessageQueue } from "../queue.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import { lostReport, type Session, step, type TxReport, type TxRules } from "./session.ts";
import { TransactionMeter } from "./transactionMeter.ts";
import { type StoredSession, TransactionStore } from "./transactionStore.ts";
import { pointsOf } from "./txPoints.ts";

const thinnable: readonly TriggerReasonEnumType[] = ["MeterValuePeriodic", "MeterValueClock"];

export class Transactions implements Block {
  readonly #core: Core;
  readonly #queue: MessageQueue;
  readonly #store: TransactionStore;
  readonly #meter: TransactionMeter;
  readonly #sessions: Map<number, StoredSession>;

  constructor(core: Core, queue: MessageQueue) {
    this.#core = core;
    this.#queue = queue;
    this.#store = new TransactionStore(core.database);
    this.#meter = new TransactionMeter(core, (evseId, value) =>
      this.sendMeterValues(evseId, "MeterValuePeriodic", [value]),
    );
    this.#sessions = this.#store.load();
    this.#recover();
  }

  readonly handlers: Handlers = {
    GetTransactionStatus: ({ transactionId }) => ({
      messagesInQueue: this.#queue.holds(transactionId),
      ...(transactionId === undefined ? {} : { ongoingIndicator: this.evseOf(transactionId) !== undefined }),
    }),
  };

  stop(): void {
    this.#meter.stop();
  }

  /** Takes an event of an EVSE; what follows from it is on disk when this returns. */
  onSessionEvent(evseId: number, event: SessionEvent): void {
    this.#core.database.atomically(() => {
      if (event.event === "SessionStarted") this.#closeLost(evseId);
      const before = this.#sessions.get(evseId);
      const { session, report } = step(before?.session, event, this.#rules());
      const speaker = session ?? before?.session;
      if (report && speaker) {
        const values = this.#meter.valuesFor(evseId, report, event);
        this.#tell(evseId, speaker, report, event.timestamp, values);
      }
      this.#save(evseId, session);
    });
    this.#meter.follow(evseId, this.runningAt(evseId));
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    this.#meter.onPowermeter(evseId, powermeter);
  }

  onSoc(evseId: number, soc: number): void {
    this.#meter.onSoc(evseId, soc);
  }

  /** The latest reading of an EVSE. */
  reading(evseId: number): Reading | undefined {
    return this.#meter.reading(evseId);
  }

  /** The running transaction at an EVSE. */
  runningAt(evseId: number): string | undefined {
    return this.#sessions.get(evseId)?.session.transactionId;
  }

  /** The number of the RequestStartTransaction that the session at an EVSE came from. */
  remoteStartAt(evseId: number): number | undefined {
    return this.#sessions.get(evseId)?.session.remoteStartId;
  }

  /** The EVSE at which a transaction runs. */
  evseOf(transactionId: string): EvsePort | undefined {
    return this.#core.station.evses.find(({ id }) => this.runningAt(id) === transactionId);
  }

  /** An Updated with meter values for the transaction at an EVSE, if there is one. */
  sendMeterValues(evseId: number, triggerReason: TriggerReasonEnumType, values: MeterValueType[]): void {
    const session = this.#sessions.get(evseId)?.session;
    if (session?.transactionId === undefined) return;
    const { chargingState, transactionId } = session;
    const report: TxReport = { eventType: "Updated", triggerReason, chargingState, transactionId };
    this.#core.database.atomically(() => {
      this.#tell(evseId, session, report, isoTime(this.#core.clock.now()), values);
      this.#save(evseId, session);
    });
  }

  #rules(): TxRules {
    const { model, random } = this.#core;
    return {
      startPoints: pointsOf(model.value("TxCtrlr.TxStartPoint"), ["PowerPathClosed"]),
      stopPoints: pointsOf(model.value("TxCtrlr.TxStopPoint"), ["EVConnected", "Authorized"]),
      newTransactionId: () => random.uuid(),
    };
  }

  /** After a restart: transactions go on where the station resumes them, otherwise the loss of power has ended them. */
  #recover(): void {
    const resume = this.#core.model.value("InternalCtrlr.ResumeTransactionsOnBoot") === true;
    for (const evseId of [...this.#sessions.keys()]) {
      if (!resume) this.#core.database.atomically(() => this.#closeLost(evseId));
      this.#meter.follow(evseId, this.runningAt(evseId));
    }
  }

  #closeLost(evseId: number): void {
    const session = this.#sessions.get(evseId)?.session;
    const report = session && lostReport(session);
    if (report) {
      const values = this.#meter.takeKept(report.transactionId);
      this.#tell(evseId, session, report, isoTime(this.#core.clock.now()), values);
    }
    this.#save(evseId, undefined);
  }

  /** Queues the message and counts it; the caller saves the session in the same step. */
  #tell(evseId: number, session: Session, report: TxReport, timestamp: string, meterValues: MeterValueType[]): void {
    const seqNo = report.eventType === "Started" ? 0 : (this.#sessions.get(evseId)?.nextSeqNo ?? 0);
    this.#sessions.set(evseId, { session, nextSeqNo: seqNo + 1 });
    const offline = !this.#core.csms.online;
    const payload = toRequest({ evseId, session, report, timestamp, seqNo, offline, meterValues });
    this.#queue.push({
      ...{ action: "TransactionEvent", payload, transactionId: report.transactionId },
      // Of an Updated only a measured value among many may go when there is no room (E04.FR.07).
      importance: thinnable.includes(report.triggerReason) ? "intermediate" : "essential",
    });
    this.#core.station.publish("ocpp_transaction_event", {
      transaction_event: report.eventType,
      evse: { id: evseId, connector_id: session.connectorId },
      session_id: session.uuid,
      transaction_id: report.transactionId,
    });
  }

  #save(evseId: number, session: Session | undefined): void {
    const stored = session && { session, nextSeqNo: this.#sessions.get(evseId)?.nextSeqNo ?? 0 };
    if (stored) this.#sessions.set(evseId, stored);
    else this.#sessions.delete(evseId);
    this.#store.save(evseId, stored);
  }
}

interface TxMessage {
  readonly evseId: number;
  readonly session: Session;
  readonly report: TxReport;
  readonly timestamp: string;
  readonly seqNo: number;
  readonly offline: boolean;
  readonly meterValues: MeterValueType[];
}

/** Place and reservation are told once, at the start; the id of a remote start with the token that it brought (E01, F02). */
function toRequest(message: TxMessage): TransactionEventRequest {
  const { evseId, session, report, timestamp, seqNo, offline, meterValues } = message;
  const { eventType, triggerReason, transactionId, chargingState, stoppedReason, idToken } = report;
  const { connectorId, remoteStartId, reservationId } = session;
  const begins = eventType === "Started";
  return {
    eventType,
    timestamp,
    triggerReason,
    seqNo,
    offline,
    transactionInfo: {
      transactionId,
      chargingState,
      ...(stoppedReason ? { stoppedReason } : {}),
      ...(idToken && remoteStartId !== undefined && eventType !== "Ended" ? { remoteStartId } : {}),
    },
    ...(begins ? { evse: { id: evseId, connectorId } } : {}),
    ...(begins && reservationId !== undefined ? { reservationId } : {}),
    ...(idToken ? { idToken } : {}),
    ...(meterValues.length > 0 ? { meterValue: meterValues } : {}),
  };
}
