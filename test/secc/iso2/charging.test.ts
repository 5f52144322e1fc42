import { describe, expect, it } from "vitest";
import type { Messages } from "../../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import type { Iso2Session } from "../../../src/secc/iso2/protocol.ts";
import { contractKey, evse, NOW, otherKey, paused, request, schedule, session } from "../fixtures.ts";
import { bodyOf, codeOf, published, step, traced, wait } from "./step.ts";

describe("ChargeParameterDiscovery", () => {
  const ac = { ...(request("ChargeParameterDiscoveryReq").message.body as Messages["ChargeParameterDiscoveryReq"]) };
  const parameters = (change: object) => ({ AC_EVChargeParameter: { ...ac.AC_EVChargeParameter, ...change } as never });
  const ask = (body: object = {}) => request("ChargeParameterDiscoveryReq", { body });

  it("tells of the EV's needs", async () => {
    const found = await wait("ChargeParameterDiscovery", session(), ask());
    expect(found.effects).toEqual([
      { to: "charger", name: "requested_energy_transfer_mode", value: "AC_three_phase_core" },
      { to: "charger", name: "departure_time", value: "2026-01-01T01:00:00.000Z" },
      { to: "charger", name: "ac_eamount", value: 22_000 },
      { to: "charger", name: "ac_ev_max_voltage", value: 400 },
      { to: "charger", name: "ac_ev_max_current", value: 16 },
      { to: "charger", name: "ac_ev_min_current", value: 6 },
      {
        to: "extensions",
        name: "charging_needs",
        value: {
          requested_energy_transfer: "AC_three_phase_core",
          ac_charging_parameters: { energy_amount: 22_000, ev_min_current: 6, ev_max_current: 16, ev_max_voltage: 400 },
          departure_time: "2026-01-01T01:00:00.000Z",
        },
      },
    ]);
  });

  it.each([
    ["AC_three_phase_core", { DepartureTime: 3600 }, 3600, 22_080],
    ["AC_three_phase_core", { DepartureTime: 0 }, 86_400, 22_080],
    ["AC_single_phase_core", { DepartureTime: 100_000 }, 86_400, 7360],
  ] as const)("gives one schedule for %s with %j", async (RequestedEnergyTransferMode, change, duration, watts) => {
    const of = session();
    const found = await wait(
      "ChargeParameterDiscovery",
      of,
      ask({ RequestedEnergyTransferMode, ...parameters(change) }),
    );
    expect(found.until(of)).toBe(true);
    expect(found.decide(of)).toMatchObject({
      next: "PowerDelivery",
      reply: {
        message: {
          ResponseCode: "OK",
          EVSEProcessing: "Finished",
          SAScheduleList: {
            SAScheduleTuple: [
              {
                SAScheduleTupleID: 1,
                PMaxSchedule: {
                  PMaxScheduleEntry: [
                    { RelativeTimeInterval: { start: 0, duration }, PMax: physicalValue(watts, "W") },
                  ],
                },
              },
            ],
          },
          AC_EVSEChargeParameter: {
            EVSEMaxCurrent: physicalValue(32, "A"),
            EVSENominalVoltage: physicalValue(230, "V"),
          },
        },
      },
    });
  });

  it("is Ongoing until the EVSE knows its limits", async () => {
    const unknown = session({ evse: { ...evse, nominalCurrent: undefined, currentLimit: undefined } });
    const found = await wait("ChargeParameterDiscovery", unknown, ask());
    expect(found.until(unknown)).toBe(false);
    const answer = found.decide(unknown);
    expect(bodyOf(answer)).toMatchObject({ ResponseCode: "OK", EVSEProcessing: "Ongoing" });
    expect(answer.next).toBeUndefined();
  });

  it("is Ongoing for 55 s at most (V2G_SECC_Ongoing_Performance_Time)", async () => {
    const unknown = session({ evse: { ...evse, nominalCurrent: undefined, currentLimit: undefined } });
    const at = async (ms: number, ongoingSince: number | undefined) => {
      const of = { ...unknown, now: NOW + ms, ongoingSince };
      return (await wait("ChargeParameterDiscovery", of, ask())).decide(of);
    };
    expect((await at(0, undefined)).session).toEqual({ ongoingSince: NOW });
    expect(bodyOf(await at(53_999, NOW))).toMatchObject({ ResponseCode: "OK", EVSEProcessing: "Ongoing" });
    const late = await at(54_000, NOW);
    expect(codeOf(late)).toBe("FAILED");
    expect(traced(late)).toEqual([expect.objectContaining({ rule: "V2G_SECC_Ongoing_Performance_Time" })]);
  });

  it("goes on with the schedule of the session that was joined", async () => {
    const agreed = [{ ...schedule[0], SAScheduleTupleID: 9 }] as unknown as typeof schedule;
    const of = session({ joined: true, schedule: [], paused: { ...paused, schedule: agreed, tupleId: 9 } });
    const found = (await wait("ChargeParameterDiscovery", of, ask())).decide(of);
    expect(found.session?.schedule).toEqual(agreed);
  });

  it.each([
    ["a mode that is not offered", { RequestedEnergyTransferMode: "DC_extended" }, "FAILED_WrongEnergyTransferMode"],
    ["no AC parameters", { AC_EVChargeParameter: undefined }, "FAILED_WrongChargeParameter"],
    ["a negative current", parameters({ EVMaxCurrent: physicalValue(-1, "A") }), "FAILED_WrongChargeParameter"],
    ["more minimum than maximum", parameters({ EVMinCurrent: physicalValue(20, "A") }), "FAILED_WrongChargeParameter"],
    ["negative energy", parameters({ EAmount: physicalValue(-5, "Wh") }), "FAILED_WrongChargeParameter"],
  ])("bad case: %s", async (_what, body, code) => {
    const found = await step("ChargeParameterDiscovery", session(), ask(body));
    expect(codeOf(found)).toBe(code);
    expect(found.effects ?? []).toEqual([]);
  });
});

