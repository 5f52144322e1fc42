import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { least, merged, remaining, shortened, valueAt } from "../../../src/iso15118/course.ts";
import { iso2, messageOf, type SAScheduleTuple } from "../../../src/iso15118/iso2/index.ts";
import { plainValue } from "../../../src/iso15118/physicalValue.ts";
import type { Grant } from "../../../src/secc/evse.ts";
import type { Iso2Session, ScheduleOffer } from "../../../src/secc/iso2/protocol.ts";
import { grantedPower, schedulesFor } from "../../../src/secc/iso2/schedules.ts";
import { evse, NOW, paused, SESSION_ID, session, settings } from "../fixtures.ts";

const frame = { now: NOW, duration: 7200, most: 22_080, wattPerAmpere: 690, maxEntries: undefined };
const hour = 3_600_000;
const grant = (hours: number, change: Partial<Grant>): Grant => ({
  ...{ from: NOW + hours * hour, current: undefined, power: undefined },
  ...change,
});
const granting = (...granted: Grant[]) => session({ evse: { ...evse, granted } });

/** [start, duration, watt] of each entry. */
function power({ PMaxSchedule }: SAScheduleTuple | undefined = { PMaxSchedule: { PMaxScheduleEntry: [] } } as never) {
  return PMaxSchedule.PMaxScheduleEntry.map(({ RelativeTimeInterval: time, PMax }) => [
    time?.start,
    time?.duration,
    plainValue(PMax),
  ]);
}

/** [start, duration, level] of each entry. */
function price({ SalesTariff }: SAScheduleTuple) {
  return SalesTariff?.SalesTariffEntry.map(({ RelativeTimeInterval: time, EPriceLevel }) => [
    time?.start,
    time?.duration,
    EPriceLevel,
  ]);
}

describe("what the grid grants", () => {
  it.each<[string, Grant[], unknown[]]>([
    ["nobody has said: what the hardware can", [], [[0, 7200, 22_080]]],
    ["ampere on each phase", [grant(-1, { current: 10 })], [[0, 7200, 6900]]],
    ["watt, when they are less", [grant(0, { current: 16, power: 5000 })], [[0, 7200, 5000]]],
    ["more than the hardware can", [grant(0, { current: 63 })], [[0, 7200, 22_080]]],
    ["less than nothing: nothing", [grant(0, { current: -10 })], [[0, 7200, 0]]],
    [
      "one after the other, of which some is over and some too late",
      [
        grant(-2, { current: 32 }),
        grant(-1, { current: 10 }),
        grant(0.5, { current: 20 }),
        grant(0.75, { current: 20 }),
        grant(1, { current: 6 }),
        grant(3, { current: 32 }),
      ],
      [
        [0, 1800, 6900],
        [1800, 1800, 13_800],
        [3600, 3600, 4140],
      ],
    ],
  ])("%s", (_what, granted, entries) => {
    const [only, ...more] = schedulesFor(granting(...granted), frame);
    expect(more).toEqual([]);
    expect(only?.SAScheduleTupleID).toBe(1);
    expect(power(only)).toEqual(entries);
    expect(only?.SalesTariff).toBeUndefined();
  });

  it("in no more entries than EVs can read, or than this EV wants; what is left out is never more", () => {
    const granted = Array.from({ length: 40 }, (_, i) => grant(i / 20, { current: 10 + (i % 7) }));
    const all = grantedPower(granted, frame);
    for (const [maxEntries, expected] of [
      [undefined, 12],
      [1024, 12],
      [5, 5],
      [1, 1],
      [0, 1],
    ] as const) {
      const [tuple] = schedulesFor(granting(...granted), { ...frame, maxEntries });
      const entries = power(tuple);
      expect(entries).toHaveLength(expected);
      for (let time = 0; time < 7200; time += 60) {
        const entry = entries.findLast(([start]) => (start ?? 0) <= time);
        expect(entry?.[2], `at ${time} s`).toBeLessThanOrEqual(valueAt(all, time));
      }
    }
  });
});

