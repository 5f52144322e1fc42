/** The station's own certificates: asked for in time, asked for again, and taken over (A02, A03, M). */
import type { LeafCertificateType } from "../../interfaces/types/evse_security.ts";
import type { CertificateSigningUseEnumType, StatusInfoType } from "../../ocpp/v201/messages.generated.ts";
import type { Timer } from "../../util/clock.ts";
import { Periodic } from "../periodic.ts";
import { type Block, type Core, inBackground, type Online } from "./core.ts";
import type { Handlers } from "./csms.ts";
import { distinguishedName, type Subject, subjectOf, subjectVariables } from "./leafSubject.ts";
import type { SecurityEvents } from "./security.ts";

/** A certificate with fewer full days left is renewed. */
const RENEWAL_DAYS = 30;
/** CertSigningWaitMinimum counts as at least so many seconds. */
const LEAST_WAIT = 10;

const leafTypes: Readonly<Record<CertificateSigningUseEnumType, LeafCertificateType>> = {
  V2GCertificate: "V2G",
  ChargingStationCertificate: "CSMS",
};

export class CertificateSigning implements Block {
  readonly #core: Core;
  readonly #events: SecurityEvents;
  readonly #leafRenewed: () => void;
  readonly #checks: readonly Periodic[];
  /** The request that waits for its certificate; there is one at a time. */
  #outstanding: { readonly use: CertificateSigningUseEnumType; readonly timer?: Timer } | undefined;

  /** @param leafRenewed told when the SECC leaf has been replaced. */
  constructor(core: Core, events: SecurityEvents, leafRenewed: () => void) {
    this.#core = core;
    this.#events = events;
    this.#leafRenewed = leafRenewed;
    this.#checks = [this.#check("V2GCertificate"), this.#check("ChargingStationCertificate")];
  }

