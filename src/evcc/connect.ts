/** From nothing to a connection that the car trusts: SECC discovery, TCP, TLS. */
import { discoveryTimes, sessionTimes } from "../iso15118/timers.ts";
import type { Link } from "../transport/interfaces.ts";
import { type ByteStream, type Network, type PeerCertificates, StreamError } from "../transport/ports.ts";
import type { Clock } from "../util/clock.ts";
import type { Tracer } from "../util/trace.ts";
import type { ChargerVerdict } from "./charger.ts";
import { type Charger, discoverCharger } from "./discovery.ts";
import type { Outcome } from "./outcome.ts";

export interface ConnectionWishes {
  readonly link: Link;
  /** UDP port of the charger's SDP server. */
  readonly sdpPort: number;
  /** Rounds of 50 SDP requests. */
  readonly sdpCycles: number;
  /** `required`: rather no session than one without TLS. */
  readonly tls: "none" | "wanted" | "required";
}

export interface ConnectionPorts {
  readonly network: Network;
  readonly clock: Clock;
  readonly trace: Tracer;
  /** Judges the SECC's certificates; see `checkCharger`. */
  verifyCharger(shown: PeerCertificates): ChargerVerdict;
}

/** How long all of it may take: rounds without an answer do not count against the charger that answers at last. */
export function setupTime({ sdpCycles }: ConnectionWishes): number {
  const round = discoveryTimes.maxRequests * discoveryTimes.interval;
  return sessionTimes.communicationSetup.timeout + (sdpCycles - 1) * round;
}

/** @throws UserError when the link cannot be used. */
export async function connectCharger(
  wishes: ConnectionWishes,
  ports: ConnectionPorts,
  signal: AbortSignal,
): Promise<ByteStream | Outcome> {
  const { link, sdpPort: port, sdpCycles: cycles, tls } = wishes;
  const { network, clock, trace } = ports;
  const security = tls === "none" ? "none" : "tls";
  const way = link.mode === "multicast" ? `by multicast on ${link.interface}` : `at [${link.address}]:${port}`;
  trace.add({ step: 1, kind: "decision", from: "EV", title: `looks for a charger ${way}: ${link.why}` });
  const charger = await discoverCharger({ network, clock, link, port, security, cycles, signal });
  if (!charger) return { ended: "no charger", reason: `nobody answered SECC discovery ${way}` };
  const insecure = securityFault(tls, charger);
  if (insecure !== undefined) return { ended: "no security", reason: insecure };
  const title = `found a charger at [${charger.host}]:${charger.port}, ${inWords[charger.security]}`;
  trace.add({ step: 1, kind: "decision", from: "EV", title, outcome: "ok" });
  return connect(charger, ports, signal);
}

const inWords = { tls: "with TLS", none: "without TLS" } as const;

function securityFault(tls: ConnectionWishes["tls"], { security }: Charger): string | undefined {
  if (tls === "required" && security === "none") return "the charger answers without TLS, which the car demands";
  if (tls === "none" && security === "tls") return "the charger demands TLS, which this car has switched off";
  return undefined;
}

async function connect(charger: Charger, ports: ConnectionPorts, signal: AbortSignal): Promise<ByteStream | Outcome> {
  const { host, port, security } = charger;
  const timeoutMs = sessionTimes.communicationSetup.timeout;
  const verify = (shown: PeerCertificates) => judge(shown, ports);
  const tls = security === "tls" ? { tls: { verify, requestOCSP: true } } : {};
  const connecting = ports.network.connect({ host, port, timeoutMs, ...tls }).catch(noConnection);
  const first = await Promise.race([connecting, aborted(signal)]);
  if (first) return first;
  // A connection that nobody waits for any more is dropped when it is there.
  void connecting.then((late) => "ended" in late || late.destroy());
  return { ended: "aborted", reason: "while the car was connecting" };
}

function noConnection(error: unknown): Outcome {
  if (!(error instanceof StreamError)) throw error;
  if (error.reason === "peer rejected") return { ended: "charger not trusted", reason: error.message };
  return { ended: "no connection", reason: `${error.reason}: ${error.message}` };
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}

function judge(shown: PeerCertificates, { verifyCharger, trace }: ConnectionPorts) {
  const { ok, title, ...more } = verifyCharger(shown);
  trace.add({ step: 1, kind: "decision", from: "EV", title, outcome: ok ? "ok" : "refused", ...more });
  return ok ? { ok } : { ok, reason: title };
}
