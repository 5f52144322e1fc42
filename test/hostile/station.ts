/** A real SECC on loopback, with real UDP, TCP and TLS, for those who attack it there. */
import { readdirSync } from "node:fs";
import { discoverCharger } from "../../src/evcc/discovery.ts";
import { createPki } from "../../src/pki/index.ts";
import { iso2Protocol } from "../../src/secc/handshake.ts";
import { Secc, type SeccOptions } from "../../src/secc/secc.ts";
import { chooseLink } from "../../src/transport/interfaces.ts";
import { nodeNetwork } from "../../src/transport/node.ts";
import { systemClock } from "../../src/util/clock.ts";
import { silentLogger } from "../../src/util/log.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import { exportPrivateKey, toPem } from "../../src/x509/index.ts";
import { evse, settings } from "../secc/fixtures.ts";
import { code, obliging, TestEv } from "../secc/world.ts";

export const link = chooseLink("lo");
const network = nodeNetwork();
const pki = createPki({ clock: systemClock, random: cryptoRandom });

export interface RealStation {
  readonly secc: Secc;
  readonly timeline: Timeline;
  readonly sdpPort: number;
  readonly tlsPort: number;
  /** Finds the station, connects and sets a session up, as an honest EV. @throws TypeError when it is not served. */
  honest(): Promise<void>;
  close(): Promise<void>;
}

export async function realStation(change: Partial<SeccOptions> = {}): Promise<RealStation> {
  const { members, chain } = await pki;
  const { certificate, key } = members.secc;
  const timeline = new Timeline(systemClock);
  const secc: Secc = new Secc({
    ...{ network, clock: systemClock, random: cryptoRandom, log: silentLogger, trace: timeline },
    sdpPort: 0,
    tlsSecurity: "force",
    tls: { handshakeMs: 2000 },
    protocols: [iso2Protocol],
    settings,
    closeAtOnce: true,
    maxConnections: 8,
    checkContract: async () => ({ result: "unchecked" }),
    serviceParameters: async () => undefined,
    perform: (effect) => obliging(effect, secc),
    ...change,
  });
  await secc.open(link, [{ chain: toPem(certificate, ...chain("secc")), key: exportPrivateKey(key, "pkcs8") }]);
  secc.update(evse);
  secc.dlinkReady(true);
  const sdpPort = secc.sdpPort ?? 0;
  return {
    ...{ secc, timeline, sdpPort, tlsPort: secc.port("tls") ?? 0 },
    honest: () => beHonest(sdpPort),
    close: () => secc.close(),
  };
}

async function beHonest(port: number): Promise<void> {
  const { signal } = new AbortController();
  const found = await discoverCharger({ network, clock: systemClock, link, port, security: "tls", cycles: 1, signal });
  if (!found) throw new TypeError("no answer to SECC discovery");
  const ev = await TestEv.connectTo(network, found.port);
  await ev.agree();
  const answer = code(await ev.ask("SessionSetupReq"));
  if (answer !== "OK_NewSessionEstablished") throw new TypeError(`SessionSetupRes ${answer}`);
  await ev.ask("SessionStopReq");
  await ev.stream.close();
}

/** Open files and sockets of this process. */
export function openFiles(): number {
  return readdirSync("/proc/self/fd").length;
}
