import type { EnableDisableSource } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter, TransactionStopResponse } from "../../interfaces/types/powermeter.ts";
import type { SignedMeterValue } from "../../interfaces/types/units_signed.ts";
import { isoTime } from "../../util/clock.ts";
import type { TraceEvent } from "../../util/trace.ts";
import type { Authorization, SessionNews } from "./charger/model.ts";
import { noReading, transactionRequest } from "./meter.ts";
import type { EvsePorts } from "./ports.ts";
import { newSessionId, type SessionIdType, sessionEvent } from "./session.ts";
import type { SessionLog } from "./sessionLog.ts";

export interface JournalOptions {
  readonly evseId: string;
  readonly sessionIdType: SessionIdType;
  /** The reservation that the session uses, if any. */
  reservationId(): number | undefined;
  /** Who switched the EVSE on or off last. */
  switchedBy(): { source: EnableDisableSource; connectorMeant: boolean };
  readonly log?: SessionLog | undefined;
}

type Ports = Pick<EvsePorts, "clock" | "random" | "log" | "trace" | "meter" | "store" | "publish">;

/** Keeps the ids, meter values and events of sessions and transactions. */
export class SessionJournal {
  readonly #options: JournalOptions;
  readonly #ports: Ports;
  #id = "";
  #reading: Powermeter | undefined;
  #startWh = 0;
  #loggingPath: string | undefined;
  #signedStart: SignedMeterValue | undefined;
  #signedStop: SignedMeterValue | undefined;

  constructor(options: JournalOptions, ports: Ports) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Of the session under way and its transaction; empty when there is none. */
  get sessionId(): string {
    return this.#id;
  }

  get hasReading(): boolean {
    return this.#reading !== undefined;
  }

  /** The latest value of the billing meter. */
  set reading(value: Powermeter) {
    this.#reading = value;
  }

  get reading(): Powermeter {
    return this.#reading ?? noReading(isoTime(this.#ports.clock.now()));
  }

  /** Publishes the event and writes it on the timeline. */
  tell(news: SessionNews): void {
    if (news.event === "SessionStarted") this.#begin();
    this.#options.log?.note("EVSE", news.event);
    const { source, connectorMeant } = this.#options.switchedBy();
    const event = sessionEvent(news, {
      uuid: this.#id,
      timestamp: isoTime(this.#ports.clock.now()),
      meter: this.reading,
      signedStart: this.#signedStart,
      signedStop: this.#signedStop,
      reservationId: this.#options.reservationId(),
      loggingPath: this.#loggingPath,
      source,
      connectorMeant,
    });
    this.#ports.publish.session_event(event);
    this.#trace(news);
    if (news.event === "TransactionStarted") this.#ports.store?.save(this.#id);
    if (news.event === "TransactionFinished") this.#ports.store?.save(undefined);
    if (news.event === "SessionFinished") this.#end();
  }

  /** Asks the meter to begin a transaction. @returns why it did not, if it did not. */
  async startMeter(authorization: Authorization): Promise<{ ok: boolean; error?: string }> {
    this.#signedStart = undefined;
    this.#signedStop = undefined;
    this.#startWh = this.reading.energy_Wh_import.total;
    const { meter } = this.#ports;
    if (!meter) return { ok: true };
    try {
      const request = transactionRequest(authorization, this.#options.evseId, this.#id);
      const { status, error = "no reason given", signed_meter_value } = await meter.start_transaction(request);
      this.#signedStart = signed_meter_value;
      return status === "UNEXPECTED_ERROR" ? { ok: false, error } : { ok: true };
    } catch (error) {
      return { ok: false, error: String(error) };
    }
  }

  /** Asks the meter to end the transaction. That it fails changes nothing: the transaction is over. */
  async stopMeter(): Promise<void> {
    const answer = await this.#stopTransaction(this.#id);
    this.#signedStart ??= answer?.start_signed_meter_value;
    this.#signedStop = answer?.signed_meter_value;
  }

  /** Closes what a loss of power left open: the transaction that the store remembers, and any other of the meter. */
  async closeLeftOvers(): Promise<void> {
    const left = await this.#load();
    if (left !== undefined) {
      this.#id = left;
      this.tell({ event: "SessionResumed" });
      await this.stopMeter();
      this.tell({ event: "TransactionFinished", reason: "PowerLoss" });
      this.#id = "";
    }
    await this.#stopTransaction("");
  }

  async #load(): Promise<string | undefined> {
    try {
      return await this.#ports.store?.load();
    } catch (error) {
      this.#ports.log.warn({ error: String(error) }, "the session before the restart cannot be looked up");
      return undefined;
    }
  }

  async #stopTransaction(id: string): Promise<TransactionStopResponse | undefined> {
    try {
      const answer = await this.#ports.meter?.stop_transaction(id);
      if (answer?.status !== "UNEXPECTED_ERROR") return answer;
      this.#ports.log.warn({ transaction: id, error: answer.error }, "the powermeter did not stop a transaction");
    } catch (error) {
      this.#ports.log.warn({ transaction: id, error: String(error) }, "the powermeter did not stop a transaction");
    }
    return undefined;
  }

  #end(): void {
    this.#id = "";
    void this.#options.log?.stop();
  }

  #begin(): void {
    this.#id = newSessionId(this.#options.sessionIdType, this.#ports.random);
    this.#loggingPath = this.#options.log?.start(this.#id);
    this.#signedStart = undefined;
    this.#signedStop = undefined;
  }

  #trace(news: SessionNews): void {
    const entry = this.#traceOf(news);
    if (entry) this.#ports.trace.add({ kind: "state", from: "EVSE", ...entry });
  }

  #traceOf(news: SessionNews): Pick<TraceEvent, "step" | "title" | "outcome" | "detail"> | undefined {
    const wh = this.reading.energy_Wh_import.total;
    const energyWh = Math.round(wh - this.#startWh);
    switch (news.event) {
      case "SessionStarted":
        return {
          step: news.reason === "Authorized" ? 5 : 1,
          title: news.reason === "Authorized" ? "session started by an authorization" : "a car is plugged in",
          detail: { session: this.#id },
        };
      case "TransactionStarted":
        return {
          step: 5,
          title: "transaction started",
          outcome: "ok",
          detail: { transaction: this.#id, idToken: news.token.id_token.value, meterWh: wh },
        };
      case "ChargingStarted":
        return { step: 6, title: "charging started", outcome: "ok", detail: { transaction: this.#id } };
      case "ChargingPausedEV":
        return { step: 6, title: "the car stopped or paused charging", detail: { energyWh } };
      case "ChargingPausedEVSE":
        return { step: 6, title: `the station paused charging: ${news.reasons.join(", ")}`, detail: { energyWh } };
      case "TransactionFinished":
        return {
          step: 6,
          title: `transaction finished: ${news.reason}`,
          detail: { transaction: this.#id, reason: news.reason, energyWh, meterWh: wh },
        };
      case "Deauthorized":
        return {
          step: 5,
          title: "the authorization was taken back",
          outcome: "refused",
          detail: { session: this.#id },
        };
      case "PluginTimeout":
        return { step: 5, title: "nobody authorized the car in time", outcome: "refused" };
      case "SessionFinished":
        return { step: 6, title: "session finished", detail: { session: this.#id } };
      default:
        return undefined;
    }
  }
}
