import { describe, expect, test } from "vitest";
import type { Car, ContractWish } from "../../../src/evcc/car.ts";
import { iso2Car } from "../../../src/evcc/iso2/machine.ts";
import type { Iso2, Iso2Ports, Iso2Session } from "../../../src/evcc/iso2/protocol.ts";
import { type Incoming, react } from "../../../src/fsm/machine.ts";
import type { Step } from "../../../src/fsm/state.ts";
import { type ContractRequestName, contractRefusal } from "../../../src/iso15118/contractMessages.ts";
import { samePublicKey } from "../../../src/x509/index.ts";
import { answers, car, SessionID, session } from "../fixtures.ts";
import { delivery, derOf, good, installWish, now, type Order, read } from "../provisioning.ts";
import { ended, sends, take } from "./support.ts";

const { contract: _, ...withoutContract } = car;
const unequipped: Car = { ...withoutContract, contractWish: installWish(good) };
const owned = { eMAID: "UKSWI123456791A", chain: derOf(good, "contract"), key: good.members.contract.key };
const renewing: ContractWish = { action: "update", roots: good.trust.v2g, why: "it expires soon" };
const due: Car = { ...car, contract: owned, contractWish: renewing };

const certificateService = { ServiceID: 2, ServiceCategory: "ContractCertificate", FreeService: true };
const offered = { ServiceList: { Service: [certificateService] } };
const set = (ParameterSetID: number, stringValue: string) => ({
  ParameterSetID,
  Parameter: [{ "@Name": "Service", stringValue }],
});
const sets = (...ParameterSet: object[]) => ({ ServiceID: 2, ServiceParameterList: { ParameterSet } });

