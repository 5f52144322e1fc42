/** Cars that charge at chargers of their own, all at once: how long each waited for every CurrentDemandRes. */
import { driveCar } from "../src/cli/peer/car.ts";
import { findScenario, type Scenario } from "../src/cli/peer/scenarios.ts";
import type { Contract } from "../src/evcc/index.ts";
import { chooseLink } from "../src/transport/interfaces.ts";
import { nodeNetwork } from "../src/transport/node.ts";
import { systemClock } from "../src/util/clock.ts";
import { InternalError } from "../src/util/errors.ts";
import { Timeline } from "../src/util/trace.ts";
import { loadPrivateKey, parsePemChain } from "../src/x509/index.ts";
import { answerAll } from "./part.ts";

export interface Drive {
  readonly scenario: string;
  /** One car a port of SECC discovery. */
  readonly sdpPorts: readonly number[];
  readonly cycles: number;
  /** PEM. */
  readonly contract: { readonly chain: string; readonly key: string };
  readonly roots: string;
}

export interface Driven {
  /** Milliseconds. */
  readonly waits: readonly number[];
  /** Why a car did not charge. */
  readonly failures: readonly string[];
}

answerAll(async (drive: Drive): Promise<Driven> => {
  const waits: number[] = [];
  const found = findScenario(drive.scenario);
  if (!found) throw new InternalError(drive.scenario);
  const verdicts = await Promise.all(drive.sdpPorts.map((sdpPort) => charge(drive, found, sdpPort, waits)));
  return { waits, failures: verdicts.flatMap(({ verdict, reason }) => (verdict === "charged" ? [] : [reason])) };
});

function charge(drive: Drive, scenario: Scenario, sdpPort: number, waits: number[]) {
  const timeline = new Timeline(systemClock, { keep: 0 });
  let asked = 0;
  timeline.subscribe(({ title }) => {
    if (title === "CurrentDemandReq") asked = systemClock.monotonic();
    if (title === "CurrentDemandRes") waits.push(systemClock.monotonic() - asked);
  });
  return driveCar({
    ...{ network: nodeNetwork(), clock: systemClock, timeline, link: chooseLink("lo"), sdpPort },
    ...{ tls: "required", scenario, cycles: drive.cycles, contract: contractOf(drive) },
    roots: parsePemChain(drive.roots),
    interrupted: new Promise(() => {}),
  });
}

function contractOf({ contract: { chain, key } }: Drive): Contract {
  const certificates = parsePemChain(chain);
  const eMAID = certificates[0]?.subject.CN ?? "";
  return { eMAID, chain: certificates.map(({ der }) => der), key: loadPrivateKey(key) };
}
