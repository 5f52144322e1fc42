import { describe, expect, it } from "vitest";
import { iso2, messageOf } from "../../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { noDc } from "../../../src/secc/dc/progress.ts";
import type { Evse } from "../../../src/secc/evse.ts";
import { changeBy } from "../../../src/secc/iso2/events.ts";
import type { Iso2Session } from "../../../src/secc/iso2/protocol.ts";
import { dcEvse, dcParameters, dcSession, NOW, ports, request, SESSION_ID } from "../fixtures.ts";
import { bodyOf, codeOf, published, step, traced, wait } from "./step.ts";

const withDc = (change: Partial<Evse["dc"]>): Evse => ({ ...dcEvse, dc: { ...dcEvse.dc, ...change } });
const fresh = (change: Partial<Iso2Session> = {}) => dcSession({ powered: false, dc: noDc, ...change });
const stopped: Evse = { ...dcEvse, notification: "StopCharging" };
const broken: Evse = { ...dcEvse, malfunction: "EVSE_Malfunction" };
const hastened: Evse = { ...dcEvse, malfunction: "EVSE_UtilityInterruptEvent" };

describe("ChargeParameterDiscovery of a DC EV", () => {
  const ask = (change: object = {}) =>
    request("ChargeParameterDiscoveryReq", {
      body: {
        AC_EVChargeParameter: undefined as never,
        ...dcParameters,
        DC_EVChargeParameter: { ...dcParameters.DC_EVChargeParameter, ...change },
      },
    });

  it("tells of the EV's needs", async () => {
    const found = await wait("ChargeParameterDiscovery", fresh(), ask());
    expect(found.effects).toEqual([
      { to: "charger", name: "requested_energy_transfer_mode", value: "DC_extended" },
      { to: "charger", name: "departure_time", value: "2026-01-01T01:00:00.000Z" },
      { to: "charger", name: "dc_ev_energy_capacity", value: 60_000 },
      { to: "charger", name: "dc_ev_energy_request", value: 30_000 },
      { to: "charger", name: "dc_full_soc", value: 100 },
      { to: "charger", name: "dc_bulk_soc", value: 80 },
      {
        to: "charger",
        name: "dc_ev_maximum_limits",
        value: {
          dc_ev_maximum_current_limit: 250,
          dc_ev_maximum_power_limit: 100_000,
          dc_ev_maximum_voltage_limit: 450,
        },
      },
      {
        to: "charger",
        name: "dc_ev_status",
        value: { dc_ev_ready: true, dc_ev_error_code: "NO_ERROR", dc_ev_ress_soc: 50 },
      },
      {
        to: "extensions",
        name: "charging_needs",
        value: {
          requested_energy_transfer: "DC_extended",
          dc_charging_parameters: {
            ev_max_current: 250,
            ev_max_voltage: 450,
            ev_max_power: 100_000,
            ev_energy_capacity: 60_000,
            energy_amount: 30_000,
            full_soc: 100,
            bulk_soc: 80,
            state_of_charge: 50,
          },
          departure_time: "2026-01-01T01:00:00.000Z",
        },
      },
    ]);
  });

  it("offers what the supply can do, and goes on to the cable check", async () => {
    const found = await wait("ChargeParameterDiscovery", fresh(), ask());
    expect(found.until(fresh())).toBe(true);
    const answer = found.decide(fresh());
    expect(answer.next).toBe("CableCheck");
    expect(bodyOf(answer)).toMatchObject({
      ResponseCode: "OK",
      EVSEProcessing: "Finished",
      SAScheduleList: {
        SAScheduleTuple: [{ PMaxSchedule: { PMaxScheduleEntry: [{ PMax: physicalValue(150_000, "W") }] } }],
      },
      DC_EVSEChargeParameter: {
        DC_EVSEStatus: { EVSEStatusCode: "EVSE_Ready", EVSENotification: "None", EVSEIsolationStatus: "Valid" },
        EVSEMaximumCurrentLimit: physicalValue(300, "A"),
        EVSEMaximumPowerLimit: physicalValue(150_000, "W"),
        EVSEMaximumVoltageLimit: physicalValue(900, "V"),
        EVSEMinimumCurrentLimit: physicalValue(1, "A"),
        EVSEMinimumVoltageLimit: physicalValue(100, "V"),
        EVSECurrentRegulationTolerance: physicalValue(2, "A"),
        EVSEPeakCurrentRipple: physicalValue(1, "A"),
      },
    });
    expect(encodes(answer)).toBe(true);
  });

  it("is Ongoing until the supply has told its limits", async () => {
    const unknown = fresh({ evse: withDc({ capabilities: undefined }) });
    const found = await wait("ChargeParameterDiscovery", unknown, ask());
    expect(found.until(unknown)).toBe(false);
    expect(bodyOf(found.decide(unknown))).toMatchObject({ ResponseCode: "OK", EVSEProcessing: "Ongoing" });
  });

  it("sees limits that the supply tells while the EV waits", async () => {
    const found = await wait("ChargeParameterDiscovery", fresh({ evse: withDc({ capabilities: undefined }) }), ask());
    const weak = { maxVoltage: 900, minVoltage: 600, maxCurrent: 10, minCurrent: 1, maxPower: 9000 };
    expect(codeOf(found.decide(fresh({ evse: withDc({ capabilities: weak }) })))).toBe("FAILED_WrongChargeParameter");
  });

  it.each([
    ["no current", { EVMaximumCurrentLimit: physicalValue(0, "A") }],
    ["a negative current", { EVMaximumCurrentLimit: physicalValue(-10, "A") }],
    ["a negative power", { EVMaximumPowerLimit: physicalValue(-10, "W") }],
    ["a voltage below what the supply can", { EVMaximumVoltageLimit: physicalValue(90, "V") }],
    ["a current below what the supply can", { EVMaximumCurrentLimit: physicalValue(0.5, "A") }],
  ])("refuses %s", async (_, change) => {
    expect(codeOf(await step("ChargeParameterDiscovery", fresh(), ask(change)))).toBe("FAILED_WrongChargeParameter");
  });

  it("refuses AC parameters with a DC mode, and a mode that is not offered", async () => {
    const ac = request("ChargeParameterDiscoveryReq", { body: { RequestedEnergyTransferMode: "DC_extended" } });
    expect(codeOf(await step("ChargeParameterDiscovery", fresh(), ac))).toBe("FAILED_WrongChargeParameter");
    const mode = request("ChargeParameterDiscoveryReq", {
      body: { ...dcParameters, RequestedEnergyTransferMode: "DC_core" },
    });
    expect(codeOf(await step("ChargeParameterDiscovery", fresh(), mode))).toBe("FAILED_WrongEnergyTransferMode");
  });

  it.each([
    ["PauseBeforeCableCheck", 0, "PowerDelivery"],
    ["PauseAfterPrecharge", 300, "CableCheck"],
    ["AllowEvToIgnorePause", 300, "CableCheck"],
  ] as const)("asks an EV for which there is no energy to pause: %s", async (noEnergyPause, delay, next) => {
    const of = fresh({ evse: withDc({ noEnergyPause }) });
    const answer = (await wait("ChargeParameterDiscovery", of, ask())).decide(of);
    expect(answer.next).toBe(next);
    expect(bodyOf(answer)).toMatchObject({
      SAScheduleList: {
        SAScheduleTuple: [{ PMaxSchedule: { PMaxScheduleEntry: [{ RelativeTimeInterval: { duration: 1800 } }] } }],
      },
      DC_EVSEChargeParameter: {
        DC_EVSEStatus: { EVSENotification: "StopCharging", NotificationMaxDelay: delay },
      },
    });
  });

  it("gives no power to an EV that skips the cable check", async () => {
    const start = request("PowerDeliveryReq");
    expect(codeOf(await step("PowerDelivery", fresh(), start))).toBe("FAILED");
  });
});