describe("a car that wants a contract", () => {
  test("asks what the certificate service offers, and will pay by contract", () => {
    const step = take("ServiceDiscoveryRes", offered, { car: unequipped });
    expect(step).toMatchObject({
      next: "ServiceDetail",
      session: { payment: "Contract", contractService: 2 },
      ...sends("ServiceDetailReq", { ServiceID: 2 }),
    });
  });

  test.each<[string, object, Partial<Iso2Session>]>([
    ["the service is not offered", {}, {}],
    ["there is no TLS", offered, { secured: false }],
    ["contracts are not taken", { ...offered, PaymentOptionList: { PaymentOption: ["ExternalPayment"] } }, {}],
  ])("pays otherwise where %s", (_, change, given) => {
    const step = take("ServiceDiscoveryRes", change, { car: unequipped, ...given });
    const SelectedServiceList = { SelectedService: [{ ServiceID: 1 }] };
    expect(step).toMatchObject(
      sends("PaymentServiceSelectionReq", { SelectedPaymentOption: "ExternalPayment", SelectedServiceList }),
    );
  });

  test("with Contract enforced ends where none can be installed", () => {
    const enforcing: Car = { ...unequipped, payment: { option: "Contract", enforced: true } };
    expect(take("ServiceDiscoveryRes", {}, { car: enforcing })).toMatchObject(
      ended({ ended: "nothing suitable offered", reason: expect.stringContaining("can have none installed here") }),
    );
  });

  test.each<[string, Car, object, object, number]>([
    ["installation", unequipped, set(2, "Update"), set(1, "Installation"), 1],
    ["a renewal", due, set(1, "Installation"), set(2, "Update"), 2],
    ["installation under another number", unequipped, set(9, "Update"), set(7, "INSTALLATION"), 7],
    ["installation by the standard's number alone", unequipped, set(2, "?"), set(1, "?"), 1],
  ])("selects the set that offers %s", (_, of, first, second, ParameterSetID) => {
    const given = {
      car: of,
      contractService: 2,
      detailsWanted: [2],
      payment: "Contract",
      services: [{ ServiceID: 1 }],
    } as const;
    const step = take("ServiceDetailRes", sets(first, second), given);
    expect(step).toMatchObject({
      next: "PaymentServiceSelection",
      ...sends("PaymentServiceSelectionReq", {
        SelectedPaymentOption: "Contract",
        SelectedServiceList: { SelectedService: [{ ServiceID: 1 }, { ServiceID: 2, ParameterSetID }] },
      }),
    });
  });

  test("pays externally where only renewals are offered, and then asks for no contract", () => {
    const given = {
      ...{ car: unequipped, contractService: 2, detailsWanted: [2], services: [{ ServiceID: 1 }] },
      paymentOffers: answers.ServiceDiscoveryRes.PaymentOptionList.PaymentOption,
    };
    const step = take("ServiceDetailRes", sets(set(2, "Update")), given);
    expect(step).toMatchObject({
      session: { payment: "ExternalPayment", contractService: undefined },
      ...sends("PaymentServiceSelectionReq", {
        SelectedPaymentOption: "ExternalPayment",
        SelectedServiceList: { SelectedService: [{ ServiceID: 1 }] },
      }),
    });
  });

  test("pays with the contract it has where only installations are offered, and renews it another time", () => {
    const given = {
      ...{ car: due, contractService: 2, detailsWanted: [2], services: [{ ServiceID: 1 }] },
      paymentOffers: answers.ServiceDiscoveryRes.PaymentOptionList.PaymentOption,
    };
    const step = take("ServiceDetailRes", sets(set(1, "Installation")), given);
    expect(step).toMatchObject({ session: { payment: "Contract", contractService: undefined } });
    const then = take("PaymentServiceSelectionRes", {}, { car: due, payment: "Contract", contractService: undefined });
    expect(then).toMatchObject({ next: "PaymentDetails" });
  });

  test("asks for it with its provisioning certificate and the roots it has, signed", () => {
    const step = take("PaymentServiceSelectionRes", {}, { car: unequipped, payment: "Contract", contractService: 2 });
    expect(step).toMatchObject({
      next: "CertificateInstallation",
      reply: {
        name: "CertificateInstallationReq",
        signed: true,
        message: {
          "@Id": "id1",
          OEMProvisioningCert: good.members.oem.certificate.der,
          ListOfRootCertificateIDs: {
            RootCertificateID: [
              { X509IssuerName: expect.stringContaining("CN=V2GRootCA"), X509SerialNumber: expect.any(BigInt) },
            ],
          },
        },
      },
    });
    expect(JSON.stringify(step.effects)).toContain("asks for a contract: it has none");
  });

  test("asks for a renewal with the contract it has, signed", () => {
    const step = take("PaymentServiceSelectionRes", {}, { car: due, payment: "Contract", contractService: 2 });
    expect(step).toMatchObject({
      next: "CertificateUpdate",
      reply: {
        name: "CertificateUpdateReq",
        signed: true,
        message: { eMAID: "UKSWI123456791A", ContractSignatureCertChain: { Certificate: owned.chain[0] } },
      },
    });
  });
});

interface Answered {
  readonly step: Step<Iso2>;
  readonly stored: readonly unknown[];
}

/** The car's reaction to a response that came for its request. */
async function answer(
  request: ContractRequestName,
  exi: Uint8Array,
  of: Iso2Session,
  problem?: string,
): Promise<Answered> {
  const state = request.slice(0, -3);
  const incoming = { name: `${state}Res`, message: read(exi) } as Incoming<Iso2>;
  const stored: unknown[] = [];
  const ports: Iso2Ports = {
    now: () => now,
    storeContract: async (contract) => {
      stored.push(contract);
      return problem;
    },
  };
  const found = react(iso2Car, state, of, incoming);
  if (!("gather" in found)) return { step: found as Step<Iso2>, stored };
  const decide = await found.gather(incoming.message, of, ports);
  return { step: decide(of) as Step<Iso2>, stored };
}

