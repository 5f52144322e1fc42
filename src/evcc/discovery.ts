/** The car's side of SECC discovery, ISO 15118-2 clause 7.10.1: asks until a charger answers. */
import { discoveryTimes } from "../iso15118/timers.ts";
import type { Link } from "../transport/interfaces.ts";
import type { DatagramSocket, Network } from "../transport/ports.ts";
import { type Clock, withTimeout } from "../util/clock.ts";
import { PeerError } from "../util/errors.ts";
import { ipv6Text } from "../v2gtp/address.ts";
import {
  decodeSdpResponse,
  encodeSdpRequest,
  SDP_MULTICAST,
  type SdpResponse,
  type SdpSecurity,
} from "../v2gtp/sdp.ts";

export interface DiscoveryOptions {
  readonly network: Network;
  readonly clock: Clock;
  /** Where to ask: by multicast on an interface, or at ::1. */
  readonly link: Link;
  /** The SDP server's UDP port. */
  readonly port: number;
  readonly security: SdpSecurity;
  /** Rounds of 50 requests. */
  readonly cycles: number;
  readonly signal: AbortSignal;
}

/** The charger that answered. `host` carries the scope that a link-local address needs. */
export interface Charger {
  readonly host: string;
  readonly port: number;
  readonly security: SdpSecurity;
}

/** Asks every 250 ms; undefined when nobody has answered in all cycles. @throws UserError when there is no such link. */
export async function discoverCharger(options: DiscoveryOptions): Promise<Charger | undefined> {
  const { network, link, cycles, clock, signal } = options;
  const multicast = link.mode === "multicast";
  const socket = await network.openDatagrams({
    host: link.address,
    port: 0,
    ...(multicast && { multicastInterface: link.interface }),
  });
  try {
    const answer = firstAnswer(socket, signal);
    for (let left = cycles * discoveryTimes.maxRequests; left > 0 && !signal.aborted; left--) {
      await ask(socket, options);
      const found = await withTimeout(clock, discoveryTimes.interval, answer, () => undefined);
      if (found) return { host: hostOf(found, link), port: found.port, security: found.security };
    }
    return undefined;
  } finally {
    await socket.close();
  }
}

/** A request that cannot be sent is as good as one that got lost. */
async function ask(socket: DatagramSocket, { link, port, security }: DiscoveryOptions): Promise<void> {
  const address = link.mode === "multicast" ? SDP_MULTICAST : link.address;
  await socket.send(encodeSdpRequest({ security }), { address, port }).catch((error: unknown) => {
    if (!(error instanceof PeerError)) throw error;
  });
}

/** The first datagram that is a response; others are passed over. Undefined when the search is given up. */
function firstAnswer(socket: DatagramSocket, signal: AbortSignal): Promise<SdpResponse | undefined> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
    socket.onMessage((datagram) => {
      try {
        resolve(decodeSdpResponse(datagram));
      } catch (error) {
        if (!(error instanceof PeerError)) throw error;
      }
    });
  });
}

function hostOf({ address }: SdpResponse, link: Link): string {
  const isLinkLocal = address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80;
  return isLinkLocal ? `${ipv6Text(address)}%${link.interface}` : ipv6Text(address);
}
