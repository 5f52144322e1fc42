/** Smart charging (3.13). The absolute, relative and recurring scenes are those of EVerest's own tests. */
import { describe, expect, it } from "vitest";
import type { GetCompositeScheduleResponse } from "../../../src/ocpp/v16/messages.generated.ts";
import type { ChargingProfile, ChargingSchedule } from "../../../src/ocpp/v16/types.ts";
import { isoTime } from "../../../src/util/clock.ts";
import { Car, cardToken } from "../fakeStation.ts";
import { type Bench, type BenchOptions, bench, online } from "./bench.ts";

const START = "2026-01-01T00:00:00Z";
const DAY = 86_400;

interface Sketch extends Partial<Omit<ChargingProfile, "chargingSchedule">> {
  /** `second:limit/phases`, one after the other. */
  readonly periods: string;
  readonly unit?: "A" | "W";
  readonly duration?: number;
  /** Null: none. */
  readonly startSchedule?: string | null;
}

const toPeriods = (text: string) =>
  text.split(" ").map((part) => {
    const [startPeriod, limit, numberPhases] = part.split(/[:/]/).map(Number);
    return {
      startPeriod: startPeriod ?? 0,
      limit: limit ?? 0,
      ...(numberPhases === undefined ? {} : { numberPhases }),
    };
  });

function profile({ periods, unit = "A", duration, startSchedule = START, ...more }: Sketch): ChargingProfile {
  const relative = more.chargingProfileKind === "Relative" || startSchedule === null;
  return {
    ...{
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: "TxDefaultProfile",
      chargingProfileKind: "Absolute",
    },
    ...more,
    chargingSchedule: {
      ...(duration === undefined ? {} : { duration }),
      ...(relative ? {} : { startSchedule }),
      ...{ chargingRateUnit: unit, chargingSchedulePeriod: toPeriods(periods) },
    },
  };
}

const inLine = (schedule: ChargingSchedule | undefined) =>
  schedule?.chargingSchedulePeriod
    .map(
      ({ startPeriod, limit, numberPhases }) =>
        `${startPeriod}:${limit}${numberPhases === undefined ? "" : `/${numberPhases}`}`,
    )
    .join(" ");

const set = async (at: Bench, connectorId: number, sketch: Sketch) =>
  (await at.ask("SetChargingProfile", { connectorId, csChargingProfiles: profile(sketch) })).status;

async function composite(at: Bench, connectorId: number, duration: number, chargingRateUnit?: "A" | "W") {
  const answer: GetCompositeScheduleResponse = await at.ask("GetCompositeSchedule", {
    ...{ connectorId, duration },
    ...(chargingRateUnit ? { chargingRateUnit } : {}),
  });
  return answer.status === "Accepted" ? inLine(answer.chargingSchedule) : answer.status;
}

async function charging(options: BenchOptions = {}): Promise<{ at: Bench; car: Car }> {
  const at = await online(options);
  const car = new Car(at);
  await car.plugIn();
  await car.start(cardToken);
  return { at, car };
}

const max = { chargingProfilePurpose: "ChargePointMaxProfile" } as const;
const tx = { chargingProfilePurpose: "TxProfile", transactionId: 1 } as const;
const daily = { chargingProfileKind: "Recurring", recurrencyKind: "Daily" } as const;
const weekly = { chargingProfileKind: "Recurring", recurrencyKind: "Weekly" } as const;
const relative = { chargingProfileKind: "Relative" } as const;

