/** Functional block G of OCPP 2.0.1: is a connector free? StatusNotification and ChangeAvailability (B04, G01 to G05). */
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type {
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ConnectorStatusEnumType,
  EVSEType,
  OperationalStatusEnumType,
} from "../../ocpp/v201/messages.generated.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground, type Online } from "../block.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { Transactions } from "./transaction.ts";

export const availabilitySchema = `
CREATE TABLE availability (evse_id INTEGER NOT NULL, connector_id INTEGER NOT NULL, operative INTEGER NOT NULL,
  PRIMARY KEY (evse_id, connector_id))`;

/** What is known of a connector; the first that holds is its status, in this order. */
interface Connector {
  readonly evseId: number;
  readonly connectorId: number;
  faulted: boolean;
  /** Its EVSE says so (session event Disabled). */
  disabled: boolean;
  occupied: boolean;
  reserved: boolean;
  /** The status last told, or on its way; undefined when the CSMS did not take it. */
  told: ConnectorStatusEnumType | undefined;
}

/** EVerest's rank of commands that come from the CSMS. */
const CSMS_PRIORITY = 5000;

export class Availability implements Block {
  readonly #core: Core;
  readonly #transactions: Transactions;
  readonly #connectors: readonly Connector[];
  /** Changes that wait for the end of a transaction. */
  #scheduled: ChangeAvailabilityRequest[] = [];

  constructor(core: Core, transactions: Transactions) {
    this.#core = core;
    this.#transactions = transactions;
    this.#connectors = core.station.evses.flatMap(({ id, connectors }) =>
      connectors.map((connectorId) => {
        const status = { faulted: false, disabled: false, occupied: false, reserved: false };
        return { evseId: id, connectorId, ...status, told: undefined };
      }),
    );
    for (const connector of this.#connectors) this.#show(connector);
  }

  readonly handlers: Handlers = {
    ChangeAvailability: (request) => this.change(request),
  };

