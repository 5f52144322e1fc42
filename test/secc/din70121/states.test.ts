import { describe, expect, it } from "vitest";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { noDc } from "../../../src/secc/dc/progress.ts";
import { changeBy } from "../../../src/secc/din70121/events.ts";
import type { DinSession } from "../../../src/secc/din70121/protocol.ts";
import type { DcOutput, Evse } from "../../../src/secc/evse.ts";
import { fromHex } from "../../../src/util/bytes.ts";
import { NOW } from "../fixtures.ts";
import { codeOf, dinEvse, EVSE_ID, published, request, requests, session, step, wait } from "./fixtures.ts";

const withDc = (dc: Partial<DcOutput>, change: Partial<Evse> = {}) => ({
  evse: { ...dinEvse, ...change, dc: { ...dinEvse.dc, ...dc } },
});

describe("SessionSetup", () => {
  it("gives the session an id, the EVSE's DIN id and the time", async () => {
    const found = await step("SessionSetup", session({ sessionId: new Uint8Array(0) }), request("SessionSetupReq"));
    expect(found).toMatchObject({
      reply: { message: { ResponseCode: "OK_NewSessionEstablished", EVSEID: EVSE_ID, DateTimeNow: NOW / 1000 } },
      session: { sessionId: new Uint8Array(8).fill(0xc4) },
      next: "ServiceDiscovery",
    });
  });

  it("has one octet of zero for an EVSE without DIN id", async () => {
    const of = session({ evse: { ...dinEvse, evseIdDin: undefined } });
    const { reply } = await step("SessionSetup", of, request("SessionSetupReq"));
    expect(reply?.message).toMatchObject({ EVSEID: Uint8Array.of(0) });
  });

  it.each([
    ["of 6 octets", "0200000000ab", "02:00:00:00:00:AB"],
    ["with padding after it", "0211223344ab0000", "02:11:22:33:44:AB"],
    ["with padding before it", "00000211223344ab", "02:11:22:33:44:AB"],
    ["that is none", "0102030405060708", undefined],
    ["that is empty", "", undefined],
  ])("tells an EVCCID %s", async (_, EVCCID, told) => {
    const found = await step("SessionSetup", session(), request("SessionSetupReq", { EVCCID: fromHex(EVCCID) }));
    expect(published(found).evcc_id).toBe(told);
  });
});

describe("ServiceDiscovery", () => {
  it.each([
    [["DC_core"], "DC_core"],
    [["DC_core", "DC_extended"], "DC_extended"],
    [["DC_combo_core", "DC_extended"], "DC_extended"],
  ] as const)("offers one way to charge, of %s %s", async (energyTransferModes, EnergyTransferType) => {
    const of = session({ evse: { ...dinEvse, energyTransferModes } });
    const { reply } = await step("ServiceDiscovery", of, request("ServiceDiscoveryReq"));
    expect(reply?.message).toEqual({
      ResponseCode: "OK",
      PaymentOptions: { PaymentOption: ["ExternalPayment"] },
      ChargeService: {
        ServiceTag: { ServiceID: 1, ServiceCategory: "EVCharging" },
        FreeService: false,
        EnergyTransferType,
      },
    });
  });
});

describe("ServicePaymentSelection", () => {
  const selected = (...ids: number[]) => ({
    SelectedServiceList: { SelectedService: ids.map((ServiceID) => ({ ServiceID })) },
  });

  it("is content with the charge service, and limits the time to pay", async () => {
    const found = await step("ServicePaymentSelection", session(), request("ServicePaymentSelectionReq"));
    expect(found).toMatchObject({ next: "ContractAuthentication", reply: { message: { ResponseCode: "OK" } } });
    expect(found.effects).toContainEqual({ to: "timer", ms: 300_000 });
    expect(published(found)).toEqual({ selected_payment_option: "ExternalPayment" });
  });

  it.each([
    ["a contract", { SelectedPaymentOption: "Contract" } as const, "FAILED_PaymentSelectionInvalid"],
    ["another service", selected(2), "FAILED_ServiceSelectionInvalid"],
    ["more than the charge service", selected(1, 2), "FAILED_ServiceSelectionInvalid"],
  ])("bad case: refuses %s", async (_, change, code) => {
    const found = await step("ServicePaymentSelection", session(), request("ServicePaymentSelectionReq", change));
    expect(codeOf(found)).toBe(code);
    expect(published(found)).toEqual({});
    expect(found.effects).toMatchObject([{ to: "trace", event: { outcome: "refused", rule: code } }]);
  });
});

