import { describe, expect, it } from "vitest";
import type { Messages, Service } from "../../../src/iso15118/iso2/index.ts";
import { evse, paused, ports, request, session } from "../fixtures.ts";
import { bodyOf, codeOf, published, step, traced } from "./step.ts";

const internet: Service = {
  ServiceID: 3,
  ServiceName: "InternetAccess",
  ServiceCategory: "Internet",
  ServiceScope: "home",
  FreeService: true,
};
const withInternet = session({ evse: { ...evse, services: [internet] } });
const selection = (change: Partial<Messages["PaymentServiceSelectionReq"]>) =>
  request("PaymentServiceSelectionReq", { body: change });

describe("ServiceDiscovery", () => {
  const discover = async (of = session(), body = {}) =>
    bodyOf(
      await step("ServiceDiscovery", of, request("ServiceDiscoveryReq", { body })),
    ) as Messages["ServiceDiscoveryRes"];

  it("offers Contract and the certificate service over TLS", async () => {
    const body = await discover();
    expect(body.PaymentOptionList.PaymentOption).toEqual(["Contract", "ExternalPayment"]);
    expect(body.ServiceList?.Service.map(({ ServiceID }) => ServiceID)).toEqual([2]);
    expect(body.ChargeService.SupportedEnergyTransferMode.EnergyTransferMode).toEqual([
      "AC_single_phase_core",
      "AC_three_phase_core",
    ]);
  });

  it("never offers Contract without TLS, also when nothing else is left", async () => {
    const plain = session({ secured: false, evse: { ...evse, paymentOptions: ["Contract"] } });
    const body = await discover(plain);
    expect(body.PaymentOptionList.PaymentOption).toEqual(["ExternalPayment"]);
    expect(body.ServiceList).toBeUndefined();
  });

  it("offers no certificate service without Contract", async () => {
    const body = await discover(session({ evse: { ...evse, paymentOptions: ["ExternalPayment"] } }));
    expect(body.ServiceList).toBeUndefined();
  });

  it("offers a joined session only what it was paid by", async () => {
    const body = await discover(session({ joined: true, paused: { ...paused, payment: "ExternalPayment" } }));
    expect(body.PaymentOptionList.PaymentOption).toEqual(["ExternalPayment"]);
  });

  it.each([
    [{}, [2, 3]],
    [{ ServiceCategory: "Internet" }, [3]],
    [{ ServiceScope: "home" }, [2, 3]],
    [{ ServiceScope: "elsewhere" }, [2]],
    [{ ServiceCategory: "OtherCustom" }, []],
  ])("filters by %j", async (body, ids) => {
    const { ServiceList } = await discover(withInternet, body);
    expect((ServiceList?.Service ?? []).map(({ ServiceID }) => ServiceID)).toEqual(ids);
  });
});

describe("ServiceDetail", () => {
  const detail = (ServiceID: number, of = session(), using = ports()) =>
    step("ServiceSelection", of, request("ServiceDetailReq", { body: { ServiceID } }), undefined, using);

  it("tells the parameters of the certificate service", async () => {
    const body = bodyOf(await detail(2)) as Messages["ServiceDetailRes"];
    expect(body.ServiceParameterList?.ParameterSet.map(({ ParameterSetID }) => ParameterSetID)).toEqual([1, 2]);
  });

  it("asks the provider of a value added service", async () => {
    const ParameterSet = [{ ParameterSetID: 4, Parameter: [{ "@Name": "Protocol", stringValue: "https" }] }];
    const using = { ...ports(), serviceParameters: async () => ParameterSet };
    const body = bodyOf(await detail(3, withInternet, using)) as Messages["ServiceDetailRes"];
    expect(body).toEqual({ ResponseCode: "OK", ServiceID: 3, ServiceParameterList: { ParameterSet } });
    expect((await detail(3, withInternet, using)).session?.toldSets).toEqual(new Map([[3, [4]]]));
  });

  it("knows the charge service", async () => {
    expect(bodyOf(await detail(1))).toEqual({ ResponseCode: "OK", ServiceID: 1 });
  });

  it("bad case: a service that is not offered", async () => {
    expect(bodyOf(await detail(9))).toEqual({ ResponseCode: "FAILED_ServiceIDInvalid", ServiceID: 9 });
    expect(codeOf(await detail(2, session({ secured: false })))).toBe("FAILED_ServiceIDInvalid");
  });
});

describe("PaymentServiceSelection", () => {
  const chosen = (change: Partial<Messages["PaymentServiceSelectionReq"]>, of = session()) =>
    step("ServiceSelection", of, selection(change));
  const sets = (...ids: [number, number?][]) => ({
    SelectedService: ids.map(([ServiceID, set]) => ({ ServiceID, ...(set !== undefined && { ParameterSetID: set }) })),
  });
  const told = session({ evse: { ...evse, services: [internet] }, toldSets: new Map([[3, [4]]]) });
  const services = (...ids: number[]) => ({ SelectedService: ids.map((ServiceID) => ({ ServiceID })) });

  it("Contract leads to the contract, and says so", async () => {
    const found = await chosen({});
    expect(found.next).toBe("ContractSelected");
    expect(found.effects).toEqual([
      { to: "charger", name: "selected_payment_option", value: "Contract" },
      { to: "services", selected: [] },
    ]);
  });

  it("ExternalPayment leads to authorization and starts its time", async () => {
    const found = await chosen({ SelectedPaymentOption: "ExternalPayment" });
    expect(found.next).toBe("Authorization");
    expect(found.effects).toContainEqual({ to: "timer", ms: 300_000 });
  });

  it("tells which value added services were taken", async () => {
    const SelectedService = [{ ServiceID: 1 }, { ServiceID: 3, ParameterSetID: 4 }];
    const found = await chosen({ SelectedServiceList: { SelectedService } }, withInternet);
    expect(found.effects).toContainEqual({ to: "services", selected: [{ service_id: 3, parameter_set_id: 4 }] });
  });

  it.each([
    ["told", [3, 4], told],
    ["never asked for", [3, 5], withInternet],
    ["of the certificate service", [2, 1], session()],
    ["of the charge service, which has none", [1, 1], session()],
  ] as const)("takes parameters %s", async (_what, [id, set], of) => {
    expect(codeOf(await chosen({ SelectedServiceList: sets([1], [id, set]) }, of))).toBe("OK");
  });

  it.each([
    ["a payment that is not offered", {}, session({ secured: false }), "FAILED_PaymentSelectionInvalid"],
    ["an unknown service", { SelectedServiceList: services(1, 9) }, session(), "FAILED_ServiceSelectionInvalid"],
    ["no charge service", { SelectedServiceList: services(2) }, session(), "FAILED_NoChargeServiceSelected"],
    ["no such parameters", { SelectedServiceList: sets([1], [2, 3]) }, session(), "FAILED_ServiceSelectionInvalid"],
    ["parameters not told", { SelectedServiceList: sets([1], [3, 5]) }, told, "FAILED_ServiceSelectionInvalid"],
    ["neither", { SelectedServiceList: services(9) }, session(), "FAILED_NoChargeServiceSelected"],
  ])("bad case: %s", async (_what, change, of, code) => {
    const found = await chosen(change, of);
    expect(codeOf(found)).toBe(code);
    expect(published(found)).toEqual([]);
    expect(traced(found)).toEqual([expect.objectContaining({ outcome: "refused", rule: code })]);
  });
});
