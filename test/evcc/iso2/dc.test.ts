import { describe, expect, test } from "vitest";
import type { Iso2, Iso2Session } from "../../../src/evcc/iso2/protocol.ts";
import type { Outcome, Step } from "../../../src/fsm/state.ts";
import { iso2, messageOf, type Named } from "../../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { type DcResponse, dc, dcAnswers, dcCar, dcResponse, dcSession, SessionID } from "../fixtures.ts";
import { ended, outcome, sends, variable } from "./support.ts";

/** What a good or changed answer makes the car do. */
function take(name: DcResponse, change: object = {}, given: Partial<Iso2Session> = {}, at = 0): Outcome<Iso2> {
  return outcome(name.slice(0, -3), dcSession(given), dcResponse(name, change, SessionID, at));
}

function resumed(paused: Outcome<Iso2>, given: Partial<Iso2Session> = {}): Step<Iso2> {
  if (!("until" in paused)) throw new TypeError("no pause");
  return paused.decide(dcSession({ ...paused.session, ...given }));
}

const DC_EVSEStatus = dcAnswers.PowerDeliveryRes.DC_EVSEStatus;
const status = (change: object) => ({ DC_EVSEStatus: { ...DC_EVSEStatus, ...change } });
const state = dcSession().dc;
const battery = (change: object) => ({ dc: { ...state, ...change } });
const timer = (request: string, ms: number) => ({ to: "timer", timer: "ongoing", request, ms });
const encodes = ({ reply }: { readonly reply?: object }) =>
  iso2.encode("V2G_Message", messageOf({ SessionID }, reply as Named)).length > 0;

/** Statuses with which no car goes on. */
const ends = [
  [{ EVSEStatusCode: "EVSE_Shutdown" }, "the EVSE shuts down"],
  [{ EVSEStatusCode: "EVSE_EmergencyShutdown" }, "the EVSE shuts down in an emergency"],
  [{ EVSEStatusCode: "EVSE_UtilityInterruptEvent" }, "the grid interrupts charging"],
  [{ EVSEStatusCode: "EVSE_Malfunction" }, "the EVSE does not work"],
  [{ EVSEIsolationStatus: "Fault" }, "the EVSE has found a fault of the insulation"],
  [{ EVSENotification: "StopCharging" }, "the EVSE asks the car to stop"],
] as const;

describe("ChargeParameterDiscovery", () => {
  test("says what the battery takes", () => {
    const step = outcome("Authorization", dcSession(), {
      name: "AuthorizationRes",
      message: { header: { SessionID }, body: { ResponseCode: "OK", EVSEProcessing: "Finished" }, at: 0 },
    });
    expect(step).toMatchObject(
      sends("ChargeParameterDiscoveryReq", {
        RequestedEnergyTransferMode: "DC_extended",
        DC_EVChargeParameter: {
          DepartureTime: 86400,
          DC_EVStatus: { EVReady: false, EVErrorCode: "NO_ERROR", EVRESSSOC: 30 },
          EVMaximumCurrentLimit: physicalValue(200, "A"),
          EVMaximumPowerLimit: physicalValue(80_000, "W"),
          EVMaximumVoltageLimit: physicalValue(450, "V"),
          EVEnergyCapacity: physicalValue(60_000, "Wh"),
          EVEnergyRequest: physicalValue(42_000, "Wh"),
          FullSOC: 100,
          BulkSOC: 80,
        },
      }),
    );
    expect(encodes(step as Step<Iso2>)).toBe(true);
  });

  test("goes to control pilot state C and waits 40 s for the cable check", () => {
    const step = take("ChargeParameterDiscoveryRes");
    expect(step).toMatchObject({
      next: "CableCheck",
      ...sends("CableCheckReq", { DC_EVStatus: { EVReady: true } }),
      session: { progress: "Start", dc: { limits: { maxVoltage: 900, maxCurrent: 300, maxPower: 150_000 } } },
      effects: [{ to: "timer", timer: "over" }, timer("CableCheckReq", 40_000), variable("ev_power_ready", true)],
    });
    expect(encodes(step as Step<Iso2>)).toBe(true);
  });

  const limited = (change: object) => ({
    DC_EVSEChargeParameter: { ...dcAnswers.ChargeParameterDiscoveryRes.DC_EVSEChargeParameter, ...change },
  });

  test.each([
    [{ EVSEMaximumVoltageLimit: physicalValue(300, "V") }, "300 V, the car needs 400 V"],
    [{ EVSEMinimumVoltageLimit: physicalValue(500, "V") }, "no less than 500 V"],
    [{ EVSEMinimumCurrentLimit: physicalValue(250, "A") }, "no less than 250 A"],
  ])("leaves a charger that does not fit: %j", (change, words) => {
    const reason = expect.stringContaining(words);
    expect(take("ChargeParameterDiscoveryRes", limited(change))).toMatchObject(
      ended({ ended: "nothing suitable offered", reason }),
    );
  });

  test("a lenient car goes on with it", () => {
    const car = { ...dcCar, dc: { ...dc, lenient: true } };
    const step = take("ChargeParameterDiscoveryRes", limited({ EVSEMaximumVoltageLimit: physicalValue(40, "V") }), {
      car,
    });
    expect(step).toMatchObject({ next: "CableCheck" });
  });

  test("an AC answer is none", () => {
    const step = take("ChargeParameterDiscoveryRes", { DC_EVSEChargeParameter: undefined });
    expect(step).toMatchObject(
      ended({ ended: "protocol error", reason: "the EVSE answers DC charging as an AC charger" }),
    );
  });

  const noEnergy = (NotificationMaxDelay: number) =>
    limited({ DC_EVSEStatus: { ...DC_EVSEStatus, EVSENotification: "StopCharging", NotificationMaxDelay } });

  test("without energy it pauses at once, or after the precharge, as it is told", () => {
    const pauses = {
      next: "PowerDelivery",
      ...sends("PowerDeliveryReq", expect.objectContaining({ ChargeProgress: "Stop", SAScheduleTupleID: 7 })),
      session: { ending: "Pause", endingReason: "the EVSE has no energy for the car" },
    };
    const atOnce = take("ChargeParameterDiscoveryRes", noEnergy(0));
    expect(atOnce).toMatchObject(pauses);
    const later = take("ChargeParameterDiscoveryRes", noEnergy(300));
    expect(later).toMatchObject({ next: "CableCheck", session: { dc: { pauseWanted: true } } });
    expect(take("PreChargeRes", {}, later.session)).toMatchObject(pauses);
  });
});