const wishing = session({ car: unequipped, payment: "Contract", contractService: 2 });
const renewal = session({ car: due, payment: "Contract", contractService: 2 });
const update = (order: Order = {}) =>
  delivery({ request: "CertificateUpdateReq", recipient: good.members.contract.certificate.publicKey, ...order });

describe("a contract that came", () => {
  test.each([
    ["CertificateInstallationReq", wishing, delivery(), "has a contract installed"],
    ["CertificateUpdateReq", renewal, update(), "has its contract renewed"],
  ] as const)("is kept, and paid with at once: %s", async (request, of, exi, words) => {
    const { step, stored } = await answer(request, exi, of);
    expect(step).toMatchObject({
      next: "PaymentDetails",
      ...sends("PaymentDetailsReq", {
        eMAID: "UKSWI123456791A",
        ContractSignatureCertChain: {
          Certificate: owned.chain[0],
          SubCertificates: { Certificate: owned.chain.slice(1) },
        },
      }),
      session: { car: { contract: { eMAID: "UKSWI123456791A" } } },
    });
    expect(step.session?.car?.contractWish).toBeUndefined();
    expect(samePublicKey(step.session?.car?.contract?.key ?? owned.key, owned.key)).toBe(true);
    expect(stored).toEqual([step.session?.car?.contract]);
    expect(JSON.stringify(step.effects)).toContain(words);
  });

  test("serves for this session also when it cannot be kept", async () => {
    const { step } = await answer("CertificateInstallationReq", delivery(), wishing, "ENOSPC");
    expect(step).toMatchObject({ next: "PaymentDetails" });
    expect(JSON.stringify(step.effects)).toContain("could not keep the contract: ENOSPC");
  });

  test("is kept also by a car that wants to leave; then it leaves", async () => {
    const { step, stored } = await answer("CertificateInstallationReq", delivery(), {
      ...wishing,
      ending: "Terminate",
    });
    expect(step).toMatchObject({ next: "SessionStop", session: { car: { contract: { eMAID: "UKSWI123456791A" } } } });
    expect(stored).toHaveLength(1);
  });

  test.each([
    ["CertificateInstallationReq", wishing, delivery({ recipient: good.members.secc.certificate.publicKey })],
    ["CertificateUpdateReq", renewal, update({ recipient: good.members.oem.certificate.publicKey })],
    ["CertificateUpdateReq", session({ car: { ...due, contract: { ...owned, eMAID: "DEABCC12345678" } } }), update()],
  ] as const)("bad case: it is not the car's, nothing is kept, and the session ends (%s)", async (request, of, exi) => {
    const { step, stored } = await answer(request, exi, of);
    expect(step).toMatchObject(ended({ ended: "contract not trusted" }));
    expect(step.effects).toEqual([
      expect.objectContaining({ event: expect.objectContaining({ outcome: "refused", fix: expect.any(String) }) }),
    ]);
    expect(stored).toEqual([]);
  });

  test("bad case: the car did not ask for one", async () => {
    const { step } = await answer("CertificateInstallationReq", delivery(), session());
    expect(step).toMatchObject(ended({ ended: "contract not trusted" }));
  });
});

describe("a refusal", () => {
  const refused = (request: ContractRequestName, change: object = {}) => {
    const { name, message } = contractRefusal(request, "FAILED_NoCertificateAvailable");
    const body = { ...message, ...change };
    return react(iso2Car, request.slice(0, -3), wishing, {
      name,
      message: { header: { SessionID }, body },
    } as Incoming<Iso2>);
  };

  test("ends the session with its code", () => {
    expect(refused("CertificateInstallationReq")).toMatchObject(
      ended({ ended: "refused", ResponseCode: "FAILED_NoCertificateAvailable", message: "CertificateInstallationRes" }),
    );
  });

  test.each([0, 14, -1])("of a renewal says when to ask again: %d", (RetryCounter) => {
    expect(refused("CertificateUpdateReq", { RetryCounter })).toMatchObject(ended({ retryDays: RetryCounter }));
  });
});