describe("the composite schedule (3.13.4)", () => {
  it("has the transaction's profile over the default, both under the station's (absolute 1)", async () => {
    const { at } = await charging();
    await set(at, 0, { ...max, chargingProfileId: 1, periods: "0:10/3", duration: DAY });
    await set(at, 1, { chargingProfileId: 2, periods: "0:6/3 60:10/3 120:8/3 180:25/3 260:8/3", duration: 300 });
    await set(at, 1, { ...tx, chargingProfileId: 3, periods: "0:8 50:11 140:16 200:6 240:12", duration: 240 });
    expect(await composite(at, 1, 400)).toBe("0:8/3 50:10/3 200:6/3 240:10/3 260:8/3 300:10/3");
  });

  it("has the default limit where no profile speaks (absolute 3)", async () => {
    const { at } = await charging();
    await set(at, 1, { ...tx, periods: "0:6 60:10 120:8", duration: 260 });
    expect(await composite(at, 1, 300)).toBe("0:6 60:10 120:8 260:48");
  });

  it("has the higher stack level as long as it speaks (absolute 5)", async () => {
    const { at } = await charging();
    await set(at, 1, { chargingProfileId: 1, periods: "0:6 50:5 100:8 200:10", duration: 400 });
    await set(at, 1, { chargingProfileId: 2, stackLevel: 1, periods: "0:7 100:9", duration: 150 });
    expect(await composite(at, 1, 350)).toBe("0:7 100:9 150:8 200:10");
    expect(await composite(at, 1, 550)).toBe("0:7 100:9 150:8 200:10 400:48");
  });

  it("of connector 0 is the sum of all connectors, under the station's (absolute 6)", async () => {
    const at = await online({ evses: 2 });
    await set(at, 0, { ...max, chargingProfileId: 1, periods: "0:18 50:24 100:14 200:24", duration: 800 });
    await set(at, 1, { chargingProfileId: 2, stackLevel: 1, periods: "0:16 100:20", duration: 400 });
    await set(at, 2, { chargingProfileId: 3, stackLevel: 1, periods: "0:10 100:16", duration: 500 });
    expect(await composite(at, 0, 700)).toBe("0:18 50:24 100:14 200:24");
    expect(await composite(at, 1, 900)).toBe("0:16 100:14 200:20 400:24 800:48");
    expect(await composite(at, 2, 400)).toBe("0:10 100:14 200:16");
  });

  it("of connector 0 without a bound on the station is what all may draw", async () => {
    const at = await online({ evses: 2 });
    await set(at, 1, { periods: "0:16/3 100:20/1", duration: 400 });
    expect(await composite(at, 0, 500)).toBe("0:64/3 100:68/1 400:96");
  });

  it("counts a relative profile from the beginning of the transaction (relative 1)", async () => {
    const { at } = await charging();
    await set(at, 1, { ...tx, ...relative, periods: "0:16/1 50:20/3" });
    expect(await composite(at, 1, 400)).toBe("0:16/1 50:20/3");
    await at.clock.advance(30_000);
    expect(await composite(at, 1, 400)).toBe("0:16/1 20:20/3");
  });

  it("counts a relative profile from now while there is no transaction (relative 2 and 3)", async () => {
    const at = await online();
    await set(at, 1, { ...relative, periods: "0:16/3 100:20/3" });
    await set(at, 0, { ...relative, chargingProfileId: 2, stackLevel: 1, periods: "0:10/3 50:6/3", duration: 200 });
    await at.clock.advance(1_000_000);
    expect(await composite(at, 1, 300)).toBe("0:10/3 50:6/3 200:20/3");
  });

  it("repeats daily (recurring 2) and weekly (recurring 3)", async () => {
    const at = await online();
    await set(at, 1, { ...daily, periods: "0:14 5000:16 15000:20" });
    await set(at, 1, {
      ...daily,
      chargingProfileId: 2,
      stackLevel: 1,
      periods: "0:10 10000:22 20000:6",
      duration: DAY,
    });
    expect(await composite(at, 1, 2 * DAY)).toBe("0:10 10000:22 20000:6 86400:10 96400:22 106400:6");
    await at.ask("ClearChargingProfile", {});
    await set(at, 1, { ...weekly, periods: "0:14 5000:16 15000:20" });
    await set(at, 1, {
      ...weekly,
      chargingProfileId: 2,
      stackLevel: 1,
      periods: "0:10 10000:22 20000:6",
      duration: DAY,
    });
    expect(await composite(at, 1, 2 * DAY)).toBe("0:10 10000:22 20000:6 86400:20");
  });

  it("goes on with the recurrence of yesterday until that of today begins", async () => {
    const at = await online();
    await set(at, 1, { ...daily, startSchedule: "2026-01-05T08:00:00Z", periods: "0:32 36000:6" });
    expect(await composite(at, 1, DAY)).toBe("0:6 28800:32 64800:6");
  });

  it("keeps validFrom and validTo", async () => {
    const at = await online();
    const validity = { validFrom: "2026-01-01T00:01:00Z", validTo: "2026-01-01T00:02:00Z" };
    await set(at, 1, { ...validity, periods: "0:6 70:8" });
    expect(await composite(at, 1, 300)).toBe("0:48 60:6 70:8 120:48");
  });

  it("puts amperes and watts together by the phases that are left", async () => {
    const at = await online();
    await set(at, 0, { ...max, periods: "0:10 80:20/1 100:20/3", duration: 200 });
    await set(at, 1, { chargingProfileId: 2, unit: "W", periods: "0:11000/3 120:5520 260:5520", duration: 300 });
    expect(await composite(at, 1, 400, "W")).toBe("0:6900/3 80:4600/1 100:11000/3 120:5520/3 200:5520 300:33120");
    expect(await composite(at, 1, 400, "A")).toBe("0:10/3 80:20/1 100:15.9/3 120:8/3 200:8 300:48");
  });

  it("ends where there are more periods than fit, and says so", async () => {
    const at = await online({ values: { "SmartCharging.ChargingScheduleMaxPeriods": 3 } });
    await set(at, 1, { ...daily, periods: "0:10 3600:20" });
    const answer = await at.ask("GetCompositeSchedule", { connectorId: 1, duration: 30 * DAY });
    expect(inLine(answer.chargingSchedule)).toBe("0:10 3600:20 86400:10");
    expect(answer.chargingSchedule?.duration).toBe(DAY + 3600);
  });

  it("is no longer than MaxCompositeScheduleDuration, and begins now", async () => {
    const at = await online({ values: { "Internal.MaxCompositeScheduleDuration": 100 } });
    await at.clock.advance(5_000);
    expect(await at.ask("GetCompositeSchedule", { connectorId: 1, duration: 400 })).toMatchObject({
      ...{ connectorId: 1, scheduleStart: isoTime(at.clock.now()) },
      chargingSchedule: { duration: 100, startSchedule: isoTime(at.clock.now()), chargingRateUnit: "A" },
    });
  });

  it.each<[number, "A" | "W" | undefined, Record<string, unknown>]>([
    [3, undefined, {}],
    [1, "W", { "SmartCharging.ChargingScheduleAllowedChargingRateUnit": "Current" }],
    [1, "A", { "SmartCharging.ChargingScheduleAllowedChargingRateUnit": "Power" }],
    [1, undefined, { "Core.SupportedFeatureProfiles": "Core" }],
  ])("of connector %i in %s is refused with %o", async (connectorId, unit, values) => {
    expect(await composite(await online({ values }), connectorId, 100, unit)).toBe("Rejected");
  });

  it("leaves out what does not count without the CSMS", async () => {
    const at = await online({ values: { "Internal.IgnoredProfilePurposesOffline": "TxDefaultProfile" } });
    await set(at, 1, { periods: "0:6" });
    expect(at.station.limits.get(1)?.schedule_import[0]?.limits_to_leaves.ac_max_current_A?.value).toBe(6);
    await at.disconnect();
    expect(at.station.limits.get(1)?.schedule_import[0]?.limits_to_leaves.ac_max_current_A?.value).toBe(48);
    await at.connect();
    expect(at.station.limits.get(1)?.schedule_import[0]?.limits_to_leaves.ac_max_current_A?.value).toBe(6);
  });
});