  /** After a boot and a long silence the CSMS hears of every connector, otherwise of those that have changed (B04). */
  online({ booted, offlineMs }: Online): void {
    const threshold = this.#core.model.value("OCPPCommCtrlr.OfflineThreshold") ?? 0;
    const all = booted || offlineMs > threshold * 1000;
    for (const connector of this.#connectors)
      if (all || connector.told !== this.status(connector)) this.tell(connector);
  }

  /** Restores what the CSMS has set before the restart. */
  restore(): void {
    for (const { evse_id, connector_id } of this.#stored().filter(({ operative }) => operative === 0)) {
      this.#command({ id: evse_id, connectorId: connector_id }, "Inoperative");
    }
  }

  onSessionEvent(evseId: number, event: SessionEvent): void {
    for (const connector of this.#connectors) {
      if (!concerns(evseId, event, connector)) continue;
      Object.assign(connector, learned(event));
      this.#update(connector);
    }
    if (event.event === "TransactionFinished" || event.event === "SessionFinished") this.#carryOutScheduled();
  }

  onFault(evseId: number, connectorId: number, active: boolean): void {
    const connector = this.find(evseId, connectorId);
    if (!connector) return;
    connector.faulted = active;
    this.#update(connector);
  }

  find(evseId: number, connectorId: number): Connector | undefined {
    return this.#connectors.find((connector) => connector.evseId === evseId && connector.connectorId === connectorId);
  }

  status({ faulted, disabled, occupied, reserved }: Connector): ConnectorStatusEnumType {
    if (faulted) return "Faulted";
    if (disabled) return "Unavailable";
    if (occupied) return "Occupied";
    return reserved ? "Reserved" : "Available";
  }

  /** Whether a new session could start at an EVSE. */
  isFree(evseId: number): boolean {
    const connectors = this.#connectors.filter((connector) => connector.evseId === evseId);
    const statuses = connectors.map((connector) => this.status(connector));
    const usable = statuses.some((status) => status === "Available" || status === "Occupied" || status === "Reserved");
    return usable && this.#transactions.runningAt(evseId) === undefined;
  }

  /** Sends a connector's status now, if the CSMS can be reached. */
  tell(connector: Connector): void {
    const connectorStatus = this.status(connector);
    const { evseId, connectorId } = connector;
    const timestamp = isoTime(this.#core.clock.now());
    connector.told = connectorStatus;
    inBackground(this.#core, "StatusNotification", async () => {
      const request = { timestamp, connectorStatus, evseId, connectorId };
      const outcome = await this.#core.csms.call("StatusNotification", request);
      if (outcome.kind !== "answered" && connector.told === connectorStatus) connector.told = undefined;
    });
  }

  /** Changes what a station, an EVSE or a connector is open for; while a transaction runs there, after its end (G03, G04). */
  async change(request: ChangeAvailabilityRequest): Promise<ChangeAvailabilityResponse> {
    const { evse, operationalStatus } = request;
    const affected = this.#connectors.filter((connector) => covers(evse, connector));
    if (affected.length === 0) return { status: "Rejected", statusInfo: { reasonCode: "UnknownEvse" } };
    this.#store(affected, operationalStatus);
    const busy = affected.some(({ evseId }) => this.#transactions.runningAt(evseId) !== undefined);
    if (busy && operationalStatus === "Inoperative") {
      this.#scheduled.push(request);
      return { status: "Scheduled" };
    }
    this.#scheduled = this.#scheduled.filter((waiting) => !sameTarget(waiting.evse, evse));
    this.#command(evse, operationalStatus);
    return { status: "Accepted" };
  }

  /** Takes out of service what runs no transaction, the rest after its end; for a firmware update. @returns whether all is free. */
  suspendAll(): boolean {
    const busy = this.#core.station.evses.filter(({ id }) => this.#transactions.runningAt(id) !== undefined);
    for (const { id } of this.#core.station.evses)
      if (!busy.some((evse) => evse.id === id)) this.#command({ id }, "Inoperative");
    return busy.length === 0;
  }

  /** Puts back what {@link suspendAll} has taken out of service, but for what the CSMS wants so. */
  resumeAll(): void {
    const inoperative = this.#stored().filter(({ operative }) => operative === 0);
    for (const { evseId, connectorId } of this.#connectors) {
      if (inoperative.some((one) => one.evse_id === evseId && one.connector_id === connectorId)) continue;
      this.#command({ id: evseId }, "Operative");
    }
  }

  #update(connector: Connector): void {
    this.#show(connector);
    if (this.#core.csms.online && connector.told !== this.status(connector)) this.tell(connector);
  }

  #show(connector: Connector): void {
    const { evseId, connectorId } = connector;
    this.#core.model.show(`Connector#${evseId}.${connectorId}.AvailabilityState`, this.status(connector));
    this.#core.model.show(`EVSE#${evseId}.AvailabilityState`, this.status(connector));
  }

  #carryOutScheduled(): void {
    const waiting = this.#scheduled;
    this.#scheduled = [];
    for (const request of waiting) inBackground(this.#core, "ChangeAvailability", () => this.change(request));
  }

  /** EVSEs of which the whole is meant get connector 0. */
  #command(target: EVSEType | undefined, status: OperationalStatusEnumType): void {
    const evses = this.#core.station.evses.filter(({ id }) => !target || id === target.id);
    const enable_state = status === "Operative" ? "Enable" : "Disable";
    const cmd_source = { enable_source: "CSMS", enable_state, enable_priority: CSMS_PRIORITY } as const;
    for (const evse of evses) {
      const connector_id = target?.connectorId ?? 0;
      inBackground(this.#core, "enable_disable", () => evse.enable_disable({ connector_id, cmd_source }));
    }
  }

  #store(connectors: readonly Connector[], status: OperationalStatusEnumType): void {
    const { database } = this.#core;
    database.atomically(() => {
      for (const { evseId, connectorId } of connectors) {
        database.run(
          "INSERT INTO availability VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET operative = excluded.operative",
          evseId,
          connectorId,
          status === "Operative" ? 1 : 0,
        );
      }
    });
  }

  #stored() {
    return this.#core.database.all<{ evse_id: number; connector_id: number; operative: number }>(
      "SELECT * FROM availability",
    );
  }
}

/** Connector 0 is the whole EVSE. */
function concerns(evseId: number, { connector_id = 1 }: SessionEvent, connector: Connector): boolean {
  return connector.evseId === evseId && (connector_id === 0 || connector.connectorId === connector_id);
}

function learned({ event, session_started }: SessionEvent): Partial<Connector> {
  switch (event) {
    case "SessionStarted":
      return session_started?.reason === "EVConnected" ? { occupied: true } : {};
    case "TransactionStarted":
      return { occupied: true };
    case "SessionFinished":
      return { occupied: false };
    case "Disabled":
    case "Enabled":
      return { disabled: event === "Disabled" };
    case "ReservationStart":
    case "ReservationEnd":
      return { reserved: event === "ReservationStart" };
    default:
      return {};
  }
}

function covers(target: EVSEType | undefined, { evseId, connectorId }: Connector): boolean {
  if (!target) return true;
  return target.id === evseId && (target.connectorId === undefined || target.connectorId === connectorId);
}

function sameTarget(a: EVSEType | undefined, b: EVSEType | undefined): boolean {
  return a?.id === b?.id && a?.connectorId === b?.connectorId;
}
