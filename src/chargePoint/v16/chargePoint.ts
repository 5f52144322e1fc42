/** An OCPP 1.6 charge point: what the station and the CSMS say is led to the functional blocks. */
import type { ErrorReport } from "../../framework/errors.ts";
import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { EnforcedLimits } from "../../interfaces/types/energy.ts";
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import type { DataTransferRequest, DataTransferResponse, SecurityEvent } from "../../interfaces/types/ocpp.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { BootReason, FirmwareUpdateStatus, LogStatus } from "../../interfaces/types/system.ts";
import type {
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ChangeConfigurationRequest,
  ChangeConfigurationResponse,
} from "../../ocpp/v16/messages.generated.ts";
import { validator } from "../../ocpp/v16/validator.ts";
import type { CallHandler } from "../../rpc/peer.ts";
import { type Timer, withTimeout } from "../../util/clock.ts";
import type { Online } from "../block.ts";
import { certificateForCar } from "../carCertificates.ts";
import type { AnyChargePoint } from "../chargePoint.ts";
import { deliver } from "../delivery.ts";
import type { CsmsLink } from "../ports.ts";
import { type DeadLetter, MessageQueue } from "../queue.ts";
import { type Blocks, makeBlocks } from "./blocks.ts";
import { Connectors } from "./connectors.ts";
import type { Core } from "./core.ts";
import { type Action, createCsms, type Handlers } from "./csms.ts";
import { callPnc } from "./pnc.ts";
import { startEvent } from "./security.ts";
import type { Publishing } from "./smartCharging/block.ts";

export interface ChargePointOptions extends Omit<Core, "csms" | "connectors"> {
  readonly link: CsmsLink;
  readonly bootReason: BootReason;
  /** How long queued messages are held back after the connection is usable again, so that the CSMS can speak first. */
  readonly resumeDelayMs?: number;
  /** How limits go to the energy management. */
  readonly publishing: Publishing;
}

/** Messages that a waiting car or its owner notices: their schemas are compiled at the start, not when they are first sent. */
const urgent: readonly Action[] = [
  "Authorize",
  "DataTransfer",
  "StartTransaction",
  "StopTransaction",
  "StatusNotification",
];

/** How long {@link ChargePoint.stop} waits for messages under way. */
const DRAIN_MS = 2_000;

const STATION = 0;

type Type = ChangeAvailabilityRequest["type"];

export class ChargePoint implements AnyChargePoint {
  readonly #core: Core;
  readonly #bootReason: BootReason;
  readonly #resumeDelayMs: number;
  readonly #queue: MessageQueue;
  readonly #blocks: Blocks;
  readonly answer: CallHandler;
  #resume: Timer | undefined;

