/** A car's faults in sessions of DIN SPEC 70121. */

import type { Messages } from "../../iso15118/din70121/index.ts";
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import { body, type DinRequest, needs, request } from "../din.ts";
import type { Fault } from "../fault.ts";
import { group, inOrder, type Row, responseTo, silence } from "../make.ts";
import { closes, type Expectation, refuses, says, saysWith } from "../reaction.ts";

const wrongTime = (name: DinRequest): Expectation[] => [says(responseTo(name), "FAILED_SequenceError")];

const instead = (name: string, about: string, sent: DinRequest, at: DinRequest): Row => ({
  ...{ name, about, at, expect: wrongTime(sent), how: inOrder(request(sent)) },
});

const early: readonly DinRequest[] = [
  "ServicePaymentSelectionReq",
  "ContractAuthenticationReq",
  "ChargeParameterDiscoveryReq",
  "CableCheckReq",
  "PreChargeReq",
  "PowerDeliveryReq",
  "CurrentDemandReq",
  "WeldingDetectionReq",
];
const late: readonly DinRequest[] = [
  "SessionSetupReq",
  "ServiceDiscoveryReq",
  "ServicePaymentSelectionReq",
  "ContractAuthenticationReq",
  "ChargeParameterDiscoveryReq",
  "CableCheckReq",
  "PreChargeReq",
  "WeldingDetectionReq",
];

export const dinSequence: readonly Fault[] = group(
  "ev",
  "din-sequence",
  {
    rule: "DIN SPEC 70121, 9.6",
    danger: "it acts on a message that has no place here: a session can be led around what protects it",
    needs,
    attacks: ["A10", "C06"],
  },
  [
    ...early.map((name) =>
      instead(`early-${name}`, `${name} after the session is set up`, name, "ServiceDiscoveryReq"),
    ),
    instead(
      "no-proof",
      "charge parameters without authorization",
      "ChargeParameterDiscoveryReq",
      "ContractAuthenticationReq",
    ),
    instead("no-cable-check", "precharge without a cable check", "PreChargeReq", "CableCheckReq"),
    instead("no-precharge", "power without precharge", "PowerDeliveryReq", "PreChargeReq"),
    {
      ...{ name: "impatient", about: "power at an output that is far from the voltage asked for", at: "PreChargeReq" },
      expect: [says("PowerDeliveryRes", "FAILED_EVSEPresentVoltageToLow"), refuses("PowerDeliveryRes")],
      // No charger has 20 kV.
      how: inOrder(
        request("PreChargeReq", { EVTargetVoltage: { Multiplier: 3, Unit: "V", Value: 20 } }),
        request("PowerDeliveryReq"),
      ),
      danger: "the battery of the car feeds the output of the charger",
      rule: "DIN SPEC 70121, 9.4.2.3",
    },
    instead("no-power", "the loop without power", "CurrentDemandReq", "PowerDeliveryReq"),
    ...late.map((name) => instead(`late-${name}`, `${name} in the loop`, name, "CurrentDemandReq")),
    {
      ...{ name: "after-failed", about: "the right message after one that was refused", at: "ServiceDiscoveryReq" },
      expect: [closes(), refuses("ServiceDiscoveryRes")],
      how: inOrder(request("PowerDeliveryReq"), (_, honest) => honest),
      danger: "a car that ignores a refusal goes on as if nothing had been",
      attacks: ["A09"],
    },
  ],
);

const selection = "ServicePaymentSelectionReq";
const parameters = "ChargeParameterDiscoveryReq";
const loop = "CurrentDemandReq";

type Demanded = Messages["CurrentDemandRes"];
const noMore = saysWith<Demanded>("CurrentDemandRes", "with no more than its own limit", (response) => {
  const { EVSEPresentCurrent: present, EVSEMaximumCurrentLimit: limit } = response;
  return plainValue(present) <= (limit ? plainValue(limit) : LIKELY_MAXIMUM);
});
/** Of chargers that do not tell theirs, in ampere. */
const LIKELY_MAXIMUM = 1_000;

export const dinValues: readonly Fault[] = group(
  "ev",
  "din-value",
  {
    rule: "DIN SPEC 70121, 9.4",
    danger: "it goes on with values that it cannot keep to, or was never asked about",
    needs,
  },
  [
    {
      ...{ name: "contract", about: "payment by contract, which DIN SPEC 70121 does not have", at: selection },
      expect: [says("ServicePaymentSelectionRes", "FAILED_PaymentSelectionInvalid")],
      how: body(selection, (honest) => ({ ...honest, SelectedPaymentOption: "Contract" })),
    },
    {
      ...{ name: "service", about: "a service that is not offered", at: selection },
      expect: [says("ServicePaymentSelectionRes", "FAILED_ServiceSelectionInvalid")],
      how: body(selection, (honest) => ({
        ...honest,
        SelectedServiceList: { SelectedService: [{ ServiceID: 999 }] },
      })),
    },
    {
      ...{ name: "energy-type", about: "AC, which this charger does not offer", at: parameters },
      expect: [says("ChargeParameterDiscoveryRes", "FAILED_WrongEnergyTransferType")],
      how: body(parameters, (honest) => ({ ...honest, EVRequestedEnergyTransferType: "AC_three_phase_core" })),
    },
    {
      ...{ name: "negative-current", about: "a maximum current below zero", at: parameters },
      expect: [says("ChargeParameterDiscoveryRes", "FAILED_WrongChargeParameter")],
      how: body(parameters, (honest) => {
        const { DC_EVChargeParameter: own } = honest;
        const EVMaximumCurrentLimit = physicalValue(-10, "A");
        return own ? { ...honest, DC_EVChargeParameter: { ...own, EVMaximumCurrentLimit } } : honest;
      }),
    },
    {
      ...{ name: "too-much", about: "a current that no charger has", at: loop },
      expect: [noMore, refuses("CurrentDemandRes")],
      how: body(loop, (honest) => ({ ...honest, EVTargetCurrent: physicalValue(30_000, "A") })),
    },
  ],
);

const sequence = sessionTimes.sequence.timeout;
const TOLERANCE_MS = 2_000;

const silences: readonly DinRequest[] = [
  "ServiceDiscoveryReq",
  selection,
  parameters,
  "CableCheckReq",
  "PreChargeReq",
  "PowerDeliveryReq",
  loop,
  "SessionStopReq",
];

export const dinTiming: readonly Fault[] = group(
  "ev",
  "din-timing",
  {
    rule: "DIN SPEC 70121, 9.6 (V2G_SECC_Sequence_Timeout)",
    danger: "a car that says nothing more keeps the station, and perhaps the contactor, for ever",
    needs,
    attacks: ["B02", "B10"],
  },
  silences.map(
    (at): Row => ({
      ...{ name: `no-${at}`, about: `silence instead of ${at}`, at, how: silence },
      expect: [closes(sequence + TOLERANCE_MS, sequence - TOLERANCE_MS)],
      watchMs: sequence + 2 * TOLERANCE_MS,
    }),
  ),
);
