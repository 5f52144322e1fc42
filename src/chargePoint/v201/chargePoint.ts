/** An OCPP 2.0.1 charge point: what the station and the CSMS say is led to the functional blocks. */
import type { ErrorReport } from "../../framework/errors.ts";
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { ReservationUpdateStatus } from "../../interfaces/types/reservation.ts";
import type {
  BootReasonEnumType,
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  TransactionEventRequest,
  TransactionEventResponse,
} from "../../ocpp/v201/messages.generated.ts";
import { validator } from "../../ocpp/v201/validator.ts";
import type { AnyChargePoint } from "../chargePoint.ts";
import { CommonChargePoint } from "../common.ts";
import { deliver } from "../delivery.ts";
import type { CsmsLink } from "../ports.ts";
import { MessageQueue } from "../queue.ts";
import type { Publishing } from "../smartCharging/limits.ts";
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

export class ChargePoint extends CommonChargePoint<Handlers, Blocks> implements AnyChargePoint {
  readonly #core: Core;

  constructor({ link, bootReason, resumeDelayMs = 0, publishing, ...ports }: ChargePointOptions) {
    const core: Core = { ...ports, csms: createCsms(link, ports.model, ports.trace) };
    const queue = queueOf(core, () => blocks);
    let blocks: Blocks;
    super({
      ...{ clock: ports.clock, csms: core.csms, validator, urgent, queue, resumeDelayMs },
      makeBlocks(announce) {
        blocks = makeBlocks(core, { queue, bootReason, publishing, announce });
        return blocks;
      },
    });
    this.#core = core;
  }

  start(): void {
    this.compileUrgent();
    this.blocks.events.raise("StartupOfTheDevice");
    this.blocks.availability.restore();
    this.blocks.smartCharging.start();
  }

  /** Whether the CSMS can be asked now. */
  get online(): boolean {
    return this.#core.csms.online;
  }

  /** An event of an EVSE; what follows from it for the CSMS is on disk when this returns. */
  onSessionEvent(evseId: number, event: SessionEvent): void {
    this.blocks.transactions.onSessionEvent(evseId, event);
    this.blocks.smartCharging.onSessionEvent(evseId);
    this.blocks.availability.onSessionEvent(evseId, event);
    this.blocks.firmware.onSessionEvent();
    this.blocks.reset.onSessionEvent();
  }

  onPowermeter(evseId: number, powermeter: Powermeter): void {
    this.blocks.transactions.onPowermeter(evseId, powermeter);
    this.blocks.answers.onPowermeter(evseId, powermeter);
  }

  /** The car's state of charge in percent. */
  onSoc(evseId: number, soc: number): void {
    this.blocks.transactions.onSoc(evseId, soc);
  }

  /** A connector cannot be used because of a fault, or can again; other errors do not matter here. */
  onError(evseId: number, { type, state, origin }: ErrorReport): void {
    if (type !== "evse_manager/Inoperative") return;
    this.blocks.availability.onFault(evseId, origin.mapping?.connector ?? 1, state === "Active");
  }

  onReservationUpdate(update: ReservationUpdateStatus): void {
    this.blocks.reservations.onUpdate(update);
  }

  /** A car asks for a contract certificate. */
  certificateForCar(request: RequestExiStreamSchema): Promise<ResponseExiStreamStatus> {
    return this.blocks.certificates.forCar(request);
  }

  changeAvailability(request: ChangeAvailabilityRequest): Promise<ChangeAvailabilityResponse> {
    return this.blocks.availability.change(request);
  }
}

function queueOf({ database, clock, log, model, csms }: Core, blocks: () => Blocks): MessageQueue {
  return new MessageQueue({
    ...{ database, clock, log },
    send: ({ action, payload }) => deliver(csms, validator, action, payload),
    onAnswer: (message, response) => {
      if (message.action !== "TransactionEvent") return;
      blocks().answers.handle(message.payload as TransactionEventRequest, response as TransactionEventResponse);
    },
    threshold: () => model.value("InternalCtrlr.MessageQueueSizeThreshold"),
    attempts: () => model.value("OCPPCommCtrlr.MessageAttempts[TransactionEvent]") ?? 1,
    intervalSeconds: () => model.value("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]") ?? 10,
  });
}