describe("PowerDelivery", () => {
  const deliver = (body: Partial<Messages["PowerDeliveryReq"]> = {}) => request("PowerDeliveryReq", { body });
  const profile = (...entries: [start: number, watts: number][]) => ({
    ChargingProfile: {
      ProfileEntry: entries.map(([ChargingProfileEntryStart, watts]) => ({
        ChargingProfileEntryStart,
        ChargingProfileEntryMaxPower: physicalValue(watts, "W"),
      })),
    },
  });

  it("closes the contactor and answers when it is closed", async () => {
    const of = session();
    const found = await wait("PowerDelivery", of, deliver(profile([0, 11_000], [3600, 0])));
    expect(published(found)).toEqual(["v2g_setup_finished", "ac_close_contactor"]);
    expect(found.session).toMatchObject({ powered: true, tupleId: 1 });
    expect(found.ms).toBe(3000);
    expect(found.until(of)).toBe(false);
    const closed = { ...of, evse: { ...evse, contactorClosed: true } };
    expect(found.until(closed)).toBe(true);
    expect(found.decide(closed)).toMatchObject({ next: "ChargingStarted", reply: { message: { ResponseCode: "OK" } } });
  });

  it.each<[string, Partial<Iso2Session>]>([
    ["the authorization is taken back", { authorization: { status: "rejected", certificateStatus: "Accepted" } }],
    ["the EVSE is to stop", { evse: { ...evse, notification: "StopCharging" } }],
    ["a residual current is found", { evse: { ...evse, rcd: true } }],
    ["the EVSE shuts down", { evse: { ...evse, shutdown: true } }],
  ])("bad case: %s while the contactor closes, even if it closes", async (_what, change) => {
    const found = await wait("PowerDelivery", session(), deliver());
    const of = session(change);
    for (const contactorClosed of [false, true]) {
      const then = { ...of, powered: true, evse: { ...of.evse, contactorClosed } };
      expect(found.until(then)).toBe(true);
      expect(codeOf(found.decide(then))).toBe("FAILED_PowerDeliveryNotApplied");
    }
  });

  it("after a renegotiation the contactor is closed already, and nobody is told anew [V2G2-813]", async () => {
    const of = session({ powered: true, evse: { ...evse, contactorClosed: true } });
    const found = await wait("PowerDelivery", of, deliver());
    expect(published(found)).toEqual([]);
    expect(found.until(of)).toBe(true);
    expect(found.decide(of)).toMatchObject({ next: "ChargingStarted", reply: { message: { ResponseCode: "OK" } } });
  });

  it("bad case: the contactor does not close in time", async () => {
    const of = session();
    const found = (await wait("PowerDelivery", of, deliver())).decide(of);
    expect(codeOf(found)).toBe("FAILED_ContactorError");
    expect(traced(found)).toEqual([expect.objectContaining({ outcome: "refused" })]);
  });

  it.each([
    ["an unknown schedule", { SAScheduleTupleID: 2 }, session(), "FAILED_TariffSelectionInvalid"],
    ["more power than allowed", profile([0, 22_081]), session(), "FAILED_ChargingProfileInvalid"],
    [
      "entries that are not in the order of time",
      profile([60, 30_000], [0, 0]),
      session(),
      "FAILED_ChargingProfileInvalid",
    ],
    ["two entries for one moment", profile([0, 30_000], [0, 0]), session(), "FAILED_ChargingProfileInvalid"],
    ["more power than allowed later", profile([0, 0], [60, 30_000]), session(), "FAILED_ChargingProfileInvalid"],
    ["no authorization", {}, session({ authorization: { status: "none" } }), "FAILED_PowerDeliveryNotApplied"],
    [
      "an authorization that was taken back",
      {},
      session({ authorization: { status: "rejected", certificateStatus: "Accepted" } }),
      "FAILED_PowerDeliveryNotApplied",
    ],
    [
      "the EVSE wants to stop",
      {},
      session({ evse: { ...evse, notification: "StopCharging" } }),
      "FAILED_PowerDeliveryNotApplied",
    ],
    ["a residual current", {}, session({ evse: { ...evse, rcd: true } }), "FAILED_PowerDeliveryNotApplied"],
    [
      "a malfunction",
      {},
      session({ evse: { ...evse, malfunction: "EVSE_Malfunction" } }),
      "FAILED_PowerDeliveryNotApplied",
    ],
    ["renegotiation before charging", { ChargeProgress: "Renegotiate" }, session(), "FAILED"],
  ] as const)("bad case: %s closes nothing", async (_what, body, of, code) => {
    const found = await step("PowerDelivery", of, deliver(body));
    expect(codeOf(found)).toBe(code);
    expect(published(found)).toEqual([]);
  });

  it("ends without having charged", async () => {
    const found = await step("PowerDelivery", session(), deliver({ ChargeProgress: "Stop" }));
    expect(found).toMatchObject({ next: "SessionStop", effects: [] });
  });

  it("while charging: Stop opens the contactor, Renegotiate leaves it closed, Start is refused", async () => {
    const of = session({ powered: true });
    const stopped = await step("Charging", of, deliver({ ChargeProgress: "Stop" }));
    expect(published(stopped)).toEqual(["ac_open_contactor"]);
    expect(stopped).toMatchObject({ next: "SessionStop", session: { powered: false } });
    const again = await step("Charging", of, deliver({ ChargeProgress: "Renegotiate" }));
    expect(again).toMatchObject({ next: "ChargeParameterDiscovery" });
    expect(published(again)).toEqual([]);
    expect(codeOf(await step("Charging", of, deliver()))).toBe("FAILED");
  });
});

