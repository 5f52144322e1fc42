/** Every fault of our charger with our own car: the car does what the catalogue says that it ought to. */
import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/faults/index.ts";
import { withOurCar, withOurCarOverTls } from "./support.ts";

describe("a charger with a fault and our car, in memory", () => {
  const inMemory = catalogue.secc.filter(({ at }) => at !== "TLS");

  it.each(inMemory.map((fault) => [fault.name, fault] as const))("%s", async (_, fault) => {
    const { verdict, expected, got } = await withOurCar(fault);
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
