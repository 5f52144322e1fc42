/** Charging profiles of OCPP 2.0.1 (K). How limits are combined is under test in ../v16/smartCharging.test.ts. */
import { describe, expect, it } from "vitest";
import { coreMigrations } from "../../../src/chargePoint/v201/schema.ts";
import type { ChargingProfileType, SetChargingProfileRequest } from "../../../src/ocpp/v201/messages.generated.ts";
import { isoTime } from "../../../src/util/clock.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { Car, cardToken } from "../fakeStation.ts";
import { type Bench, bench } from "../support.ts";

async function online(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const at = bench({ evses: 2, ...options });
  await at.connect();
  return at;
}

function profile(change: Partial<ChargingProfileType> = {}, limit = 16): ChargingProfileType {
  return {
    ...{ id: 1, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile", chargingProfileKind: "Relative" },
    chargingSchedule: [{ id: 1, chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit }] }],
    ...change,
  };
}

const set = (at: Bench, evseId: number, chargingProfile: ChargingProfileType) =>
  at.ask("SetChargingProfile", { evseId, chargingProfile } satisfies SetChargingProfileRequest);

async function limitAt(at: Bench, evseId: number): Promise<number | undefined> {
  const { schedule } = await at.ask("GetCompositeSchedule", { evseId, duration: 600 });
  return schedule?.chargingSchedulePeriod[0]?.limit;
}

describe("a charging profile (K01)", () => {
  it("limits its EVSE, is told to the energy management at once, and outlives a restart", async () => {
    const database = openDatabase(":memory:", coreMigrations);
    const at = await online({ database });
    expect(await limitAt(at, 1)).toBe(48);
    // Nobody has limited anything: the default is not enforced.
    expect(at.station.limits.get(1)?.schedule_import).toEqual([]);
    expect(await set(at, 1, profile())).toEqual({ status: "Accepted" });
    expect([await limitAt(at, 1), await limitAt(at, 2), await limitAt(at, 0)]).toEqual([16, 48, 64]);
    const entry = at.station.limits.get(1)?.schedule_import?.[0];
    expect(entry?.limits_to_leaves.ac_max_current_A?.value).toBe(16);
    const again = await online({ database });
    expect(await limitAt(again, 1)).toBe(16);
    expect(again.station.limits.get(1)?.schedule_import?.[0]?.limits_to_leaves.ac_max_current_A?.value).toBe(16);
  });

  it("of the station bounds all of them together", async () => {
    const at = await online();
    const max = profile({ chargingProfilePurpose: "ChargingStationMaxProfile", chargingProfileKind: "Absolute" }, 20);
    const [schedule] = max.chargingSchedule;
    const startSchedule = isoTime(at.clock.now());
    const started = { ...max, chargingSchedule: schedule ? [{ ...schedule, startSchedule }] : [] };
    expect(await set(at, 0, started)).toEqual({ status: "Accepted" });
    expect([await limitAt(at, 0), await limitAt(at, 1)]).toEqual([20, 20]);
  });

  it("of a transaction comes with it and goes with it", async () => {
    const at = await online();
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    const own = profile({ id: 2, chargingProfilePurpose: "TxProfile", transactionId: car.uuid }, 10);
    expect(await set(at, 1, own)).toEqual({ status: "Accepted" });
    expect(await limitAt(at, 1)).toBe(10);
    await car.finish("Local");
    expect(await limitAt(at, 1)).toBe(48);
    expect(await at.ask("ClearChargingProfile", { chargingProfileId: 2 })).toEqual({ status: "Unknown" });
  });

  it("may come with a RequestStartTransaction, and counts for the transaction that follows (F01.FR.08)", async () => {
    const at = await online();
    const wanted = { idToken: { idToken: "04AABBCCDD", type: "ISO14443" }, remoteStartId: 5, evseId: 1 } as const;
    const own = profile({ chargingProfilePurpose: "TxProfile" }, 8);
    expect(await at.ask("RequestStartTransaction", { ...wanted, chargingProfile: profile() })).toMatchObject({
      status: "Rejected",
      statusInfo: { reasonCode: "InvalidProfile" },
    });
    expect(await at.ask("RequestStartTransaction", { ...wanted, chargingProfile: own })).toEqual({
      status: "Accepted",
    });
    const car = new Car(at);
    await car.plugIn();
    await car.start({ ...cardToken, authorization_type: "OCPP", request_id: 5 });
    expect(await limitAt(at, 1)).toBe(8);
  });

  const refused: readonly [string, number, ChargingProfileType, string][] = [
    ["for an EVSE that there is not", 9, profile(), "UnknownEvse"],
    ["above the highest level", 1, profile({ stackLevel: 43 }), "InvalidStackLevel"],
    [
      "of the station for one EVSE",
      1,
      profile({ chargingProfilePurpose: "ChargingStationMaxProfile" }),
      "InvalidProfile",
    ],
    [
      "that is external",
      1,
      profile({ chargingProfilePurpose: "ChargingStationExternalConstraints" }),
      "InvalidProfile",
    ],
    [
      "of a transaction that does not run",
      1,
      profile({ chargingProfilePurpose: "TxProfile", transactionId: "x" }),
      "TxNotFound",
    ],
    ["of no transaction", 1, profile({ chargingProfilePurpose: "TxProfile" }), "MissingParam"],
    ["that is absolute without a start", 1, profile({ chargingProfileKind: "Absolute" }), "InvalidSchedule"],
    [
      "that ends before it begins",
      1,
      profile({ validFrom: "2026-02-01T00:00:00Z", validTo: "2026-01-01T00:00:00Z" }),
      "InvalidProfile",
    ],
    [
      "whose first period is late",
      1,
      profile({
        chargingSchedule: [{ id: 1, chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 5, limit: 6 }] }],
      }),
      "InvalidSchedule",
    ],
    [
      "that chooses a phase of three",
      1,
      profile({
        chargingSchedule: [
          { id: 1, chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 6, phaseToUse: 2 }] },
        ],
      }),
      "InvalidSchedule",
    ],
  ];
  it.each(refused)("bad case: %s is refused with its reason", async (_name, evseId, wrong, reasonCode) => {
    const at = await online();
    expect(await set(at, evseId, wrong)).toMatchObject({ status: "Rejected", statusInfo: { reasonCode } });
    expect(await at.ask("GetChargingProfiles", { requestId: 1, chargingProfile: {} })).toEqual({
      status: "NoProfiles",
    });
  });

  it("bad case: a rival at the same level is refused, the same id takes its place", async () => {
    const at = await online();
    await set(at, 1, profile());
    expect(await set(at, 1, profile({ id: 2 }))).toMatchObject({ statusInfo: { reasonCode: "DuplicateProfile" } });
    expect(await set(at, 1, profile({ id: 2, stackLevel: 1 }, 12))).toEqual({ status: "Accepted" });
    expect(await set(at, 1, profile({}, 30))).toEqual({ status: "Accepted" });
    expect(await limitAt(at, 1)).toBe(12);
  });
});