  readonly handlers: Handlers = {
    CertificateSigned: async ({ certificateChain, certificateType = "ChargingStationCertificate" }, afterwards) => {
      this.#settle();
      const certificate_type = leafTypes[certificateType];
      const { security } = this.#core.station;
      const result = await security.update_leaf_certificate({ certificate_chain: certificateChain, certificate_type });
      if (result !== "Accepted") {
        this.#events.raise("InvalidChargingStationCertificate", result);
        return { status: "Rejected", statusInfo: { reasonCode: "InvalidCertificate", additionalInfo: result } };
      }
      if (certificateType === "V2GCertificate") this.#leafRenewed();
      else afterwards(() => this.#core.station.clientCertificateRenewed());
      this.#events.raise("ReconfigurationOfSecurityParameters", `Installed leaf certificate: ${certificateType}`);
      return { status: "Accepted" };
    },
  };

  /** Looks after the leaves from now on; the first look is soon after a boot or a reconnect. */
  online(_how: Online): void {
    const { model } = this.#core;
    const [leaf, client] = this.#checks;
    leaf?.start((model.value("InternalCtrlr.V2GCertificateExpireCheckInitialDelaySeconds") ?? 60) * 1000);
    client?.start((model.value("InternalCtrlr.ClientCertificateExpireCheckInitialDelaySeconds") ?? 60) * 1000);
  }

  offline(): void {
    for (const check of this.#checks) check.stop();
  }

  stop(): void {
    this.offline();
    this.#settle();
  }

  /** Why a certificate cannot be asked for now; undefined when it can. */
  refusal(use: CertificateSigningUseEnumType): StatusInfoType | undefined {
    if (use === "V2GCertificate" && !this.#leafManaged()) {
      const additionalInfo = "V2GCertificateInstallationEnabled is not true";
      return { reasonCode: "NotEnabled", additionalInfo };
    }
    if (this.#outstanding) return { reasonCode: "Unspecified", additionalInfo: "a request is under way" };
    if (!subjectOf(this.#core.model, use)) {
      const additionalInfo = `one of these has no value: ${variablesOf(use)}`;
      return { reasonCode: "MissingDevModelInfo", additionalInfo };
    }
    return undefined;
  }

  /** Makes a new key and asks for a certificate for it. The old one stays in use until the new one is there. */
  async request(use: CertificateSigningUseEnumType, attempt = 1): Promise<void> {
    const refusal = this.refusal(use);
    const subject = subjectOf(this.#core.model, use);
    if (refusal || !subject) {
      this.#core.log.warn({ use, refusal }, "no certificate can be asked for");
      return;
    }
    this.#outstanding = { use };
    let accepted = false;
    try {
      accepted = await this.#ask(use, subject);
    } finally {
      if (!accepted) this.#settle();
    }
    if (accepted) this.#await(use, attempt, subject);
  }

  async #ask(use: CertificateSigningUseEnumType, subject: Subject): Promise<boolean> {
    const csr = await this.#makeRequest(use, subject);
    if (csr === undefined) return false;
    const outcome = await this.#core.csms.call("SignCertificate", { csr, certificateType: use });
    if (outcome.kind === "answered" && outcome.response.status === "Accepted") return true;
    const reason = outcome.kind === "answered" ? "the CSMS rejected the request" : outcome.reason;
    this.#unsigned("SignCertificateRejected", use, subject, reason);
    return false;
  }

  #check(use: CertificateSigningUseEnumType): Periodic {
    const { clock, model } = this.#core;
    const interval = () =>
      (model.value(
        use === "V2GCertificate"
          ? "InternalCtrlr.V2GCertificateExpireCheckIntervalSeconds"
          : "InternalCtrlr.ClientCertificateExpireCheckIntervalSeconds",
      ) ?? 43_200) * 1000;
    return new Periodic(clock, interval, () => inBackground(this.#core, "certificate check", () => this.#renew(use)));
  }

  async #renew(use: CertificateSigningUseEnumType): Promise<void> {
    const { model, station } = this.#core;
    const applies = use === "V2GCertificate" ? this.#leafManaged() : model.value("SecurityCtrlr.SecurityProfile") === 3;
    if (!applies || this.#outstanding) return;
    const days = await station.security.get_leaf_expiry_days_count({ certificate_type: leafTypes[use] });
    if (days < RENEWAL_DAYS) await this.request(use);
  }

  #leafManaged(): boolean {
    return this.#core.model.value("ISO15118Ctrlr.V2GCertificateInstallationEnabled") === true;
  }

  async #makeRequest(use: CertificateSigningUseEnumType, subject: Subject): Promise<string | undefined> {
    const { model, station } = this.#core;
    const tpm = model.value(
      use === "V2GCertificate" ? "InternalCtrlr.UseTPMSeccLeafCertificate" : "InternalCtrlr.UseTPM",
    );
    const { status, csr } = await station.security.generate_certificate_signing_request({
      certificate_type: leafTypes[use],
      ...subject,
      use_tpm: tpm === true,
    });
    if (status === "Accepted" && csr !== undefined) return csr;
    this.#events.raise("CSRGenerationFailed", `Sign certificate req failed due to: ${status}`);
    return undefined;
  }

  /** Waits for CertificateSigned, twice as long each time; then asks again, with a new key (A02.FR.17 to FR.20). */
  #await(use: CertificateSigningUseEnumType, attempt: number, subject: Subject): void {
    const { model, clock } = this.#core;
    const wait = model.value("SecurityCtrlr.CertSigningWaitMinimum");
    const repeatTimes = model.value("SecurityCtrlr.CertSigningRepeatTimes");
    if (wait === undefined || repeatTimes === undefined || attempt > repeatTimes) {
      this.#settle();
      if (attempt > 1) this.#unsigned("CertificateNotSigned", use, subject, `none came after ${attempt} requests`);
      return;
    }
    const timer = clock.setTimer(Math.max(LEAST_WAIT, wait) * 2 ** (attempt - 1) * 1000, () => {
      this.#outstanding = undefined;
      inBackground(this.#core, "SignCertificate", () => this.request(use, attempt + 1));
    });
    this.#outstanding = { use, timer };
  }

  #settle(): void {
    this.#outstanding?.timer?.cancel();
    this.#outstanding = undefined;
  }

  /** The likely cause is a subject that the CA does not expect. */
  #unsigned(event: string, use: CertificateSigningUseEnumType, subject: Subject, reason: string): void {
    const name = distinguishedName(subject);
    const { log, trace } = this.#core;
    log.error({ use, subject: name, reason }, "no new certificate; check that the CSMS's CA expects this subject");
    this.#events.raise(event, `${use} for ${name}: ${reason}`);
    trace.add({
      step: 0,
      kind: "fault",
      from: "OCPP",
      title: `no new ${use} for ${name}: ${reason}`,
      rule: "OCPP 2.0.1 A02, A03",
      fix: `Let the CSMS's CA sign this subject, or correct it in ${variablesOf(use)}.`,
    });
  }
}

function variablesOf(use: CertificateSigningUseEnumType): string {
  return Object.values(subjectVariables[use]).join(", ");
}
