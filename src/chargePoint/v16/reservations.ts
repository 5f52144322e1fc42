/** The CSMS reserves connectors (OCPP 1.6, 5.13, 5.1). */
import { readDateTime } from "../../ocpp/dateTime.ts";
import type { ReserveNowRequest, ReserveNowResponse } from "../../ocpp/v16/messages.generated.ts";
import { isoTime } from "../../util/clock.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { StatusNotifications } from "./statusNotifications.ts";

const STATION = 0;

export class Reservations implements Block {
  readonly #core: Core;
  readonly #status: StatusNotifications;

  constructor(core: Core, status: StatusNotifications) {
    this.#core = core;
    this.#status = status;
  }

  readonly handlers: Handlers = {
    ReserveNow: (request) => this.#reserve(request),
    CancelReservation: async ({ reservationId }) => {
      const cancelled = await this.#core.station.reservation?.cancel_reservation({ reservation_id: reservationId });
      return { status: cancelled ? "Accepted" : "Rejected" };
    },
  };

  async #reserve(request: ReserveNowRequest): Promise<ReserveNowResponse> {
    const { config, connectors, station } = this.#core;
    const { connectorId, expiryDate, idTag, parentIdTag, reservationId } = request;
    if (!station.reservation || !config.has("Reservation") || !connectors.has(connectorId))
      return { status: "Rejected" };
    if (connectorId === STATION && !config.value("ReserveConnectorZeroSupported")) return { status: "Rejected" };
    const state = this.#status.of(connectorId);
    if (state === "Faulted") return { status: "Faulted" };
    if (state === "Preparing") return { status: "Occupied" };
    const evse = connectors.get(connectorId)?.evse;
    const status = await station.reservation.reserve_now({
      request: {
        ...(evse ? { evse_id: evse.id } : {}),
        reservation_id: reservationId,
        id_token: idTag,
        expiry_time: isoTime(readDateTime(expiryDate)),
        ...(parentIdTag === undefined ? {} : { parent_id_token: parentIdTag }),
      },
    });
    return { status };
  }
}
