/** Functional block F of OCPP 2.0.1, first part: the CSMS starts and stops transactions and unlocks connectors (F01 to F05). */
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import type {
  RequestStartTransactionRequest,
  RequestStartTransactionResponse,
  UnlockConnectorRequest,
  UnlockConnectorResponse,
} from "../../ocpp/v201/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import type { Availability } from "./availability.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { SmartCharging } from "./smartCharging/block.ts";
import type { Transactions } from "./transaction.ts";

export class Remote implements Block {
  readonly #core: Core;
  readonly #availability: Availability;
  readonly #transactions: Transactions;
  readonly #smartCharging: SmartCharging;

  constructor(core: Core, availability: Availability, transactions: Transactions, smartCharging: SmartCharging) {
    this.#core = core;
    this.#availability = availability;
    this.#transactions = transactions;
    this.#smartCharging = smartCharging;
  }

  readonly handlers: Handlers = {
    RequestStartTransaction: (request, afterwards) => this.#start(request, afterwards),
    RequestStopTransaction: async ({ transactionId }) => {
      const evse = this.#transactions.evseOf(transactionId);
      const stopped = await evse?.stop_transaction({ request: { reason: "Remote" } });
      return { status: stopped ? "Accepted" : "Rejected" };
    },
    UnlockConnector: (request) => this.#unlock(request),
  };

  /** The token goes the way of every token; AuthorizeRemoteStart decides whether it is checked (F01, F02). */
  #start(request: RequestStartTransactionRequest, afterwards: Afterwards): RequestStartTransactionResponse {
    const { evseId, idToken, remoteStartId, groupIdToken, chargingProfile } = request;
    const evses = this.#core.station.evses.filter(({ id }) => evseId === undefined || id === evseId);
    const free = evses.filter(({ id }) => this.#availability.isFree(id));
    if (free.length === 0) {
      const additionalInfo = evseId === undefined ? "no EVSE is free" : `EVSE ${evseId} is not free`;
      return { status: "Rejected", statusInfo: { reasonCode: "NoEvseAvailable", additionalInfo } };
    }
    const statusInfo = chargingProfile && this.#smartCharging.takeForStart(remoteStartId, evseId, chargingProfile);
    if (statusInfo) return { status: "Rejected", statusInfo };
    const prevalidated = this.#core.model.value("AuthCtrlr.AuthorizeRemoteStart") !== true;
    const token: ProvidedIdToken = {
      id_token: { value: idToken.idToken, type: idToken.type },
      authorization_type: "OCPP",
      request_id: remoteStartId,
      connectors: free.map(({ id }) => id),
      prevalidated,
      ...(groupIdToken ? { parent_id_token: { value: groupIdToken.idToken, type: groupIdToken.type } } : {}),
    };
    afterwards(() => this.#core.station.provideToken(token));
    return { status: "Accepted" };
  }

  async #unlock({ evseId, connectorId }: UnlockConnectorRequest): Promise<UnlockConnectorResponse> {
    const evse = this.#core.station.evses.find(({ id }) => id === evseId);
    if (!evse?.connectors.includes(connectorId)) return { status: "UnknownConnector" };
    if (this.#transactions.runningAt(evseId) !== undefined) return { status: "OngoingAuthorizedTransaction" };
    return { status: (await evse.force_unlock({ connector_id: connectorId })) ? "Unlocked" : "UnlockFailed" };
  }
}
