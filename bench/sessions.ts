/** A hundred cars one after the other: what the charger's process keeps of each, and its CPU time. */
import { freeUdpPort } from "../src/cli/demo/freePort.ts";
import { driveCar } from "../src/cli/peer/car.ts";
import { findScenario } from "../src/cli/peer/scenarios.ts";
import type { Contract } from "../src/evcc/index.ts";
import { createPki, type Pki } from "../src/pki/index.ts";
import { chooseLink } from "../src/transport/interfaces.ts";
import { nodeNetwork } from "../src/transport/node.ts";
import { systemClock } from "../src/util/clock.ts";
import { InternalError } from "../src/util/errors.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { Timeline } from "../src/util/trace.ts";
import { exportPrivateKey, toPem } from "../src/x509/index.ts";
import type { OpenCharger } from "./chargerPart.ts";
import { cpuSeconds } from "./cpu.ts";
import { interpreted, type Memory, startPart } from "./part.ts";

const SESSIONS = 100;
/** Memory is looked at so many times on the way; what is free goes back to V8 now and then only, so the least of three counts. */
const LOOKS = 6;
const WARM_UP = 20;
const CYCLES = 2;
const SCENARIO = "ac-pnc";
/** A session that was kept would be ten times as much. */
const LIMIT_KIB = 1;

export async function sessionsBench(): Promise<string> {
  const pki = await createPki({ clock: systemClock, random: cryptoRandom });
  const { heap, rss } = await growth(pki);
  const { first, next } = await costs(pki);
  return [
    `${SESSIONS} sessions one after the other on one charger process, ${SCENARIO} with ${CYCLES} turns of the charge loop`,
    `  growth of memory a session: ${heap.toFixed(2)} KiB of JavaScript's, ${rss.toFixed(2)} KiB in all (target: none${heap < LIMIT_KIB ? "" : ", MISSED"})`,
    `  CPU of the charger a session: the first ${(first * 1000).toFixed(0)} ms, then ${(next * 1000).toFixed(1)} ms`,
  ].join("\n");
}

/** KiB a session. */
async function growth(pki: Pki): Promise<Memory> {
  const { charger, sdpPort } = await open(pki, interpreted);
  try {
    const looks: Memory[] = [];
    await drive(pki, sdpPort, WARM_UP);
    for (let look = 0; look < LOOKS; look++) {
      await drive(pki, sdpPort, SESSIONS / LOOKS);
      looks.push(await charger.ask<Memory>({}));
    }
    const least = (some: readonly Memory[], what: keyof Memory) => Math.min(...some.map((memory) => memory[what]));
    const grown = (what: keyof Memory) => least(looks.slice(LOOKS / 2), what) - least(looks.slice(0, LOOKS / 2), what);
    return { heap: grown("heap") / (SESSIONS / 2) / 1024, rss: grown("rss") / (SESSIONS / 2) / 1024 };
  } finally {
    await charger.stop();
  }
}

/** CPU seconds. */
async function costs(pki: Pki): Promise<{ first: number; next: number }> {
  const { charger, sdpPort } = await open(pki);
  try {
    const first = await cpuOf(charger.pid, () => drive(pki, sdpPort, 1));
    await drive(pki, sdpPort, WARM_UP);
    return { first, next: (await cpuOf(charger.pid, () => drive(pki, sdpPort, SESSIONS))) / SESSIONS };
  } finally {
    await charger.stop();
  }
}

async function open(pki: Pki, flags: readonly string[] = []) {
  const sdpPort = await freeUdpPort();
  const charger = startPart("chargerPart", flags);
  await charger.ask(openQuestion(pki, sdpPort));
  return { charger, sdpPort };
}

function openQuestion(pki: Pki, sdpPort: number): OpenCharger {
  return {
    credentials: {
      chain: toPem(pki.certificate("secc"), ...pki.chain("secc")),
      key: exportPrivateKey(pki.key("secc"), "pkcs8"),
    },
    contractRoots: toPem(...pki.trust.mo, ...pki.trust.v2g),
    ...{ sdpPort, scenario: SCENARIO },
  };
}

function contractOf(pki: Pki): Contract {
  const { subject, der } = pki.certificate("contract");
  return {
    eMAID: subject.CN ?? "",
    chain: [der, ...pki.chain("contract").map((sub) => sub.der)],
    key: pki.key("contract"),
  };
}

async function cpuOf(pid: number, work: () => Promise<void>): Promise<number> {
  const before = cpuSeconds([pid]);
  await work();
  return cpuSeconds([pid]) - before;
}

async function drive(pki: Pki, sdpPort: number, sessions: number): Promise<void> {
  const scenario = findScenario(SCENARIO);
  if (!scenario) throw new InternalError(SCENARIO);
  for (let session = 0; session < sessions; session++) {
    const { verdict, reason } = await driveCar({
      ...{ network: nodeNetwork(), clock: systemClock, timeline: new Timeline(systemClock, { keep: 0 }) },
      ...{ link: chooseLink("lo"), sdpPort, tls: "required", scenario, cycles: CYCLES },
      contract: contractOf(pki),
      roots: pki.trust.v2g,
      interrupted: new Promise(() => {}),
    });
    if (verdict !== "charged") throw new InternalError(`session ${session}: ${reason}`);
  }
}
