/** What a car costs that has connected by TLS and says nothing: memory of the charger's process, and CPU of its handshake. */
import { once } from "node:events";
import * as tls from "node:tls";
import { createPki } from "../src/pki/index.ts";
import { systemClock } from "../src/util/clock.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { exportPrivateKey, toPem } from "../src/x509/index.ts";
import { cpuSeconds } from "./cpu.ts";
import { type Memory, startPart } from "./part.ts";

const CARS = 1000;
/** Before it is measured, so that what comes once is not divided among a thousand. */
const WARM_UP = 100;
const AT_ONCE = 20;
const LIMIT_KIB = 64;

export async function idleTlsBench(): Promise<string> {
  const pki = await createPki({ clock: systemClock, random: cryptoRandom });
  const chain = toPem(pki.certificate("secc"), ...pki.chain("secc"));
  const credentials = { chain, key: exportPrivateKey(pki.key("secc"), "pkcs8") };
  const server = startPart("idleTlsServer");
  try {
    const port = await server.ask<number>({ credentials });
    const first = await connectAll(port, WARM_UP);
    const before = await server.ask<Memory>({});
    const cpuBefore = cpuSeconds([server.pid]);
    const cars = await connectAll(port, CARS);
    const cpu = cpuSeconds([server.pid]) - cpuBefore;
    const after = await server.ask<Memory>({});
    for (const car of [...first, ...cars]) car.destroy();
    const kib = (what: keyof Memory) => (after[what] - before[what]) / CARS / 1024;
    return [
      `idle TLS cars, ${CARS} on one charger process`,
      `  memory a car: ${kib("rss").toFixed(1)} KiB, of which ${kib("heap").toFixed(1)} KiB are JavaScript's (target: ${LIMIT_KIB} KiB at most${kib("rss") <= LIMIT_KIB ? "" : ", MISSED"})`,
      `  CPU of the charger a handshake: ${((cpu / CARS) * 1000).toFixed(2)} ms`,
    ].join("\n");
  } finally {
    await server.stop();
  }
}

async function connectAll(port: number, count: number): Promise<tls.TLSSocket[]> {
  const cars: tls.TLSSocket[] = [];
  while (cars.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - cars.length) }, () => connect(port));
    cars.push(...(await Promise.all(some)));
  }
  return cars;
}

async function connect(port: number): Promise<tls.TLSSocket> {
  const socket = tls.connect({ host: "::1", port, rejectUnauthorized: false, maxVersion: "TLSv1.2" });
  await once(socket, "secureConnect");
  return socket;
}
