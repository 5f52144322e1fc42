/** Another schedule in the midst of charging, wished for by the EV or by the EVSE (ISO 15118-2, 8.4.3.9). */
import { afterEach, describe, expect, it } from "vitest";
import type { Messages } from "../../src/iso15118/iso2/index.ts";
import { plainValue } from "../../src/iso15118/physicalValue.ts";
import type { Evse, Grant } from "../../src/secc/evse.ts";
import { contractKey } from "./fixtures.ts";
import { code, type Station, station, TestEv } from "./world.ts";

let of: Station;
afterEach(() => of.close());

const amperes = (current: number): Pick<Evse, "granted"> => {
  const grant: Grant = { from: of.clock.now(), current, power: undefined };
  return { granted: [grant] };
};

async function charging(payment: "Contract" | "ExternalPayment" = "Contract"): Promise<TestEv> {
  of = await station();
  of.secc.update(amperes(20));
  const ev = await TestEv.inSession(of);
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq", { SelectedPaymentOption: payment });
  if (payment === "Contract") {
    const details = await ev.ask("PaymentDetailsReq");
    if (details?.name !== "PaymentDetailsRes") throw new TypeError(`${details?.name} instead of PaymentDetailsRes`);
    await ev.ask("AuthorizationReq", { GenChallenge: details.message.GenChallenge }, contractKey);
  } else await ev.ask("AuthorizationReq", { GenChallenge: undefined as never });
  await ev.ask("ChargeParameterDiscoveryReq");
  expect(code(await ev.ask("PowerDeliveryReq"))).toBe("OK");
  return ev;
}

async function status(ev: TestEv): Promise<Messages["ChargingStatusRes"]["AC_EVSEStatus"] | undefined> {
  const answer = await ev.ask("ChargingStatusReq");
  return answer?.name === "ChargingStatusRes" ? answer.message.AC_EVSEStatus : undefined;
}

/** Of the first entry, in watt. */
async function offered(ev: TestEv): Promise<number> {
  const answer = await ev.ask("ChargeParameterDiscoveryReq");
  if (answer?.name !== "ChargeParameterDiscoveryRes") throw new TypeError(`${answer?.name}`);
  const [tuple] = answer.message.SAScheduleList?.SAScheduleTuple ?? [];
  const [entry] = tuple?.PMaxSchedule.PMaxScheduleEntry ?? [];
  return entry ? plainValue(entry.PMax) : Number.NaN;
}

