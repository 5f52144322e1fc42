/** What the CSMS asks for by the Plug & Charge extension: it looks after the SECC leaf and the roots. */
import type { CertificateType } from "../../interfaces/types/evse_security.ts";
import { isPncAction, type PncAction, type PncCalls, readPnc, writePnc } from "../../ocpp/pnc16.ts";
import type { DataTransferResponse } from "../../ocpp/v16/messages.generated.ts";
import type { Afterwards } from "../../rpc/peer.ts";
import { inBackground } from "../block.ts";
import { toStoreHash } from "../certificateHashes.ts";
import type { CertificateSigning } from "../certificateSigning.ts";
import { caTypes, installedCertificates } from "../installedCertificates.ts";
import type { SecurityEvents } from "../securityEvents.ts";
import type { Core } from "./core.ts";

/** The four of the station's own are not asked for by the CSMS. */
type Asked = Exclude<PncAction, "Authorize" | "SignCertificate" | "GetCertificateStatus" | "Get15118EVCertificate">;

type Answers = {
  readonly [A in Asked]: (
    request: PncCalls[A]["request"],
    afterwards: Afterwards,
  ) => Promise<PncCalls[A]["response"]> | PncCalls[A]["response"];
};

/** Without a wish: what Plug & Charge is about. */
const installedByDefault = [
  "V2GRootCertificate",
  "MORootCertificate",
  "V2GCertificateChain",
] as const satisfies CertificateType[];

export class PncRequests {
  readonly #core: Core;
  readonly #signing: CertificateSigning;
  readonly #events: SecurityEvents;

  constructor(core: Core, signing: CertificateSigning, events: SecurityEvents) {
    this.#core = core;
    this.#signing = signing;
    this.#events = events;
  }

  readonly #answers: Answers = {
    TriggerMessage: ({ requestedMessage }, afterwards) => this.#trigger(requestedMessage, afterwards),
    CertificateSigned: (request, afterwards) => this.#signed(request, afterwards),
    GetInstalledCertificateIds: ({ certificateType = [...installedByDefault] }) =>
      installedCertificates(this.#core.station.security, certificateType),
    DeleteCertificate: async ({ certificateHashData }) => ({
      status: await this.#core.station.security.delete_certificate({
        certificate_hash_data: toStoreHash(certificateHashData),
      }),
    }),
    InstallCertificate: (request) => this.#install(request),
  };

  /** The outer status, with the inner one in its data. Undefined for a message that is not among these. */
  async answer(
    messageId: string | undefined,
    data: string | undefined,
    afterwards: Afterwards,
  ): Promise<DataTransferResponse | undefined> {
    if (!isPncAction(messageId) || !(messageId in this.#answers)) return undefined;
    if (messageId !== "TriggerMessage") return this.#respond(messageId as Asked, data, afterwards);
    const refusal = this.#signing.refusal("V2GCertificate");
    if (refusal?.kind === "noSubject") return { status: "Rejected", data: `no CSR can be made: ${refusal.because}` };
    // In the field it is asked for without saying for what.
    const wish = data ?? JSON.stringify({ requestedMessage: "SignV2GCertificate" });
    return this.#respond(messageId, wish, afterwards);
  }

  async #respond<A extends Asked>(
    action: A,
    data: string | undefined,
    afterwards: Afterwards,
  ): Promise<DataTransferResponse> {
    const request = readPnc(action, "request", data);
    if (!request.ok) {
      this.#core.log.warn({ action, reason: request.description }, "a Plug & Charge message cannot be read");
      return { status: "Rejected" };
    }
    const answer = await this.#answers[action](request.payload, afterwards);
    const written = writePnc(action, "response", answer);
    if (written.ok) return { status: "Accepted", data: written.data };
    this.#core.log.error(
      { action, reason: written.description },
      "the answer to a Plug & Charge message cannot be said",
    );
    return { status: "Rejected" };
  }

  #trigger(
    requestedMessage: PncCalls["TriggerMessage"]["request"]["requestedMessage"],
    afterwards: Afterwards,
  ): PncCalls["TriggerMessage"]["response"] {
    if (requestedMessage !== "SignV2GCertificate") return { status: "NotImplemented" };
    if (this.#signing.refusal("V2GCertificate")) return { status: "Rejected" };
    this.#core.csms.allow("DataTransfer");
    afterwards(() => inBackground(this.#core, "SignCertificate", () => this.#signing.request("V2GCertificate")));
    return { status: "Accepted" };
  }

  async #signed(
    request: PncCalls["CertificateSigned"]["request"],
    afterwards: Afterwards,
  ): Promise<PncCalls["CertificateSigned"]["response"]> {
    const result = await this.#take(request);
    if (result === "Accepted") return { status: "Accepted" };
    afterwards(() => this.#events.raise("InvalidChargePointCertificate", result));
    return { status: "Rejected" };
  }

  /** `Accepted`, or what is wrong. */
  async #take({ certificateChain, certificateType }: PncCalls["CertificateSigned"]["request"]): Promise<string> {
    const longest = this.#core.config.value("CertificateSignedMaxChainSize");
    if (certificateType !== undefined && certificateType !== "V2GCertificate") {
      return `a ${certificateType} does not come by this message`;
    }
    if (longest !== undefined && certificateChain.length > longest) {
      return `the chain is longer than CertificateSignedMaxChainSize, ${longest}`;
    }
    return this.#signing.take("V2GCertificate", certificateChain);
  }

  async #install({
    certificate,
    certificateType,
  }: PncCalls["InstallCertificate"]["request"]): Promise<PncCalls["InstallCertificate"]["response"]> {
    if (certificateType === "OEMRootCertificate") return { status: "Failed" };
    const { security } = this.#core.station;
    const result = await security.install_ca_certificate({ certificate, certificate_type: caTypes[certificateType] });
    if (result === "Accepted") return { status: "Accepted" };
    return { status: result === "WriteError" ? "Failed" : "Rejected" };
  }
}