describe("CableCheck", () => {
  const ask = request("CableCheckReq");

  it("begins once, and lets the contactor close", async () => {
    const first = await wait("CableCheck", fresh(), ask);
    expect(published(first)).toEqual(["dc_ev_status", "start_cable_check"]);
    expect(first.session).toMatchObject({ powered: true, dc: { cableCheck: "running", checkBegan: NOW } });
    const again = await wait("CableCheck", { ...fresh(), ...first.session }, ask);
    expect(published(again)).toEqual([]);
  });

  const running = dcSession({ dc: { ...noDc, cableCheck: "running", checkBegan: NOW } });

  it("is Ongoing with the insulation monitored until there is an outcome", async () => {
    const found = await wait("CableCheck", running, ask);
    expect(found.until(running)).toBe(false);
    const answer = found.decide(running);
    expect(answer.next).toBeUndefined();
    expect(bodyOf(answer)).toMatchObject({
      ResponseCode: "OK",
      EVSEProcessing: "Ongoing",
      DC_EVSEStatus: { EVSEStatusCode: "EVSE_IsolationMonitoringActive" },
    });
  });

  it("ends as soon as the check has passed", async () => {
    const found = await wait("CableCheck", running, ask);
    const passed = { ...running, ...changeBy({ type: "cable_check_finished", passed: true }, running) };
    expect(found.until(passed)).toBe(true);
    const answer = found.decide(passed);
    expect(answer.next).toBe("PreCharge");
    expect(bodyOf(answer)).toMatchObject({
      ResponseCode: "OK",
      EVSEProcessing: "Finished",
      DC_EVSEStatus: { EVSEStatusCode: "EVSE_Ready", EVSEIsolationStatus: "Valid" },
    });
  });

  it.each([
    ["the check did not pass", changeBy({ type: "cable_check_finished", passed: false }, running)],
    ["the insulation is faulty", { evse: withDc({ isolation: "Fault" }) }],
    [
      "the insulation is faulty, though it is said to have passed",
      {
        evse: withDc({ isolation: "Fault" }),
        dc: { ...running.dc, cableCheck: "passed" },
      },
    ],
    ["it takes longer than 38 s", { dc: { ...running.dc, checkBegan: NOW - 38_000 } }],
    ["the EVSE has shut down", { evse: { ...dcEvse, shutdown: true } }],
  ] as [string, Partial<Iso2Session>][])("fails when %s", async (_, change) => {
    const answer = (await wait("CableCheck", running, ask)).decide({ ...running, ...change });
    expect(codeOf(answer)).toBe("FAILED");
    expect(answer.next).toBe("Terminated");
  });

  it("says why it failed", async () => {
    const failed = { ...running, ...changeBy({ type: "cable_check_finished", passed: false }, running) };
    const answer = (await wait("CableCheck", running, ask)).decide(failed);
    expect(bodyOf(answer)).toMatchObject({ DC_EVSEStatus: { EVSEStatusCode: "EVSE_Malfunction" } });
    expect(traced(answer)).toMatchObject([
      { title: "the insulation of cable and EV did not pass", outcome: "refused" },
    ]);
  });

  it.each([
    ["CableCheck", "CableCheckReq"],
    ["PreCharge", "PreChargeReq"],
    ["PreCharging", "PreChargeReq"],
  ] as const)("bad case: in %s nothing happens for an EV whose authorization was taken back", async (state, name) => {
    const rejected = { status: "rejected", certificateStatus: "Accepted" } as const;
    const found = await step(state, fresh({ authorization: rejected }), request(name));
    expect(codeOf(found)).toBe("FAILED");
    expect(published(found)).toEqual([]);
  });

  it("believes no outcome that was not asked for", () => {
    const of = fresh();
    expect(changeBy({ type: "cable_check_finished", passed: true }, of)).toEqual({ dc: noDc });
    const later = dcSession({ dc: { ...noDc, cableCheck: "failed" } });
    expect(changeBy({ type: "cable_check_finished", passed: true }, later)).toEqual({ dc: later.dc });
  });
});

