import { describe, expect, test } from "vitest";
import type { Iso2, Iso2Session, Request } from "../../../src/evcc/iso2/protocol.ts";
import type { Step } from "../../../src/fsm/state.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { answers, car, SessionID, schedule } from "../fixtures.ts";
import { ended, resumed, sends, status, take, variable } from "./support.ts";

function profileOf(request: Request | undefined) {
  return (request?.name === "PowerDeliveryReq" && request.message.ChargingProfile?.ProfileEntry) || [];
}

describe("ChargeParameterDiscovery", () => {
  test("takes the schedule, gets ready for power and asks for it", () => {
    const step = take("ChargeParameterDiscoveryRes");
    expect(step).toMatchObject({ next: "PowerDelivery", session: { schedule, progress: "Start" } });
    expect(step).toMatchObject(
      sends("PowerDeliveryReq", {
        ChargeProgress: "Start",
        SAScheduleTupleID: 7,
        ChargingProfile: {
          ProfileEntry: [{ ChargingProfileEntryStart: 0, ChargingProfileEntryMaxPower: physicalValue(11000, "W") }],
        },
      }),
    );
    expect(step.effects).toEqual([
      { to: "timer", timer: "over" },
      variable("ac_evse_max_current", 32),
      variable("ev_power_ready", true),
    ]);
  });

  test("a session that goes on keeps its schedule", () => {
    const another = { ...schedule, SAScheduleTupleID: 8 };
    const both = { SAScheduleList: { SAScheduleTuple: [schedule, another] } };
    const joined = { SessionID, payment: "Contract", SAScheduleTupleID: 8 } as const;
    expect(take("ChargeParameterDiscoveryRes", both, { joined })).toMatchObject(
      sends("PowerDeliveryReq", expect.objectContaining({ SAScheduleTupleID: 8 })),
    );
    const gone = { ...joined, SAScheduleTupleID: 9 };
    expect(take("ChargeParameterDiscoveryRes", both, { joined: gone })).toMatchObject(
      sends("PowerDeliveryReq", expect.objectContaining({ SAScheduleTupleID: 7 })),
    );
  });

  test("the profile stays below what the car can take on its phases", () => {
    const one = { ...car, mode: "AC_single_phase_core" } as const;
    const { reply } = take("ChargeParameterDiscoveryRes", {}, { car: one }) as Step<Iso2>;
    expect(profileOf(reply)[0]?.ChargingProfileEntryMaxPower).toEqual(physicalValue(230 * 16, "W"));
  });

  test("of a schedule with 1024 entries the profile has 24, the last with the least power of the rest", () => {
    const PMaxScheduleEntry = Array.from({ length: 1024 }, (_, i) => ({
      RelativeTimeInterval: { start: i * 60 },
      PMax: physicalValue(i === 1000 ? 1000 : 3000, "W"),
    }));
    const long = { SAScheduleTuple: [{ SAScheduleTupleID: 1, PMaxSchedule: { PMaxScheduleEntry } }] };
    const { reply } = take("ChargeParameterDiscoveryRes", { SAScheduleList: long }) as Step<Iso2>;
    const entries = profileOf(reply);
    expect(entries).toHaveLength(24);
    expect(entries.at(22)).toEqual({
      ChargingProfileEntryStart: 1320,
      ChargingProfileEntryMaxPower: physicalValue(3000, "W"),
    });
    expect(entries.at(23)).toEqual({
      ChargingProfileEntryStart: 1380,
      ChargingProfileEntryMaxPower: physicalValue(1000, "W"),
    });
  });

  test("Ongoing: asks again with the same", () => {
    const paused = take("ChargeParameterDiscoveryRes", { EVSEProcessing: "Ongoing", SAScheduleList: undefined });
    expect(resumed(paused)).toMatchObject(sends("ChargeParameterDiscoveryReq"));
  });

  test("bad case: finished, but no schedule", () => {
    const step = take("ChargeParameterDiscoveryRes", { SAScheduleList: undefined });
    expect(step).toMatchObject(ended({ ended: "protocol error", reason: expect.stringContaining("no schedule") }));
  });

  test("bad case: DC limits for AC charging", () => {
    const step = take("ChargeParameterDiscoveryRes", { AC_EVSEChargeParameter: undefined });
    expect(step).toMatchObject(ended({ ended: "protocol error", reason: expect.stringContaining("DC charger") }));
  });
});