describe("CableCheck", () => {
  test("asks again while it is Ongoing, with one patience for all", () => {
    const paused = take("CableCheckRes", {
      EVSEProcessing: "Ongoing",
      ...status({ EVSEStatusCode: "EVSE_IsolationMonitoringActive" }),
    });
    expect(paused).toMatchObject({ effects: [timer("CableCheckReq", 40_000)] });
    expect(resumed(paused)).toMatchObject(sends("CableCheckReq"));
    expect(resumed(paused, { ending: "Terminate" })).toMatchObject({ next: "SessionStop" });
  });

  test("asks for the battery's voltage, with 2 A at most, and waits 7 s for it", () => {
    const step = take("CableCheckRes");
    expect(step).toMatchObject({
      next: "PreCharge",
      ...sends("PreChargeReq", {
        DC_EVStatus: { EVReady: true },
        EVTargetVoltage: physicalValue(400, "V"),
        EVTargetCurrent: physicalValue(2, "A"),
      }),
      effects: expect.arrayContaining([timer("PreChargeReq", 7000)]),
    });
    expect(encodes(step as Step<Iso2>)).toBe(true);
  });

  test.each(["Warning", "No_IMD"])("goes on with %s", (EVSEIsolationStatus) => {
    expect(take("CableCheckRes", status({ EVSEIsolationStatus }))).toMatchObject({ next: "PreCharge" });
  });

  test.each([{ EVSEIsolationStatus: "Invalid" }, { EVSEStatusCode: "EVSE_NotReady" }])(
    "believes no check that is finished with %j",
    (change) => {
      expect(take("CableCheckRes", status(change))).toMatchObject(ended({ ended: "protocol error" }));
    },
  );

  test.each(ends)("leaves with %j", (change, endingReason) => {
    expect(take("CableCheckRes", status(change))).toMatchObject({
      next: "SessionStop",
      ...sends("SessionStopReq", { ChargingSession: "Terminate" }),
      session: { endingReason },
      effects: expect.arrayContaining([variable("ev_power_ready", false), variable("stop_from_charger")]),
    });
  });
});