describe("PreCharge", () => {
  it("tells the voltage at the beginning and whenever it changes, and what there is", async () => {
    const first = await step("PreCharge", dcSession(), request("PreChargeReq"));
    expect(published(first)).toEqual(["start_pre_charge", "dc_ev_status", "dc_ev_target_voltage_current"]);
    expect(first.effects).toContainEqual({
      to: "charger",
      name: "dc_ev_target_voltage_current",
      value: { dc_ev_target_voltage: 400, dc_ev_target_current: 16 },
    });
    expect(first.next).toBe("PreCharging");
    expect(bodyOf(first)).toMatchObject({
      ResponseCode: "OK",
      EVSEPresentVoltage: physicalValue(397.5, "V"),
      DC_EVSEStatus: { EVSEStatusCode: "EVSE_Ready" },
    });
    const of = { ...dcSession(), ...first.session };
    expect(published(await step("PreCharging", of, request("PreChargeReq")))).toEqual([]);
    const higher = request("PreChargeReq", { body: { EVTargetVoltage: physicalValue(410, "V") } });
    expect(published(await step("PreCharging", of, higher))).toEqual(["dc_ev_target_voltage_current"]);
  });

  it("takes a negative target for none", async () => {
    const body = { EVTargetVoltage: physicalValue(-5, "V"), EVTargetCurrent: physicalValue(-5, "A") };
    const found = await step("PreCharge", dcSession(), request("PreChargeReq", { body }));
    expect(found.effects).toContainEqual({
      to: "charger",
      name: "dc_ev_target_voltage_current",
      value: { dc_ev_target_voltage: 0, dc_ev_target_current: 0 },
    });
  });
});