describe("profiles of the CSMS", () => {
  it("are reported, an EVSE a message, by what is asked for (K09)", async () => {
    const at = await online();
    await set(at, 1, profile());
    await set(at, 2, profile({ id: 2 }));
    expect(await at.ask("GetChargingProfiles", { requestId: 4, chargingProfile: {} })).toEqual({ status: "Accepted" });
    expect(
      at.csms.requests("ReportChargingProfiles").map(({ evseId, tbc, requestId }) => ({ evseId, tbc, requestId })),
    ).toEqual([
      { evseId: 1, tbc: true, requestId: 4 },
      { evseId: 2, tbc: false, requestId: 4 },
    ]);
    for (const criterion of [
      { stackLevel: 3 },
      { chargingProfileId: [9] },
      { chargingLimitSource: ["EMS"] as const },
    ]) {
      const chargingProfile = criterion as Parameters<typeof at.ask<"GetChargingProfiles">>[1]["chargingProfile"];
      expect(await at.ask("GetChargingProfiles", { requestId: 5, chargingProfile })).toEqual({ status: "NoProfiles" });
    }
  });

  it("are cleared by id or by what they are (K10)", async () => {
    const at = await online();
    for (const id of [1, 2, 3]) await set(at, 1, profile({ id, stackLevel: id }));
    expect(await at.ask("ClearChargingProfile", { chargingProfileId: 1 })).toEqual({ status: "Accepted" });
    const criteria = (stackLevel: number) => ({ chargingProfileCriteria: { stackLevel, evseId: 1 } });
    expect(await at.ask("ClearChargingProfile", criteria(1))).toEqual({ status: "Unknown" });
    expect(await at.ask("ClearChargingProfile", criteria(2))).toEqual({ status: "Accepted" });
    expect(await at.ask("ClearChargingProfile", {})).toEqual({ status: "Accepted" });
    expect(await limitAt(at, 1)).toBe(48);
    expect(at.station.limits.get(1)?.schedule_import).toEqual([]);
  });

  it("may not count while the CSMS is away (IgnoredProfilePurposesOffline)", async () => {
    const at = await online({ values: { "SmartChargingCtrlr.IgnoredProfilePurposesOffline": "TxDefaultProfile" } });
    await set(at, 1, profile());
    await at.disconnect();
    expect(at.station.limits.get(1)?.schedule_import?.[0]?.limits_to_leaves.ac_max_current_A?.value).toBe(48);
    await at.connect();
    expect(at.station.limits.get(1)?.schedule_import?.[0]?.limits_to_leaves.ac_max_current_A?.value).toBe(16);
  });
});
