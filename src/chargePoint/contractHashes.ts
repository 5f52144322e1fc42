import type { ProvidedIdToken } from "../interfaces/types/authorization.ts";
import type { OCSPRequestDataType } from "../ocpp/v201/messages.generated.ts";
import { toOcspRequest } from "./certificateHashes.ts";
import type { SecurityPort } from "./ports.ts";

/** iso15118CertificateHashData holds at most so many (AuthorizeRequest). */
const MAX_HASHES = 4;

/** The hashes that stand for a contract chain at the CSMS: those of the token, else made from its chain, once. */
export class ContractHashes {
  readonly #security: Pick<SecurityPort, "get_mo_ocsp_request_data">;
  readonly #token: ProvidedIdToken;
  #made: Promise<OCSPRequestDataType[]> | undefined;

  constructor(security: Pick<SecurityPort, "get_mo_ocsp_request_data">, token: ProvidedIdToken) {
    this.#security = security;
    this.#token = token;
  }

  /** Whether the token brought them. An empty list cannot be sent, so it counts as none. */
  get given(): boolean {
    return (this.#token.iso15118CertificateHashData?.length ?? 0) > 0;
  }

  /** Empty when the chain's signatures lead to no installed root, or none of its certificates names an OCSP responder. */
  list(): Promise<OCSPRequestDataType[]> {
    const { iso15118CertificateHashData = [], certificate = "" } = this.#token;
    if (this.given) return Promise.resolve(iso15118CertificateHashData.slice(0, MAX_HASHES));
    this.#made ??= this.#make(certificate);
    return this.#made;
  }

  async #make(certificate_chain: string): Promise<OCSPRequestDataType[]> {
    const { ocsp_request_data_list } = await this.#security.get_mo_ocsp_request_data({ certificate_chain });
    return ocsp_request_data_list.flatMap((entry) => toOcspRequest(entry) ?? []).slice(0, MAX_HASHES);
  }
}
