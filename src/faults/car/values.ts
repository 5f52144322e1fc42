/** A car's messages that are well-formed and say what cannot be. */
import type { Messages, PhysicalValue } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { replaceOctets } from "../bits.ts";
import type { Fault, Traits } from "../fault.ts";
import { body, group, inOrder, noService, payload, type Row, responseTo } from "../make.ts";
import { charges, refuses, says } from "../reaction.ts";
import { request } from "../requests.ts";

type Name = Extract<keyof Messages, `${string}Req`>;

/** @param code the fitting response code. */
function bad<N extends Name>(
  name: string,
  about: string,
  [at, code]: readonly [N, string],
  change: (body: Messages[N]) => Messages[N],
  needs: Partial<Traits> = {},
): Row {
  return { name, about, at, needs, expect: [says(responseTo(at), code)], how: body(at, change) };
}

const selection = "PaymentServiceSelectionReq";
const parameters = "ChargeParameterDiscoveryReq";
const power = "PowerDeliveryReq";
const wrongParameter = [parameters, "FAILED_WrongChargeParameter"] as const;
const ac = { energy: "AC" } as const;

type AcParameter = NonNullable<Messages[typeof parameters]["AC_EVChargeParameter"]>;
/** The AC parameters are others. */
const acParameters =
  (change: (honest: AcParameter) => Partial<AcParameter>) => (honest: Messages[typeof parameters]) => {
    const { AC_EVChargeParameter: own } = honest;
    return own ? { ...honest, AC_EVChargeParameter: { ...own, ...change(own) } } : honest;
  };
const amperes = (value: number) => physicalValue(value, "A");
const doubled = (value: PhysicalValue): PhysicalValue => ({ ...value, Multiplier: 3 });

const dc = {
  DC_EVStatus: { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 50 },
  EVMaximumCurrentLimit: amperes(100),
  EVMaximumVoltageLimit: physicalValue(400, "V"),
} as const;

const services =
  (...ids: readonly number[]) =>
  (honest: Messages[typeof selection]) => ({
    ...honest,
    SelectedServiceList: { SelectedService: ids.map((ServiceID) => ({ ServiceID })) },
  });

export const values: readonly Fault[] = group(
  "ev",
  "value",
  {
    rule: "ISO 15118-2, 8.6.2 (response codes)",
    danger: "it goes on with values that it cannot keep to, or was never asked about",
    needs: { protocol: "ISO 15118-2" },
  },
  [
    bad(
      "unknown-service",
      "a service that is not offered",
      [selection, "FAILED_ServiceSelectionInvalid"],
      services(1, 999),
    ),
    bad("no-charging", "services without charging", [selection, "FAILED_NoChargeServiceSelected"], services(999)),
    {
      ...{ name: "service-detail", about: "the details of a service that does not exist", at: selection },
      expect: [says("ServiceDetailRes", "FAILED_ServiceIDInvalid")],
      how: inOrder(request("ServiceDetailReq", { ServiceID: 999 })),
    },
    bad(
      "energy-mode",
      "an energy transfer mode that is not offered",
      [parameters, "FAILED_WrongEnergyTransferMode"],
      (honest) => ({
        ...honest,
        RequestedEnergyTransferMode: "DC_unique",
      }),
    ),
    bad(
      "negative-current",
      "a maximum current below zero",
      wrongParameter,
      acParameters(() => ({ EVMaxCurrent: amperes(-16) })),
      ac,
    ),
    bad(
      "no-current",
      "a maximum current below the minimum",
      wrongParameter,
      acParameters(() => ({ EVMinCurrent: amperes(32), EVMaxCurrent: amperes(6) })),
      ac,
    ),
    bad(
      "negative-voltage",
      "a maximum voltage below zero",
      wrongParameter,
      acParameters(() => ({ EVMaxVoltage: physicalValue(-400, "V") })),
      ac,
    ),
    bad(
      "negative-energy",
      "less than no energy",
      wrongParameter,
      acParameters(() => ({ EAmount: physicalValue(-1000, "Wh") })),
      ac,
    ),
    bad(
      "dc-parameter",
      "the parameters of DC charging with a mode of AC",
      wrongParameter,
      ({ RequestedEnergyTransferMode }) => ({
        RequestedEnergyTransferMode,
        DC_EVChargeParameter: dc,
      }),
      ac,
    ),
    {
      ...{ name: "departure-zero", about: "a departure in 0 seconds, which means as soon as possible", at: parameters },
      ...{
        needs: ac,
        expect: [charges],
        how: body(
          parameters,
          acParameters(() => ({ DepartureTime: 0 })),
          "go on",
        ),
      },
      danger: "a car that says when it leaves, and means now, gets no schedule",
    },
    bad("tuple", "a schedule that was not offered", [power, "FAILED_TariffSelectionInvalid"], (honest) => ({
      ...honest,
      SAScheduleTupleID: 255,
    })),
    bad(
      "profile",
      "a charging profile above the schedule's PMax",
      [power, "FAILED_ChargingProfileInvalid"],
      (honest) => ({
        ...honest,
        ChargingProfile: {
          ProfileEntry: (honest.ChargingProfile?.ProfileEntry ?? []).map((entry) => ({
            ...entry,
            ChargingProfileEntryMaxPower: doubled(entry.ChargingProfileEntryMaxPower),
          })),
        },
      }),
    ),
    {
      ...{ name: "renegotiate", about: "another schedule before charging has begun", at: power },
      ...{ expect: [refuses("PowerDeliveryRes")] },
      how: body(power, ({ SAScheduleTupleID }) => ({ SAScheduleTupleID, ChargeProgress: "Renegotiate" })),
    },
    {
      ...{ name: "pause-early", about: "a pause before anything was charged", at: selection },
      ...{ expect: [refuses("SessionStopRes")] },
      how: inOrder(request("SessionStopReq", { ChargingSession: "Pause" })),
    },
    {
      ...{ name: "long-evccid", about: "an EVCCID of 7 octets", at: "SessionSetupReq" },
      ...{ expect: noService("SessionSetupReq"), attacks: ["A06"] },
      how: payload((exi, _, { body }) => {
        const { EVCCID } = body as Messages["SessionSetupReq"];
        return replaceOctets(exi, EVCCID, Uint8Array.of(...EVCCID, 0));
      }),
    },
    {
      ...{ name: "no-tls", about: "Plug & Charge without TLS", at: selection, needs: { tls: false } },
      ...{ expect: [says(responseTo(selection), "FAILED_PaymentSelectionInvalid")], attacks: ["C04"] },
      how: body(selection, (honest) => ({ ...honest, SelectedPaymentOption: "Contract" })),
      danger: "contracts and signatures go over the link for everyone to read and to change",
    },
  ],
);
