/** The connection to the CSMS: made over the profiles in turn, with OCPP's back-off, and told of. */
import type { DeviceModel } from "../../chargePoint/deviceModel/deviceModel.ts";
import { type NetworkProfile, networkProfiles } from "../../chargePoint/v201/networkProfiles.ts";
import type { ConnectionStatus, Message } from "../../interfaces/types/ocpp.ts";
import { type ConnectFailure, type Endpoint, Link } from "../../rpc/link.ts";
import type { CallHandler, PeerEvent } from "../../rpc/peer.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Tracer } from "../../util/trace.ts";

export interface ConnectionPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly model: DeviceModel;
  /** @throws UserError when the profile lacks a certificate. */
  endpointOf(profile: NetworkProfile): Promise<Endpoint>;
  /** Who answers the CSMS's calls. */
  readonly answer: () => CallHandler;
  connected(): void;
  disconnected(): void;
  securityEvent(type: string, info: string): void;
  publishStatus(status: ConnectionStatus): void;
  publishMessage(message: Message): void;
}

const profileVariables: readonly string[] = [
  "InternalCtrlr.NetworkConnectionProfiles",
  "OCPPCommCtrlr.NetworkConfigurationPriority",
];
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
    const { clock, random, model } = ports;
    this.#ports = ports;
    const seconds = (name: "RetryBackOffWaitMinimum" | "RetryBackOffRandomRange" | "WebSocketPingInterval") =>
      (model.value(`OCPPCommCtrlr.${name}`) ?? 0) * 1000;
    this.#link = new Link({
      clock,
      random,
      endpoint: (failures) => this.#choose(failures),
      backOff: {
        get waitMinimumMs() {
          return seconds("RetryBackOffWaitMinimum");
        },
        get randomRangeMs() {
          return seconds("RetryBackOffRandomRange");
        },
        get repeatTimes() {
          return model.value("OCPPCommCtrlr.RetryBackOffRepeatTimes") ?? 0;
        },
      },
      pingIntervalMs: seconds("WebSocketPingInterval"),
      observe: (event) => this.#observe(event),
      connected: (peer) => {
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
    model.onChange(({ address }) => {
      if (address === "OCPPCommCtrlr.WebSocketPingInterval") {
        this.#link.peer?.setPingInterval(seconds("WebSocketPingInterval"));
      }
      // Once more with the new password, so that a wrong one shows at once (A01). New profiles wait for the next connection (B09).
      if (address === "SecurityCtrlr.BasicAuthPassword") this.renew();
      if (profileVariables.includes(address)) this.#refresh();
    });
  }

  /** The charge point's way to the CSMS. */
  get link(): Link {
    return this.#link;
  }

  /** Reads profiles and certificates. @throws UserError when one is missing or wrong. */
  async prepare(): Promise<void> {
    const profiles = networkProfiles(this.#ports.model);
    this.#candidates = await Promise.all(
      profiles.map(async (profile) => ({ profile, endpoint: await this.#ports.endpointOf(profile) })),
    );
  }

  /** Connects anew with the credentials of now; the answer under way still goes out. */
  renew(): void {
    this.#refresh(() => this.#link.reconnect({ drainMs: DRAIN_MS }));
  }

  start(): void {
    this.#link.start();
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  /** What cannot be read leaves everything as it was. */
  #refresh(then: () => Promise<void> = async () => {}): void {
    this.prepare()
      .then(then)
      .catch((error: unknown) => this.#ports.log.error({ error }, "the new settings of the connection cannot be used"));
  }

  /** Each profile gets NetworkProfileConnectionAttempts tries before the next has its turn (B10). */
  #choose(failures: number): Endpoint {
    const attempts = this.#ports.model.value("OCPPCommCtrlr.NetworkProfileConnectionAttempts") || 1;
    const candidate = this.#candidates[Math.floor(failures / attempts) % this.#candidates.length];
    this.#current = candidate;
    // An endpoint that cannot be dialled is a failed attempt like any other.
    return candidate?.endpoint ?? { url: "", identity: "", subprotocols: [], security: { profile: 0 } };
  }

  #tell(connected: boolean): void {
    const { profile } = this.#current ?? {};
    this.#ports.publishStatus({
      connected,
      ...(profile
        ? {
            csms_url: profile.url,
            identity: profile.identity,
            security_profile: profile.securityProfile,
            configuration_slot: profile.slot,
          }
        : {}),
      ...(connected ? { ocpp_version: "2.0.1" } : {}),
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
    if (event.type !== "frame") {
      this.#ports.log.warn(event, `connection to the CSMS: ${event.type}`);
      return;
    }
    const direction = event.direction === "in" ? "CSMSToChargingStation" : "ChargingStationToCSMS";
    this.#ports.publishMessage({ message: event.text, direction, version: "2.0.1" });
  }
}