describe("ContractAuthentication", () => {
  const asked = (authorization: DinSession["authorization"]) =>
    wait("ContractAuthentication", session({ authorization }), request("ContractAuthenticationReq"));

  it("asks once for an authorization, and then waits for it", async () => {
    const first = await asked({ status: "none" });
    expect(first).toMatchObject({ session: { authorization: { status: "pending" } }, ms: 1000 });
    expect(published(first)).toEqual({ require_auth_eim: null });
    expect(published(await asked({ status: "pending" }))).toEqual({});
  });

  it.each([
    ["pending", "Ongoing", undefined],
    ["accepted", "Finished", "ChargeParameterDiscovery"],
  ] as const)("answers while it is %s with %s", async (status, EVSEProcessing, next) => {
    const waiting = await asked({ status: "pending" });
    expect(waiting.until(session({ authorization: { status } }))).toBe(status !== "pending");
    const found = waiting.decide(session({ authorization: { status } }));
    expect(found.reply?.message).toEqual({ ResponseCode: "OK", EVSEProcessing });
    expect(found.next).toBe(next);
  });

  it.each([{ status: "rejected", certificateStatus: "NoCertificateAvailable" }, { status: "timed out" }] as const)(
    "bad case: refuses when it is $status",
    async (authorization) => {
      const found = (await asked({ status: "pending" })).decide(session({ authorization }));
      expect(codeOf(found)).toBe("FAILED");
    },
  );

  it("hears answers only while it waits for one", () => {
    const yes = {
      type: "authorization_response",
      authorization_status: "Accepted",
      certificate_status: "Accepted",
    } as const;
    const of = (status: "none" | "pending" | "timed out") =>
      changeBy(yes, session({ authorization: { status } })).authorization;
    expect([of("none"), of("pending"), of("timed out")]).toEqual([
      { status: "none" },
      { status: "accepted" },
      { status: "timed out" },
    ]);
    const no = { ...yes, authorization_status: "Invalid" } as const;
    expect(changeBy(no, session()).authorization).toEqual({ status: "rejected", certificateStatus: "Accepted" });
    expect(changeBy({ type: "certificate_response", exi: undefined }, session())).toEqual({});
  });
});

