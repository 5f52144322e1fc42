/** Every response code of DIN SPEC 70121, with a way to get it from the SECC, or why there is none. */
import { afterEach, describe, expect, it } from "vitest";
import { DIN_NAMESPACE, type Messages, type Named } from "../../../src/iso15118/din70121/index.ts";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import type { Station } from "../world.ts";
import { TestEv } from "../world.ts";
import { dinEvse, requests } from "./fixtures.ts";
import { ask, begin, closeAll, inSession } from "./world.ts";

type ResponseCode = Messages["SessionStopRes"]["ResponseCode"];
type Answer = Promise<Named | undefined>;
type Way = (of: Station) => Answer;

/** After this request was answered, something else. */
const after =
  (until: Parameters<typeof inSession>[1], then: (ev: TestEv, of: Station) => Answer): Way =>
  async (of) =>
    then(await inSession(of, until), of);

const profile = (SAScheduleTupleID: number, ChargingProfileEntryStart: number) => ({
  ChargingProfile: {
    SAScheduleTupleID,
    ProfileEntry: [{ ChargingProfileEntryStart, ChargingProfileEntryMaxPower: 1 }],
  },
});

/** Of a paused session, a contract, a value added service or a receipt: DIN SPEC 70121 has none of them. */
const unused = undefined;

const ways: Readonly<Record<ResponseCode, Way | typeof unused>> = {
  OK: after("SessionSetupReq", (ev) => ask(ev, "ServiceDiscoveryReq")),
  OK_NewSessionEstablished: async (of) => {
    const ev = await TestEv.connect(of, "none");
    await ev.agree(DIN_NAMESPACE);
    return ask(ev, "SessionSetupReq");
  },
  FAILED: after("CurrentDemandReq", (ev) => ask(ev, "PowerDeliveryReq")),
  FAILED_SequenceError: after("SessionSetupReq", (ev) => ask(ev, "CurrentDemandReq")),
  FAILED_UnknownSession: after("SessionSetupReq", (ev) => {
    ev.sessionId = new Uint8Array(8);
    return ask(ev, "ServiceDiscoveryReq");
  }),
  FAILED_ServiceSelectionInvalid: after("ServiceDiscoveryReq", (ev) =>
    ask(ev, "ServicePaymentSelectionReq", { SelectedServiceList: { SelectedService: [{ ServiceID: 777 }] } }),
  ),
  FAILED_PaymentSelectionInvalid: after("ServiceDiscoveryReq", (ev) =>
    ask(ev, "ServicePaymentSelectionReq", { SelectedPaymentOption: "Contract" }),
  ),
  FAILED_WrongChargeParameter: after("ContractAuthenticationReq", (ev) => {
    const { DC_EVChargeParameter: good } = requests.ChargeParameterDiscoveryReq;
    const DC_EVChargeParameter = { ...good, EVMaximumVoltageLimit: physicalValue(0, "V") };
    return ask(ev, "ChargeParameterDiscoveryReq", { DC_EVChargeParameter });
  }),
  FAILED_WrongEnergyTransferType: after("ContractAuthenticationReq", (ev) =>
    ask(ev, "ChargeParameterDiscoveryReq", { EVRequestedEnergyTransferType: "AC_single_phase_core" }),
  ),
  FAILED_PowerDeliveryNotApplied: after("PreChargeReq", (ev, of) => {
    of.secc.update({ malfunction: "EVSE_Malfunction" });
    return ask(ev, "PowerDeliveryReq");
  }),
  FAILED_TariffSelectionInvalid: after("PreChargeReq", (ev) => ask(ev, "PowerDeliveryReq", profile(2, 0))),
  FAILED_ChargingProfileInvalid: after("PreChargeReq", (ev) => ask(ev, "PowerDeliveryReq", profile(1, 86_401))),
  FAILED_EVSEPresentVoltageToLow: after("PreChargeReq", async (ev, of) => {
    of.secc.update({ dc: { ...of.secc.evse.dc, present: { voltage: 379, current: 0 } } });
    const answer = ask(ev, "PowerDeliveryReq");
    await of.clock.advance(1000);
    return answer;
  }),
  OK_OldSessionJoined: unused,
  OK_CertificateExpiresSoon: unused,
  FAILED_ServiceIDInvalid: unused,
  FAILED_CertificateExpired: unused,
  FAILED_SignatureError: unused,
  FAILED_NoCertificateAvailable: unused,
  FAILED_CertChainError: unused,
  FAILED_ChallengeInvalid: unused,
  FAILED_ContractCanceled: unused,
  FAILED_MeteringSignatureNotValid: unused,
};

afterEach(closeAll);

describe("every response code of DIN SPEC 70121", () => {
  const used = Object.entries(ways).flatMap(([code, way]) => (way ? [[code, way] as const] : []));

  it.each(used)("%s", async (expected, way) => {
    expect(await way(await begin())).toMatchObject({ message: { ResponseCode: expected } });
  });

  it.each([
    "ServiceDetailReq",
    "PaymentDetailsReq",
    "MeteringReceiptReq",
    "CertificateInstallationReq",
    "CertificateUpdateReq",
    "ChargingStatusReq",
  ] as const)("the requests that could get others are out of sequence everywhere: %s", async (name) => {
    const ev = await inSession(await begin(), "ServiceDiscoveryReq");
    expect(await ask(ev, name)).toMatchObject({ message: { ResponseCode: "FAILED_SequenceError" } });
  });
});

describe("FAILED_EVSEPresentVoltageToLow", () => {
  const at = (of: Station, voltage: number) =>
    of.secc.update({ dc: { ...of.secc.evse.dc, present: { voltage, current: 0 } } });

  it("waits a second for the output to come to the EV's voltage", async () => {
    const of = await begin();
    const ev = await inSession(of, "PreChargeReq");
    at(of, 200);
    const answer = ask(ev, "PowerDeliveryReq");
    await of.clock.advance(999);
    at(of, 381);
    expect(await answer).toMatchObject({ message: { ResponseCode: "OK" } });
  });

  it("switches the output off, and says what the EV should have waited for", async () => {
    const of = await begin();
    const ev = await inSession(of, "PreChargeReq");
    at(of, 200);
    const answer = ask(ev, "PowerDeliveryReq");
    await of.clock.advance(1000);
    await answer;
    expect(of.published()).not.toContain("v2g_setup_finished");
    expect(of.published()).toContain("dc_open_contactor");
    expect(of.timeline.entries).toContainEqual(
      expect.objectContaining({
        rule: "FAILED_EVSEPresentVoltageToLow",
        title: "the output has 200 V, the EV wanted 400 V",
      }),
    );
  });

  it("is not said when the EV gives up: it may switch off at any voltage", async () => {
    const of = await begin();
    const ev = await inSession(of, "PreChargeReq");
    at(of, 0);
    const answer = await ask(ev, "PowerDeliveryReq", { ReadyToChargeState: false });
    expect(answer).toMatchObject({ message: { ResponseCode: "OK" } });
  });

  it("another fault that comes meanwhile is answered at once", async () => {
    const of = await begin();
    const ev = await inSession(of, "PreChargeReq");
    at(of, 200);
    const answer = ask(ev, "PowerDeliveryReq");
    await of.clock.advance(10);
    of.secc.update({ ...dinEvse, rcd: true });
    expect(await answer).toMatchObject({ message: { ResponseCode: "FAILED_PowerDeliveryNotApplied" } });
  });
});
