/** A car's messages at the wrong time. */
import type { RequestName } from "../../iso15118/iso2/index.ts";
import type { Context, Fault } from "../fault.ts";
import { group, inOrder, type Row, responseTo } from "../make.ts";
import { closes, type Expectation, ignores, refuses, says } from "../reaction.ts";
import { request } from "../requests.ts";

const iso2 = { protocol: "ISO 15118-2" } as const;
const ac = { ...iso2, energy: "AC" } as const;
const contract = { ...iso2, payment: "Contract" } as const;

const wrongTime = (name: RequestName): Expectation => says(responseTo(name), "FAILED_SequenceError");
/** The message as the car has said it before. */
const again = (name: RequestName) => (context: Context) => context.said(name)?.exi ?? request(name)(context);
const honestly = (_: Context, honest: Uint8Array) => honest;

const first: readonly RequestName[] = [
  "ServiceDiscoveryReq",
  "PaymentDetailsReq",
  "PowerDeliveryReq",
  "SessionStopReq",
];
const early: readonly RequestName[] = [
  "PaymentServiceSelectionReq",
  "ServiceDetailReq",
  "CertificateInstallationReq",
  "CertificateUpdateReq",
  "PaymentDetailsReq",
  "AuthorizationReq",
  "ChargeParameterDiscoveryReq",
  "CableCheckReq",
  "PreChargeReq",
  "PowerDeliveryReq",
  "ChargingStatusReq",
  "CurrentDemandReq",
  "MeteringReceiptReq",
  "WeldingDetectionReq",
];
const late: readonly RequestName[] = [
  "SessionSetupReq",
  "ServiceDiscoveryReq",
  "ServiceDetailReq",
  "PaymentServiceSelectionReq",
  "CertificateInstallationReq",
  "CertificateUpdateReq",
  "PaymentDetailsReq",
  "AuthorizationReq",
  "ChargeParameterDiscoveryReq",
  "CableCheckReq",
  "PreChargeReq",
  "CurrentDemandReq",
  "MeteringReceiptReq",
  "WeldingDetectionReq",
  "SessionStopReq",
];

/** What comes twice, and the message in whose place it is said again. */
const repeated: readonly (readonly [RequestName, RequestName, Row["needs"]])[] = [
  ["SessionSetupReq", "ServiceDiscoveryReq", iso2],
  ["ServiceDiscoveryReq", "PaymentServiceSelectionReq", iso2],
  ["PaymentServiceSelectionReq", "PaymentDetailsReq", contract],
  ["PaymentDetailsReq", "AuthorizationReq", contract],
  ["AuthorizationReq", "ChargeParameterDiscoveryReq", iso2],
  ["ChargeParameterDiscoveryReq", "PowerDeliveryReq", ac],
  ["PowerDeliveryReq", "ChargingStatusReq", ac],
];

export const sequence: readonly Fault[] = group(
  "ev",
  "sequence",
  {
    rule: "[V2G2-538], ISO 15118-2, 8.8",
    danger: "it acts on a message that has no place here: a session can be led around what protects it",
    needs: iso2,
    attacks: ["A10", "C06"],
  },
  [
    ...first.map(
      (name): Row => ({
        ...{ name: `first-${name}`, about: `${name} as the first message of the session`, at: "SessionSetupReq" },
        expect: [says(responseTo(name), "FAILED_SequenceError", "FAILED_UnknownSession")],
        how: inOrder(request(name)),
      }),
    ),
    ...early.map(
      (name): Row => ({
        ...{ name: `early-${name}`, about: `${name} right after the session is set up`, at: "ServiceDiscoveryReq" },
        ...{ expect: [wrongTime(name)], how: inOrder(request(name)) },
      }),
    ),
    ...repeated.map(
      ([name, at, needs = {}]): Row => ({
        ...{ name: `again-${name}`, about: `${name} once more instead of ${at}`, at, needs },
        ...{ expect: [wrongTime(name)], how: inOrder(again(name)) },
      }),
    ),
    ...late.map(
      (name): Row => ({
        ...{ name: `late-${name}`, about: `${name} right after power was switched on`, at: "ChargingStatusReq" },
        ...{ needs: ac, expect: [wrongTime(name)], how: inOrder(request(name)) },
      }),
    ),
    {
      ...{ name: "no-proof", about: "charge parameters instead of AuthorizationReq", at: "AuthorizationReq" },
      ...{ expect: [wrongTime("ChargeParameterDiscoveryReq")], how: inOrder(request("ChargeParameterDiscoveryReq")) },
      danger: "it gives energy to a car that has not been authorised",
    },
    {
      ...{ name: "no-contract", about: "AuthorizationReq without having shown a contract", at: "PaymentDetailsReq" },
      ...{ expect: [wrongTime("AuthorizationReq")], how: inOrder(request("AuthorizationReq")), needs: contract },
      danger: "it gives energy to a car that has not been authorised",
    },
    {
      ...{ name: "no-parameters", about: "power without charge parameters", at: "ChargeParameterDiscoveryReq" },
      ...{ expect: [wrongTime("PowerDeliveryReq")], how: inOrder(request("PowerDeliveryReq")) },
      danger: "it switches power on without knowing the car's limits",
    },
    {
      ...{ name: "after-failed", about: "the right message after one that was refused", at: "ServiceDiscoveryReq" },
      expect: [closes(), refuses("ServiceDiscoveryRes")],
      how: inOrder(request("PowerDeliveryReq"), honestly),
      danger: "a car that ignores a refusal goes on as if nothing had been",
      attacks: ["A09"],
    },
    {
      ...{ name: "after-stop", about: "a message after the session was stopped", at: "SessionStopReq" },
      expect: [closes(), ignores, refuses("ServiceDiscoveryRes")],
      how: inOrder(honestly, request("ServiceDiscoveryReq")),
      danger: "the session lives on after its end",
    },
  ],
);