describe("PowerDelivery", () => {
  const given = { schedule, progress: "Start" } as const;
  const stopping = {
    next: "PowerDelivery",
    ...sends("PowerDeliveryReq", { ChargeProgress: "Stop", SAScheduleTupleID: 7 }),
  };

  test("started: the loop begins at once", () => {
    expect(take("PowerDeliveryRes", {}, given)).toMatchObject({
      next: "ChargingStatus",
      ...sends("ChargingStatusReq", {}),
    });
  });

  test("stopped: the session ends", () => {
    const step = take("PowerDeliveryRes", {}, { schedule, progress: "Stop", ending: "Terminate" });
    expect(step).toMatchObject({ next: "SessionStop", ...sends("SessionStopReq", { ChargingSession: "Terminate" }) });
    expect(step.effects).toBeUndefined();
  });

  test("stopped for a pause: the session pauses", () => {
    const step = take("PowerDeliveryRes", {}, { schedule, progress: "Stop", ending: "Pause" });
    expect(step).toMatchObject(sends("SessionStopReq", { ChargingSession: "Pause" }));
  });

  test("renegotiated: parameters are asked anew", () => {
    const step = take("PowerDeliveryRes", {}, { ...given, progress: "Renegotiate" });
    expect(step).toMatchObject({ next: "ChargeParameterDiscovery", ...sends("ChargeParameterDiscoveryReq") });
  });

  test("who wants to stop already, car or EVSE, asks for the status first [V2G2-576]", () => {
    const wishes = { ...status({ EVSENotification: "StopCharging" }), ending: "Terminate" };
    expect(take("PowerDeliveryRes", wishes, { ...given, ending: "Terminate" })).toMatchObject({
      next: "ChargingStatus",
    });
    expect(take("ChargingStatusRes", {}, { ...given, ending: "Terminate" })).toMatchObject(stopping);
  });

  test("bad case: a DC status for AC charging", () => {
    expect(take("PowerDeliveryRes", { AC_EVSEStatus: undefined }, given)).toMatchObject(
      ended({ ended: "protocol error" }),
    );
  });
});

