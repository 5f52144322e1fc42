/** Every fault of our charger with our own car: the car does what the catalogue says that it ought to. */
import { describe, expect, it } from "vitest";
import { findScenario } from "../../src/cli/peer/scenarios.ts";
import { catalogue } from "../../src/faults/index.ts";
import { withOurCar, withOurCarOverTls } from "./support.ts";

describe("a charger with a fault and our car, in memory", () => {
  const inMemory = catalogue.secc.filter(({ at }) => at !== "TLS");

  it.each(inMemory.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const { verdict, expected, got } = await withOurCar(fault);
    expect({ verdict, got, expected }).toEqual({ verdict: "right", got, expected });
  });
});

describe("the same by DIN SPEC 70121, where it is not about a protocol", () => {
  const general = catalogue.secc.filter(({ at, needs }) => at !== "TLS" && Object.keys(needs).length === 0);
  const din = findScenario("din") ?? expect.unreachable("there is no scenario din");

  it.each(general.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const { verdict, expected, got } = await withOurCar(fault, din);
    expect({ verdict, got, expected }).toEqual({ verdict: "right", got, expected });
  });
});

describe("a charger with a fault and our car, over TLS", () => {
  const overTls = catalogue.secc.filter(({ at }) => at === "TLS");

  it.each(overTls.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const { verdict, expected, got } = await withOurCarOverTls(fault);
    expect({ verdict, got, expected }).toEqual({ verdict: "right", got, expected });
  });
});
