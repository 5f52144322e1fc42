/** An OCPP 2.0.1 charge point: what the station and the CSMS say is led to the functional blocks. */
import type { ErrorReport } from "../../framework/errors.ts";
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import type { DataTransferRequest, DataTransferResponse, SecurityEvent } from "../../interfaces/types/ocpp.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { ReservationUpdateStatus } from "../../interfaces/types/reservation.ts";
import type { FirmwareUpdateStatus, LogStatus } from "../../interfaces/types/system.ts";
import type {
  BootReasonEnumType,
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  TransactionEventRequest,
  TransactionEventResponse,
} from "../../ocpp/v201/messages.generated.ts";
import { validator } from "../../ocpp/v201/validator.ts";
import type { CallHandler } from "../../rpc/peer.ts";
import { type Timer, withTimeout } from "../../util/clock.ts";
import type { Online } from "../block.ts";
import type { AnyChargePoint } from "../chargePoint.ts";
import { deliver } from "../delivery.ts";
import type { CsmsLink } from "../ports.ts";
import { type DeadLetter, MessageQueue } from "../queue.ts";
import type { Publishing } from "../v16/smartCharging/block.ts";
import { type Blocks, makeBlocks } from "./blocks.ts";
import type { Core } from "./core.ts";
import { type Action, createCsms, type Handlers } from "./csms.ts";

export interface ChargePointOptions extends Omit<Core, "csms"> {
  readonly link: CsmsLink;
  readonly bootReason: BootReasonEnumType;
  /** How long queued messages are held back after the connection is usable again, so that the CSMS can speak first. */
  readonly resumeDelayMs?: number;
  /** How limits go to the energy management. */
  readonly publishing: Publishing;
}

/** Messages that a waiting car or its owner notices: their schemas are compiled at the start, not when they are first sent. */
const urgent: readonly Action[] = ["Authorize", "TransactionEvent", "StatusNotification", "Get15118EVCertificate"];

/** How long {@link ChargePoint.stop} waits for messages under way. */
const DRAIN_MS = 2_000;

export class ChargePoint implements AnyChargePoint {
  readonly #core: Core;
  readonly #resumeDelayMs: number;
  readonly #queue: MessageQueue;
  readonly #blocks: Blocks;
  readonly #answer: CallHandler;
  #resume: Timer | undefined;

  constructor({ link, bootReason, resumeDelayMs = 0, publishing, ...ports }: ChargePointOptions) {
    this.#core = { ...ports, csms: createCsms(link, ports.model, ports.trace) };
    this.#resumeDelayMs = resumeDelayMs;
    this.#queue = this.#makeQueue();
    this.#blocks = makeBlocks(this.#core, {
      ...{ queue: this.#queue, bootReason, publishing },
      announce: (how) => this.#online(how),
    });
    const handlers: Handlers = Object.assign({}, ...this.#blocks.all.map((block) => block.handlers));
    this.#answer = this.#core.csms.answerWith(handlers);
  }

  /** Takes up what was left by the last run; the connection is made by the owner of the link. */
  start(): void {
    for (const action of urgent)
      for (const direction of ["request", "response"] as const) validator.validate(action, direction, {});
    this.#blocks.events.raise("StartupOfTheDevice");
    this.#blocks.availability.restore();
    this.#blocks.smartCharging.start();
  }

  /** Ends all timers and waits a little for messages under way. What is not sent stays on disk. */
  async stop(): Promise<void> {
    for (const block of this.#blocks.all) block.stop?.();
    this.#resume?.cancel();
    await withTimeout(this.#core.clock, DRAIN_MS, this.#queue.drained(), () => undefined);
    this.#queue.pause();
  }

  /** Resolves when nothing touches the database any more; call it when the link has ended. */
  settled(): Promise<void> {
    return this.#queue.drained();
  }

  /** The link has a connection. */
  connected(): void {
    this.#core.csms.connected = true;
    this.#blocks.boot.connected();
  }

  /** The link has lost its connection. */
  disconnected(): void {
    this.#core.csms.connected = false;
    this.#resume?.cancel();
    this.#queue.pause();
    for (const block of this.#blocks.all) block.offline?.();
  }

  /** Whether the CSMS can be asked now. */
  get online(): boolean {
    return this.#core.csms.online;
  }

  /** Answers the CALLs of the CSMS: what a Peer's `onCall` takes. */
  get answer(): CallHandler {
    return this.#answer;
  }

  /** May this token charge? */
  validateToken(token: ProvidedIdToken): Promise<ValidationResult> {
    return this.#blocks.authorization.validate(token);
  }

  /** An event of an EVSE; what follows from it for the CSMS is on disk when this returns. */
  onSessionEvent(evseId: number, event: SessionEvent): void {
    this.#blocks.transactions.onSessionEvent(evseId, event);
    this.#blocks.smartCharging.onSessionEvent(evseId);
    this.#blocks.availability.onSessionEvent(evseId, event);
    this.#blocks.firmware.onSessionEvent();
    this.#blocks.reset.onSessionEvent();
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    this.#blocks.transactions.onPowermeter(evseId, powermeter);
    this.#blocks.answers.onPowermeter(evseId, powermeter);
  }

  /** The car's state of charge in percent. */
  onSoc(evseId: number, soc: number): void {
    this.#blocks.transactions.onSoc(evseId, soc);
  }

  /** A connector cannot be used because of a fault, or can again; other errors do not matter here. */
  onError(evseId: number, { type, state, origin }: ErrorReport): void {
    if (type !== "evse_manager/Inoperative") return;
    this.#blocks.availability.onFault(evseId, origin.mapping?.connector ?? 1, state === "Active");
  }

  onFirmwareStatus(status: FirmwareUpdateStatus): void {
    this.#blocks.firmware.onStatus(status);
  }

  onLogStatus(status: LogStatus): void {
    this.#blocks.logs.onStatus(status);
  }

  onReservationUpdate(update: ReservationUpdateStatus): void {
    this.#blocks.reservations.onUpdate(update);
  }

  /** A car asks for a contract certificate. */
  certificateForCar(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus> {
    return this.#blocks.certificates.forCar(request);
  }

  sendDataTransfer(request: DataTransferRequest): Promise<DataTransferResponse> {
    return this.#blocks.dataTransfer.send(request);
  }

  securityEvent({ type, info, critical, timestamp }: SecurityEvent): void {
    this.#blocks.events.raise(type, info, critical, timestamp);
  }

  changeAvailability(request: ChangeAvailabilityRequest): Promise<ChangeAvailabilityResponse> {
    return this.#blocks.availability.change(request);
  }

  /** Messages that were given up after the last attempt. */
  deadLetters(): DeadLetter[] {
    return this.#queue.deadLetters();
  }

  #online(how: Online): void {
    for (const block of this.#blocks.all) block.online?.(how);
    this.#resume = this.#core.clock.setTimer(this.#resumeDelayMs, () => this.#queue.resume());
  }

  #makeQueue(): MessageQueue {
    const { database, clock, log, model, csms } = this.#core;
    return new MessageQueue({
      database,
      clock,
      log,
      send: ({ action, payload }) => deliver(csms, validator, action, payload),
      onAnswer: (message, response) => {
        if (message.action !== "TransactionEvent") return;
        this.#blocks.answers.handle(message.payload as TransactionEventRequest, response as TransactionEventResponse);
      },
      threshold: () => model.value("InternalCtrlr.MessageQueueSizeThreshold"),
      attempts: () => model.value("OCPPCommCtrlr.MessageAttempts[TransactionEvent]") ?? 1,
      intervalSeconds: () => model.value("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]") ?? 10,
    });
  }
}
