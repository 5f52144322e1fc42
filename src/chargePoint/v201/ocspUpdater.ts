/** The OCSP responses that the station staples: fetched through the CSMS for its leaf and sub-CAs (M06). */
import type { OCSPRequestData } from "../../interfaces/types/evse_security.ts";
import { Periodic } from "../periodic.ts";
import { toWireHash } from "./certificates.ts";
import { type Block, type Core, inBackground, type Online } from "./core.ts";

const HOUR = 3_600_000;
/** A response is good for a week at most ([V2G2-875]); one hour less leaves time to fetch the next. */
const PERIOD = 167 * HOUR;
const AFTER_FAILURE = 24 * HOUR;

export class OcspUpdater implements Block {
  readonly #core: Core;
  readonly #rounds: Periodic;
  #underWay = false;

  constructor(core: Core) {
    this.#core = core;
    this.#rounds = new Periodic(
      core.clock,
      () => PERIOD,
      () => this.update(),
    );
  }

  online({ booted }: Online): void {
    if (booted) this.update();
  }

  stop(): void {
    this.#rounds.stop();
  }

  /** A round now; the next one follows in its time. */
  update(): void {
    if (this.#underWay) return;
    this.#underWay = true;
    this.#rounds.start();
    inBackground(this.#core, "OCSP round", async () => {
      try {
        if (!(await this.#round())) this.#rounds.start(AFTER_FAILURE);
      } finally {
        this.#underWay = false;
      }
    });
  }

  /** Every certificate by itself, so that one without an answer keeps no other from its own. */
  async #round(): Promise<boolean> {
    const { ocsp_request_data_list } = await this.#core.station.security.get_v2g_ocsp_request_data({});
    let complete = true;
    for (const entry of ocsp_request_data_list) complete = (await this.#refresh(entry)) && complete;
    return complete;
  }

  async #refresh({ certificate_hash_data: hash, responder_url }: OCSPRequestData): Promise<boolean> {
    if (!hash || responder_url === undefined) return true;
    const ocspRequestData = { ...toWireHash(hash), responderURL: responder_url };
    const outcome = await this.#core.csms.call("GetCertificateStatus", { ocspRequestData });
    if (outcome.kind !== "answered" || outcome.response.status !== "Accepted" || !outcome.response.ocspResult) {
      const reason = outcome.kind === "answered" ? "the CSMS has no OCSP response" : outcome.reason;
      this.#core.log.warn({ serial: hash.serial_number, reason }, "no fresh OCSP response for a certificate");
      return false;
    }
    await this.#core.station.security.update_ocsp_cache({
      certificate_hash_data: hash,
      ocsp_response: outcome.response.ocspResult,
    });
    return true;
  }
}
