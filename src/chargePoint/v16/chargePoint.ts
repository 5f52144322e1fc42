/** An OCPP 1.6 charge point: what the station and the CSMS say is led to the functional blocks. */
import type { ErrorReport } from "../../framework/errors.ts";
import type { EnforcedLimits } from "../../interfaces/types/energy.ts";
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { RequestExiStreamSchema, ResponseExiStreamStatus } from "../../interfaces/types/iso15118.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { BootReason } from "../../interfaces/types/system.ts";
import type {
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ChangeConfigurationRequest,
  ChangeConfigurationResponse,
} from "../../ocpp/v16/messages.generated.ts";
import { validator } from "../../ocpp/v16/validator.ts";
import { certificateForCar } from "../carCertificates.ts";
import type { AnyChargePoint } from "../chargePoint.ts";
import { CommonChargePoint } from "../common.ts";
import { deliver } from "../delivery.ts";
import type { CsmsLink } from "../ports.ts";
import { MessageQueue } from "../queue.ts";
import type { Publishing } from "../smartCharging/limits.ts";
import { type Blocks, makeBlocks } from "./blocks.ts";
import { Connectors } from "./connectors.ts";
import type { Core } from "./core.ts";
import { type Action, createCsms, type Handlers } from "./csms.ts";
import { callPnc } from "./pnc.ts";
import { startEvent } from "./security.ts";

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

const STATION = 0;

type Type = ChangeAvailabilityRequest["type"];

export class ChargePoint extends CommonChargePoint<Handlers, Blocks> implements AnyChargePoint {
  readonly #core: Core;
  readonly #bootReason: BootReason;

  constructor({ link, bootReason, resumeDelayMs = 0, publishing, ...ports }: ChargePointOptions) {
    const connectors = new Connectors(ports.station.evses);
    ports.config.countConnectors(connectors.all.length);
    const core: Core = { ...ports, connectors, csms: createCsms(link, ports.trace) };
    const queue = queueOf(core, () => blocks);
    let blocks: Blocks;
    super({
      ...{ clock: ports.clock, csms: core.csms, validator, urgent, queue, resumeDelayMs },
      makeBlocks(announce) {
        blocks = makeBlocks(core, queue, publishing, announce);
        return blocks;
      },
    });
    this.#core = core;
    this.#bootReason = bootReason;
  }

  start(resumed: ReadonlySet<string>): void {
    this.compileUrgent();
    const { events, transactions, availability, smartCharging, securityProfile } = this.blocks;
    events.raise(startEvent(this.#bootReason));
    transactions.restore(resumed);
    availability.restore();
    smartCharging.start();
    securityProfile.start();
  }

  onSessionEvent(evseId: number, event: SessionEvent): void {
    const { status, transactions, smartCharging, availability, firmware, reset } = this.blocks;
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
    this.blocks.transactions.meters.onPowermeter(evseId, powermeter);
    this.blocks.answers.onPowermeter(evseId, powermeter);
  }

  onSoc(evseId: number, soc: number): void {
    this.blocks.transactions.meters.onSoc(evseId, soc);
  }

  onLimits(evseId: number, limits: EnforcedLimits): void {
    this.blocks.transactions.meters.onLimits(evseId, limits);
  }

  /** Of a connector, or of all of the station when it has no EVSE. */
  onError(evseId: number, error: ErrorReport): void {
    const [connector] = this.#core.connectors.at(evseId, error.origin.mapping?.connector ?? 1);
    if (connector || evseId === STATION) this.blocks.status.onError(connector?.id ?? STATION, error);
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

  /** Like ChangeAvailability, but not by the CSMS. @param evseId 0 is the whole station. */
  changeAvailability(evseId: number, connector: number | undefined, type: Type): ChangeAvailabilityResponse {
    const [place] = this.#core.connectors.at(evseId, connector);
    if (!place && evseId !== STATION) return { status: "Rejected" };
    return this.blocks.availability.change({ connectorId: place?.id ?? STATION, type });
  }

  /** Like ChangeConfiguration, but not by the CSMS. */
  async changeConfiguration(request: ChangeConfigurationRequest): Promise<ChangeConfigurationResponse> {
    return this.blocks.settings.change(request, (work) => work());
  }
}

function queueOf({ database, clock, log, config, csms }: Core, blocks: () => Blocks): MessageQueue {
  return new MessageQueue({
    ...{ database, clock, log },
    send: (message) => deliver(csms, validator, message.action, blocks().answers.prepared(message)),
    onAnswer: (message, response) => blocks().answers.handle(message, response),
    onGivenUp: (message) => blocks().answers.givenUp(message),
    threshold: () => config.value("MessageQueueSizeThreshold"),
    attempts: () => config.value("TransactionMessageAttempts"),
    intervalSeconds: () => config.value("TransactionMessageRetryInterval"),
  });
}
