/** Our car and our charger, one of them with a fault, in memory and without waiting. */

import { freeUdpPort } from "../../src/cli/demo/freePort.ts";
import { type CarOptions, driveCar } from "../../src/cli/peer/car.ts";
import { type ChargerOptions, openCharger } from "../../src/cli/peer/charger.ts";
import { contractServiceOf } from "../../src/cli/peer/contractService.ts";
import { driveFaultyCar } from "../../src/cli/peer/faultyCar.ts";
import { credentialsOf } from "../../src/cli/peer/faultyCertificates.ts";
import { openFaultyCharger } from "../../src/cli/peer/faultyCharger.ts";
import { anyCar, type Scenario, scenarios, suits } from "../../src/cli/peer/scenarios.ts";
import type { SessionVerdict } from "../../src/cli/peer/verdict.ts";
import type { ClearingHouse } from "../../src/csms/clearingHouse/clearingHouse.ts";
import type { Contract } from "../../src/evcc/index.ts";
import type { Fault, FaultVerdict } from "../../src/faults/index.ts";
import { createPki, type Pki, type Reissued, reissue, requireFault } from "../../src/pki/index.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import { nodeNetwork } from "../../src/transport/node.ts";
import type { Network } from "../../src/transport/ports.ts";
import { systemClock } from "../../src/util/clock.ts";
import { silentLogger as log } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom as random } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import { link, SDP_PORT } from "../secc/world.ts";

export const clock = new ManualClock();
export const pki: Pki = await createPki({ clock, random });

export function contractOf({ certificate, key, chain }: Reissued): Contract {
  return { eMAID: certificate.subject.CN ?? "", key, chain: [certificate, ...chain].map(({ der }) => der) };
}

const member = (id: "contract" | "secc" | "oem", of = pki): Reissued => ({
  ...{ certificate: of.certificate(id), key: of.key(id), chain: of.chain(id) },
});
export const contract: Contract = contractOf(member("contract"));

/** What the car of a scenario has with it, with the fault of the PKI that a fault is about. */
async function carried({ how }: Fault, scenario: Scenario): Promise<Partial<CarOptions>> {
  const wrong = how.seam === "certificates" && (how.leaf === "contract" || how.leaf === "oem");
  const given = wrong && (await reissue(how.leaf, requireFault(how.fault), pki, { clock, random }));
  if (scenario.contract !== "install") return { contract: given ? contractOf(given) : contract };
  const { certificate, key } = given || member("oem");
  const provisioning = { certificate: certificate.der, key };
  return { contractWish: { action: "install", provisioning, roots: pki.trust.v2g, why: "it is a test" } };
}

/** The first scenario in which a fault has its place. */
export function scenarioFor({ needs }: Fault): Scenario {
  const found = scenarios.find((scenario) => suits(scenario, needs));
  if (!found) throw new TypeError("no scenario for this fault");
  return found;
}

export interface World {
  readonly network: Network;
  readonly verdicts: SessionVerdict[];
  /** A car at this charger. */
  car(change?: Partial<CarOptions>): CarOptions;
  close(): Promise<void>;
}

/** A charger for every car. */
export async function world(change: Partial<ChargerOptions> = {}): Promise<World> {
  const { options, verdicts, car } = place(change);
  const charger = await openCharger(options);
  return { network: options.network, verdicts, car, close: () => charger.close() };
}

/** A charger with a fault. */
export async function faulty(fault: Fault, scenario = scenarioFor(fault)) {
  const { how } = fault;
  const wrong = how.seam === "certificates" && how.leaf === "cps";
  const issued = wrong && (await reissue("cps", requireFault(how.fault), pki, { clock, random }));
  const { options, car } = place({ evse: scenario.evse });
  return {
    charger: await openFaultyCharger({ ...options, fault, ...(issued && { issued }) }),
    network: options.network,
    car,
  };
}