describe("SetChargingProfile (5.16)", () => {
  it.each<[string, number, Sketch, Record<string, unknown>?]>([
    ["a connector that there is not", 2, { periods: "0:6" }],
    ["a station profile at a connector", 1, { ...max, periods: "0:6" }],
    ["a station profile that is relative", 0, { ...max, ...relative, periods: "0:6" }],
    ["a transaction's profile without a transaction", 1, { chargingProfilePurpose: "TxProfile", periods: "0:6" }],
    ["a transaction's profile for the station", 0, { ...tx, periods: "0:6" }],
    ["a stack level too high", 1, { stackLevel: 11, periods: "0:6" }],
    ["a stack level below 0", 1, { stackLevel: -1, periods: "0:6" }],
    ["no recurrency", 1, { chargingProfileKind: "Recurring", periods: "0:6" }],
    [
      "no start",
      1,
      { startSchedule: null, periods: "0:6" },
      { "Internal.AllowChargingProfileWithoutStartSchedule": false },
    ],
    ["a first period that comes later", 1, { periods: "5:6" }],
    ["periods out of order", 1, { periods: "0:6 20:8 10:5" }],
    ["periods at the same time", 1, { periods: "0:6 0:8" }],
    ["a limit below 0", 1, { periods: "0:-1" }],
    ["four phases", 1, { periods: "0:6/4" }],
    ["no phases", 1, { periods: "0:6/0" }],
    ["more periods than fit", 1, { periods: "0:6 1:7 2:8" }, { "SmartCharging.ChargingScheduleMaxPeriods": 2 }],
    [
      "a unit that is not allowed",
      1,
      { unit: "W", periods: "0:6" },
      { "SmartCharging.ChargingScheduleAllowedChargingRateUnit": "Current" },
    ],
    [
      "a purpose that is not supported",
      1,
      { periods: "0:6" },
      { "Internal.SupportedChargingProfilePurposeTypes": ["TxProfile"] },
    ],
    [
      "an end before its beginning",
      1,
      { validFrom: "2026-01-02T00:00:00Z", validTo: "2026-01-01T00:00:00Z", periods: "0:6" },
    ],
  ])("with %s is rejected, and says why", async (_what, connectorId, sketch, values = {}) => {
    const at = await online({ values });
    expect(await set(at, connectorId, sketch)).toBe("Rejected");
    expect(
      at.timeline.entries.some(({ outcome, fix }) => outcome === "refused" && fix !== undefined) || connectorId === 2,
    ).toBe(true);
    expect(await composite(at, 0, 100)).toBe("0:48");
  });

  it("of the transaction needs the transaction that runs", async () => {
    const { at } = await charging();
    expect(await set(at, 1, { ...tx, transactionId: 99, periods: "0:6" })).toBe("Rejected");
    expect(await set(at, 1, { ...tx, periods: "0:6" })).toBe("Accepted");
  });

  it("without a start begins now where that is allowed", async () => {
    const at = await online();
    await at.clock.advance(100_000);
    expect(await set(at, 1, { startSchedule: null, periods: "0:6 100:8" })).toBe("Accepted");
    await at.clock.advance(50_000);
    expect(await composite(at, 1, 200)).toBe("0:6 50:8");
  });

  it("takes the place of the one with its id, or its purpose and level; no more than MaxChargingProfilesInstalled", async () => {
    const at = await online({ values: { "SmartCharging.MaxChargingProfilesInstalled": 2 } });
    expect(await set(at, 1, { chargingProfileId: 1, periods: "0:6" })).toBe("Accepted");
    expect(await set(at, 1, { chargingProfileId: 2, periods: "0:7" })).toBe("Accepted");
    expect(await composite(at, 1, 10)).toBe("0:7");
    expect(await set(at, 1, { chargingProfileId: 3, stackLevel: 1, periods: "0:8" })).toBe("Accepted");
    expect(await set(at, 1, { chargingProfileId: 4, stackLevel: 2, periods: "0:9" })).toBe("Rejected");
    expect(await set(at, 0, { chargingProfileId: 3, periods: "0:5" })).toBe("Accepted");
    expect(await composite(at, 1, 10)).toBe("0:7");
  });

  it("is NotSupported where the station does not charge smartly", async () => {
    const at = await online({ values: { "Core.SupportedFeatureProfiles": "Core" } });
    expect(await set(at, 1, { periods: "0:6" })).toBe("NotSupported");
    expect(at.station.limits.size).toBe(0);
  });

  it("survives a restart, but a transaction's profile only with its transaction", async () => {
    const { at, car } = await charging();
    await set(at, 1, { chargingProfileId: 1, periods: "0:20" });
    await set(at, 1, { ...tx, chargingProfileId: 2, periods: "0:6" });
    const resumed = bench({ database: at.database, resumed: [car.uuid] });
    await resumed.connect();
    expect(await composite(resumed, 1, 10)).toBe("0:6");
    const lost = bench({ database: at.database });
    await lost.connect();
    expect(await composite(lost, 1, 10)).toBe("0:20");
  });
});

