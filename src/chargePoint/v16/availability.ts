/** The CSMS takes connectors out of service and puts them back (OCPP 1.6, 5.2). */
import type { SessionEvent } from "../../interfaces/types/evse_manager.ts";
import type { ChangeAvailabilityRequest, ChangeAvailabilityResponse } from "../../ocpp/v16/messages.generated.ts";
import { inBackground } from "../block.ts";
import type { Connector } from "./connectors.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { StatusNotifications } from "./statusNotifications.ts";
import type { Transactions } from "./transactions.ts";

export const availabilitySchema = `
CREATE TABLE availability (connector_id INTEGER PRIMARY KEY, operative INTEGER NOT NULL)`;

type AvailabilityType = ChangeAvailabilityRequest["type"];

const STATION = 0;
/** EVerest's rank of commands that come from the CSMS. */
const CSMS_PRIORITY = 5000;

export class Availability implements Block {
  readonly #core: Core;
  readonly #status: StatusNotifications;
  readonly #transactions: Transactions;
  /** Changes that wait until the connector is free. */
  readonly #scheduled = new Map<number, AvailabilityType>();

  constructor(core: Core, status: StatusNotifications, transactions: Transactions) {
    this.#core = core;
    this.#status = status;
    this.#transactions = transactions;
  }

  readonly handlers: Handlers = {
    ChangeAvailability: (request, afterwards) => {
      const { status, apply } = this.#plan(request);
      afterwards(apply);
      return { status };
    },
  };

  /** Restores what the CSMS has set before the restart. */
  restore(): void {
    for (const { connector_id } of this.#stored().filter(({ operative }) => operative === 0)) {
      this.#apply(connector_id, "Inoperative");
    }
  }

  /** A change that does not come from the CSMS. */
  change(request: ChangeAvailabilityRequest): ChangeAvailabilityResponse {
    const { status, apply } = this.#plan(request);
    apply();
    return { status };
  }

  onSessionEvent({ id }: Connector, { event }: SessionEvent): void {
    if (event !== "TransactionFinished" && event !== "SessionFinished") return;
    const type = this.#scheduled.get(id);
    if (type === undefined) return;
    this.#scheduled.delete(id);
    this.#apply(id, type);
  }

  /** Takes every connector out of service for a while, without keeping it; busy ones when they are free. @returns whether all are. */
  suspendAll(): boolean {
    let allFree = true;
    for (const { id } of this.#core.connectors.all) {
      if (this.#isBusy(id)) {
        this.#scheduled.set(id, "Inoperative");
        allFree = false;
      } else this.#apply(id, "Inoperative");
    }
    return allFree;
  }

  /** Puts back what {@link suspendAll} has taken out of service, but for what the CSMS wants so. */
  resumeAll(): void {
    const inoperative = this.#stored().filter(({ operative }) => operative === 0);
    for (const { id } of this.#core.connectors.all) {
      this.#scheduled.delete(id);
      if (!inoperative.some(({ connector_id }) => connector_id === id)) this.#apply(id, "Operative");
    }
  }

  /** What to answer, and what to do then. */
  #plan({ connectorId, type }: ChangeAvailabilityRequest): ChangeAvailabilityResponse & { apply: () => void } {
    const { connectors } = this.#core;
    if (!connectors.has(connectorId)) return { status: "Rejected", apply: () => {} };
    const affected = connectorId === STATION ? connectors.ids : [connectorId];
    const busy = affected.filter((id) => this.#isBusy(id));
    const targets = [...(connectorId === STATION ? [STATION] : []), ...affected.filter((id) => !busy.includes(id))];
    this.#keep([...targets, ...busy], type);
    return {
      status: busy.length > 0 ? "Scheduled" : "Accepted",
      apply: () => {
        for (const id of busy) this.#scheduled.set(id, type);
        for (const id of targets) {
          this.#scheduled.delete(id);
          this.#apply(id, type);
        }
      },
    };
  }

  #isBusy(connectorId: number): boolean {
    const waits = this.#status.of(connectorId) === "Preparing";
    return waits || this.#transactions.runningAt(connectorId) !== undefined;
  }

  #apply(connectorId: number, type: AvailabilityType): void {
    if (connectorId === STATION) {
      this.#status.onEvent(STATION, type === "Operative" ? "BecomeAvailable" : "ChangeAvailabilityToUnavailable");
      return;
    }
    const evse = this.#core.connectors.get(connectorId)?.evse;
    const enable_state = type === "Operative" ? "Enable" : "Disable";
    const cmd_source = { enable_source: "CSMS", enable_state, enable_priority: CSMS_PRIORITY } as const;
    inBackground(this.#core, "enable_disable", () => evse?.enable_disable({ connector_id: 0, cmd_source }));
  }

  #keep(connectorIds: readonly number[], type: AvailabilityType): void {
    const { database } = this.#core;
    database.atomically(() => {
      for (const id of connectorIds) {
        database.run(
          "INSERT INTO availability VALUES (?, ?) ON CONFLICT DO UPDATE SET operative = excluded.operative",
          id,
          type === "Operative" ? 1 : 0,
        );
      }
    });
  }

  #stored() {
    return this.#core.database.all<{ connector_id: number; operative: number }>("SELECT * FROM availability");
  }
}