function place(change: Partial<ChargerOptions>) {
  const network = memoryNetwork({
    certificates: { chain: [pki.certificate("secc"), ...pki.chain("secc")].map(({ der }) => der) },
  });
  const timeline = new Timeline(clock, { keep: 0 });
  const verdicts: SessionVerdict[] = [];
  const options = { network, clock, random, log, timeline, link, sdpPort: SDP_PORT };
  return {
    verdicts,
    options: {
      ...options,
      ...{ tlsSecurity: "allow", credentials: { chain: "", key: "" }, contractRoots: pki.trust.mo, evse: anyCar },
      clearingHouse: clearingHouse(),
      onSession: (verdict: SessionVerdict) => void verdicts.push(verdict),
      ...change,
    } satisfies ChargerOptions,
    car: (own: Partial<CarOptions> = {}): CarOptions => ({
      ...{ ...options, timeline: new Timeline(clock, { keep: 0 }), tls: "wanted", scenario: scenarios[0] as Scenario },
      ...{ contract, roots: pki.trust.v2g, cycles: 1, interrupted: new Promise<void>(() => {}) },
      ...own,
    }),
  };
}

/** The same over real sockets of this machine; certificates are as long valid as the clock says. */
export async function loopback(change: Partial<ChargerOptions> = {}): Promise<World> {
  const { options, verdicts, car } = await overTls(change);
  const charger = await openCharger(options);
  return { network: options.network, verdicts, car, close: () => charger.close() };
}

/** The verdict on our car at our charger with a fault in its TLS. @param inOrder its certificate has no fault after all. */
export async function withOurCarOverTls(fault: Fault, inOrder = false): Promise<FaultVerdict> {
  const { how } = fault;
  const wrong = how.seam === "certificates" && !inOrder;
  const faulty = wrong && (await reissue("secc", requireFault(how.fault), pki, { clock, random }));
  const network = nodeNetwork(clock);
  const { options, car } = await overTls({ network, clock, ...(faulty && { credentials: credentialsOf(faulty) }) });
  const charger = await openFaultyCharger({ ...options, fault });
  const session = driveCar(car());
  const verdict = await inTime(charger.verdict);
  await inTime(session);
  await inTime(charger.close());
  return verdict;
}

async function overTls(change: Partial<ChargerOptions>) {
  const [clock, network] = [change.clock ?? systemClock, change.network ?? nodeNetwork()];
  const own = change.clock ? pki : await createPki({ clock, random });
  const credentials = credentialsOf(member("secc", own));
  const { options, verdicts, car } = place({
    ...{ network, clock, credentials, sdpPort: await freeUdpPort(), contractRoots: own.trust.mo },
    ...change,
  });
  const carOptions = { network, clock, sdpPort: options.sdpPort, contract: contractOf(member("contract", own)) };
  return { options, verdicts, car: () => car({ ...carOptions, roots: own.trust.v2g }) };
}

/** Lets time go by until a promise is kept. It stands still while keys are made, which takes the time that it takes. */
export async function inTime<T>(promise: Promise<T>): Promise<T> {
  let over = false;
  const done = promise.finally(() => {
    over = true;
  });
  while (!over) {
    await clock.advance(100);
    await provided;
  }
  return done;
}

/** What the clearing house is at work on. */
let provided: Promise<unknown> = Promise.resolve();

function clearingHouse(): Pick<ClearingHouse, "provideEncoded"> {
  const service = contractServiceOf(pki, { clock, random });
  if ("missing" in service) throw new TypeError(service.missing);
  return {
    provideEncoded(question) {
      const answer = service.clearingHouse.provideEncoded(question);
      provided = answer;
      return answer;
    },
  };
}

/** The verdict on a fault of the car at our charger. */
export async function atOurCharger(fault: Fault, { car }: World, scenario = scenarioFor(fault)): Promise<FaultVerdict> {
  const tls = fault.needs.tls === false ? "none" : scenario.tls;
  const { contract: _, ...own } = car({ scenario, tls });
  return inTime(driveFaultyCar({ ...own, ...(await carried(fault, scenario)), fault, random }));
}

/** The verdict on our car at our charger with a fault. */
export async function withOurCar(fault: Fault, scenario = scenarioFor(fault)): Promise<FaultVerdict> {
  const tls = fault.needs.tls === false ? "none" : scenario.tls;
  const { charger, car } = await faulty(fault, scenario);
  const { contract: _, ...own } = car({ scenario, tls, cycles: 3 });
  const session = driveCar({ ...own, ...(await carried(fault, scenario)) });
  const verdict = await inTime(charger.verdict);
  await inTime(session);
  await inTime(charger.close());
  return verdict;
}

/** Whether the charger still serves an honest car. */
export async function charges({ car }: World): Promise<SessionVerdict> {
  return inTime(driveCar(car()));
}