describe("ChargingStatus", () => {
  const poll = request("ChargingStatusReq");

  it("tells meter and status; a contract gets no EVSEMaxCurrent", async () => {
    const found = await step("ChargingStarted", session(), poll);
    expect(bodyOf(found)).toEqual({
      ResponseCode: "OK",
      EVSEID: "DE*PNX*E00001",
      SAScheduleTupleID: 1,
      MeterInfo: evse.meter,
      ReceiptRequired: false,
      AC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "None", RCD: false },
    });
    expect(found.next).toBe("Charging");
  });

  it("tells the limit without a contract, and the wish to stop", async () => {
    const of = session({
      selected: { payment: "ExternalPayment", services: [] },
      evse: { ...evse, notification: "StopCharging", receiptRequired: true },
    });
    expect(bodyOf(await step("Charging", of, poll))).toMatchObject({
      EVSEMaxCurrent: physicalValue(20, "A"),
      ReceiptRequired: false,
      AC_EVSEStatus: { EVSENotification: "StopCharging" },
    });
  });

  it("asks for a receipt of what was metered", async () => {
    const found = await step("Charging", session({ evse: { ...evse, receiptRequired: true } }), poll);
    expect(bodyOf(found)).toMatchObject({ ReceiptRequired: true });
    expect(found).toMatchObject({ next: "MeteringReceipt", session: { receiptDue: evse.meter } });
  });
});

