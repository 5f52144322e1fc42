import { describe, expect, test } from "vitest";
import type { Iso2, Iso2Session } from "../../../src/evcc/iso2/protocol.ts";
import type { Step } from "../../../src/fsm/state.ts";
import { answers, car, challenge, contract, response, SessionID, session } from "../fixtures.ts";
import { ended, outcome, resumed, sends, take } from "./support.ts";

const resume = { SessionID, payment: "ExternalPayment", SAScheduleTupleID: 7 } as const;

describe("SessionSetup", () => {
  test("takes the session's id and looks what is offered", () => {
    const step = outcome("SessionSetup", session({ SessionID: new Uint8Array(8) }), response("SessionSetupRes"));
    expect(step).toMatchObject({
      next: "ServiceDiscovery",
      session: { SessionID },
      ...sends("ServiceDiscoveryReq", {}),
    });
    expect(step.effects).toEqual([{ to: "timer", timer: "established" }]);
  });

  test.each([
    ["OK_OldSessionJoined", "joined the paused session"],
    ["OK_NewSessionEstablished", "begins a new session"],
  ])("with a paused session, %s is said", (ResponseCode, words) => {
    const { effects } = take("SessionSetupRes", { ResponseCode }, { resume });
    expect(effects?.[1]).toMatchObject({ event: { title: expect.stringContaining(words) } });
  });

  test.each([
    ["it paused none", undefined],
    ["it paused another", { ...resume, SessionID: Uint8Array.of(9) }],
  ])("bad case: the SECC joins a session, but %s", (_, other) => {
    const step = take("SessionSetupRes", { ResponseCode: "OK_OldSessionJoined" }, { resume: other });
    expect(step).toMatchObject(ended({ ended: "protocol error", reason: expect.stringContaining("not the car's") }));
  });

  test("bad case: no session id", () => {
    const zero = response("SessionSetupRes", {}, new Uint8Array(8));
    expect(outcome("SessionSetup", session(), zero)).toMatchObject(ended({ ended: "protocol error" }));
  });
});

describe("ServiceDiscovery", () => {
  const selection = (SelectedPaymentOption: string, services: readonly object[] = [{ ServiceID: 1 }]) =>
    sends("PaymentServiceSelectionReq", { SelectedPaymentOption, SelectedServiceList: { SelectedService: services } });
  const paysBy = (option: string) => ({ PaymentOptionList: { PaymentOption: [option] } });

  test("a contract is used where it can be", () => {
    expect(take("ServiceDiscoveryRes")).toMatchObject({
      next: "PaymentServiceSelection",
      session: { payment: "Contract" },
      ...selection("Contract"),
    });
  });

  test.each<[string, object, Partial<Iso2Session>, string]>([
    ["the EVSE offers no contract", paysBy("ExternalPayment"), {}, "does not offer Contract"],
    ["the connection is not secured", {}, { secured: false }, "no TLS"],
    ["the car has no contract", {}, { car: without("contract") }, "no contract"],
    ["the driver wants so", {}, { car: { ...car, payment: { option: "ExternalPayment", enforced: true } } }, "wanted"],
  ])("external payment, because %s", (_, offered, given, why) => {
    const step = take("ServiceDiscoveryRes", offered, given);
    expect(step).toMatchObject(selection("ExternalPayment"));
    expect(step.effects).toEqual([expect.objectContaining({ event: expect.objectContaining({ step: 2 }) })]);
    expect(JSON.stringify(step.effects)).toContain(why);
  });

  test("a session that goes on is paid as before, whatever the driver wants by now", () => {
    expect(take("ServiceDiscoveryRes", {}, { joined: resume })).toMatchObject(selection("ExternalPayment"));
  });

  test("contract, because the EVSE does not offer what the driver would rather have", () => {
    const step = take("ServiceDiscoveryRes", paysBy("Contract"), {
      car: { ...car, payment: { option: "ExternalPayment", enforced: false } },
    });
    expect(step).toMatchObject(selection("Contract"));
  });

  test.each<[string, object, Partial<Iso2Session>, string]>([
    ["contract enforced, not offered", paysBy("ExternalPayment"), enforcing("Contract"), "Contract is enforced"],
    ["external payment enforced, not offered", paysBy("Contract"), enforcing("ExternalPayment"), "is enforced"],
    ["no way to pay", paysBy("Contract"), { secured: false }, "no way to pay"],
    ["another energy transfer mode", { ChargeService: onlyDc() }, {}, "the car needs AC_three_phase_core"],
  ])("bad case: %s", (_, offered, given, reason) => {
    const step = take("ServiceDiscoveryRes", offered, given);
    expect(step).toMatchObject(ended({ ended: "nothing suitable offered", reason: expect.stringContaining(reason) }));
  });

  const services = {
    ServiceList: {
      Service: [
        { ServiceID: 2, ServiceCategory: "ContractCertificate", FreeService: true },
        { ServiceID: 3, ServiceCategory: "Internet", FreeService: true },
        { ServiceID: 60000, ServiceCategory: "OtherCustom", FreeService: true },
      ],
    },
  };
  const wishing = (wishes: object) => ({ car: { ...car, services: { ...car.services, ...wishes } } });

  test.each<[string, object, number[]]>([
    ["no service is wanted", {}, []],
    ["internet is", { internet: true }, [3]],
    ["all details are", { allDetails: true }, [3, 60000]],
    ["all services are", { selectAll: true }, [3, 60000]],
  ])("when %s, details are asked", (_, wishes, detailsWanted) => {
    expect(take("ServiceDiscoveryRes", services, wishing(wishes))).toMatchObject({
      next: detailsWanted.length === 0 ? "PaymentServiceSelection" : "ServiceDetail",
      session: { detailsWanted },
    });
  });

  test("without TLS no service is taken", () => {
    const given = { ...wishing({ selectAll: true }), secured: false };
    expect(take("ServiceDiscoveryRes", services, given)).toMatchObject({ session: { detailsWanted: [] } });
  });

  test("details: one service after the other, with the first parameter set", () => {
    const sets = { ServiceParameterList: { ParameterSet: [{ ParameterSetID: 4, Parameter: [] }] } };
    const given = { services: [{ ServiceID: 1 }], detailsWanted: [3, 60000], ...wishing({ internet: true }) };
    const step = take("ServiceDetailRes", sets, given);
    const chosen = [{ ServiceID: 1 }, { ServiceID: 3, ParameterSetID: 4 }];
    expect(step).toMatchObject({ next: "ServiceDetail", ...sends("ServiceDetailReq", { ServiceID: 60000 }) });
    expect(step.session).toEqual({ services: chosen, detailsWanted: [60000] });
    const last = take("ServiceDetailRes", { ServiceID: 60000 }, { ...given, ...step.session, payment: "Contract" });
    expect(last).toMatchObject(selection("Contract", chosen));
  });

  function without(key: "contract") {
    const { [key]: _, ...rest } = car;
    return rest;
  }
  function enforcing(option: "Contract" | "ExternalPayment") {
    return { car: { ...car, payment: { option, enforced: true } } };
  }
  function onlyDc() {
    const { ChargeService } = answers.ServiceDiscoveryRes;
    return { ...ChargeService, SupportedEnergyTransferMode: { EnergyTransferMode: ["DC_core"] } };
  }
});

