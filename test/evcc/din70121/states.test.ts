import { describe, expect, test } from "vitest";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { dc, dcCar } from "../fixtures.ts";
import { ended, sends, variable } from "../iso2/support.ts";
import { answers, resumed, session, status, take } from "./fixtures.ts";

const timer = (request: string, ms: number) => ({ to: "timer", timer: "ongoing", request, ms });
const readyToCharge = (ms: number | undefined) => ({ to: "timer", timer: "readyToCharge", ms });
const withStatus = (change: object) => ({ DC_EVSEStatus: { ...status, ...change } });
const battery = (change: object) => ({ dc: { ...session().dc, ...change } });

/** Statuses with which no car goes on. */
const ends = [
  [{ EVSEStatusCode: "EVSE_Shutdown" }, "the EVSE shuts down"],
  [{ EVSEStatusCode: "EVSE_EmergencyShutdown" }, "the EVSE shuts down in an emergency"],
  [{ EVSEStatusCode: "EVSE_UtilityInterruptEvent" }, "the grid interrupts charging"],
  [{ EVSEStatusCode: "EVSE_Malfunction" }, "the EVSE does not work"],
  [{ EVSEIsolationStatus: "Fault" }, "the EVSE has found a fault of the insulation"],
  [{ EVSENotification: "StopCharging" }, "the EVSE asks the car to stop"],
] as const;

describe("SessionSetup", () => {
  test("takes the session's id, and gives the EVSE 150 s to be ready to charge", () => {
    expect(take("SessionSetupRes")).toMatchObject({
      next: "ServiceDiscovery",
      ...sends("ServiceDiscoveryReq", {}),
      session: { SessionID: session().SessionID },
      effects: [{ to: "timer", timer: "established" }, readyToCharge(150_000)],
    });
  });
});

describe("ServiceDiscovery", () => {
  const offered = (change: object) => ({
    ChargeService: { ...answers.ServiceDiscoveryRes.ChargeService, ...change },
  });

  test.each(["DC_extended", "AC_core3p_DC_extended", "AC_core1p_DC_extended"])(
    "chooses charging alone of an EVSE for %s",
    (EnergyTransferType) => {
      const ServiceTag = { ServiceID: 7, ServiceCategory: "EVCharging" };
      expect(take("ServiceDiscoveryRes", offered({ EnergyTransferType, ServiceTag }))).toMatchObject({
        next: "ServicePaymentSelection",
        ...sends("ServicePaymentSelectionReq", {
          SelectedPaymentOption: "ExternalPayment",
          SelectedServiceList: { SelectedService: [{ ServiceID: 7 }] },
        }),
      });
    },
  );

  test("pays externally, though the driver would rather have used the contract", () => {
    const car = { ...dcCar, payment: { option: "Contract", enforced: false } } as const;
    expect(take("ServiceDiscoveryRes", {}, { car })).toMatchObject({ next: "ServicePaymentSelection" });
  });

  test.each([
    ["another way to charge", offered({ EnergyTransferType: "DC_core" }), {}],
    ["no external payment", { PaymentOptions: { PaymentOption: ["Contract"] } }, {}],
    ["external payment only, when a contract is enforced", {}, { payment: { option: "Contract", enforced: true } }],
  ] as const)("bad case: leaves an EVSE with %s", (_, change, car) => {
    const step = take("ServiceDiscoveryRes", change, { car: { ...dcCar, ...car } });
    expect(step).toEqual(ended({ ended: "nothing suitable offered" }));
  });
});

