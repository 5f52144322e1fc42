/** The CSMS starts and stops transactions and unlocks connectors (OCPP 1.6, 5.11, 5.12, 5.18). */
import type {
  RemoteStartTransactionRequest,
  RemoteStartTransactionResponse,
  UnlockConnectorRequest,
  UnlockConnectorResponse,
} from "../../ocpp/v16/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { inBackground } from "../block.ts";
import type { Connector } from "./connectors.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { SmartCharging } from "./smartCharging/block.ts";
import type { StatusNotifications } from "./statusNotifications.ts";
import type { Transactions } from "./transactions.ts";

export interface RemoteBlocks {
  readonly status: StatusNotifications;
  readonly transactions: Transactions;
  readonly smartCharging: SmartCharging;
}

export class Remote implements Block {
  readonly #core: Core;
  readonly #blocks: RemoteBlocks;

  constructor(core: Core, blocks: RemoteBlocks) {
    this.#core = core;
    this.#blocks = blocks;
  }

  readonly handlers: Handlers = {
    RemoteStartTransaction: (request, afterwards) => this.#start(request, afterwards),
    RemoteStopTransaction: ({ transactionId }, afterwards) => {
      const transaction = this.#blocks.transactions.byId(transactionId);
      const evse = transaction && this.#core.connectors.get(transaction.connectorId)?.evse;
      if (!evse) return { status: "Rejected" };
      afterwards(() =>
        inBackground(this.#core, "remote stop", () => evse.stop_transaction({ request: { reason: "Remote" } })),
      );
      return { status: "Accepted" };
    },
    UnlockConnector: (request, afterwards) => this.#unlock(request, afterwards),
  };

  /** The token goes the way of every token; AuthorizeRemoteTxRequests decides whether it is checked. */
  async #start(
    { connectorId, idTag, chargingProfile }: RemoteStartTransactionRequest,
    afterwards: Afterwards,
  ): Promise<RemoteStartTransactionResponse> {
    const { config, csms, station } = this.#core;
    if (csms.registration !== "Accepted") return { status: "Rejected" };
    const free = await this.#freeFor(connectorId, idTag);
    const [first] = free;
    if (!first) return { status: "Rejected" };
    if (chargingProfile && !this.#blocks.smartCharging.takeForStart(idTag, connectorId, chargingProfile)) {
      return { status: "Rejected" };
    }
    const findFirst = connectorId === undefined && config.value("RemoteStartTransactionWithoutConnectorIdFindFirst");
    const evses = new Set((findFirst ? [first] : free).map(({ evse }) => evse.id));
    afterwards(() =>
      station.provideToken({
        id_token: { value: idTag, type: "Central" },
        authorization_type: "OCPP",
        connectors: [...evses],
        prevalidated: !config.value("AuthorizeRemoteTxRequests"),
      }),
    );
    return { status: "Accepted" };
  }

  async #freeFor(connectorId: number | undefined, idTag: string): Promise<Connector[]> {
    const { config, connectors } = this.#core;
    if (connectorId === undefined && config.value("RejectRemoteStartTransactionWithoutConnectorId")) return [];
    const candidates = connectorId === undefined ? connectors.all : [connectors.get(connectorId)];
    const free: Connector[] = [];
    for (const connector of candidates) {
      if (connector && (await this.#isFree(connector, idTag))) free.push(connector);
    }
    return free;
  }

  async #isFree({ id, evse }: Connector, idTag: string): Promise<boolean> {
    const { status, transactions } = this.#blocks;
    const state = status.of(id);
    if (state === "Unavailable" || state === "Faulted" || state === "Finishing") return false;
    if (transactions.runningAt(id)) return false;
    if (state !== "Reserved") return true;
    const request = { evse_id: evse.id, id_token: idTag };
    const reserved = await this.#core.station.reservation?.exists_reservation({ request });
    return reserved !== "ReservedForOtherToken";
  }

  async #unlock({ connectorId }: UnlockConnectorRequest, afterwards: Afterwards): Promise<UnlockConnectorResponse> {
    const connector = this.#core.connectors.get(connectorId);
    if (!connector) return { status: "NotSupported" };
    const { evse, atEvse } = connector;
    if (await evse.force_unlock({ connector_id: atEvse })) return { status: "Unlocked" };
    const running = this.#blocks.transactions.runningAt(connectorId) !== undefined;
    if (running && this.#core.config.value("StopTransactionIfUnlockNotSupported")) {
      const stop = () => evse.stop_transaction({ request: { reason: "UnlockCommand" } });
      afterwards(() => inBackground(this.#core, "stop instead of unlock", stop));
    }
    return { status: "NotSupported" };
  }
}
