/** Functional block H of OCPP 2.0.1: the CSMS reserves EVSEs (H01, H02), and hears what became of that (H04). */
import { ConnectorTypeEnum } from "../../interfaces/types/evse_manager.ts";
import type { ReservationUpdateStatus } from "../../interfaces/types/reservation.ts";
import { readDateTime } from "../../ocpp/dateTime.ts";
import type { ReserveNowRequest, ReserveNowResponse } from "../../ocpp/v201/messages.generated.ts";
import { RpcError } from "../../rpc/errors.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

export class Reservations implements Block {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  readonly handlers: Handlers = {
    ReserveNow: (request) => this.#reserve(request),
    CancelReservation: async ({ reservationId }) => {
      const cancelled = await this.#port.cancel_reservation({ reservation_id: reservationId });
      return { status: cancelled ? "Accepted" : "Rejected" };
    },
  };

  /** Only what the CSMS has not brought about itself is told. */
  onUpdate({ reservation_id, reservation_status: status }: ReservationUpdateStatus): void {
    if (status !== "Expired" && status !== "Removed") return;
    const update = { reservationId: reservation_id, reservationUpdateStatus: status } as const;
    inBackground(this.#core, "ReservationStatusUpdate", () => this.#core.csms.call("ReservationStatusUpdate", update));
  }

  /** @throws RpcError where nothing can be reserved. */
  get #port() {
    const { reservation } = this.#core.station;
    if (reservation && this.#core.model.value("ReservationCtrlr.Enabled") !== false) return reservation;
    throw new RpcError("NotSupported", "this station takes no reservations");
  }

  async #reserve(request: ReserveNowRequest): Promise<ReserveNowResponse> {
    const { clock, station } = this.#core;
    const { id, evseId, expiryDateTime, idToken, groupIdToken, connectorType } = request;
    const port = this.#port;
    const refused = (reasonCode: string): ReserveNowResponse => ({ status: "Rejected", statusInfo: { reasonCode } });
    if (evseId !== undefined && !station.evses.some((evse) => evse.id === evseId)) return refused("UnknownEvse");
    if (readDateTime(expiryDateTime) <= clock.now()) return refused("InvalidValue");
    const status = await port.reserve_now({
      request: {
        ...{ reservation_id: id, id_token: idToken.idToken, expiry_time: isoTime(readDateTime(expiryDateTime)) },
        ...(evseId === undefined ? {} : { evse_id: evseId }),
        ...(groupIdToken ? { parent_id_token: groupIdToken.idToken } : {}),
        ...(connectorType === undefined ? {} : { connector_type: plugOf(connectorType) }),
      },
    });
    return { status };
  }
}

/** EVerest writes `s309_1P_16A` where OCPP has `s309-1P-16A`. */
function plugOf(connectorType: string): ConnectorTypeEnum {
  return ConnectorTypeEnum.safeParse(connectorType.replaceAll("-", "_")).data ?? "Undetermined";
}
