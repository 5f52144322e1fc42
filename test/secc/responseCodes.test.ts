/** Every response code of ISO 15118-2 (8.6.2, Table 112), with a way to get it from the SECC. */
import { afterEach, describe, expect, it } from "vitest";
import type { Messages, Named } from "../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../src/iso15118/physicalValue.ts";
import type { SeccOptions } from "../../src/secc/secc.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { contractKey, dcParameters, NOW, otherKey } from "./fixtures.ts";
import { type StateName, walkTo, willing } from "./walks.ts";
import { code, type Manager, obliging, type Station, station, TestEv } from "./world.ts";

type ResponseCode = Messages["SessionStopRes"]["ResponseCode"];
type Answer = Named | undefined;

interface Way {
  /** What the station is special in. */
  readonly options?: Partial<SeccOptions>;
  readonly manager?: Manager;
  /** What the EV does; its last answer is the one that counts. */
  run(of: Station): Promise<Answer>;
}

/** The way of a good EV to a state, and then something else. */
const then = (state: StateName, ask: (ev: TestEv, of: Station) => Promise<Answer>): Way => ({
  run: async (of) => ask(await walkTo(state, of), of),
});

/** Whoever decides says no, and why. */
const refusing =
  (certificate_status: "CertificateRevoked" | "ContractCancelled"): Manager =>
  (effect, secc) => {
    if (effect.to !== "charger" || effect.name !== "require_auth_pnc") return willing(effect, secc);
    secc.apply({ type: "authorization_response", authorization_status: "Invalid", certificate_status });
  };

const prove = (ev: TestEv) => ev.ask("AuthorizationReq", { GenChallenge: ev.challenge }, contractKey);
const judged = (
  result: "CertificateExpired" | "CertChainError" | "NoCertificateAvailable" | "CertificateNotAllowed",
): Way => ({
  options: { checkContract: async () => ({ result, reason: "a reason", fix: "Mend it." }) },
  run: async (of) => (await walkTo("ContractSelected", of)).ask("PaymentDetailsReq"),
});
const profile = (watt: number) => ({
  ProfileEntry: [{ ChargingProfileEntryStart: 0, ChargingProfileEntryMaxPower: physicalValue(watt, "W") }],
});

/** Where several responses may carry it, one of them. */
const ways: Readonly<Record<ResponseCode, Way>> = {
  OK: then("ServiceDiscovery", (ev) => ev.ask("ServiceDiscoveryReq")),
  OK_NewSessionEstablished: then("SessionSetup", (ev) => ev.ask("SessionSetupReq")),
  OK_OldSessionJoined: then("SessionStop", async (ev, of) => {
    await ev.ask("SessionStopReq", { ChargingSession: "Pause" });
    await ev.stream.close();
    await of.clock.advance(1);
    const again = await TestEv.connect(of);
    again.sessionId = ev.sessionId;
    await again.agree();
    return again.ask("SessionSetupReq");
  }),
  OK_CertificateExpiresSoon: {
    options: { clock: new ManualClock(NOW + 1e10 - 6 * 86_400_000) },
    run: async (of) => (await walkTo("ContractSelected", of)).ask("PaymentDetailsReq"),
  },
  FAILED: then("Authorization", (ev) => ev.ask("SessionStopReq", { ChargingSession: "Pause" })),
  FAILED_SequenceError: then("ServiceDiscovery", (ev) => ev.ask("PowerDeliveryReq")),
  FAILED_ServiceIDInvalid: then("ServiceSelection", (ev) => ev.ask("ServiceDetailReq", { ServiceID: 777 })),
  FAILED_UnknownSession: then("ServiceDiscovery", (ev) => {
    ev.sessionId = new Uint8Array(8);
    return ev.ask("ServiceDiscoveryReq");
  }),
  FAILED_ServiceSelectionInvalid: then("ServiceSelection", (ev) =>
    ev.ask("PaymentServiceSelectionReq", {
      SelectedServiceList: { SelectedService: [{ ServiceID: 1 }, { ServiceID: 777 }] },
    }),
  ),
  FAILED_PaymentSelectionInvalid: then("ServiceSelection", (ev, of) => {
    of.secc.update({ paymentOptions: ["ExternalPayment"] });
    return ev.ask("PaymentServiceSelectionReq");
  }),
  FAILED_NoChargeServiceSelected: then("ServiceSelection", (ev) =>
    ev.ask("PaymentServiceSelectionReq", { SelectedServiceList: { SelectedService: [{ ServiceID: 2 }] } }),
  ),
  FAILED_CertificateExpired: judged("CertificateExpired"),
  FAILED_CertChainError: judged("CertChainError"),
  FAILED_NoCertificateAvailable: judged("NoCertificateAvailable"),
  FAILED_CertificateNotAllowedAtThisEVSE: judged("CertificateNotAllowed"),
  FAILED_ChallengeInvalid: then("Authorization", (ev) =>
    ev.ask("AuthorizationReq", { GenChallenge: new Uint8Array(16) }, contractKey),
  ),
  FAILED_SignatureError: then("Authorization", (ev) =>
    ev.ask("AuthorizationReq", { GenChallenge: ev.challenge }, otherKey),
  ),
  FAILED_CertificateRevoked: {
    manager: refusing("CertificateRevoked"),
    run: async (of) => prove(await walkTo("Authorization", of)),
  },
  FAILED_ContractCanceled: {
    manager: refusing("ContractCancelled"),
    run: async (of) => prove(await walkTo("Authorization", of)),
  },
  FAILED_WrongEnergyTransferMode: then("ChargeParameterDiscovery", (ev) =>
    ev.ask("ChargeParameterDiscoveryReq", { RequestedEnergyTransferMode: "DC_unique" }),
  ),
  FAILED_WrongChargeParameter: then("ChargeParameterDiscovery", (ev) =>
    ev.ask("ChargeParameterDiscoveryReq", {
      AC_EVChargeParameter: undefined as never,
      DC_EVChargeParameter: dcParameters.DC_EVChargeParameter,
    }),
  ),
  FAILED_PowerDeliveryNotApplied: then("PowerDelivery", (ev, of) => {
    of.secc.stopCharging(true);
    return ev.ask("PowerDeliveryReq");
  }),
  FAILED_TariffSelectionInvalid: then("PowerDelivery", (ev) => ev.ask("PowerDeliveryReq", { SAScheduleTupleID: 99 })),
  FAILED_ChargingProfileInvalid: then("PowerDelivery", (ev) =>
    ev.ask("PowerDeliveryReq", { ChargingProfile: profile(1e6) }),
  ),
  FAILED_MeteringSignatureNotValid: then("MeteringReceipt", (ev) =>
    ev.ask("MeteringReceiptReq", { SessionID: ev.sessionId }, otherKey),
  ),
  FAILED_ContactorError: {
    manager: (effect, secc) => {
      if (effect.to !== "charger" || effect.name !== "ac_close_contactor") obliging(effect, secc);
    },
    async run(of) {
      const asked = (await walkTo("PowerDelivery", of)).ask("PowerDeliveryReq");
      await of.clock.advance(3000);
      return asked;
    },
  },
};

let open: Station | undefined;
afterEach(() => open?.close());

describe("every response code", () => {
  it.each(Object.entries(ways))("%s", async (expected, { options, manager = willing, run }) => {
    open = await station(options, manager);
    expect(code(await run(open))).toBe(expected);
  });
});