describe("PreCharge", () => {
  test("closes its contactor when the voltages are near, and asks for power", () => {
    const step = take("PreChargeRes", {}, { maxPower: dc.maxPower });
    expect(step).toMatchObject({
      next: "PowerDelivery",
      ...sends("PowerDeliveryReq", {
        ChargeProgress: "Start",
        SAScheduleTupleID: 7,
        ChargingProfile: { ProfileEntry: [{ ChargingProfileEntryMaxPower: physicalValue(11_000, "W") }] },
        DC_EVPowerDeliveryParameter: {
          DC_EVStatus: { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 30 },
          BulkChargingComplete: false,
          ChargingComplete: false,
        },
      }),
      effects: expect.arrayContaining([{ to: "timer", timer: "over" }, variable("dc_power_on")]),
    });
    expect(encodes(step as Step<Iso2>)).toBe(true);
  });

  test.each([0, 380, 420])("does not with %i V, and asks again", (volts) => {
    const paused = take("PreChargeRes", { EVSEPresentVoltage: physicalValue(volts, "V") });
    expect(paused).toMatchObject({ effects: [timer("PreChargeReq", 7000)] });
    expect(resumed(paused)).toMatchObject(sends("PreChargeReq"));
  });

  test("a lenient car does with any", () => {
    const car = { ...dcCar, dc: { ...dc, lenient: true } };
    expect(take("PreChargeRes", { EVSEPresentVoltage: physicalValue(1, "V") }, { car })).toMatchObject({
      next: "PowerDelivery",
    });
  });

  test.each(ends)("leaves with %j", (change, endingReason) => {
    expect(take("PreChargeRes", status(change))).toMatchObject({ next: "SessionStop", session: { endingReason } });
  });
});

describe("PowerDelivery", () => {
  test("asks for current at once", () => {
    const step = take("PowerDeliveryRes");
    expect(step).toMatchObject({
      next: "CurrentDemand",
      ...sends("CurrentDemandReq", {
        DC_EVStatus: { EVReady: true },
        EVTargetVoltage: physicalValue(400, "V"),
        EVTargetCurrent: physicalValue(100, "A"),
        EVMaximumVoltageLimit: physicalValue(450, "V"),
        EVMaximumCurrentLimit: physicalValue(200, "A"),
        EVMaximumPowerLimit: physicalValue(80_000, "W"),
        BulkChargingComplete: false,
        ChargingComplete: false,
        RemainingTimeToFullSoC: physicalValue(3780, "s"),
        RemainingTimeToBulkSoC: physicalValue(2700, "s"),
      }),
    });
    expect(encodes(step as Step<Iso2>)).toBe(true);
  });

  test("opens its contactor only when the EVSE has switched off, and looks for welding", () => {
    expect(take("PowerDeliveryRes", {}, { progress: "Stop", ending: "Terminate" })).toMatchObject({
      next: "WeldingDetection",
      ...sends("WeldingDetectionReq", { DC_EVStatus: { EVReady: false } }),
      effects: [variable("ev_power_ready", false)],
    });
  });

  test("negotiates anew", () => {
    expect(take("PowerDeliveryRes", {}, { progress: "Renegotiate" })).toMatchObject({
      next: "ChargeParameterDiscovery",
      ...sends("ChargeParameterDiscoveryReq"),
    });
  });
});

