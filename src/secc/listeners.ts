/** The TCP and TLS servers of one SECC. */
import type { Link } from "../transport/interfaces.ts";
import type {
  ByteStream,
  ConnectionFault,
  Network,
  StreamServer,
  TlsCredentials,
  TlsServerOptions,
} from "../transport/ports.ts";
import { UserError } from "../util/errors.ts";
import type { SdpSecurity } from "../v2gtp/sdp.ts";
import type { TlsSecurity } from "./sdpServer.ts";

/** EVerest's ports; when one is taken the system chooses, and SDP tells the EV. */
const preferredPorts: Readonly<Record<SdpSecurity, number>> = { none: 61341, tls: 64109 };

export interface ListenersOptions {
  readonly network: Network;
  readonly link: Link;
  readonly tlsSecurity: TlsSecurity;
  readonly tls: Omit<TlsServerOptions, "credentials">;
  readonly maxConnections: number;
  onStream(stream: ByteStream): void;
  onFault(fault: ConnectionFault): void;
}

export class Listeners {
  readonly #options: ListenersOptions;
  #tcp: StreamServer | undefined;
  #tls: StreamServer | undefined;
  /** False while there are no certificates for new connections; those that are open go on. */
  #usable = false;

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  /** Opens what `tls_security` allows. @throws UserError when the address cannot be had. */
  async open(chains: readonly TlsCredentials[]): Promise<void> {
    if (this.#options.tlsSecurity !== "force") this.#tcp = await this.#listen("none");
    await this.setCredentials(chains);
  }

  /** @throws UserError when a chain and its key do not fit; TLS is not usable then, nor without any. */
  async setCredentials([first, ...rest]: readonly TlsCredentials[]): Promise<void> {
    this.#usable = false;
    if (!first || this.#options.tlsSecurity === "prohibit") return;
    const credentials = [first, ...rest] as const;
    if (this.#tls) this.#tls.setCredentials(credentials);
    else this.#tls = await this.#listen("tls", { ...this.#options.tls, credentials });
    this.#usable = true;
  }

  /** Where an EV can connect; undefined when it cannot. */
  port(security: SdpSecurity): number | undefined {
    if (security === "none") return this.#tcp?.port;
    return this.#usable ? this.#tls?.port : undefined;
  }

  /** Lets go of every peer, also of those that have not come as far as a stream. */
  dropAll(): void {
    for (const server of [this.#tcp, this.#tls]) server?.dropAll();
  }

  async close(): Promise<void> {
    await Promise.all([this.#tcp?.close(), this.#tls?.close()]);
  }

  async #listen(security: SdpSecurity, tls?: TlsServerOptions): Promise<StreamServer> {
    const { network, link, maxConnections, onStream, onFault } = this.#options;
    const options = {
      host: link.address,
      maxConnections,
      ...(tls ? { tls } : {}),
      // A server that lost its certificates takes nobody.
      onStream: (stream: ByteStream) => (security === "tls" && !this.#usable ? stream.destroy() : onStream(stream)),
      onFault,
    };
    try {
      return await network.listen({ ...options, port: preferredPorts[security] });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return network.listen({ ...options, port: 0 });
    }
  }
}