  constructor({ link, bootReason, resumeDelayMs = 0, publishing, ...ports }: ChargePointOptions) {
    const connectors = new Connectors(ports.station.evses);
    ports.config.countConnectors(connectors.all.length);
    this.#core = { ...ports, connectors, csms: createCsms(link, ports.trace) };
    this.#bootReason = bootReason;
    this.#resumeDelayMs = resumeDelayMs;
    this.#queue = this.#makeQueue();
    this.#blocks = makeBlocks(this.#core, this.#queue, publishing, (how) => this.#online(how));
    const handlers: Handlers = Object.assign({}, ...this.#blocks.all.map((block) => block.handlers));
    this.answer = this.#core.csms.answerWith(handlers);
  }

  start(resumed: ReadonlySet<string>): void {
    for (const action of urgent)
      for (const direction of ["request", "response"] as const) validator.validate(action, direction, {});
    const { events, transactions, availability, smartCharging, securityProfile } = this.#blocks;
    events.raise(startEvent(this.#bootReason));
    transactions.restore(resumed);
    availability.restore();
    smartCharging.start();
    securityProfile.start();
  }

  async stop(): Promise<void> {
    for (const block of this.#blocks.all) block.stop?.();
    this.#resume?.cancel();
    await withTimeout(this.#core.clock, DRAIN_MS, this.#queue.drained(), () => undefined);
    this.#queue.pause();
  }

  settled(): Promise<void> {
    return this.#queue.drained();
  }

  connected(): void {
    this.#core.csms.connected = true;
    this.#blocks.boot.connected();
  }

  disconnected(): void {
    this.#core.csms.connected = false;
    this.#resume?.cancel();
    this.#queue.pause();
    for (const block of this.#blocks.all) block.offline?.();
  }

  validateToken(token: ProvidedIdToken): Promise<ValidationResult> {
    return this.#blocks.authorization.validate(token);
  }

  onSessionEvent(evseId: number, event: SessionEvent): void {
    const { status, transactions, smartCharging, availability, firmware, reset } = this.#blocks;
    const wholeEvse = (event.event === "Enabled" || event.event === "Disabled") && event.connector_id === STATION;
    for (const connector of this.#core.connectors.at(evseId, wholeEvse ? STATION : (event.connector_id ?? 1))) {
      transactions.onSessionEvent(connector, event);
      status.onSessionEvent(connector.id, event);
      smartCharging.onSessionEvent(connector);
      availability.onSessionEvent(connector, event);
    }
    firmware.onSessionEvent();
    reset.onSessionEvent();
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    this.#blocks.transactions.meters.onPowermeter(evseId, powermeter);
    this.#blocks.answers.onPowermeter(evseId, powermeter);
  }

  onSoc(evseId: number, soc: number): void {
    this.#blocks.transactions.meters.onSoc(evseId, soc);
  }

  onLimits(evseId: number, limits: EnforcedLimits): void {
    this.#blocks.transactions.meters.onLimits(evseId, limits);
  }

  /** Of a connector, or of all of the station when it has no EVSE. */
  onError(evseId: number, error: ErrorReport): void {
    const [connector] = this.#core.connectors.at(evseId, error.origin.mapping?.connector ?? 1);
    if (connector || evseId === STATION) this.#blocks.status.onError(connector?.id ?? STATION, error);
  }

  onFirmwareStatus(status: FirmwareUpdateStatus): void {
    this.#blocks.firmware.onStatus(status);
  }

  onLogStatus(status: LogStatus): void {
    this.#blocks.logs.onStatus(status);
  }

  certificateForCar(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus> {
    const { config, csms, trace } = this.#core;
    return certificateForCar(
      {
        trace,
        enabled: () => config.value("ISO15118PnCEnabled") === true,
        enabledKey: "PnC.ISO15118PnCEnabled",
        ask: (wanted) => callPnc(csms, "Get15118EVCertificate", wanted),
      },
      request,
    );
  }

  sendDataTransfer(request: DataTransferRequest): Promise<DataTransferResponse> {
    return this.#blocks.dataTransfer.send(request);
  }

  securityEvent({ type, info, critical, timestamp }: SecurityEvent): void {
    this.#blocks.events.raise(type, info, critical, timestamp);
  }

  /** Like ChangeAvailability, but not by the CSMS. @param evseId 0 is the whole station. */
  changeAvailability(evseId: number, connector: number | undefined, type: Type): ChangeAvailabilityResponse {
    const [place] = this.#core.connectors.at(evseId, connector);
    if (!place && evseId !== STATION) return { status: "Rejected" };
    return this.#blocks.availability.change({ connectorId: place?.id ?? STATION, type });
  }

  /** Like ChangeConfiguration, but not by the CSMS. */
  async changeConfiguration(request: ChangeConfigurationRequest): Promise<ChangeConfigurationResponse> {
    return this.#blocks.settings.change(request, (work) => work());
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
    const { database, clock, log, config, csms } = this.#core;
    return new MessageQueue({
      database,
      clock,
      log,
      send: (message) => deliver(csms, validator, message.action, this.#blocks.answers.prepared(message)),
      onAnswer: (message, response) => this.#blocks.answers.handle(message, response),
      onGivenUp: (message) => this.#blocks.answers.givenUp(message),
      threshold: () => config.value("MessageQueueSizeThreshold"),
      attempts: () => config.value("TransactionMessageAttempts"),
      intervalSeconds: () => config.value("TransactionMessageRetryInterval"),
    });
  }
}