describe("offers to choose from", () => {
  const night: ScheduleOffer = {
    id: 2,
    description: "night",
    entries: [
      { from: 6 * 3600, priceLevel: 3, maxPower: 3000 },
      { from: 22 * 3600, priceLevel: 1 },
    ].map((entry) => ({ maxPower: 30_000, ...entry })),
  };
  const flat: ScheduleOffer = { id: 1, entries: [{ from: 0, priceLevel: 2 }] };
  const offering = (now: number): Iso2Session => session({ now, settings: { ...settings, offers: [flat, night] } });
  const at = (hours: number, duration = 86_400) =>
    schedulesFor(offering(NOW + hours * hour), { ...frame, now: NOW + hours * hour, duration });

  it("each is a schedule with a tariff", () => {
    const [first, second] = at(0, 86_400);
    expect(first).toMatchObject({
      SAScheduleTupleID: 1,
      SalesTariff: { "@Id": "id1", SalesTariffID: 1, NumEPriceLevels: 2 },
    });
    expect(power(first)).toEqual([[0, 86_400, 22_080]]);
    expect(first && price(first)).toEqual([[0, 86_400, 2]]);
    expect(second).toMatchObject({
      SAScheduleTupleID: 2,
      SalesTariff: { "@Id": "id2", SalesTariffDescription: "night", NumEPriceLevels: 3 },
    });
    expect(power(second)).toEqual([
      [0, 21_600, 22_080],
      [21_600, 57_600, 3000],
      [79_200, 7200, 22_080],
    ]);
    expect(second && price(second)).toEqual([
      [0, 21_600, 1],
      [21_600, 57_600, 3],
      [79_200, 7200, 1],
    ]);
  });

  it("times are those of the day on which it is offered", () => {
    const [, second] = at(21, 7200);
    expect(power(second)).toEqual([
      [0, 3600, 3000],
      [3600, 3600, 22_080],
    ]);
    expect(second && price(second)).toEqual([
      [0, 3600, 3],
      [3600, 3600, 1],
    ]);
  });

  it("lasts together as long as the EV stays, whatever the hour", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_399 }), fc.integer({ min: 1, max: 86_400 }), (second, duration) => {
        const now = NOW + second * 1000;
        for (const tuple of schedulesFor(offering(now), { ...frame, now, duration })) {
          for (const entries of [power(tuple), price(tuple) ?? []]) {
            expect(entries[0]?.[0]).toBe(0);
            expect(entries.reduce((sum, [, length]) => sum + (length ?? 0), 0)).toBe(duration);
            entries.slice(1).forEach(([start], i) => {
              expect(start).toBe((entries[i]?.[0] ?? 0) + (entries[i]?.[1] ?? 0));
            });
          }
          const SAScheduleList = { SAScheduleTuple: [tuple] };
          iso2.encode(
            "V2G_Message",
            messageOf(
              { SessionID: SESSION_ID },
              {
                name: "ChargeParameterDiscoveryRes",
                message: {
                  ...{ ResponseCode: "OK", EVSEProcessing: "Finished", SAScheduleList },
                  AC_EVSEChargeParameter: {
                    AC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "None", RCD: false },
                    EVSENominalVoltage: { Multiplier: 0, Unit: "V", Value: 230 },
                    EVSEMaxCurrent: { Multiplier: 0, Unit: "A", Value: 32 },
                  },
                } as const,
              },
            ),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("a session that goes on after a pause", () => {
  const [agreed] = schedulesFor(granting(grant(0, { current: 10 }), grant(1, { current: 20 })), frame);
  const held = { ...paused, tupleId: 7, schedule: [{ ...(agreed as SAScheduleTuple), SAScheduleTupleID: 7 }] };
  const resumed = (after: number, granted: Grant[] = [], change: Partial<Iso2Session> = {}) => {
    const now = NOW + after * 1000;
    const of = session({ now, joined: true, paused: held, schedule: [], evse: { ...evse, granted }, ...change });
    return schedulesFor(of, { ...frame, now });
  };

  it.each<[number, unknown[]]>([
    [
      0,
      [
        [0, 3600, 6900],
        [3600, 3600, 13_800],
      ],
    ],
    [
      600,
      [
        [0, 3000, 6900],
        [3000, 3600, 13_800],
      ],
    ],
    [3600, [[0, 3600, 13_800]]],
    [5400, [[0, 1800, 13_800]]],
  ])("after %d s it has what is left of its schedule [V2G2-741]", (after, entries) => {
    const [only, ...more] = resumed(after);
    expect(more).toEqual([]);
    expect(only?.SAScheduleTupleID).toBe(7);
    expect(power(only)).toEqual(entries);
  });

  it("is promised no more than can be given by now", () => {
    expect(power(resumed(600, [grant(-1, { current: 6 })])[0])).toEqual([[0, 6600, 4140]]);
  });

  it("has a new schedule when nothing of the old one is left, and when it negotiates again", () => {
    expect(resumed(7200)[0]).toMatchObject({ SAScheduleTupleID: 1 });
    expect(resumed(600, [], { schedule: held.schedule })[0]).toMatchObject({ SAScheduleTupleID: 1 });
  });

  it("keeps its tariff, less the time that has passed", () => {
    const offers = [
      {
        id: 7,
        entries: [
          { from: 0, priceLevel: 1 },
          { from: 3600, priceLevel: 2 },
        ],
      },
    ] as const;
    const [offered] = schedulesFor(session({ settings: { ...settings, offers } }), frame);
    const of = { ...held, schedule: offered ? [offered] : [] };
    const [tuple] = resumed(600, [], { paused: of });
    expect(tuple && price(tuple)).toEqual([
      [0, 3000, 1],
      [3000, 3600, 2],
    ]);
    expect(tuple?.SalesTariff).toMatchObject({ SalesTariffID: 7, NumEPriceLevels: 2 });
  });
});

describe("a course", () => {
  const courses = fc
    .uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 20 })
    .chain((starts) =>
      fc.tuple(...[0, ...starts.sort((a, b) => a - b)].map((start) => fc.nat(9).map((value) => ({ start, value })))),
    );
  const times = Array.from({ length: 110 }, (_, i) => i * 10);

  it("least of two is the lower one at every moment", () => {
    fc.assert(
      fc.property(courses, courses, (a, b) => {
        const both = least([a, b], 1100);
        for (const time of times) {
          expect(valueAt(both, time)).toBe(Math.min(valueAt(a, time), valueAt(b, time)));
        }
      }),
    );
  });

  it("merged is the same in fewer steps; shortened is never better; remaining is the same, later", () => {
    fc.assert(
      fc.property(courses, fc.integer({ min: 1, max: 5 }), fc.nat(500), (course, most, seconds) => {
        const short = shortened(course, most, Math.min);
        expect(short.length).toBeLessThanOrEqual(most);
        for (const time of times) {
          expect(valueAt(merged(course), time)).toBe(valueAt(course, time));
          expect(valueAt(short, time)).toBeLessThanOrEqual(valueAt(course, time));
          expect(valueAt(remaining(course, seconds), time)).toBe(valueAt(course, time + seconds));
        }
      }),
    );
  });
});