describe("ChargeParameterDiscovery", () => {
  const answer = async (of: DinSession, change = {}) => {
    const found = await wait("ChargeParameterDiscovery", of, request("ChargeParameterDiscoveryReq", change));
    expect(found.until(of)).toBe(of.evse.dc.capabilities !== undefined);
    return { told: published(found), step: found.decide({ ...of, ...found.session }) };
  };

  it("tells what the EV can, and answers with the EVSE's limits and 24 hours of power", async () => {
    const { told, step: found } = await answer(session());
    expect(told).toMatchObject({
      requested_energy_transfer_mode: "DC_extended",
      dc_ev_energy_capacity: 60_000,
      dc_ev_maximum_limits: {
        dc_ev_maximum_current_limit: 250,
        dc_ev_maximum_power_limit: 100_000,
        dc_ev_maximum_voltage_limit: 450,
      },
      charging_needs: { requested_energy_transfer: "DC_extended", dc_charging_parameters: { ev_max_current: 250 } },
    });
    expect(found.next).toBe("CableCheck");
    expect(found.reply?.message).toMatchObject({
      ResponseCode: "OK",
      EVSEProcessing: "Finished",
      // 150 kW do not fit into 16 bits of watt.
      SAScheduleList: {
        SAScheduleTuple: [
          {
            SAScheduleTupleID: 1,
            PMaxSchedule: {
              PMaxScheduleID: 1,
              PMaxScheduleEntry: [{ RelativeTimeInterval: { start: 0, duration: 86_400 }, PMax: 32_767 }],
            },
          },
        ],
      },
      DC_EVSEChargeParameter: {
        DC_EVSEStatus: {
          EVSEIsolationStatus: "Valid",
          EVSEStatusCode: "EVSE_Ready",
          NotificationMaxDelay: 0,
          EVSENotification: "None",
        },
        EVSEMaximumCurrentLimit: physicalValue(300, "A"),
        EVSEMaximumVoltageLimit: physicalValue(900, "V"),
      },
    });
  });

  it("is Ongoing, with a schedule all the same, until the supply has told its limits", async () => {
    const { step: found } = await answer(session(withDc({ capabilities: undefined })));
    expect(found.next).toBeUndefined();
    expect(found.reply?.message).toMatchObject({ EVSEProcessing: "Ongoing", SAScheduleList: expect.anything() });
  });

  it("leaves the isolation status out where there is no monitor", async () => {
    const { step: found } = await answer(session(withDc({ isolation: "No_IMD" })));
    expect(JSON.stringify(found.reply?.message)).not.toContain("EVSEIsolationStatus");
  });

  it.each([
    ["PauseBeforeCableCheck", "SessionStop"],
    ["PauseAfterPrecharge", "SessionStop"],
    ["AllowEvToIgnorePause", "CableCheck"],
  ] as const)("asks the EV to leave when there is no energy: %s leads to %s", async (noEnergyPause, next) => {
    const { step: found } = await answer(session(withDc({ noEnergyPause })));
    expect(found.next).toBe(next);
    expect(found.reply?.message).toMatchObject({
      DC_EVSEChargeParameter: { DC_EVSEStatus: { EVSENotification: "StopCharging" } },
    });
  });

  const ev = requests.ChargeParameterDiscoveryReq.DC_EVChargeParameter;
  const ac = {
    DepartureTime: 0,
    EAmount: physicalValue(1, "Wh"),
    EVMaxVoltage: physicalValue(400, "V"),
    EVMaxCurrent: physicalValue(16, "A"),
    EVMinCurrent: physicalValue(6, "A"),
  };
  const weak = { ...ev, EVMaximumVoltageLimit: physicalValue(60, "V") };

  it.each([
    ["a mode that is not offered", { EVRequestedEnergyTransferType: "DC_core" }, "FAILED_WrongEnergyTransferType"],
    ["AC", { EVRequestedEnergyTransferType: "AC_three_phase_core" }, "FAILED_WrongEnergyTransferType"],
    ["AC limits", { DC_EVChargeParameter: undefined, AC_EVChargeParameter: ac }, "FAILED_WrongChargeParameter"],
    ["a battery below the EVSE's least voltage", { DC_EVChargeParameter: weak }, "FAILED_WrongChargeParameter"],
  ])("bad case: refuses %s", async (_, change, code) => {
    const incoming = request("ChargeParameterDiscoveryReq", change as never);
    const found = await step("ChargeParameterDiscovery", session(), incoming);
    expect(codeOf(found)).toBe(code);
    expect(published(found)).toEqual({});
  });
});