describe("the EV wants another schedule", () => {
  it("gets one, with the contactor closed all the time, as often as it likes", async () => {
    const ev = await charging();
    for (const current of [10, 16]) {
      await status(ev);
      of.secc.update(amperes(current));
      expect(code(await ev.ask("PowerDeliveryReq", { ChargeProgress: "Renegotiate" }))).toBe("OK");
      expect(await offered(ev)).toBe(current * 690);
      expect(of.secc.evse.contactorClosed).toBe(true);
      expect(code(await ev.ask("PowerDeliveryReq"))).toBe("OK");
    }
    expect(of.published().filter((name) => name.endsWith("_contactor"))).toEqual(["ac_close_contactor"]);
    expect(await status(ev)).toMatchObject({ EVSENotification: "None" });
  });

  it.each(["ChargeParameterDiscovery", "PowerDelivery"])(
    "in %s it may also end the session: contactor open",
    async (at) => {
      const ev = await charging();
      await status(ev);
      await ev.ask("PowerDeliveryReq", { ChargeProgress: "Renegotiate" });
      if (at === "PowerDelivery") await offered(ev);
      expect(code(await ev.ask("SessionStopReq"))).toBe("OK");
      expect(of.published().at(-1)).toBe("ac_open_contactor");
      await ev.stream.close();
      await of.clock.advance(1);
      expect(of.published().slice(-2)).toEqual(["ac_open_contactor", "dlink_terminate"]);
    },
  );

  it("in PowerDelivery it may also stop, and then pause", async () => {
    const ev = await charging();
    await status(ev);
    await ev.ask("PowerDeliveryReq", { ChargeProgress: "Renegotiate" });
    await offered(ev);
    expect(code(await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" }))).toBe("OK");
    expect(of.published().at(-1)).toBe("ac_open_contactor");
    expect(code(await ev.ask("SessionStopReq", { ChargingSession: "Pause" }))).toBe("OK");
  });

  it.each<[string, (ev: TestEv) => Promise<unknown>, string]>([
    ["pauses with power on", (ev) => ev.ask("SessionStopReq", { ChargingSession: "Pause" }), "FAILED"],
    ["goes on as before", (ev) => ev.ask("ChargingStatusReq"), "FAILED_SequenceError"],
    [
      "asks for direct current",
      (ev) => ev.ask("ChargeParameterDiscoveryReq", { RequestedEnergyTransferMode: "DC_extended" }),
      "FAILED_WrongEnergyTransferMode",
    ],
  ])("bad case: in the midst of it the EV %s: contactor open", async (_what, ask, expected) => {
    const ev = await charging();
    await status(ev);
    of.secc.update({ energyTransferModes: ["AC_three_phase_core", "DC_extended"] });
    await ev.ask("PowerDeliveryReq", { ChargeProgress: "Renegotiate" });
    expect(code((await ask(ev)) as never)).toBe(expected);
    expect(of.published().at(-1)).toBe("ac_open_contactor");
  });

  it("bad case: the authorization is withdrawn in the midst of it: contactor open", async () => {
    const ev = await charging();
    await status(ev);
    await ev.ask("PowerDeliveryReq", { ChargeProgress: "Renegotiate" });
    await offered(ev);
    of.secc.apply({ type: "authorization_response", authorization_status: "Invalid", certificate_status: "Accepted" });
    expect(code(await ev.ask("PowerDeliveryReq"))).toBe("FAILED_PowerDeliveryNotApplied");
    expect(of.published().at(-1)).toBe("ac_open_contactor");
  });

  it("bad case: a profile above the new schedule, though within the old one", async () => {
    const ev = await charging();
    await status(ev);
    of.secc.update(amperes(6));
    await ev.ask("PowerDeliveryReq", { ChargeProgress: "Renegotiate" });
    await offered(ev);
    const ProfileEntry = [
      {
        ChargingProfileEntryStart: 0,
        ChargingProfileEntryMaxPower: { Multiplier: 0, Unit: "W", Value: 13_800 } as const,
      },
    ];
    expect(code(await ev.ask("PowerDeliveryReq", { ChargingProfile: { ProfileEntry } }))).toBe(
      "FAILED_ChargingProfileInvalid",
    );
    expect(of.published().at(-1)).toBe("ac_open_contactor");
  });
});

describe("the EVSE wants another schedule", () => {
  it("says so until there is one", async () => {
    const ev = await charging();
    expect(await status(ev)).toMatchObject({ EVSENotification: "None" });
    of.secc.renegotiate();
    expect(await status(ev)).toEqual({ NotificationMaxDelay: 0, EVSENotification: "ReNegotiation", RCD: false });
    expect(await status(ev)).toMatchObject({ EVSENotification: "ReNegotiation" });
    await ev.ask("PowerDeliveryReq", { ChargeProgress: "Renegotiate" });
    await offered(ev);
    await ev.ask("PowerDeliveryReq");
    expect(await status(ev)).toMatchObject({ EVSENotification: "None" });
  });

  it("because the grid grants less: at once", async () => {
    const ev = await charging();
    of.secc.update(amperes(10));
    expect(await status(ev)).toMatchObject({ EVSENotification: "ReNegotiation" });
    of.secc.update(amperes(20));
    expect(await status(ev)).toMatchObject({ EVSENotification: "None" });
  });

  it("because the grid grants more: when it has stayed so for a while", async () => {
    const ev = await charging();
    of.secc.update(amperes(21));
    await of.clock.advance(59_000);
    expect(await status(ev)).toMatchObject({ EVSENotification: "None" });
    of.secc.update(amperes(25));
    expect(await status(ev)).toMatchObject({ EVSENotification: "None" });
    await of.clock.advance(1000);
    expect(await status(ev)).toMatchObject({ EVSENotification: "ReNegotiation" });
  });

  it("not with external payment, where every response tells the limit", async () => {
    const ev = await charging("ExternalPayment");
    of.secc.update(amperes(6));
    expect(await status(ev)).toMatchObject({ EVSENotification: "None" });
    of.secc.renegotiate();
    expect(await status(ev)).toMatchObject({ EVSENotification: "ReNegotiation" });
  });

  it("not when it wants the EV to stop: then it says how long that may take", async () => {
    const ev = await charging();
    of.secc.renegotiate();
    of.secc.stopCharging(true);
    expect(await status(ev)).toMatchObject({ EVSENotification: "StopCharging", NotificationMaxDelay: 10 });
    await of.clock.advance(4000);
    expect(await status(ev)).toMatchObject({ EVSENotification: "StopCharging", NotificationMaxDelay: 6 });
    of.secc.stopCharging(false);
    expect(await status(ev)).toMatchObject({ EVSENotification: "ReNegotiation", NotificationMaxDelay: 0 });
  });
});