describe("PowerDelivery of a DC EV", () => {
  const ready = { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 50 } as const;
  const told = { DC_EVStatus: ready, ChargingComplete: false, BulkChargingComplete: false };
  const ask = (body: object = {}) =>
    request("PowerDeliveryReq", { body: { DC_EVPowerDeliveryParameter: told, ...body } as never });

  it("starts after the precharge", async () => {
    const found = await step("PreCharging", dcSession(), ask());
    expect(published(found)).toEqual([
      "dc_charging_complete",
      "dc_bulk_charging_complete",
      "dc_ev_status",
      "v2g_setup_finished",
    ]);
    expect(found.next).toBe("CurrentDemandStarted");
    expect(bodyOf(found)).toMatchObject({ ResponseCode: "OK", DC_EVSEStatus: { EVSEStatusCode: "EVSE_Ready" } });
  });

  it.each([
    ["FAILED_TariffSelectionInvalid", {}, { SAScheduleTupleID: 7 }],
    [
      "FAILED_ChargingProfileInvalid",
      {},
      {
        ChargingProfile: {
          ProfileEntry: [{ ChargingProfileEntryStart: 0, ChargingProfileEntryMaxPower: physicalValue(30_000, "W") }],
        },
      },
    ],
    ["FAILED_PowerDeliveryNotApplied", { evse: stopped }, {}],
    ["FAILED_PowerDeliveryNotApplied", { evse: broken }, {}],
    ["FAILED_PowerDeliveryNotApplied", { evse: hastened }, {}],
    ["FAILED_PowerDeliveryNotApplied", { authorization: { status: "rejected", certificateStatus: "Accepted" } }, {}],
    ["FAILED_PowerDeliveryNotApplied", { dc: { ...noDc, cableCheck: "running" } }, {}],
    ["FAILED_PowerDeliveryNotApplied", { dc: { ...noDc, cableCheck: "failed" } }, {}],
    ["FAILED", { evse: withDc({ noEnergyPause: "PauseAfterPrecharge" }) }, {}],
    ["FAILED", {}, { ChargeProgress: "Renegotiate" }],
  ] as [string, Partial<Iso2Session>, object][])("says %s for %j and %j", async (code, change, body) => {
    const found = await step("PreCharging", dcSession(change), ask(body));
    expect(codeOf(found)).toBe(code);
    expect(published(found)).toEqual([]);
  });

  it("lets an EV that may do so ignore the pause", async () => {
    const of = dcSession({ evse: withDc({ noEnergyPause: "AllowEvToIgnorePause" }) });
    expect(codeOf(await step("PreCharging", of, ask()))).toBe("OK");
  });

  it.each([
    ["PreCharging", false, ["dc_open_contactor"]],
    ["CurrentDemand", true, ["current_demand_finished", "dc_open_contactor"]],
  ] as const)("stops in %s with the power off before the answer", async (name, demanding, names) => {
    const of = dcSession({ dc: { ...noDc, cableCheck: "passed", demanding } });
    const found = await step(name, of, ask({ ChargeProgress: "Stop", DC_EVPowerDeliveryParameter: undefined }));
    expect(published(found)).toEqual(names);
    expect(found.next).toBe("WeldingDetection");
    expect(found.session).toMatchObject({ powered: false, dc: { demanding: false, shutDown: true } });
    expect(bodyOf(found)).toMatchObject({ ResponseCode: "OK", DC_EVSEStatus: { EVSEStatusCode: "EVSE_Shutdown" } });
  });

  it("does not start twice", async () => {
    expect(codeOf(await step("CurrentDemand", dcSession(), ask()))).toBe("FAILED");
  });

  it("switches off for other limits, which need another cable check", async () => {
    const of = dcSession({ dc: { ...noDc, cableCheck: "passed", demanding: true } });
    const found = await step("CurrentDemand", of, ask({ ChargeProgress: "Renegotiate" }));
    expect(found.next).toBe("ChargeParameterDiscovery");
    expect(published(found)).toEqual(expect.arrayContaining(["current_demand_finished", "dc_open_contactor"]));
    expect(found.session).toMatchObject({ powered: false, dc: { cableCheck: "none", demanding: false } });
  });
});

