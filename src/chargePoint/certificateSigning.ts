/**
 * The station's own certificates: asked for in time, asked for again, and taken over. OCPP 2.0.1 A02, A03, M; in OCPP 1.6
 * the security whitepaper for the client certificate and the Plug & Charge extension for the SECC leaf.
 */
import type { InstallCertificateResult, LeafCertificateType } from "../interfaces/types/evse_security.ts";
import type { CertificateSigningUseEnumType } from "../ocpp/v201/messages.generated.ts";
import type { Clock, Timer } from "../util/clock.ts";
import type { Logger } from "../util/log.ts";
import type { Tracer } from "../util/trace.ts";
import { inBackground } from "./block.ts";
import type { Outcome } from "./csms.ts";
import { Periodic } from "./periodic.ts";
import type { SecurityPort } from "./ports.ts";
import type { SecurityEvents } from "./securityEvents.ts";

/** `ChargingStationCertificate` is the client certificate of security profile 3, `V2GCertificate` the SECC leaf. */
export type CertificateUse = CertificateSigningUseEnumType;

export interface Subject {
  readonly common: string;
  readonly organization: string;
  readonly country: string;
}

/** Why a certificate cannot be asked for now. */
export type SigningRefusal =
  | { readonly kind: "disabled"; readonly because: string }
  | { readonly kind: "underWay"; readonly because: string }
  | { readonly kind: "noSubject"; readonly because: string };

export interface SigningPorts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly security: SecurityPort;
  readonly events: SecurityEvents;
  /** Why nobody may ask for certificates of this use; undefined when one may. */
  disabledBecause(use: CertificateUse): string | undefined;
  /** Whether leaves of this use are looked after without being asked. */
  lookedAfter(use: CertificateUse): boolean;
  /** Undefined when a part of it has no value. */
  subject(use: CertificateUse): Subject | undefined;
  /** The settings that make up the subject, for people. */
  subjectKeys(use: CertificateUse): string;
  usesTpm(use: CertificateUse): boolean;
  /** In seconds. */
  checkTimes(use: CertificateUse): { readonly first: number; readonly every: number };
  /** CertSigningWaitMinimum in seconds. */
  waitMinimum(): number | undefined;
  /** CertSigningRepeatTimes. */
  repeatTimes(): number | undefined;
  /** SignCertificate. */
  submit(use: CertificateUse, csr: string): Promise<Outcome<{ readonly status: "Accepted" | "Rejected" }>>;
  /** A new leaf is in its place. */
  renewed(use: CertificateUse): void;
  /** The requirement, for the timeline. */
  readonly rule: string;
}

/** A certificate with fewer full days left is renewed. */
const RENEWAL_DAYS = 30;
/** CertSigningWaitMinimum counts as at least so many seconds. */
const LEAST_WAIT = 10;
/** How long a certificate may take when CertSigningWaitMinimum has no value. */
const WAIT_WITHOUT_VALUE = 60;

export const leafTypes: Readonly<Record<CertificateUse, LeafCertificateType>> = {
  V2GCertificate: "V2G",
  ChargingStationCertificate: "CSMS",
};
const uses: readonly CertificateUse[] = ["V2GCertificate", "ChargingStationCertificate"];

export class CertificateSigning {
  readonly #ports: SigningPorts;
  readonly #checks: ReadonlyMap<CertificateUse, Periodic>;
  /** The request that waits for its certificate; there is one at a time. */
  #outstanding: { readonly use: CertificateUse; readonly timer?: Timer } | undefined;
  /** Leaves to look at when it is over. */
  readonly #postponed = new Set<CertificateUse>();

  constructor(ports: SigningPorts) {
    this.#ports = ports;
    this.#checks = new Map(uses.map((use) => [use, this.#check(use)]));
  }

  /** Looks after the leaves from now on; the first look is soon after a boot or a reconnect. */
  online(): void {
    for (const use of uses) this.restart(use);
  }

  /** The settings of a use have changed: the first look is soon. */
  restart(use: CertificateUse): void {
    this.#checks.get(use)?.start(this.#ports.checkTimes(use).first * 1000);
  }

