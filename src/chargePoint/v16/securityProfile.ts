/** The CSMS raises the security profile; a profile that leads to no connection is taken back (security whitepaper of OCPP 1.6, A05). */
import type { Afterwards } from "../../rpc/peer.ts";
import type { Timer } from "../../util/clock.ts";
import { inBackground } from "../block.ts";
import type { Block, Core } from "./core.ts";

/** The profile to go back to, while the new one has not proved itself. */
export const profileSwitchSchema = "CREATE TABLE security_profile_switch (fall_back INTEGER NOT NULL)";

/** How long the new profile has when SwitchSecurityProfileConnectionTimeout has no value, in seconds. */
const TIMEOUT = 60;

const HIGHEST = 3;

export class SecurityProfile implements Block {
  readonly #core: Core;
  #timer: Timer | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  /** A switch of before the restart goes on. */
  start(): void {
    if (this.#fallBack() !== undefined) this.#wait();
  }

  /** The profile of now leads to the CSMS. */
  online(): void {
    this.#settle();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** @param text the new value of SecurityProfile. */
  async change(text: string, afterwards: Afterwards): Promise<"Accepted" | "Rejected"> {
    const profile = Number(text);
    const reason = await this.#refusal(profile);
    if (reason === undefined) {
      afterwards(() => inBackground(this.#core, "the switch of the security profile", () => this.#switch(profile)));
      return "Accepted";
    }
    this.#core.log.warn({ profile: text, reason }, "the security profile stays as it is");
    return "Rejected";
  }

  async #refusal(profile: number): Promise<string | undefined> {
    const { config, station } = this.#core;
    const present = config.value("SecurityProfile");
    if (!Number.isInteger(profile) || profile > HIGHEST) return "there is no such profile";
    if (profile <= present) return `it can only become higher than ${present}`;
    if (profile < 3 && config.value("AuthorizationKey") === undefined) return "there is no AuthorizationKey";
    if (profile === 1) return undefined;
    const rooted = await station.security.is_ca_certificate_installed({ certificate_type: "CSMS" });
    if (!rooted) return "no CSMS root is installed";
    return profile === 2 || (await this.#hasClientCertificate()) ? undefined : "no client certificate is installed";
  }

  async #hasClientCertificate(): Promise<boolean> {
    const { status } = await this.#core.station.security.get_leaf_certificate_info({
      certificate_type: "CSMS",
      encoding: "PEM",
      include_ocsp: false,
    });
    return status === "Accepted";
  }

  async #switch(profile: number): Promise<void> {
    const { config, database, station } = this.#core;
    database.atomically(() => {
      database.run("DELETE FROM security_profile_switch");
      database.run("INSERT INTO security_profile_switch VALUES (?)", config.value("SecurityProfile"));
    });
    await config.put("SecurityProfile", profile);
    this.#wait();
    station.reconnect();
  }

  #wait(): void {
    const { clock, config } = this.#core;
    this.#timer?.cancel();
    const seconds = config.value("SwitchSecurityProfileConnectionTimeout") ?? TIMEOUT;
    this.#timer = clock.setTimer(seconds * 1000, () =>
      inBackground(this.#core, "the way back to the former security profile", () => this.#goBack(seconds)),
    );
  }

  async #goBack(seconds: number): Promise<void> {
    const { config, station, trace } = this.#core;
    const former = this.#fallBack();
    if (former === undefined) return;
    trace.add({
      ...{ step: 0, kind: "fault", from: "OCPP", rule: "security whitepaper A05" },
      title: `no connection with security profile ${config.value("SecurityProfile")} within ${seconds} s: back to ${former}`,
      fix: "Check that the CSMS serves the new profile at the same host, and its certificate, password or client root.",
    });
    await config.put("SecurityProfile", former);
    this.#settle();
    station.reconnect();
  }

  #settle(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#fallBack() !== undefined) this.#core.database.run("DELETE FROM security_profile_switch");
  }

  #fallBack(): number | undefined {
    return this.#core.database.get<{ fall_back: number }>("SELECT fall_back FROM security_profile_switch")?.fall_back;
  }
}
