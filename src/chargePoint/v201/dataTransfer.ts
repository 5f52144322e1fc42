/** Functional block P of OCPP 2.0.1: vendor specific messages both ways (P01, P02). */
import type { DataTransferRequest, DataTransferResponse } from "../../interfaces/types/ocpp.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";

export class DataTransfer implements Block {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  readonly handlers: Handlers = {
    DataTransfer: async ({ vendorId, messageId, data }) => {
      const { dataTransfer } = this.#core.station;
      if (!dataTransfer) return { status: "UnknownVendorId" };
      const { status, data: answered } = await dataTransfer.data_transfer({
        request: {
          vendor_id: vendorId,
          ...(messageId === undefined ? {} : { message_id: messageId }),
          ...(data === undefined ? {} : { data: toText(data) }),
        },
      });
      // `Offline` is EVerest's own; the CSMS cannot be told of it in that word.
      return { status: status === "Offline" ? "Rejected" : status, ...(answered ? { data: fromText(answered) } : {}) };
    },
  };

  /** A vendor's message to the CSMS. */
  async send({ vendor_id, message_id, data }: DataTransferRequest): Promise<DataTransferResponse> {
    const outcome = await this.#core.csms.call("DataTransfer", {
      vendorId: vendor_id,
      ...(message_id === undefined ? {} : { messageId: message_id }),
      ...(data === undefined ? {} : { data: fromText(data) }),
    });
    if (outcome.kind === "offline") return { status: "Offline" };
    if (outcome.kind !== "answered") return { status: "Rejected" };
    const { status, data: answered } = outcome.response;
    return { status, ...(answered === undefined ? {} : { data: toText(answered) }) };
  }
}

/** EVerest passes any JSON as text; text that is no JSON is text in OCPP too. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toText(data: unknown): string {
  return typeof data === "string" ? data : JSON.stringify(data);
}