describe("ContractAuthentication", () => {
  test("asks again while it is Ongoing, without another patience than the one that runs", () => {
    const paused = take("ContractAuthenticationRes", { EVSEProcessing: "Ongoing" });
    expect(paused).toMatchObject({ ms: dcCar.pace.ongoing, effects: [] });
    expect(resumed(paused)).toEqual({ reply: { name: "ContractAuthenticationReq", message: {} } });
    expect(resumed(paused, { ending: "Terminate" })).toMatchObject({ next: "SessionStop" });
  });

  test("says what the battery takes when it is authorised", () => {
    expect(take("ContractAuthenticationRes")).toMatchObject({
      next: "ChargeParameterDiscovery",
      ...sends("ChargeParameterDiscoveryReq", {
        EVRequestedEnergyTransferType: "DC_extended",
        DC_EVChargeParameter: {
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
    });
  });
});

describe("ChargeParameterDiscovery", () => {
  const limited = (change: object) => ({
    DC_EVSEChargeParameter: { ...answers.ChargeParameterDiscoveryRes.DC_EVSEChargeParameter, ...change },
  });

  test("goes to control pilot state C and waits 40 s for the cable check", () => {
    expect(take("ChargeParameterDiscoveryRes", {}, { powered: false, schedule: undefined })).toMatchObject({
      next: "CableCheck",
      ...sends("CableCheckReq", { DC_EVStatus: { EVReady: true } }),
      session: { powered: true, dc: { limits: { maxVoltage: 900, maxCurrent: 300, maxPower: 150_000 } } },
      effects: [timer("CableCheckReq", 40_000), variable("ev_power_ready", true)],
    });
  });

  test("asks again while it is Ongoing", () => {
    expect(resumed(take("ChargeParameterDiscoveryRes", { EVSEProcessing: "Ongoing" }))).toMatchObject(
      sends("ChargeParameterDiscoveryReq"),
    );
  });

  test("leaves when there is no energy", () => {
    const step = take("ChargeParameterDiscoveryRes", limited(withStatus({ EVSENotification: "StopCharging" })));
    expect(step).toMatchObject({
      next: "SessionStop",
      session: { endingReason: "the EVSE has no energy for the car" },
    });
  });

  test.each([
    ["AC limits", { DC_EVSEChargeParameter: undefined }, "protocol error"],
    ["no schedule", { SAScheduleList: undefined }, "protocol error"],
    ["too little voltage", limited({ EVSEMaximumVoltageLimit: physicalValue(300, "V") }), "nothing suitable offered"],
  ])("bad case: %s", (_, change, what) => {
    expect(take("ChargeParameterDiscoveryRes", change)).toEqual(ended({ ended: what }));
  });
});

describe("CableCheck", () => {
  test("asks again while it is Ongoing, with one patience for all", () => {
    const change = { EVSEProcessing: "Ongoing", ...withStatus({ EVSEStatusCode: "EVSE_IsolationMonitoringActive" }) };
    const paused = take("CableCheckRes", change);
    expect(paused).toMatchObject({ effects: [timer("CableCheckReq", 40_000)] });
    expect(resumed(paused)).toMatchObject(sends("CableCheckReq"));
  });

  test("asks for the battery's voltage, with 2 A at most, and waits 7 s for it", () => {
    expect(take("CableCheckRes")).toMatchObject({
      next: "PreCharge",
      ...sends("PreChargeReq", {
        EVTargetVoltage: physicalValue(400, "V"),
        EVTargetCurrent: physicalValue(2, "A"),
      }),
      effects: expect.arrayContaining([timer("PreChargeReq", 7000)]),
    });
  });

  test.each([{ EVSEIsolationStatus: "Invalid" }, { EVSEStatusCode: "EVSE_NotReady" }])(
    "bad case: believes no check that is finished with %j",
    (change) => {
      expect(take("CableCheckRes", withStatus(change))).toEqual(ended({ ended: "protocol error" }));
    },
  );

  test.each(ends)("leaves with %j", (change, endingReason) => {
    expect(take("CableCheckRes", withStatus(change))).toMatchObject({
      next: "SessionStop",
      session: { endingReason, powered: false },
      effects: expect.arrayContaining([variable("ev_power_ready", false), variable("stop_from_charger")]),
    });
  });
});

describe("PreCharge", () => {
  test("closes its contactor when the voltages are near, and asks for power within the schedule", () => {
    expect(take("PreChargeRes", {}, { ready: false })).toMatchObject({
      next: "PowerDelivery",
      session: { ready: true },
      ...sends("PowerDeliveryReq", {
        ReadyToChargeState: true,
        ChargingProfile: {
          SAScheduleTupleID: 1,
          ProfileEntry: [{ ChargingProfileEntryStart: 0, ChargingProfileEntryMaxPower: 20_000 }],
        },
        DC_EVPowerDeliveryParameter: {
          DC_EVStatus: { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 30 },
          BulkChargingComplete: false,
          ChargingComplete: false,
        },
      }),
      effects: expect.arrayContaining([{ to: "timer", timer: "over" }, variable("dc_power_on")]),
    });
  });

  test("draws no more than its own power", () => {
    const car = { ...dcCar, dc: { ...dc, maxPower: 7400 } };
    expect(take("PreChargeRes", {}, { car })).toMatchObject(
      sends("PowerDeliveryReq", {
        ReadyToChargeState: true,
        ChargingProfile: {
          SAScheduleTupleID: 1,
          ProfileEntry: [{ ChargingProfileEntryStart: 0, ChargingProfileEntryMaxPower: 7400 }],
        },
        DC_EVPowerDeliveryParameter: expect.anything(),
      }),
    );
  });

  test.each([0, 380, 420])("does not with %i V, and asks again", (volts) => {
    const paused = take("PreChargeRes", { EVSEPresentVoltage: physicalValue(volts, "V") });
    expect(paused).toMatchObject({ effects: [timer("PreChargeReq", 7000)] });
    expect(resumed(paused)).toMatchObject(sends("PreChargeReq"));
  });

  test.each(ends)("leaves with %j", (change, endingReason) => {
    expect(take("PreChargeRes", withStatus(change))).toMatchObject({ next: "SessionStop", session: { endingReason } });
  });
});

describe("PowerDelivery", () => {
  test("asks for current at once, and the EVSE was in time", () => {
    expect(take("PowerDeliveryRes")).toMatchObject({
      next: "CurrentDemand",
      ...sends("CurrentDemandReq", {
        DC_EVStatus: { EVReady: true },
        EVTargetVoltage: physicalValue(400, "V"),
        EVTargetCurrent: physicalValue(100, "A"),
        ChargingComplete: false,
      }),
      effects: expect.arrayContaining([readyToCharge(undefined)]),
    });
  });

  test("opens its contactor only when the EVSE has switched off, and looks for welding", () => {
    expect(take("PowerDeliveryRes", {}, { ready: false, ending: "Terminate" })).toMatchObject({
      next: "WeldingDetection",
      ...sends("WeldingDetectionReq", { DC_EVStatus: { EVReady: false } }),
      effects: [variable("ev_power_ready", false)],
    });
  });

  test("bad case: an AC status", () => {
    const change = { DC_EVSEStatus: undefined, AC_EVSEStatus: {} };
    expect(take("PowerDeliveryRes", change)).toEqual(ended({ ended: "protocol error" }));
  });
});

describe("CurrentDemand", () => {
  test("reckons the battery up, and asks for no more than the EVSE allows", () => {
    // 39.6 kW for 60 s into 60 kWh.
    const paused = take("CurrentDemandRes", {}, battery({ measuredAt: 0 }), 60_000);
    expect(paused).toMatchObject({ ms: dcCar.pace.loop, session: { dc: { soc: 31.1, measuredAt: 60_000 } } });
    expect(resumed(paused)).toMatchObject({
      next: "CurrentDemand",
      ...sends("CurrentDemandReq", { EVTargetCurrent: physicalValue(50, "A") }),
    });
  });

  test("stops when it is full, when it wants to, and when it wants to while it waits", () => {
    const stops = { next: "PowerDelivery", ...sends("PowerDeliveryReq", { ReadyToChargeState: false }) };
    expect(take("CurrentDemandRes", {}, battery({ soc: 100 }))).toMatchObject({
      ...stops,
      session: { endingReason: "the battery is full", ready: false },
    });
    expect(take("CurrentDemandRes", {}, { ending: "Terminate" })).toMatchObject(stops);
    expect(resumed(take("CurrentDemandRes"), { ending: "Pause" })).toMatchObject(stops);
  });

  test.each(ends)("stops with %j", (change, endingReason) => {
    expect(take("CurrentDemandRes", withStatus(change))).toMatchObject({
      next: "PowerDelivery",
      ...sends("PowerDeliveryReq", { ReadyToChargeState: false }),
      session: { ending: "Terminate", endingReason },
      effects: expect.arrayContaining([variable("stop_from_charger")]),
    });
  });

  test.each([
    [{ EVSEPresentVoltage: physicalValue(500, "V") }, "FAILED_ChargingVoltageOutOfRange"],
    [{ EVSEPresentCurrent: physicalValue(300, "A") }, "FAILED_ChargingCurrentdifferential"],
  ])("bad case: tells the EVSE what it cannot bear, and calls that no regular end: %j", (change, error) => {
    const step = take("CurrentDemandRes", change);
    expect(step).toMatchObject({
      ...sends("PowerDeliveryReq", {
        ReadyToChargeState: false,
        DC_EVPowerDeliveryParameter: { DC_EVStatus: { EVErrorCode: error } },
      }),
    });
    expect(take("SessionStopRes", {}, step.session)).toEqual(ended({ ended: "protocol error" }));
  });
});

describe("WeldingDetection", () => {
  test("says goodbye when the output has no voltage", () => {
    expect(take("WeldingDetectionRes", {}, { powered: false })).toMatchObject({
      next: "SessionStop",
      ...sends("SessionStopReq", {}),
    });
  });

  test("looks again while there is voltage, ten times at most", () => {
    const live = { EVSEPresentVoltage: physicalValue(300, "V") };
    expect(resumed(take("WeldingDetectionRes", live))).toMatchObject(sends("WeldingDetectionReq"));
    expect(take("WeldingDetectionRes", live, battery({ weldingChecks: 9 }))).toMatchObject({ next: "SessionStop" });
  });
});
