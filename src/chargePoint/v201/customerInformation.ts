/** Functional block N of OCPP 2.0.1, last part: what the station knows of a customer, told or forgotten (N09, N10). */
import type { CustomerInformationRequest, CustomerInformationResponse } from "../../ocpp/v201/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { isoTime } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { Block, Core } from "./core.ts";
import type { Handlers } from "./csms.ts";
import type { AuthCache, LocalList } from "./tokens.ts";

/** NotifyCustomerInformationRequest.data. */
const MAX_DATA = 512;

export class CustomerInformation implements Block {
  readonly #core: Core;
  readonly #cache: AuthCache;
  readonly #list: LocalList;

  constructor(core: Core, cache: AuthCache, list: LocalList) {
    this.#core = core;
    this.#cache = cache;
    this.#list = list;
  }

  readonly handlers: Handlers = {
    CustomerInformation: (request, afterwards) => this.#answer(request, afterwards),
  };

  /** A customer is named in exactly one way (N09.FR.04 to FR.06). */
  #answer(request: CustomerInformationRequest, afterwards: Afterwards): CustomerInformationResponse {
    const { customerCertificate, customerIdentifier, idToken, report, clear } = request;
    const named = [customerCertificate, customerIdentifier, idToken].filter((one) => one !== undefined).length;
    if (named !== 1) return { status: "Invalid", statusInfo: { reasonCode: "InvalidValue" } };
    if (!report && !clear) return { status: "Rejected", statusInfo: { reasonCode: "InvalidValue" } };
    const data = report ? this.#dataOf(request) : "";
    if (clear && idToken) this.#cache.forget(idToken);
    afterwards(() => inBackground(this.#core, "NotifyCustomerInformation", () => this.#send(request.requestId, data)));
    return { status: "Accepted" };
  }

  /** Tokens alone are kept here; of certificates and other names of a customer the station knows nothing. */
  #dataOf({ idToken }: CustomerInformationRequest): string {
    if (!idToken) return "";
    const [inList, inCache] = [this.#list.lookUp(idToken), this.#cache.lookUp(idToken)];
    return [
      ...(inList ? [`local authorization list: ${inList.status}`] : []),
      ...(inCache ? [`authorization cache: ${inCache.status}`] : []),
    ].join("; ");
  }

  async #send(requestId: number, data: string): Promise<void> {
    const generatedAt = isoTime(this.#core.clock.now());
    const parts = Math.max(1, Math.ceil(data.length / MAX_DATA));
    for (let seqNo = 0; seqNo < parts; seqNo++) {
      const outcome = await this.#core.csms.call("NotifyCustomerInformation", {
        ...{ requestId, generatedAt, seqNo, tbc: seqNo < parts - 1 },
        data: data.slice(seqNo * MAX_DATA, (seqNo + 1) * MAX_DATA),
      });
      if (outcome.kind !== "answered") return;
    }
  }
}