describe("MeteringReceipt", () => {
  const due = session({ receiptDue: evse.meter });

  it("takes a signed receipt", async () => {
    const found = await step("MeteringReceipt", due, request("MeteringReceiptReq", { key: contractKey }));
    expect(found).toMatchObject({ next: "Charging", reply: { message: { ResponseCode: "OK" } } });
  });

  it.each([
    ["no signature", {}],
    ["another signer", { key: otherKey }],
    [
      "another reading",
      { key: contractKey, body: { MeterInfo: { ...evse.meter, MeterID: "meter", MeterReading: 999 } } },
    ],
    ["another session", { key: contractKey, body: { SessionID: new Uint8Array(8) } }],
    ["another schedule", { key: contractKey, body: { SAScheduleTupleID: 2 } }],
  ])("bad case: %s", async (_what, variation) => {
    const found = await step("MeteringReceipt", due, request("MeteringReceiptReq", variation));
    expect(codeOf(found)).toBe("FAILED_MeteringSignatureNotValid");
    expect(traced(found)).toEqual([expect.objectContaining({ outcome: "refused" })]);
  });
});

describe("SessionStop", () => {
  it("after charging the EV may end or pause", async () => {
    for (const ChargingSession of ["Terminate", "Pause"] as const) {
      const found = await step("SessionStop", session(), request("SessionStopReq", { body: { ChargingSession } }));
      expect(found).toMatchObject({ next: "Terminated", session: { ending: ChargingSession } });
      expect(codeOf(found)).toBe("OK");
    }
  });

  it("bad case: before charging there is nothing to pause", async () => {
    const found = await step(
      "Authorization",
      session(),
      request("SessionStopReq", { body: { ChargingSession: "Pause" } }),
    );
    expect(codeOf(found)).toBe("FAILED");
    expect(found.session).toBeUndefined();
  });
});

describe("contract certificates", () => {
  const ask = request("CertificateInstallationReq");

  it("passes the request on as it came, and the answer back as it comes", async () => {
    const of = session();
    const found = await wait("ContractSelected", of, ask);
    expect(found.effects).toEqual([
      {
        to: "extensions",
        name: "iso15118_certificate_request",
        value: {
          exi_request: "gA==",
          iso15118_schema_version: "urn:iso:15118:2:2013:MsgDef",
          certificate_action: "Install",
        },
      },
    ]);
    expect(found.ms).toBe(4500);
    const exi = Uint8Array.of(0x80, 0x98);
    const answered = found.decide({ ...of, certificateAnswer: { status: "Accepted", exi } });
    expect(answered).toMatchObject({ reply: { exi }, next: "PaymentDetails" });
  });

  it.each([
    ["no answer", undefined],
    ["a refusal", { status: "Failed" } as const],
  ])("bad case: %s", async (_what, certificateAnswer) => {
    const found = (await wait("ContractSelected", session(), ask)).decide(session({ certificateAnswer }));
    expect(codeOf(found)).toBe("FAILED");
    expect(found.next).toBe("Terminated");
  });

  it("forgets an answer to an earlier request", async () => {
    const stale = session({ certificateAnswer: { status: "Accepted", exi: Uint8Array.of(1) } });
    expect((await wait("ContractSelected", stale, ask)).session).toEqual({ certificateAnswer: undefined });
  });

  it("bad case: the service is not on offer", async () => {
    const found = await step("ContractSelected", session({ evse: { ...evse, certificateService: false } }), ask);
    expect(codeOf(found)).toBe("FAILED");
    expect(published(found)).toEqual([]);
  });
});
