/** The connection to the CSMS: made over the profiles in turn, with OCPP's back-off, and told of. */
import type { NetworkProfile } from "../../chargePoint/networkProfile.ts";
import type { ConnectionStatus, Message } from "../../interfaces/types/ocpp.ts";
import { type BackOff, type ConnectFailure, type Endpoint, Link } from "../../rpc/link.ts";
import type { PingOptions } from "../../rpc/liveness.ts";
import type { CallHandler, PeerEvent } from "../../rpc/peer.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Tracer } from "../../util/trace.ts";
import { redacted } from "./redact.ts";

/** What the settings of the version say; all of it may change while the station runs. */
export interface ConnectionSettings {
  /** As people say it. */
  readonly version: "1.6" | "2.0.1";
  /** In the order in which they are tried, at least one. @throws UserError when the settings are wrong. */
  profiles(): readonly NetworkProfile[];
  /** How often each is tried before the next has its turn. */
  attempts(): number;
  readonly backOff: BackOff;
  /** 0 is off. */
  pingIntervalMs(): number;
  ping(): PingOptions;
}

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly settings: ConnectionSettings;
  /** @throws UserError when the profile lacks a certificate. */
  endpointOf(profile: NetworkProfile): Promise<Endpoint>;
  /** Who answers the CSMS's calls. */
  readonly answer: () => CallHandler;
  connected(): void;
  disconnected(): void;
  securityEvent(type: string, info: string): void;
  publishStatus(status: ConnectionStatus): void;
  /** Every message both ways, without passwords. */
  publishMessage(message: Message): void;
}

/** How long messages under way may take before a connection is given up for another. */
const DRAIN_MS = 1_000;

interface Candidate {
  readonly profile: NetworkProfile;
  readonly endpoint: Endpoint;
}

export class Connection {
  readonly #ports: ConnectionPorts;
  readonly #link: Link;
  #candidates: readonly Candidate[] = [];
  #current: Candidate | undefined;

  constructor(ports: ConnectionPorts) {
    const { clock, random, settings } = ports;
    this.#ports = ports;
    this.#link = new Link({
      clock,
      random,
      endpoint: (failures) => this.#choose(failures),
      backOff: settings.backOff,
      pingIntervalMs: settings.pingIntervalMs(),
      observe: (event) => this.#observe(event),
      connected: (peer) => {
        peer.setPingInterval(settings.pingIntervalMs(), settings.ping());
        peer.onCall(ports.answer());
        this.#tell(true);
        ports.connected();
      },
      disconnected: () => {
        ports.disconnected();
        this.#tell(false);
      },
      failed: (failure, waitMs) => this.#failed(failure, waitMs),
    });
  }

  /** The charge point's way to the CSMS. */
  get link(): Link {
    return this.#link;
  }

  /** Reads profiles and certificates. @throws UserError when one is missing or wrong. */
  async prepare(): Promise<void> {
    const profiles = this.#ports.settings.profiles();
    this.#candidates = await Promise.all(
      profiles.map(async (profile) => ({ profile, endpoint: await this.#ports.endpointOf(profile) })),
    );
  }

  /** Connects anew with the credentials of now; the answer under way still goes out. */
  renew(): void {
    this.refresh(() => this.#link.reconnect({ drainMs: DRAIN_MS }));
  }

  /** Takes new settings for the next connection; what cannot be read leaves everything as it was. */
  refresh(then: () => Promise<void> = async () => {}): void {
    this.prepare()
      .then(then)
      .catch((error: unknown) => this.#ports.log.error({ error }, "the new settings of the connection cannot be used"));
  }

  /** Takes the ping interval of now. */
  repace(): void {
    const { settings } = this.#ports;
    this.#link.peer?.setPingInterval(settings.pingIntervalMs(), settings.ping());
  }

  start(): void {
    this.#link.start();
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  #choose(failures: number): Endpoint {
    const candidate =
      this.#candidates[Math.floor(failures / this.#ports.settings.attempts()) % this.#candidates.length];
    this.#current = candidate;
    // An endpoint that cannot be dialled is a failed attempt like any other.
    return candidate?.endpoint ?? { url: "", identity: "", subprotocols: [], security: { profile: 0 } };
  }

  #tell(connected: boolean): void {
    const { profile } = this.#current ?? {};
    const { publishStatus, settings } = this.#ports;
    publishStatus({
      connected,
      ...(profile
        ? {
            csms_url: profile.url,
            identity: profile.identity,
            security_profile: profile.securityProfile,
            configuration_slot: profile.slot,
          }
        : {}),
      ...(connected ? { ocpp_version: settings.version } : {}),
    });
  }

  #failed(failure: ConnectFailure, waitMs: number): void {
    const { log, trace, securityEvent } = this.#ports;
    const url = this.#current?.profile.url ?? "";
    log.warn({ url, ...failure, nextTryInMs: waitMs }, "no connection to the CSMS");
    const fix = `Check ${url}, and the station's identity and password there.`;
    trace.add({ step: 0, kind: "fault", from: "OCPP", title: `no connection to the CSMS: ${failure.message}`, fix });
    if (failure.kind === "tls" && failure.securityEvent) securityEvent(failure.securityEvent, failure.message);
    if (failure.kind === "refused" && failure.status === 401) {
      securityEvent("FailedToAuthenticateAtCsms", failure.message);
    }
  }

  #observe(event: PeerEvent): void {
    const { log, publishMessage, settings } = this.#ports;
    if (event.type !== "frame") {
      log.warn(event, `connection to the CSMS: ${event.type}`);
      return;
    }
    const direction = event.direction === "in" ? "CSMSToChargingStation" : "ChargingStationToCSMS";
    publishMessage({ message: redacted(event.text), direction, version: settings.version });
  }
}