describe("CableCheck", () => {
  const fresh = (change: Partial<DinSession> = {}) => session({ powered: false, dc: noDc, ...change });

  it("begins once, and goes on when it has passed", async () => {
    const waiting = await wait("CableCheck", fresh(), request("CableCheckReq"));
    expect(published(waiting)).toHaveProperty("start_cable_check");
    const running = fresh(waiting.session);
    expect(running.powered).toBe(true);
    expect(waiting.until(running)).toBe(false);
    expect(waiting.decide(running).reply?.message).toMatchObject({
      EVSEProcessing: "Ongoing",
      DC_EVSEStatus: { EVSEStatusCode: "EVSE_IsolationMonitoringActive" },
    });
    const again = await wait("CableCheck", running, request("CableCheckReq"));
    expect(published(again)).not.toHaveProperty("start_cable_check");
    const passed = { ...running, ...changeBy({ type: "cable_check_finished", passed: true }, running) };
    expect(waiting.until(passed)).toBe(true);
    expect(waiting.decide(passed)).toMatchObject({
      next: "PreCharge",
      reply: { message: { EVSEProcessing: "Finished", DC_EVSEStatus: { EVSEStatusCode: "EVSE_Ready" } } },
    });
  });

  it.each([
    ["it has failed", { dc: { ...noDc, cableCheck: "failed", checkBegan: NOW } } as const],
    ["it takes too long", { dc: { ...noDc, cableCheck: "running", checkBegan: NOW - 38_000 } } as const],
  ])("bad case: refuses when %s", async (_, change) => {
    const of = fresh(change);
    const found = (await wait("CableCheck", of, request("CableCheckReq"))).decide(of);
    expect(codeOf(found)).toBe("FAILED");
  });

  it.each([
    ["CableCheck", "CableCheckReq"],
    ["PreCharge", "PreChargeReq"],
    ["PreCharging", "PreChargeReq"],
  ] as const)("bad case: in %s nothing happens for an EV whose authorization was taken back", async (state, name) => {
    const rejected = { status: "rejected", certificateStatus: "Accepted" } as const;
    const found = await step(state, fresh({ authorization: rejected }), request(name));
    expect(codeOf(found)).toBe("FAILED");
    expect(published(found)).toEqual({});
  });
});

describe("PreCharge", () => {
  it("begins with the first request, and tells voltage and current of each", async () => {
    const first = await step("PreCharge", session(), request("PreChargeReq"));
    expect(first).toMatchObject({
      next: "PreCharging",
      reply: { message: { ResponseCode: "OK", EVSEPresentVoltage: { Value: 3975, Multiplier: -1, Unit: "V" } } },
    });
    expect(published(first)).toMatchObject({
      start_pre_charge: null,
      dc_ev_target_voltage_current: { dc_ev_target_voltage: 400, dc_ev_target_current: 1 },
    });
    const more = request("PreChargeReq", { EVTargetVoltage: physicalValue(410, "V") });
    expect(published(await step("PreCharging", session(first.session), more))).toEqual({
      dc_ev_target_voltage_current: { dc_ev_target_voltage: 410, dc_ev_target_current: 1 },
    });
  });
});

describe("PowerDelivery", () => {
  const start = (change: Partial<DinSession>, body = {}) =>
    step("PreCharging", session(change), request("PowerDeliveryReq", body));
  const profile = (change = {}, entry = {}) => ({
    ChargingProfile: {
      SAScheduleTupleID: 1,
      ProfileEntry: [{ ChargingProfileEntryStart: 0, ChargingProfileEntryMaxPower: 20_000, ...entry }],
      ...change,
    },
  });

  it.each([
    ["without a profile", {}],
    ["with a profile within the schedule", profile()],
  ])("starts %s", async (_, body) => {
    const found = await start({}, body);
    expect(found).toMatchObject({ next: "CurrentDemandStarted", reply: { message: { ResponseCode: "OK" } } });
    expect(published(found)).toHaveProperty("v2g_setup_finished");
  });

  const weakSupply = withDc({
    capabilities: { maxVoltage: 900, minVoltage: 100, maxCurrent: 25, minCurrent: 1, maxPower: 10_000 },
  });
  const rejected = { status: "rejected", certificateStatus: "Accepted" } as const;

  it.each([
    ["another schedule", {}, profile({ SAScheduleTupleID: 2 }), "FAILED_TariffSelectionInvalid"],
    ["a profile beyond the power", weakSupply, profile(), "FAILED_ChargingProfileInvalid"],
    [
      "a profile beyond the day",
      {},
      profile({}, { ChargingProfileEntryStart: 86_401 }),
      "FAILED_ChargingProfileInvalid",
    ],
    ["no cable check", { dc: noDc }, {}, "FAILED_PowerDeliveryNotApplied"],
    ["a fault of the EVSE", withDc({}, { malfunction: "EVSE_Malfunction" }), {}, "FAILED_PowerDeliveryNotApplied"],
    ["a residual current", withDc({}, { rcd: true }), {}, "FAILED_PowerDeliveryNotApplied"],
    ["a wish to stop", withDc({}, { notification: "StopCharging" }), {}, "FAILED_PowerDeliveryNotApplied"],
    ["no authorization any more", { authorization: rejected }, {}, "FAILED_PowerDeliveryNotApplied"],
  ] as [string, Partial<DinSession>, object, string][])(
    "bad case: refuses to start with %s",
    async (_, of, body, code) => {
      const found = await start(of, body);
      expect(codeOf(found)).toBe(code);
      expect(published(found)).toEqual({});
    },
  );

  it.each(["PreCharging", "CurrentDemand"])("switches off in %s before it answers", async (state) => {
    const of = session({ dc: { ...noDc, cableCheck: "passed", demanding: true } });
    const found = await step(state, of, request("PowerDeliveryReq", { ReadyToChargeState: false }));
    expect(found).toMatchObject({
      next: "WeldingDetection",
      reply: { message: { ResponseCode: "OK", DC_EVSEStatus: { EVSEStatusCode: "EVSE_Shutdown" } } },
      session: { powered: false, dc: { demanding: false } },
    });
    expect(published(found)).toMatchObject({ current_demand_finished: null, dc_open_contactor: null });
  });

  it("bad case: refuses a second start while charging", async () => {
    expect(codeOf(await step("CurrentDemand", session(), request("PowerDeliveryReq")))).toBe("FAILED");
  });
});

