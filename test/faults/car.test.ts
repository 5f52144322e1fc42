/** Every fault of our car at our own charger: the charger's answer is the one that the catalogue names. */
import { afterAll, describe, expect, it } from "vitest";
import { driveCar } from "../../src/cli/peer/car.ts";
import { driveFaultyCar } from "../../src/cli/peer/faultyCar.ts";
import { findScenario } from "../../src/cli/peer/scenarios.ts";
import { catalogue } from "../../src/faults/index.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { atOurCharger, charges, loopback, world } from "./support.ts";

const inMemory = catalogue.ev.filter(({ at }) => at !== "TLS");
const charger = await world();
const chargerThatWantsReceipts = await world({ evse: findScenario("receipt")?.evse ?? {} });
afterAll(() => Promise.all([charger.close(), chargerThatWantsReceipts.close()]));

describe("a car with a fault at our charger, in memory", () => {
  it.each(inMemory.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const suited = fault.needs.receipts ? chargerThatWantsReceipts : charger;
    const { verdict, expected, got } = await atOurCharger(fault, suited);
    expect({ verdict, got, expected }).toEqual({ verdict: "right", got, expected });
    expect(await charges(suited)).toMatchObject({ verdict: "charged" });
  });
});

describe("the same by DIN SPEC 70121, where it is not about a protocol", () => {
  const general = inMemory.filter(({ needs }) => needs.protocol === undefined && needs.tls === undefined);
  const din = findScenario("din") ?? expect.unreachable("there is no scenario din");

  it.each(general.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const { verdict, expected, got } = await atOurCharger(fault, charger, din);
    expect({ verdict, got, expected }).toEqual({ verdict: "right", got, expected });
  });
});

describe("a car with a fault at our charger, over TLS", () => {
  const overTls = catalogue.ev.filter(({ at }) => at === "TLS");

  it.each(overTls.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const charger = await loopback({ handshakeMs: 200 });
    const own = charger.car();
    const { verdict, expected, got } = await driveFaultyCar({ ...own, fault, random: cryptoRandom });
    expect({ verdict, got, expected }).toEqual({ verdict: "right", got, expected });
    expect(await driveCar(own)).toMatchObject({ verdict: "charged" });
    await charger.close();
  });
});