describe("a transaction's profile", () => {
  it("goes with it", async () => {
    const { at, car } = await charging();
    await set(at, 1, { ...tx, periods: "0:6" });
    await car.finish("Local");
    expect(await composite(at, 1, 10)).toBe("0:48");
  });

  it("may come with its RemoteStartTransaction, and counts for that transaction only", async () => {
    const at = await online();
    const chargingProfile = profile({ ...relative, chargingProfilePurpose: "TxProfile", periods: "0:6 60:10" });
    const start = { connectorId: 1, idTag: "04AABBCCDD", chargingProfile };
    expect(await at.ask("RemoteStartTransaction", start)).toEqual({ status: "Accepted" });
    expect(await composite(at, 1, 100)).toBe("0:48");
    const car = new Car(at);
    await car.plugIn();
    await at.clock.advance(20_000);
    await car.start(cardToken);
    expect(await composite(at, 1, 100)).toBe("0:6 60:10");
    await car.finish("Local");
    await car.unplug();
    const next = new Car(at, "next");
    await next.plugIn();
    await next.start(cardToken);
    expect(await composite(at, 1, 100)).toBe("0:48");
  });

  it("is forgotten when its transaction never comes", async () => {
    const at = await online();
    const chargingProfile = profile({ ...relative, chargingProfilePurpose: "TxProfile", periods: "0:6" });
    await at.ask("RemoteStartTransaction", { connectorId: 1, idTag: "04AABBCCDD", chargingProfile });
    await at.clock.advance(121_000);
    const car = new Car(at);
    await car.plugIn();
    await car.start(cardToken);
    expect(await composite(at, 1, 100)).toBe("0:48");
  });

  it.each<Sketch>([{ periods: "0:6" }, { chargingProfilePurpose: "TxProfile", periods: "0:-6" }])(
    "Given %o comes with it, then the start is refused",
    async (sketch) => {
      const at = await online();
      const start = { connectorId: 1, idTag: "TAG", chargingProfile: profile(sketch) };
      expect(await at.ask("RemoteStartTransaction", start)).toEqual({ status: "Rejected" });
      expect(at.station.tokens).toEqual([]);
    },
  );
});