  offline(): void {
    for (const check of this.#checks.values()) check.stop();
  }

  stop(): void {
    this.offline();
    this.#postponed.clear();
    this.#settle();
  }

  /** Undefined when a certificate can be asked for now. */
  refusal(use: CertificateUse): SigningRefusal | undefined {
    const disabled = this.#ports.disabledBecause(use);
    if (disabled !== undefined) return { kind: "disabled", because: disabled };
    if (this.#outstanding) return { kind: "underWay", because: "a request is under way" };
    if (this.#ports.subject(use)) return undefined;
    return { kind: "noSubject", because: `one of these has no value: ${this.#ports.subjectKeys(use)}` };
  }

  /** Makes a new key and asks for a certificate for it. The old one stays in use until the new one is there. */
  async request(use: CertificateUse, attempt = 1): Promise<void> {
    const refusal = this.refusal(use);
    const subject = this.#ports.subject(use);
    if (refusal || !subject) return this.#cannotAsk(use, refusal);
    const outstanding = { use };
    this.#outstanding = outstanding;
    let accepted = false;
    try {
      accepted = await this.#ask(use, subject);
    } finally {
      if (!accepted) this.#settle();
    }
    // The certificate itself may have come while the answer was under way.
    if (accepted && this.#outstanding === outstanding) this.#await(use, attempt, subject);
  }

  /** What CertificateSigned brought goes into its place if it is sound. */
  async take(use: CertificateUse, certificate_chain: string): Promise<InstallCertificateResult> {
    this.#settle();
    const { security, events, renewed } = this.#ports;
    const result = await security.update_leaf_certificate({ certificate_chain, certificate_type: leafTypes[use] });
    if (result !== "Accepted") return result;
    renewed(use);
    events.raise("ReconfigurationOfSecurityParameters", `Installed leaf certificate: ${use}`);
    return result;
  }

  #cannotAsk(use: CertificateUse, refusal: SigningRefusal | undefined): void {
    const { log, trace, rule, subjectKeys } = this.#ports;
    log.warn({ use, refusal }, "no certificate can be asked for");
    if (refusal?.kind !== "noSubject") return;
    const title = `no ${use} can be asked for: its subject is not complete`;
    trace.add({ step: 0, kind: "fault", from: "OCPP", title, rule, fix: `Give ${subjectKeys(use)} a value.` });
  }

  async #ask(use: CertificateUse, subject: Subject): Promise<boolean> {
    const csr = await this.#makeRequest(use, subject);
    if (csr === undefined) return false;
    const outcome = await this.#ports.submit(use, csr);
    // One that answers against the schema has the request all the same.
    if (outcome.kind === "invalid") return true;
    if (outcome.kind === "answered" && outcome.response.status === "Accepted") return true;
    const reason = outcome.kind === "answered" ? "the CSMS rejected the request" : outcome.reason;
    this.#unsigned("SignCertificateRejected", use, subject, reason);
    return false;
  }

  #check(use: CertificateUse): Periodic {
    const { clock, checkTimes } = this.#ports;
    const interval = () => checkTimes(use).every * 1000;
    return new Periodic(clock, interval, () => inBackground(this.#ports, "certificate check", () => this.#renew(use)));
  }

  async #renew(use: CertificateUse): Promise<void> {
    const { security, lookedAfter } = this.#ports;
    if (!lookedAfter(use)) return;
    if (this.#outstanding) {
      if (this.#outstanding.use !== use) this.#postponed.add(use);
      return;
    }
    const days = await security.get_leaf_expiry_days_count({ certificate_type: leafTypes[use] });
    if (days < RENEWAL_DAYS) await this.request(use);
  }

  async #makeRequest(use: CertificateUse, subject: Subject): Promise<string | undefined> {
    const { security, events, usesTpm } = this.#ports;
    const { status, csr } = await security.generate_certificate_signing_request({
      certificate_type: leafTypes[use],
      ...subject,
      use_tpm: usesTpm(use),
    });
    if (status === "Accepted" && csr !== undefined) return csr;
    events.raise("CSRGenerationFailed", `Sign certificate req failed due to: ${status}`);
    return undefined;
  }

  /** Waits for CertificateSigned, twice as long each time; then asks again, with a new key (A02.FR.17 to FR.20). */
  #await(use: CertificateUse, attempt: number, subject: Subject): void {
    const { clock } = this.#ports;
    const wait = Math.max(LEAST_WAIT, this.#ports.waitMinimum() ?? WAIT_WITHOUT_VALUE);
    const last = attempt > (this.#ports.repeatTimes() ?? 0);
    const timer = clock.setTimer(wait * 2 ** (attempt - 1) * 1000, () => {
      if (!last) {
        this.#outstanding = undefined;
        inBackground(this.#ports, "SignCertificate", () => this.request(use, attempt + 1));
        return;
      }
      this.#settle();
      this.#unsigned("CertificateNotSigned", use, subject, `none came after ${attempt} requests`);
    });
    this.#outstanding = { use, timer };
  }

  /** The next in line has its turn. */
  #settle(): void {
    this.#outstanding?.timer?.cancel();
    this.#outstanding = undefined;
    for (const use of this.#postponed) {
      this.#postponed.delete(use);
      inBackground(this.#ports, "certificate check", () => this.#renew(use));
    }
  }

  /** The likely cause is a subject that the CA does not expect. */
  #unsigned(event: string, use: CertificateUse, subject: Subject, reason: string): void {
    const { log, trace, events, rule, subjectKeys } = this.#ports;
    const name = distinguishedName(subject);
    log.error({ use, subject: name, reason }, "no new certificate; check that the CSMS's CA expects this subject");
    events.raise(event, `${use} for ${name}: ${reason}`);
    trace.add({
      step: 0,
      kind: "fault",
      from: "OCPP",
      title: `no new ${use} for ${name}: ${reason}`,
      rule,
      fix: `Let the CSMS's CA sign this subject, or correct it in ${subjectKeys(use)}.`,
    });
  }
}

/** As written in certificates: `CN=…, O=…, C=…`. */
function distinguishedName({ common, organization, country }: Subject): string {
  return `CN=${common}, O=${organization}, C=${country}`;
}
