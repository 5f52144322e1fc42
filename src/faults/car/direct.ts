/** A car's faults in DC charging. */
import type { Messages } from "../../iso15118/iso2/index.ts";
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import type { Fault } from "../fault.ts";
import { body, group, inOrder, type Row, responseTo } from "../make.ts";
import { type Expectation, refuses, says, saysWith } from "../reaction.ts";
import { request } from "../requests.ts";

const needs = { protocol: "ISO 15118-2", energy: "DC" } as const;

const parameters = "ChargeParameterDiscoveryReq";
const loop = "CurrentDemandReq";
const wrongParameter = [says(responseTo(parameters), "FAILED_WrongChargeParameter")];

type Limits = NonNullable<Messages[typeof parameters]["DC_EVChargeParameter"]>;

function limits(name: string, about: string, change: Partial<Limits>): Row {
  const how = body(parameters, (honest) => {
    const { DC_EVChargeParameter: own } = honest;
    return own ? { ...honest, DC_EVChargeParameter: { ...own, ...change } } : honest;
  });
  return { name, about, at: parameters, expect: wrongParameter, how };
}

type Demanded = Messages["CurrentDemandRes"];
const amperes = ({ EVSEPresentCurrent: value }: Demanded) => plainValue(value);
const maximum = ({ EVSEMaximumCurrentLimit: limit }: Demanded) => (limit ? plainValue(limit) : LIKELY_MAXIMUM);
/** Of chargers that do not tell theirs, in ampere. */
const LIKELY_MAXIMUM = 1_000;

const noMore = saysWith<Demanded>("CurrentDemandRes", "with no more than its own limit", (response) => {
  return amperes(response) <= maximum(response);
});
const noLess = saysWith<Demanded>("CurrentDemandRes", "with no current below zero", (response) => {
  return amperes(response) >= 0;
});

function demand(name: string, about: string, current: number, harmless: Expectation): Row {
  const how = body(loop, (honest) => ({ ...honest, EVTargetCurrent: physicalValue(current, "A") }));
  return { name, about, at: loop, expect: [harmless, refuses("CurrentDemandRes")], how };
}

export const direct: readonly Fault[] = group(
  "ev",
  "dc",
  {
    rule: "ISO 15118-2, 8.4.5",
    danger: "it gives the battery what nobody has agreed on",
    needs,
  },
  [
    limits("negative-current", "a maximum current below zero", { EVMaximumCurrentLimit: physicalValue(-10, "A") }),
    limits("negative-voltage", "a maximum voltage below zero", { EVMaximumVoltageLimit: physicalValue(-400, "V") }),
    {
      ...{ name: "ac-parameter", about: "the parameters of AC charging with a mode of DC", at: parameters },
      expect: wrongParameter,
      how: body(parameters, ({ RequestedEnergyTransferMode }) => ({
        RequestedEnergyTransferMode,
        AC_EVChargeParameter: {
          EAmount: physicalValue(22_000, "Wh"),
          EVMaxVoltage: physicalValue(400, "V"),
          EVMaxCurrent: physicalValue(32, "A"),
          EVMinCurrent: physicalValue(6, "A"),
        },
      })),
    },
    demand("too-much", "a current that no charger has", 30_000, noMore),
    demand("backwards", "a current below zero", -50, noLess),
  ],
);

const wrongTime = (name: Parameters<typeof request>[0]): Row["expect"] => [
  says(responseTo(name), "FAILED_SequenceError"),
];

const instead = (name: string, about: string, sent: Parameters<typeof request>[0], at: string): Row => ({
  ...{ name, about, at, expect: wrongTime(sent), how: inOrder(request(sent)) },
});

const late: readonly Parameters<typeof request>[0][] = [
  "SessionSetupReq",
  "ServiceDiscoveryReq",
  "PaymentServiceSelectionReq",
  "AuthorizationReq",
  "ChargeParameterDiscoveryReq",
  "CableCheckReq",
  "PreChargeReq",
  "ChargingStatusReq",
  "WeldingDetectionReq",
  "SessionStopReq",
];

export const directSequence: readonly Fault[] = group(
  "ev",
  "dc-sequence",
  {
    rule: "[V2G2-538], ISO 15118-2, 8.8",
    danger: "there is voltage at the connector that nothing has been checked for",
    needs,
    attacks: ["A10", "C06"],
  },
  [
    instead("no-cable-check", "precharge without a cable check", "PreChargeReq", "CableCheckReq"),
    instead("power-unchecked", "power without a cable check", "PowerDeliveryReq", "CableCheckReq"),
    instead("demand-unchecked", "the loop without a cable check", "CurrentDemandReq", "CableCheckReq"),
    instead("no-precharge", "power without precharge", "PowerDeliveryReq", "PreChargeReq"),
    instead("demand-before-precharge", "the loop without precharge", "CurrentDemandReq", "PreChargeReq"),
    instead("demand-before-power", "the loop without power", "CurrentDemandReq", "PowerDeliveryReq"),
    instead("parameters-again", "charge parameters instead of the cable check", parameters, "CableCheckReq"),
    instead("cable-check-again", "another cable check instead of precharge", "CableCheckReq", "PreChargeReq"),
    ...late.map((name) => instead(`late-${name}`, `${name} in the loop`, name, loop)),
  ],
);
