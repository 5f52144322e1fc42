/** What the module gets from evse_security: its own certificate, the trust for contracts, responses to staple. */
import { CommandError } from "../../framework/errors.ts";
import type { Requirement } from "../../framework/module.ts";
import type { evse_security } from "../../interfaces/evse_security.ts";
import type { CaCertificateType, CertificateInfo } from "../../interfaces/types/evse_security.ts";
import type { ContractVerdict } from "../../secc/iso2/protocol.ts";
import type { TlsCredentials } from "../../transport/ports.ts";
import type { Clock } from "../../util/clock.ts";
import { PeerError, UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import type { Logger } from "../../util/log.ts";
import { type Certificate, parsePemChain, toPem } from "../../x509/index.ts";
import { judgeContract } from "./contractCheck.ts";

export interface CertificatesPorts {
  readonly security: Pick<Requirement<typeof evse_security>, "call">;
  readonly files: Files;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A chain with its key, or why there is none. */
export type OwnCertificate = { readonly credentials: TlsCredentials } | { readonly problem: UserError };

export class Certificates {
  readonly #ports: CertificatesPorts;
  /** For the leaf in use. */
  #staple: Uint8Array | undefined;

  constructor(ports: CertificatesPorts) {
    this.#ports = ports;
  }

  /** The OCSP response for the certificate that was loaded last. */
  get staple(): Uint8Array | undefined {
    return this.#staple;
  }

  /** The first of the valid SECC certificates. */
  async load(): Promise<OwnCertificate> {
    this.#staple = undefined;
    try {
      const { status, info } = await this.#ports.security.call("get_all_valid_certificates_info", {
        certificate_type: "V2G",
        encoding: "PEM",
        include_ocsp: true,
      });
      const [first] = info;
      return first ? await this.#read(first) : { problem: noLeaf(status) };
    } catch (error) {
      if (error instanceof UserError) return { problem: error };
      if (error instanceof CommandError) return { problem: noLeaf(error.message) };
      throw error;
    }
  }

  async #read({ certificate, certificate_single, key, password, ocsp }: CertificateInfo): Promise<OwnCertificate> {
    const chain = certificate ?? certificate_single;
    if (chain === undefined) return { problem: noLeaf("no file holds it") };
    const credentials = {
      chain: await this.#text(chain),
      key: await this.#text(key),
      ...(password === undefined ? {} : { passphrase: password }),
    };
    const response = ocsp?.[0]?.ocsp_path;
    if (response !== undefined) this.#staple = await this.#optional(response);
    return { credentials };
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

  async #roots(certificate_type: CaCertificateType): Promise<Certificate[]> {
    const path = await this.#ports.security.call("get_verify_file", { certificate_type });
    return path === "" ? [] : parsePemChain(await this.#text(path));
  }

  async #text(path: string): Promise<string> {
    try {
      return new TextDecoder().decode(await this.#ports.files.read(path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UserError(`cannot read ${path} (${code ?? "unknown reason"})`, {
        file: path,
        fix: "Make it readable.",
      });
    }
  }

  /** Stapling is a courtesy: without the file there is none. */
  async #optional(path: string): Promise<Uint8Array | undefined> {
    return this.#ports.files.read(path).catch(() => undefined);
  }
}

function noLeaf(why: string): UserError {
  return new UserError(`there is no SECC certificate to serve TLS with (${why})`, {
    fix: "Install a valid SECC leaf with its sub-CAs and key; evse_security says which file is missing.",
  });
}
