/** The OCSP responses that the station staples: fetched through the CSMS for its leaf and sub-CAs (OCPP 2.0.1 M06; the Plug & Charge extension of OCPP 1.6). */
import type { OCSPRequestData } from "../interfaces/types/evse_security.ts";
import type { GetCertificateStatusResponse, OCSPRequestDataType } from "../ocpp/v201/messages.generated.ts";
import type { Clock } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import { inBackground } from "./block.ts";
import { toOcspRequest } from "./certificateHashes.ts";
import type { Outcome } from "./csms.ts";
import { Periodic } from "./periodic.ts";
import type { SecurityPort } from "./ports.ts";

export interface OcspPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly security: SecurityPort;
  /** From one round to the next, in milliseconds, 0 for none; shorter after a round in which a response was missing. */
  wait(complete: boolean): number;
  /** GetCertificateStatus. */
  fetch(request: OCSPRequestDataType): Promise<Outcome<GetCertificateStatusResponse>>;
}

export class OcspUpdater {
  readonly #ports: OcspPorts;
  readonly #rounds: Periodic;
  #underWay = false;
  #complete = false;
  #stopped = false;

  constructor(ports: OcspPorts) {
    this.#ports = ports;
    this.#rounds = new Periodic(
      ports.clock,
      () => ports.wait(true),
      () => this.update(),
    );
  }

  /** Whether the last round has brought every response. */
  get complete(): boolean {
    return this.#complete;
  }

  /** The next round comes after `ms`, whatever was planned; 0: none does. */
  schedule(ms: number): void {
    this.#rounds.start(ms);
  }

  /** For good: a round that is under way plans no other. */
  stop(): void {
    this.#stopped = true;
    this.#rounds.stop();
  }

  /** A round now; the next one follows in its time. */
  update(): void {
    if (this.#underWay || this.#stopped) return;
    this.#underWay = true;
    this.#rounds.start();
    inBackground(this.#ports, "OCSP round", async () => {
      try {
        this.#complete = false;
        this.#complete = await this.#round();
      } catch (error) {
        // With the station, those whom the round asks end too, in whatever order.
        if (!this.#stopped) throw error;
      } finally {
        if (!this.#complete && !this.#stopped) this.#rounds.start(this.#ports.wait(false));
        this.#underWay = false;
      }
    });
  }

  /** Every certificate by itself, so that one without an answer keeps no other from its own. */
  async #round(): Promise<boolean> {
    const { ocsp_request_data_list } = await this.#ports.security.get_v2g_ocsp_request_data({});
    let complete = true;
    for (const entry of ocsp_request_data_list) complete = (await this.#refresh(entry)) && complete;
    return complete;
  }

  async #refresh(entry: OCSPRequestData): Promise<boolean> {
    const { certificate_hash_data } = entry;
    const request = toOcspRequest(entry);
    if (!certificate_hash_data || !request) return true;
    const outcome = await this.#ports.fetch(request);
    if (outcome.kind !== "answered" || outcome.response.status !== "Accepted" || !outcome.response.ocspResult) {
      const reason = outcome.kind === "answered" ? "the CSMS has no OCSP response" : outcome.reason;
      this.#ports.log.warn({ serial: request.serialNumber, reason }, "no fresh OCSP response for a certificate");
      return false;
    }
    const { ocspResult } = outcome.response;
    await this.#ports.security.update_ocsp_cache({ certificate_hash_data, ocsp_response: ocspResult });
    return true;
  }
}
