import { type Clock, systemClock } from "../util/clock.ts";
import type { Network } from "./ports.ts";
import { connectTcp, listenTcp } from "./tcp.ts";
import { connectTls } from "./tls.ts";
import { listenTls } from "./tlsServer.ts";
import { openUdp } from "./udp.ts";

/** The machine's own network. */
export function nodeNetwork(clock: Clock = systemClock): Network {
  return {
    listen: ({ tls, ...options }) => (tls ? listenTls({ ...options, tls }, clock) : listenTcp(options, clock)),
    connect: ({ tls, ...options }) => (tls ? connectTls({ ...options, tls }, clock) : connectTcp(options, clock)),
    openDatagrams: openUdp,
  };
}