describe("CurrentDemand", () => {
  const loop = (change: object = {}, given: Partial<Iso2Session> = {}, at = 0) =>
    take("CurrentDemandRes", change, given, at);
  const asked = (paused: Outcome<Iso2>) => {
    const { reply } = resumed(paused);
    return reply?.name === "CurrentDemandReq" ? reply.message : undefined;
  };

  test.each([
    ["the EVSE's current", { EVSEMaximumCurrentLimit: physicalValue(60, "A") }, 60],
    ["the EVSE's power", { EVSEMaximumPowerLimit: physicalValue(20_000, "W") }, 50],
    ["its own wish", { EVSEMaximumCurrentLimit: physicalValue(400, "A") }, 100],
  ])("never asks for more than %s", (_, change, ampere) => {
    expect(asked(loop(change))).toMatchObject({ EVTargetCurrent: physicalValue(ampere, "A") });
  });

  test("never asks for a higher voltage than the EVSE gives", () => {
    const message = asked(loop({ EVSEMaximumVoltageLimit: physicalValue(390, "V") }));
    expect(message).toMatchObject({ EVTargetVoltage: physicalValue(390, "V") });
  });

  test("keeps a limit that the EVSE does not repeat", () => {
    const first = loop({ EVSEMaximumCurrentLimit: physicalValue(60, "A") });
    expect(asked(loop({}, first.session))).toMatchObject({ EVTargetCurrent: physicalValue(60, "A") });
  });

  test("fills the battery with what it measures", () => {
    const first = loop({}, {}, 1000);
    expect(first.session?.dc?.soc).toBe(30);
    const minute = loop({}, first.session, 61_000);
    // 400 V x 99 A for a minute is 660 Wh of 60 kWh.
    expect(minute.session?.dc?.soc).toBeCloseTo(31.1);
    expect(loop({}, battery({ soc: 50, socGiven: true, measuredAt: 0 }), 60_000).session?.dc?.soc).toBe(50);
  });

  test("takes ever less when the bulk is in, and tells it", () => {
    const message = asked(loop({}, battery({ soc: 90 })));
    expect(message).toMatchObject({ EVTargetCurrent: physicalValue(55, "A"), BulkChargingComplete: true });
    expect(message).toMatchObject({ DC_EVStatus: { EVRESSSOC: 90 }, ChargingComplete: false });
  });

  test("stops when it is full", () => {
    expect(loop({}, battery({ soc: 100 }))).toMatchObject({
      next: "PowerDelivery",
      ...sends("PowerDeliveryReq", {
        ChargeProgress: "Stop",
        SAScheduleTupleID: 7,
        DC_EVPowerDeliveryParameter: {
          DC_EVStatus: { EVReady: false, EVErrorCode: "NO_ERROR", EVRESSSOC: 100 },
          BulkChargingComplete: true,
          ChargingComplete: true,
        },
      }),
      session: { progress: "Stop", ending: "Terminate", endingReason: "the battery is full" },
    });
  });

  test("stops when it is told to, also while it waits for the next turn", () => {
    expect(loop({}, { ending: "Pause" })).toMatchObject({ next: "PowerDelivery", session: { progress: "Stop" } });
    expect(resumed(loop(), { ending: "Terminate" })).toMatchObject({ next: "PowerDelivery" });
  });

  test.each(ends)("stops with %j", (change, endingReason) => {
    expect(loop(status(change))).toMatchObject({
      next: "PowerDelivery",
      ...sends("PowerDeliveryReq", expect.objectContaining({ ChargeProgress: "Stop" })),
      session: { ending: "Terminate", endingReason },
      effects: expect.arrayContaining([variable("stop_from_charger")]),
    });
  });

  test.each([
    [
      { EVSEPresentVoltage: physicalValue(451, "V") },
      "FAILED_ChargingVoltageOutOfRange",
      "451 V is more than the 450 V",
    ],
    [
      { EVSEPresentCurrent: physicalValue(221, "A") },
      "FAILED_ChargingCurrentdifferential",
      "221 A is more than the 200 A",
    ],
  ])("tells the EVSE what it does not bear: %j", (change, EVErrorCode, words) => {
    const step = loop(change) as Step<Iso2>;
    expect(step).toMatchObject({
      next: "PowerDelivery",
      ...sends("PowerDeliveryReq", {
        ChargeProgress: "Stop",
        SAScheduleTupleID: 7,
        DC_EVPowerDeliveryParameter: expect.objectContaining({
          DC_EVStatus: { EVReady: false, EVErrorCode, EVRESSSOC: 30 },
        }),
      }),
      session: { endingReason: expect.stringContaining(words), dc: { error: EVErrorCode } },
    });
    const stop = outcome("SessionStop", dcSession(step.session), {
      name: "SessionStopRes",
      message: { header: { SessionID }, body: { ResponseCode: "OK" }, at: 0 },
    });
    expect(stop).toMatchObject(ended({ ended: "protocol error" }));
  });

  test("renegotiates when it is asked to", () => {
    expect(loop(status({ EVSENotification: "ReNegotiation" }))).toMatchObject({
      next: "PowerDelivery",
      ...sends("PowerDeliveryReq", expect.objectContaining({ ChargeProgress: "Renegotiate" })),
    });
  });

  test("signs what it is asked to when it pays by contract, and goes on", () => {
    const step = loop({ ReceiptRequired: true }, { payment: "Contract" });
    expect(step).toMatchObject({ next: "MeteringReceipt", reply: { name: "MeteringReceiptReq", signed: true } });
    expect(loop({ ReceiptRequired: true })).toHaveProperty("until");
    expect(resumed(take("MeteringReceiptRes"))).toMatchObject(sends("CurrentDemandReq"));
    expect(take("MeteringReceiptRes", status({ EVSENotification: "StopCharging" }))).toMatchObject({
      next: "PowerDelivery",
    });
  });
});

describe("WeldingDetection", () => {
  const given = { progress: "Stop", ending: "Terminate", endingReason: "enough" } as const;

  test("says goodbye when the voltage is gone", () => {
    expect(take("WeldingDetectionRes", {}, given)).toMatchObject({
      next: "SessionStop",
      ...sends("SessionStopReq", { ChargingSession: "Terminate" }),
    });
    expect(take("WeldingDetectionRes", {}, { ...given, ending: "Pause" })).toMatchObject(
      sends("SessionStopReq", { ChargingSession: "Pause" }),
    );
  });

  test("looks again as long as there is voltage, but not for ever", () => {
    const high = { EVSEPresentVoltage: physicalValue(300, "V") };
    let found = take("WeldingDetectionRes", high, given);
    let checks = 1;
    for (; "until" in found; checks++) {
      expect(resumed(found, given)).toMatchObject(sends("WeldingDetectionReq"));
      found = take("WeldingDetectionRes", high, { ...given, ...found.session });
    }
    expect(checks).toBe(10);
    expect(found).toMatchObject({
      next: "SessionStop",
      effects: [{ event: { title: "the output has 300 V after charging" } }],
    });
  });
});