describe("CurrentDemand", () => {
  const full = {
    EVMaximumCurrentLimit: physicalValue(200, "A"),
    RemainingTimeToFullSoC: physicalValue(600, "s"),
    RemainingTimeToBulkSoC: physicalValue(300, "s"),
  };

  it("begins once, and tells what has changed", async () => {
    const first = await step("CurrentDemandStarted", dcSession(), request("CurrentDemandReq", { body: full }));
    expect(published(first)).toEqual([
      "current_demand_started",
      "dc_ev_maximum_limits",
      "dc_charging_complete",
      "dc_ev_status",
      "dc_ev_target_voltage_current",
      "dc_ev_remaining_time",
    ]);
    expect(first.effects).toContainEqual({
      to: "charger",
      name: "dc_ev_remaining_time",
      value: {
        ev_remaining_time_to_full_soc: "2026-01-01T00:10:00.000Z",
        ev_remaining_time_to_full_bulk_soc: "2026-01-01T00:05:00.000Z",
      },
    });
    const of = { ...dcSession(), ...first.session };
    const later = { ...ports(), now: () => NOW + 500 };
    const same = await step("CurrentDemand", of, request("CurrentDemandReq", { body: full }), undefined, later);
    expect(published(same)).toEqual([]);
    const body = { ...full, ChargingComplete: true, EVMaximumCurrentLimit: undefined as never };
    const other = await step("CurrentDemand", of, request("CurrentDemandReq", { body }));
    expect(published(other)).toEqual(["dc_charging_complete"]);
  });

  it("keeps a limit that the EV does not repeat", async () => {
    const first = await step("CurrentDemandStarted", dcSession(), request("CurrentDemandReq", { body: full }));
    const of = { ...dcSession(), ...first.session };
    const body = { EVMaximumPowerLimit: physicalValue(50_000, "W") };
    const found = await step("CurrentDemand", of, request("CurrentDemandReq", { body }));
    expect(found.effects).toContainEqual({
      to: "charger",
      name: "dc_ev_maximum_limits",
      value: { dc_ev_maximum_current_limit: 200, dc_ev_maximum_power_limit: 50_000 },
    });
  });

  it("answers with what is measured, and with the limits", async () => {
    const found = await step("CurrentDemand", dcSession(), request("CurrentDemandReq"));
    expect(bodyOf(found)).toEqual({
      ResponseCode: "OK",
      DC_EVSEStatus: {
        NotificationMaxDelay: 0,
        EVSENotification: "None",
        EVSEIsolationStatus: "Valid",
        EVSEStatusCode: "EVSE_Ready",
      },
      EVSEPresentVoltage: physicalValue(397.5, "V"),
      EVSEPresentCurrent: physicalValue(15.5, "A"),
      EVSECurrentLimitAchieved: false,
      EVSEVoltageLimitAchieved: false,
      EVSEPowerLimitAchieved: false,
      EVSEMaximumVoltageLimit: physicalValue(900, "V"),
      EVSEMaximumCurrentLimit: physicalValue(200, "A"),
      EVSEMaximumPowerLimit: physicalValue(60_000, "W"),
      EVSEID: "DE*PNX*E00001",
      SAScheduleTupleID: 1,
      MeterInfo: dcEvse.meter,
      ReceiptRequired: false,
    });
    expect(encodes(found)).toBe(true);
  });

  it.each([
    [{ EVTargetCurrent: physicalValue(200, "A") }, [true, false, true]],
    [{ EVTargetCurrent: physicalValue(150, "A") }, [false, false, true]],
    [{ EVTargetVoltage: physicalValue(900, "V") }, [false, true, false]],
  ] as const)("says which limits %j reaches", async (body, [current, voltage, power]) => {
    const found = await step("CurrentDemand", dcSession(), request("CurrentDemandReq", { body }));
    expect(bodyOf(found)).toMatchObject({
      EVSECurrentLimitAchieved: current,
      EVSEVoltageLimitAchieved: voltage,
      EVSEPowerLimitAchieved: power,
    });
  });

  it("leaves limits out that are not known", async () => {
    const of = dcSession({ evse: withDc({ limits: undefined }) });
    const body = bodyOf(await step("CurrentDemand", of, request("CurrentDemandReq")));
    expect(body).not.toHaveProperty("EVSEMaximumCurrentLimit");
    expect(body).toMatchObject({ EVSECurrentLimitAchieved: false });
  });

  it.each([
    [stopped, "EVSE_Shutdown", "StopCharging"],
    [broken, "EVSE_Malfunction", "None"],
    [hastened, "EVSE_UtilityInterruptEvent", "None"],
  ] as const)("passes on what is wrong", async (evse, EVSEStatusCode, EVSENotification) => {
    const found = await step("CurrentDemand", dcSession({ evse }), request("CurrentDemandReq"));
    expect(bodyOf(found)).toMatchObject({ ResponseCode: "OK", DC_EVSEStatus: { EVSEStatusCode, EVSENotification } });
  });

  it("asks a car with a contract for a receipt, and goes on with it", async () => {
    const evse = { ...dcEvse, receiptRequired: true };
    const found = await step("CurrentDemand", dcSession({ evse }), request("CurrentDemandReq"));
    expect(found.next).toBe("MeteringReceipt");
    expect(bodyOf(found)).toMatchObject({ ReceiptRequired: true, MeterInfo: dcEvse.meter });
    const external = dcSession({ evse, selected: { payment: "ExternalPayment", services: [{ ServiceID: 1 }] } });
    expect((await step("CurrentDemand", external, request("CurrentDemandReq"))).next).toBe("CurrentDemand");
  });
});

