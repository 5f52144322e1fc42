import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Capacity, type Consumer, distribute } from "../../../src/modules/EnergyManager/distribute.ts";

const capacity = (left: number, source = "fuse"): Capacity => ({ left, source });
const consumer = (from: readonly Capacity[], minimum = 0, pace = 1): Consumer => ({
  draws: from.map((it) => ({ from: it, weight: 1 })),
  pace,
  minimum,
});
const values = (consumers: readonly Consumer[]) => distribute(consumers).map(({ value }) => value);

describe("the distribution of energy", () => {
  it("gives equals equal shares", () => {
    const fuse = capacity(40);
    expect(values([consumer([fuse]), consumer([fuse])])).toEqual([20, 20]);
  });

  it("gives to others what one cannot take, and says who limits whom", () => {
    const fuse = capacity(40, "grid");
    const shares = distribute([consumer([fuse, capacity(6, "cable")]), consumer([fuse]), consumer([fuse])]);
    expect(shares).toEqual([
      { value: 6, source: "cable" },
      { value: 17, source: "grid" },
      { value: 17, source: "grid" },
    ]);
  });

  it("gives nothing to one whose minimum is not there, and all of it to the others", () => {
    const fuse = capacity(10, "grid");
    expect(distribute([consumer([fuse], 6), consumer([fuse], 6)])).toEqual([
      { value: 10, source: "grid" },
      { value: 0, source: "grid" },
    ]);
  });

  it("lets paces differ", () => {
    const fuse = capacity(30);
    expect(values([consumer([fuse], 0, 1), consumer([fuse], 0, 2)])).toEqual([10, 20]);
  });

  it("counts what a unit takes of each capacity", () => {
    const watt = capacity(6900);
    const three = { draws: [{ from: watt, weight: 690 }], pace: 1, minimum: 0 };
    const one = { draws: [{ from: watt, weight: 230 }], pace: 1, minimum: 0 };
    expect(values([three, one])).toEqual([7.5, 7.5]);
  });

  it("gives nobody anything of nothing, and ends", () => {
    expect(values([])).toEqual([]);
    expect(values([consumer([capacity(0)]), consumer([])])).toEqual([0, 0]);
  });

  it("never exceeds a capacity, and leaves nobody who could get more", () => {
    const scenario = fc.record({
      capacities: fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 5 }),
      consumers: fc.array(
        fc.record({
          draws: fc.array(fc.tuple(fc.nat(4), fc.double({ min: 0.1, max: 700, noNaN: true })), {
            minLength: 1,
            maxLength: 4,
          }),
          pace: fc.double({ min: 0.1, max: 1000, noNaN: true }),
          minimum: fc.double({ min: 0, max: 50, noNaN: true }),
        }),
        { maxLength: 6 },
      ),
    });
    fc.assert(
      fc.property(scenario, ({ capacities, consumers: drawn }) => {
        const all = capacities.map((left) => capacity(left));
        const consumers = drawn.map(({ draws, pace, minimum }) => ({
          pace,
          minimum,
          draws: draws.map(([i, weight]) => ({ from: all[i % all.length] ?? capacity(0), weight })),
        }));
        const shares = values(consumers);
        const tolerance = (left: number) => 1e-6 * Math.max(1, left);
        all.forEach((it, i) => {
          const used = consumers.reduce(
            (sum, { draws }, j) =>
              sum + draws.reduce((own, { from, weight }) => own + (from === it ? weight * (shares[j] ?? 0) : 0), 0),
            0,
          );
          const given = capacities[i] ?? 0;
          expect(used).toBeLessThanOrEqual(given + tolerance(given));
        });
        consumers.forEach(({ draws, minimum }, j) => {
          if (shares[j] === 0 && minimum > 0) return;
          expect(shares[j]).toBeGreaterThanOrEqual(minimum);
          expect(Math.min(...draws.map(({ from }) => from.left))).toBeLessThanOrEqual(1e-9);
        });
      }),
    );
  });
});