describe("ChargingStatus", () => {
  const given = { schedule, progress: "Start", payment: "Contract" } as const;
  const stopping = {
    next: "PowerDelivery",
    ...sends("PowerDeliveryReq", { ChargeProgress: "Stop", SAScheduleTupleID: 7 }),
  };

  test("charging goes on: the status is asked again after a second", () => {
    const paused = take("ChargingStatusRes", {}, given);
    expect(paused).toMatchObject({ ms: 1000, effects: [variable("ac_evse_max_current", 20)] });
    expect(resumed(paused, given)).toMatchObject({ next: "ChargingStatus", ...sends("ChargingStatusReq", {}) });
  });

  test.each([
    [physicalValue(-5, "A"), 0],
    [physicalValue(30_000_000, "A"), 400],
  ])("bad case: an absurd limit is cut to what other parts take", (EVSEMaxCurrent, told) => {
    const { effects } = take("ChargingStatusRes", { EVSEMaxCurrent }, given);
    expect(effects).toEqual([variable("ac_evse_max_current", told)]);
  });

  test("the car wants to stop during the pause: at once", () => {
    const step = resumed(take("ChargingStatusRes", {}, given), { ...given, ending: "Terminate" });
    expect(step).toMatchObject({ ...stopping, session: { progress: "Stop" } });
    expect(step.effects).toEqual([variable("ev_power_ready", false)]);
  });

  test.each<[string, object, string]>([
    ["the EVSE asks to stop", { EVSENotification: "StopCharging" }, "asks the car to stop"],
    ["a residual current was found", { RCD: true }, "residual current"],
  ])("%s: power off, and the others are told", (_, change, reason) => {
    const step = take("ChargingStatusRes", { ...status(change), EVSEMaxCurrent: undefined }, given);
    expect(step).toMatchObject({
      ...stopping,
      session: { progress: "Stop", ending: "Terminate", endingReason: expect.stringContaining(reason) },
    });
    expect(step.effects?.slice(1)).toEqual([variable("stop_from_charger"), variable("ev_power_ready", false)]);
  });

  test.each<[string, () => Step<Iso2>]>([
    [
      "during the pause: at once",
      () => resumed(take("ChargingStatusRes", {}, given), { ...given, renegotiating: true }),
    ],
    [
      "before: with the next answer",
      () => take("ChargingStatusRes", {}, { ...given, renegotiating: true }) as Step<Iso2>,
    ],
  ])("the car wants another schedule, %s", (_, step) => {
    expect(step()).toMatchObject({
      next: "PowerDelivery",
      session: { progress: "Renegotiate", renegotiating: false },
      ...sends("PowerDeliveryReq", { ChargeProgress: "Renegotiate", SAScheduleTupleID: 7 }),
    });
  });

  test("the end goes before another schedule, whoever wants it", () => {
    const both = { ...given, renegotiating: true, ending: "Terminate" } as const;
    expect(take("ChargingStatusRes", {}, both)).toMatchObject(stopping);
    const asked = take("ChargingStatusRes", status({ EVSENotification: "StopCharging" }), {
      ...given,
      renegotiating: true,
    });
    expect(asked).toMatchObject(stopping);
  });

  test("the EVSE wants to renegotiate", () => {
    const step = take("ChargingStatusRes", status({ EVSENotification: "ReNegotiation" }), given);
    expect(step).toMatchObject({ next: "PowerDelivery", session: { progress: "Renegotiate" } });
  });

  test("a receipt is asked for and signed", () => {
    expect(take("ChargingStatusRes", { ReceiptRequired: true }, given)).toMatchObject({
      next: "MeteringReceipt",
      reply: {
        name: "MeteringReceiptReq",
        message: { "@Id": "id1", SessionID, SAScheduleTupleID: 7, MeterInfo: answers.ChargingStatusRes.MeterInfo },
        signed: true,
      },
    });
  });

  test.each<[string, object, Partial<Iso2Session>]>([
    ["there is nothing to sign", { MeterInfo: undefined }, {}],
    ["nobody has a contract [V2G2-691]", {}, { payment: "ExternalPayment" }],
  ])("no receipt where %s", (_, change, more) => {
    const paused = take("ChargingStatusRes", { ReceiptRequired: true, ...change }, { ...given, ...more });
    expect(paused).toHaveProperty("until");
  });

  test("after the receipt charging goes on", () => {
    expect(resumed(take("MeteringReceiptRes", {}, given), given)).toMatchObject({ next: "ChargingStatus" });
  });

  test("a notification in the receipt's answer counts", () => {
    expect(take("MeteringReceiptRes", status({ EVSENotification: "StopCharging" }), given)).toMatchObject(stopping);
  });

  test("bad case: a DC status for the receipt", () => {
    expect(take("MeteringReceiptRes", { AC_EVSEStatus: undefined }, given)).toMatchObject(
      ended({ ended: "protocol error" }),
    );
  });
});

describe("SessionStop", () => {
  test("completed, with the reason for which it ended", () => {
    const step = take("SessionStopRes", {}, { ending: "Terminate", endingReason: "enough" });
    expect(step).toMatchObject(ended({ ended: "completed", reason: "enough" }));
  });

  test("paused: the id is kept to join the session again", () => {
    const step = take(
      "SessionStopRes",
      {},
      {
        ...{ ending: "Pause", endingReason: "sun went down", payment: "Contract", schedule },
      },
    );
    expect(step).toMatchObject(
      ended({ ended: "paused", resume: { SessionID, payment: "Contract", SAScheduleTupleID: 7 } }),
    );
  });
});