describe("WeldingDetection", () => {
  it("tells the voltage as often as the EV wants to know", async () => {
    const of = dcSession({ powered: false, dc: { ...noDc, cableCheck: "passed", shutDown: true } });
    const found = await step("WeldingDetection", of, request("WeldingDetectionReq"));
    expect(bodyOf(found)).toMatchObject({
      ResponseCode: "OK",
      EVSEPresentVoltage: physicalValue(397.5, "V"),
      DC_EVSEStatus: { EVSEStatusCode: "EVSE_Shutdown" },
    });
  });

  it.each(["Terminate", "Pause"] as const)("lets the EV %s", async (ChargingSession) => {
    const found = await step("WeldingDetection", dcSession(), request("SessionStopReq", { body: { ChargingSession } }));
    expect(codeOf(found)).toBe("OK");
    expect(found.session).toMatchObject({ ending: ChargingSession });
  });
});

describe("SessionStop before current flows", () => {
  it.each(["CableCheck", "PreCharge", "PreCharging"])("switches off in %s, and is no pause", async (name) => {
    const found = await step(name, dcSession(), request("SessionStopReq"));
    expect(codeOf(found)).toBe("OK");
    expect(published(found)).toEqual(["dc_open_contactor"]);
    expect(found.session).toMatchObject({ powered: false });
    const pause = request("SessionStopReq", { body: { ChargingSession: "Pause" } });
    expect(codeOf(await step(name, dcSession(), pause))).toBe("FAILED");
  });
});

function encodes({ reply }: Awaited<ReturnType<typeof step>>): boolean {
  if (!reply || !("name" in reply)) return false;
  const exi = iso2.encode("V2G_Message", messageOf({ SessionID: SESSION_ID }, reply));
  return iso2.decode(exi).root === "V2G_Message";
}
