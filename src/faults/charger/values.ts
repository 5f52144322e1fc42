/** A charger's messages that are well-formed and say what cannot be, or what the car has to obey. */
import type { Messages } from "../../iso15118/iso2/index.ts";
import { physicalValue, plainValue } from "../../iso15118/physicalValue.ts";
import { replaceOctets } from "../bits.ts";
import type { Fault } from "../fault.ts";
import { body, group, payload } from "../make.ts";
import { closes, type Expectation, says, saysWith } from "../reaction.ts";

const needs = { protocol: "ISO 15118-2" } as const;
const ac = { ...needs, energy: "AC" } as const;
const contract = { ...needs, payment: "Contract" } as const;

const challengeAt = "PaymentDetailsRes";
const leaves = [closes(), says("SessionStopReq")];

export const challenges: readonly Fault[] = group(
  "secc",
  "challenge",
  {
    rule: "[V2G2-697], ISO 15118-2, 8.4.3.6",
    danger: "the car signs what is no challenge: such a signature may be good for more than this session",
    needs: contract,
    attacks: ["C01"],
  },
  [
    {
      ...{ name: "short", about: "a challenge of 15 octets", at: challengeAt, expect: leaves },
      how: body(challengeAt, (honest) => ({ ...honest, GenChallenge: honest.GenChallenge.subarray(1) })),
    },
    {
      ...{ name: "empty", about: "a challenge without an octet", at: challengeAt, expect: leaves },
      how: body(challengeAt, (honest) => ({ ...honest, GenChallenge: new Uint8Array(0) })),
    },
    {
      ...{ name: "long", about: "a challenge of 17 octets", at: challengeAt, expect: leaves },
      how: payload((exi, _, { body }) => {
        const { GenChallenge } = body as Messages[typeof challengeAt];
        return replaceOctets(exi, GenChallenge, Uint8Array.of(...GenChallenge, 0));
      }),
    },
  ],
);

const parameters = "ChargeParameterDiscoveryRes";
type Limits = Messages[typeof parameters];
type Power = Messages["PowerDeliveryReq"];

const LITTLE_W = 1_400;

const within: Expectation = saysWith<Power>("PowerDeliveryReq", `with at most ${LITTLE_W} W`, ({ ChargingProfile }) =>
  (ChargingProfile?.ProfileEntry ?? []).every((entry) => plainValue(entry.ChargingProfileEntryMaxPower) <= LITTLE_W),
);

/** Every entry of every schedule. */
function limited(honest: Limits, watts: number): Limits {
  const tuples = honest.SAScheduleList?.SAScheduleTuple ?? [];
  const SAScheduleTuple = tuples.map(({ SalesTariff: _, ...tuple }) => ({
    ...tuple,
    PMaxSchedule: {
      PMaxScheduleEntry: tuple.PMaxSchedule.PMaxScheduleEntry.map((entry) => ({
        ...entry,
        PMax: physicalValue(watts, "W"),
      })),
    },
  }));
  return { ...honest, SAScheduleList: { SAScheduleTuple } };
}

const dc = {
  DC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "None", EVSEStatusCode: "EVSE_Ready" },
  EVSEMaximumCurrentLimit: physicalValue(100, "A"),
  EVSEMaximumPowerLimit: physicalValue(50_000, "W"),
  EVSEMaximumVoltageLimit: physicalValue(500, "V"),
  EVSEMinimumCurrentLimit: physicalValue(0, "A"),
  EVSEMinimumVoltageLimit: physicalValue(150, "V"),
  EVSEPeakCurrentRipple: physicalValue(1, "A"),
} as const;

export const values: readonly Fault[] = group(
  "secc",
  "value",
  {
    rule: "ISO 15118-2, 8.4.3.8",
    danger: "the car charges by limits that the charger has not given",
    needs,
  },
  [
    {
      ...{ name: "no-mode", about: "only an energy transfer mode that no car asks for", at: "ServiceDiscoveryRes" },
      expect: leaves,
      how: body("ServiceDiscoveryRes", (honest) => ({
        ...honest,
        ChargeService: {
          ...honest.ChargeService,
          SupportedEnergyTransferMode: { EnergyTransferMode: ["DC_unique"] },
        },
      })),
    },
    {
      ...{
        name: "contract-without-tls",
        about: "Plug & Charge on a connection without TLS",
        at: "ServiceDiscoveryRes",
      },
      needs: { tls: false },
      expect: [
        ...leaves,
        says("ServiceDetailReq"),
        saysWith<Messages["PaymentServiceSelectionReq"]>(
          "PaymentServiceSelectionReq",
          "with ExternalPayment",
          ({ SelectedPaymentOption }) => SelectedPaymentOption === "ExternalPayment",
        ),
      ],
      how: body("ServiceDiscoveryRes", (honest) => ({
        ...honest,
        PaymentOptionList: { PaymentOption: ["Contract", "ExternalPayment"] },
      })),
      danger: "the car shows its contract, and signs with it, for everyone to read and to change",
      attacks: ["C04"],
    },
    {
      ...{
        name: "no-schedule",
        about: "finished charge parameters without a schedule",
        at: parameters,
        expect: leaves,
      },
      how: body(parameters, ({ SAScheduleList: _, ...rest }) => rest),
    },
    {
      ...{ name: "dc-limits", about: "the limits of DC charging for a car on AC", at: parameters, needs: ac },
      expect: leaves,
      how: body(parameters, ({ AC_EVSEChargeParameter: _, ...rest }) => ({ ...rest, DC_EVSEChargeParameter: dc })),
    },
    {
      ...{ name: "little-power", about: `a schedule of ${LITTLE_W} W`, at: parameters, expect: [within, ...leaves] },
      how: body(parameters, (honest) => limited(honest, LITTLE_W)),
      danger: "the car draws more than the charger has",
    },
  ],
);

const loop = "ChargingStatusRes";
type Status = Messages[typeof loop];

const power = (progress: Power["ChargeProgress"]) =>
  saysWith<Power>("PowerDeliveryReq", progress, ({ ChargeProgress }) => ChargeProgress === progress);

const status = (change: Partial<Status["AC_EVSEStatus"]>) =>
  body(loop, (honest) => ({ ...honest, AC_EVSEStatus: { ...honest.AC_EVSEStatus, ...change } }));

export const notifications: readonly Fault[] = group(
  "secc",
  "notification",
  {
    rule: "ISO 15118-2, 8.4.4.2 and 8.5.3.1",
    danger: "the car goes on charging although the charger has told it not to",
    needs: ac,
  },
  [
    {
      ...{ name: "stop", about: "the car is asked to stop", at: loop, expect: [power("Stop"), closes()] },
      how: status({ EVSENotification: "StopCharging" }),
    },
    {
      ...{ name: "renegotiate", about: "the car is asked to agree on another schedule", at: loop },
      ...{ expect: [power("Renegotiate")], how: status({ EVSENotification: "ReNegotiation" }) },
      danger: "the charger cannot change how much power the car takes",
    },
    {
      ...{ name: "rcd", about: "the residual current device has found a fault", at: loop },
      ...{ expect: [power("Stop"), closes()], how: status({ RCD: true }) },
    },
  ],
);