describe("payment", () => {
  test("a contract is shown, leaf and sub-CAs", () => {
    const [leaf, ...subs] = contract.chain;
    expect(take("PaymentServiceSelectionRes", {}, { payment: "Contract" })).toEqual({
      next: "PaymentDetails",
      ...sends("PaymentDetailsReq", {
        eMAID: "UKSWI123456791A",
        ContractSignatureCertChain: { Certificate: leaf, SubCertificates: { Certificate: subs } },
      }),
    });
  });

  test("a contract without sub-CAs is shown without a list of them", () => {
    const alone = {
      car: { ...car, contract: { ...contract, chain: [Uint8Array.of(9)] } },
      payment: "Contract",
    } as const;
    const { reply } = take("PaymentServiceSelectionRes", {}, alone) as Step<Iso2>;
    expect(reply?.message).toEqual({
      eMAID: contract.eMAID,
      ContractSignatureCertChain: { Certificate: Uint8Array.of(9) },
    });
  });

  test("external payment goes straight to the authorization, unsigned", () => {
    const step = take("PaymentServiceSelectionRes", {}, { payment: "ExternalPayment" });
    expect(step).toEqual({ next: "Authorization", ...sends("AuthorizationReq", {}) });
  });

  test("the challenge is repeated and signed", () => {
    const reply = { name: "AuthorizationReq", message: { "@Id": "id1", GenChallenge: challenge }, signed: true };
    expect(take("PaymentDetailsRes")).toMatchObject({ next: "Authorization", reply });
  });

  test("that the contract ends soon is said, and does not stop anything", () => {
    const step = take("PaymentDetailsRes", { ResponseCode: "OK_CertificateExpiresSoon" });
    expect(step).toMatchObject({ next: "Authorization" });
    expect(JSON.stringify(step.effects)).toContain("expires soon");
  });

  test.each([0, 15])("bad case: a challenge of %d octets", (length) => {
    const step = take("PaymentDetailsRes", { GenChallenge: new Uint8Array(length) });
    expect(step).toMatchObject(ended({ ended: "protocol error", reason: expect.stringContaining(`${length} octets`) }));
  });
});

describe("Authorization", () => {
  test("authorized: asks for charge parameters", () => {
    const step = take("AuthorizationRes");
    expect(step.effects).toEqual([{ to: "timer", timer: "over" }]);
    expect(step).toMatchObject({
      next: "ChargeParameterDiscovery",
      ...sends("ChargeParameterDiscoveryReq", {
        RequestedEnergyTransferMode: "AC_three_phase_core",
        AC_EVChargeParameter: {
          DepartureTime: 86400,
          EAmount: { Multiplier: 0, Unit: "Wh", Value: 22000 },
          EVMaxVoltage: { Multiplier: 0, Unit: "V", Value: 400 },
          EVMaxCurrent: { Multiplier: 0, Unit: "A", Value: 16 },
          EVMinCurrent: { Multiplier: 0, Unit: "A", Value: 6 },
        },
      }),
    });
  });

  test("Ongoing: asks again after a pause, without challenge and signature, for at most 60 s", () => {
    const paused = take("AuthorizationRes", { EVSEProcessing: "Ongoing" });
    expect(paused).toMatchObject({ ms: 100 });
    expect(paused.effects).toEqual([{ to: "timer", timer: "ongoing", request: "AuthorizationReq", ms: 60_000 }]);
    expect(resumed(paused)).toEqual(sends("AuthorizationReq", {}));
  });

  test("a person at the EVSE may take his time", () => {
    const paused = take("AuthorizationRes", { EVSEProcessing: "Ongoing_WaitingForCustomerInteraction" });
    expect(paused.effects).toEqual([{ to: "timer", timer: "over" }]);
  });

  test("who wants to leave while it is Ongoing leaves", () => {
    const step = resumed(take("AuthorizationRes", { EVSEProcessing: "Ongoing" }), { ending: "Terminate" });
    expect(step).toMatchObject({ next: "SessionStop", ...sends("SessionStopReq", { ChargingSession: "Terminate" }) });
  });
});