describe("ClearChargingProfile (5.5)", () => {
  const scene = async () => {
    const { at } = await charging({ evses: 2 });
    await set(at, 0, { ...max, chargingProfileId: 1, periods: "0:40" });
    await set(at, 1, { chargingProfileId: 2, periods: "0:20" });
    await set(at, 1, { ...tx, chargingProfileId: 3, stackLevel: 2, periods: "0:6" });
    return at;
  };

  it.each<[object, string, string]>([
    [{ id: 3 }, "Accepted", "0:20"],
    [{ id: 3, connectorId: 2, stackLevel: 9 }, "Accepted", "0:20"],
    [{ id: 9 }, "Unknown", "0:6"],
    [{ connectorId: 1 }, "Accepted", "0:40"],
    [{ connectorId: 2 }, "Unknown", "0:6"],
    [{ chargingProfilePurpose: "TxProfile", stackLevel: 2 }, "Accepted", "0:20"],
    [{ chargingProfilePurpose: "TxProfile", stackLevel: 1 }, "Unknown", "0:6"],
    [{}, "Accepted", "0:48"],
  ])("with %o is %s and leaves %s", async (filter, status, left) => {
    const at = await scene();
    expect(await at.ask("ClearChargingProfile", filter)).toEqual({ status });
    expect(await composite(at, 1, 10)).toBe(left);
  });

  it("of everything is accepted where there is nothing", async () => {
    expect(await (await online()).ask("ClearChargingProfile", {})).toEqual({ status: "Accepted" });
  });
});

describe("the energy management", () => {
  const publishing = { unit: "A", duration: 600, interval: 30, source: "ocpp/OCPP_set_external_limits" } as const;

  it("is told of every change, of the station and of each EVSE", async () => {
    const at = await online({ evses: 2, options: { publishing } });
    await set(at, 0, { ...max, periods: "0:40/3" });
    await set(at, 2, { chargingProfileId: 2, periods: "0:16/1 60:32/3" });
    const source = publishing.source;
    expect(at.station.limits.get(0)).toEqual({
      ...{ schedule_export: [], schedule_setpoints: [] },
      schedule_import: [
        {
          ...{ timestamp: "2026-01-01T00:00:00.000Z", limits_to_root: {} },
          limits_to_leaves: { ac_max_current_A: { value: 40, source }, ac_max_phase_count: { value: 1, source } },
        },
        {
          ...{ timestamp: "2026-01-01T00:01:00.000Z", limits_to_root: {} },
          limits_to_leaves: { ac_max_current_A: { value: 40, source }, ac_max_phase_count: { value: 3, source } },
        },
      ],
    });
    expect(
      at.station.limits.get(2)?.schedule_import.map((entry) => entry.limits_to_leaves.ac_max_current_A?.value),
    ).toEqual([16, 32]);
    expect(at.station.published("charging_schedules").at(-1)).toMatchObject({
      schedules: [
        { evse: 0 },
        { evse: 1, charging_rate_unit: "A", duration: 600 },
        { evse: 2, charging_schedule_period: [{ start_period: 0, limit: 16, number_phases: 1 }, {}] },
      ],
    });
  });

  it("in watts, where the configuration says so", async () => {
    const at = await online({ options: { publishing: { ...publishing, unit: "W" } } });
    await set(at, 1, { unit: "W", periods: "0:7000" });
    expect(at.station.limits.get(1)?.schedule_import[0]?.limits_to_leaves).toEqual({
      total_power_W: { value: 7000, source: publishing.source },
    });
  });

  it("is told again and again, as time goes on", async () => {
    const at = await online({ options: { publishing } });
    await set(at, 1, { periods: "0:6 60:16" });
    await at.clock.advance(90_000);
    expect(
      at.station.limits.get(1)?.schedule_import.map((entry) => entry.limits_to_leaves.ac_max_current_A?.value),
    ).toEqual([16]);
  });
});
