/** What the module gets from evse_security: its own certificates, and the trust for contracts. */
import { CertificateFiles } from "../../evseSecurity/index.ts";
import type { CaCertificateType } from "../../interfaces/types/evse_security.ts";
import type { ContractVerdict } from "../../secc/iso2/protocol.ts";
import type { Clock } from "../../util/clock.ts";
import { PeerError, UserError } from "../../util/errors.ts";
import { type Certificate, toPem } from "../../x509/index.ts";
import { judgeContract } from "./contractCheck.ts";
import { type ChainPorts, loadChains, type OwnChains } from "./ownChains.ts";

export interface CertificatesPorts extends ChainPorts {
  readonly clock: Clock;
}

export class Certificates {
  readonly #ports: CertificatesPorts;
  readonly #rootFiles: CertificateFiles;

  constructor(ports: CertificatesPorts) {
    this.#ports = ports;
    this.#rootFiles = new CertificateFiles(ports.files, ports.log);
  }

  /** Chain, key and OCSP response of the valid SECC certificates, one for each V2G root. */
  load(): Promise<OwnChains> {
    return loadChains(this.#ports);
  }

  /** Judges a contract by the station's roots; never fails, as the session waits for an answer. */
  async checkContract(chain: readonly Certificate[]): Promise<ContractVerdict> {
    const { security, clock, log } = this.#ports;
    try {
      const anchors = [...(await this.#roots("MO")), ...(await this.#roots("V2G"))];
      const ocspRequestData = () => security.call("get_mo_ocsp_request_data", { certificate_chain: toPem(...chain) });
      return await judgeContract({ chain, anchors, time: clock.now(), ocspRequestData });
    } catch (error) {
      if (!(error instanceof PeerError || error instanceof UserError)) throw error;
      log.error({ reason: error.message }, "a contract could not be checked");
      const fix = "See why evse_security does not answer.";
      return { result: "NoCertificateAvailable", reason: `it could not be checked (${error.message})`, fix };
    }
  }

  /** All of them, also where they are files of a folder, of which `get_verify_file` names only one. */
  async #roots(certificate_type: CaCertificateType): Promise<Certificate[]> {
    const path = await this.#ports.security.call("get_verify_location", { certificate_type });
    if (path === "") return [];
    return (await this.#rootFiles.read(path)).flatMap(({ certificates }) => certificates);
  }
}