describe("CurrentDemand", () => {
  it("tells the first demand as the start, and answers with what is measured and allowed", async () => {
    const first = await step("CurrentDemandStarted", session(), request("CurrentDemandReq"));
    expect(published(first)).toMatchObject({
      current_demand_started: null,
      dc_ev_target_voltage_current: { dc_ev_target_voltage: 400, dc_ev_target_current: 16 },
    });
    expect(first.reply?.message).toEqual({
      ResponseCode: "OK",
      DC_EVSEStatus: {
        EVSEIsolationStatus: "Valid",
        EVSEStatusCode: "EVSE_Ready",
        NotificationMaxDelay: 0,
        EVSENotification: "None",
      },
      EVSEPresentVoltage: physicalValue(397.5, "V"),
      EVSEPresentCurrent: physicalValue(15.5, "A"),
      EVSECurrentLimitAchieved: false,
      EVSEVoltageLimitAchieved: false,
      EVSEPowerLimitAchieved: false,
      EVSEMaximumVoltageLimit: physicalValue(900, "V"),
      EVSEMaximumCurrentLimit: physicalValue(200, "A"),
      EVSEMaximumPowerLimit: physicalValue(60_000, "W"),
    });
    const of = session({ ...first.session });
    expect(published(await step("CurrentDemand", of, request("CurrentDemandReq")))).toEqual({});
  });

  it.each([
    ["StopCharging", "EVSE_Shutdown", 10],
    ["None", "EVSE_Ready", 0],
  ] as const)("passes on what the EVSE wants: %s", async (notification, EVSEStatusCode, NotificationMaxDelay) => {
    const of = session(withDc({}, { notification, notificationUntil: NOW + 10_000 }));
    const { reply } = await step("CurrentDemand", of, request("CurrentDemandReq"));
    const DC_EVSEStatus = { EVSENotification: notification, EVSEStatusCode, NotificationMaxDelay };
    expect(reply?.message).toMatchObject({ DC_EVSEStatus });
  });
});

describe("SessionStop", () => {
  it.each([
    ["CableCheck", true, { dc_open_contactor: null }],
    ["PreCharging", true, { dc_open_contactor: null }],
    ["ContractAuthentication", false, {}],
    ["WeldingDetection", false, {}],
  ])("in %s ends the session with the output off", async (state, powered, effects) => {
    const found = await step(state, session({ powered }), request("SessionStopReq"));
    expect(found).toMatchObject({ next: "Terminated", session: { stopped: true, powered: false } });
    expect(published(found)).toEqual(effects);
  });
});
