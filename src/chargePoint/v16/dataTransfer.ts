/** DataTransfer both ways (OCPP 1.6, 4.3, 5.6): Plug & Charge, and what vendors agree on. */
import type { DataTransferRequest, DataTransferResponse } from "../../interfaces/types/ocpp.ts";
import { pncVendorId } from "../../ocpp/pnc16.ts";
import type {
  DataTransferRequest as WireRequest,
  DataTransferResponse as WireResponse,
} from "../../ocpp/v16/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { PncRequests } from "./pncRequests.ts";

export class DataTransfer implements Block {
  readonly #core: Core;
  readonly #pnc: PncRequests;

  constructor(core: Core, pnc: PncRequests) {
    this.#core = core;
    this.#pnc = pnc;
  }

  readonly handlers: Handlers = { DataTransfer: (request, afterwards) => this.#answer(request, afterwards) };

  /** A vendor's message to the CSMS. */
  async send({ vendor_id, message_id, data }: DataTransferRequest): Promise<DataTransferResponse> {
    const outcome = await this.#core.csms.call("DataTransfer", {
      vendorId: vendor_id,
      ...(message_id === undefined ? {} : { messageId: message_id }),
      ...(data === undefined ? {} : { data }),
    });
    if (outcome.kind === "offline") return { status: "Offline" };
    return outcome.kind === "answered" ? outcome.response : { status: "Rejected" };
  }

  /** What nobody here knows, the module that is connected for it may. */
  async #answer(request: WireRequest, afterwards: Afterwards): Promise<WireResponse> {
    const { vendorId, messageId, data } = request;
    const ours = vendorId === pncVendorId && this.#core.config.certificatesManaged;
    const answer = ours ? await this.#pnc.answer(messageId, data, afterwards) : undefined;
    return answer ?? (await this.#vendors(request)) ?? { status: ours ? "UnknownMessageId" : "UnknownVendorId" };
  }

  async #vendors({ vendorId, messageId, data }: WireRequest): Promise<WireResponse | undefined> {
    const { dataTransfer } = this.#core.station;
    if (!dataTransfer) return undefined;
    const { status, data: answered } = await dataTransfer.data_transfer({
      request: {
        vendor_id: vendorId,
        ...(messageId === undefined ? {} : { message_id: messageId }),
        ...(data === undefined ? {} : { data }),
      },
    });
    // `Offline` is EVerest's own; the CSMS cannot be told of it in that word.
    return {
      status: status === "Offline" ? "Rejected" : status,
      ...(answered === undefined ? {} : { data: answered }),
    };
  }
}
