/** Thirty-two DC chargers in one process, each with a car: how long the cars, in another process, wait for CurrentDemandRes. */
import { cpus, loadavg } from "node:os";
import { freeUdpPort } from "../src/cli/demo/freePort.ts";
import { createPki } from "../src/pki/index.ts";
import { systemClock } from "../src/util/clock.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { exportPrivateKey, toPem } from "../src/x509/index.ts";
import type { Drive, Driven } from "./carsPart.ts";
import type { OpenCharger } from "./chargerPart.ts";
import { cpuSeconds } from "./cpu.ts";
import { startPart } from "./part.ts";

const EVSES = 32;
const CYCLES = 100;
const SCENARIO = "dc-pnc";
/** ISO 15118-2, table 109: CurrentDemandRes. */
const LIMIT_MS = 25;

export async function evsesBench(): Promise<string> {
  const pki = await createPki({ clock: systemClock, random: cryptoRandom });
  const pem = (id: "secc" | "contract") => toPem(pki.certificate(id), ...pki.chain(id));
  const keyOf = (id: "secc" | "contract") => exportPrivateKey(pki.key(id), "pkcs8");
  const [chargers, cars] = [startPart("chargerPart"), startPart("carsPart")];
  try {
    const sdpPorts: number[] = [];
    for (let evse = 0; evse < EVSES; evse++) {
      const sdpPort = await freeUdpPort();
      await chargers.ask({
        credentials: { chain: pem("secc"), key: keyOf("secc") },
        ...{ contractRoots: toPem(...pki.trust.mo), sdpPort, scenario: SCENARIO },
      } satisfies OpenCharger);
      sdpPorts.push(sdpPort);
    }
    const contract = { chain: pem("contract"), key: keyOf("contract") };
    const drive: Drive = { scenario: SCENARIO, sdpPorts, cycles: CYCLES, contract, roots: toPem(...pki.trust.v2g) };
    const began = systemClock.monotonic();
    const cpuBefore = cpuSeconds([chargers.pid]);
    const { waits, failures } = await cars.ask<Driven>(drive);
    const seconds = (systemClock.monotonic() - began) / 1000;
    return report(waits, failures, (cpuSeconds([chargers.pid]) - cpuBefore) / seconds);
  } finally {
    await Promise.all([chargers.stop(), cars.stop()]);
  }
}

function report(waits: readonly number[], failures: readonly string[], load: number): string {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  const met = at(0.95) <= LIMIT_MS && failures.length === 0;
  const busy = `, MISSED; ${loadavg()[0]?.toFixed(0)} processes wanted this machine's ${cpus().length} cores`;
  return [
    `${EVSES} EVSEs in one process, all in ${SCENARIO} at once, ${sorted.length} CurrentDemandRes as the cars see them`,
    `  ms from request to response: median ${at(0.5).toFixed(1)}, p95 ${at(0.95).toFixed(1)}, p99 ${at(0.99).toFixed(1)} (target: p95 of ${LIMIT_MS} at most${met ? "" : busy})`,
    `  the chargers' process used ${(load * 100).toFixed(0)} % of a core`,
    ...failures.map((reason) => `  a car failed: ${reason}`),
  ].join("\n");
}
