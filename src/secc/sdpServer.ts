/** The SDP server, ISO 15118-2 clause 7.10.1: tells an EV where to connect, if it may. */
import type { Link } from "../transport/interfaces.ts";
import type { DatagramSocket, Network } from "../transport/ports.ts";
import type { Tracer } from "../util/trace.ts";
import { ipv6Octets } from "../v2gtp/address.ts";
import { V2gtpError } from "../v2gtp/header.ts";
import { decodeSdpRequest, encodeSdpResponse, SDP_MULTICAST, type SdpRequest, type SdpSecurity } from "../v2gtp/sdp.ts";

/** The configuration key `tls_security`. */
export type TlsSecurity = "prohibit" | "allow" | "force";

/** What is answered to an EV that asks for this, when the TLS server can be used and when it cannot. */
interface Rule {
  readonly usable: SdpSecurity | "silence";
  readonly unusable: SdpSecurity | "silence";
}

const plain: Rule = { usable: "none", unusable: "none" };
const onlyTls: Rule = { usable: "tls", unusable: "silence" };

const rules: Readonly<Record<TlsSecurity, Readonly<Record<SdpSecurity, Rule>>>> = {
  prohibit: { tls: plain, none: plain },
  allow: { tls: { usable: "tls", unusable: "none" }, none: plain },
  force: { tls: onlyTls, none: onlyTls },
};

/** Decides from configuration, state of the TLS server and wish of the EV. */
export function sdpAnswer(tlsSecurity: TlsSecurity, wish: SdpSecurity, tlsUsable: boolean): SdpSecurity | "silence" {
  return rules[tlsSecurity][wish][tlsUsable ? "usable" : "unusable"];
}

export interface SdpServerOptions {
  readonly network: Network;
  readonly link: Link;
  readonly port: number;
  readonly tlsSecurity: TlsSecurity;
  readonly trace: Tracer;
  /** Whether an EV is connected and may ask. */
  dataLinkReady(): boolean;
  /** The port of the server with this security; undefined when there is none to be used. */
  serverPort(security: SdpSecurity): number | undefined;
}

/** One socket answers all; nothing is kept of a request. */
export class SdpServer {
  readonly #options: SdpServerOptions;
  readonly #socket: DatagramSocket;
  /** The exchange that is on the timeline already; an EV repeats itself up to 50 times. */
  #told = "";

  /** @throws UserError when the port cannot be had. */
  static async open(options: SdpServerOptions): Promise<SdpServer> {
    const { network, link, port } = options;
    const multicast = { group: { address: SDP_MULTICAST, interface: link.interface } };
    const socket = await network.openDatagrams({
      host: link.mode === "multicast" ? "::" : link.address,
      port,
      ...(link.mode === "multicast" ? multicast : {}),
    });
    return new SdpServer(options, socket);
  }

  private constructor(options: SdpServerOptions, socket: DatagramSocket) {
    this.#options = options;
    this.#socket = socket;
    socket.onMessage((datagram, from) => this.#receive(datagram, from));
  }

  get port(): number {
    return this.#socket.port;
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  /** Lets the next exchange appear on the timeline again. */
  forget(): void {
    this.#told = "";
  }

  #receive(datagram: Uint8Array, from: { address: string; port: number }): void {
    const request = read(datagram);
    if (!request || !this.#options.dataLinkReady()) return;
    const { link, tlsSecurity, serverPort } = this.#options;
    const answer = sdpAnswer(tlsSecurity, request.security, serverPort("tls") !== undefined);
    const port = answer === "silence" ? undefined : serverPort(answer);
    this.#tell(request.security, port === undefined ? "silence" : answer, port);
    if (answer === "silence" || port === undefined) return;
    const response = encodeSdpResponse({ address: ipv6Octets(link.address), port, security: answer });
    // A datagram that is lost is asked for again.
    this.#socket.send(response, from).catch(() => {});
  }

  #tell(wish: SdpSecurity, answer: SdpSecurity | "silence", port: number | undefined): void {
    const { trace, tlsSecurity, link } = this.#options;
    const exchange = `${wish} ${answer} ${port}`;
    if (exchange === this.#told) return;
    this.#told = exchange;
    const asked = { security: wish === "tls" ? "TLS" : "no TLS" };
    trace.add({ step: 1, kind: "message", from: "EV", to: "EVSE", title: "SECCDiscoveryReq", detail: asked });
    if (port === undefined) {
      trace.add({
        step: 1,
        kind: "decision",
        from: "EVSE",
        title: "no answer to SECCDiscoveryReq: TLS is required and there is no certificate to serve it with",
        outcome: "refused",
        rule: `tls_security=${tlsSecurity}`,
        fix: "Install a valid SECC leaf certificate with its key, or set tls_security to allow.",
      });
      return;
    }
    const detail = { address: link.address, port, security: answer === "tls" ? "TLS" : "no TLS" };
    trace.add({ step: 1, kind: "message", from: "EVSE", to: "EV", title: "SECCDiscoveryRes", outcome: "ok", detail });
  }
}

/** Undefined when the datagram is no request; whoever sends such gets no answer. */
function read(datagram: Uint8Array): SdpRequest | undefined {
  try {
    return decodeSdpRequest(datagram);
  } catch (error) {
    if (error instanceof V2gtpError) return undefined;
    throw error;
  }
}
