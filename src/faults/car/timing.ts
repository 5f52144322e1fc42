/** A car that says nothing, or takes its time. */
import { sessionTimes } from "../../iso15118/timers.ts";
import type { Fault } from "../fault.ts";
import { group, octets, type Row, silence, slowly } from "../make.ts";
import { charges, closes } from "../reaction.ts";

/** What a station may need to notice. */
const TOLERANCE_MS = 2_000;

const setup = sessionTimes.communicationSetup;
const sequence = sessionTimes.sequence.timeout;

const beforeSession = {
  expect: [closes(setup.timeout + TOLERANCE_MS)],
  watchMs: setup.timeout + 2 * TOLERANCE_MS,
};
/** From the response to the next request. */
const inSession = {
  expect: [closes(sequence + TOLERANCE_MS, sequence - TOLERANCE_MS)],
  watchMs: sequence + 2 * TOLERANCE_MS,
};

/** Messages that do not come. */
const silences: readonly (readonly [at: string, needs: Row["needs"]])[] = [
  ["ServiceDiscoveryReq", {}],
  ["PaymentServiceSelectionReq", {}],
  ["PaymentDetailsReq", { payment: "Contract" }],
  ["AuthorizationReq", { payment: "Contract" }],
  ["ChargeParameterDiscoveryReq", {}],
  ["CableCheckReq", { energy: "DC" }],
  ["PreChargeReq", { energy: "DC" }],
  ["PowerDeliveryReq", {}],
  ["ChargingStatusReq", { energy: "AC" }],
  ["CurrentDemandReq", { energy: "DC" }],
  ["WeldingDetectionReq", { energy: "DC" }],
  ["SessionStopReq", {}],
];

const at = "ServiceDiscoveryReq";

export const timing: readonly Fault[] = group(
  "ev",
  "timing",
  {
    rule: "[V2G2-443], ISO 15118-2, 8.7.2 (V2G_SECC_Sequence_Timeout)",
    danger: "a car that says nothing more keeps the station, and perhaps the contactor, for ever",
    needs: { protocol: "ISO 15118-2" },
    attacks: ["B02", "B10"],
  },
  [
    {
      ...{ name: "no-handshake", about: "silence on a connection that is set up", at: "supportedAppProtocolReq" },
      ...{ ...beforeSession, how: silence, rule: "[V2G2-723] (V2G_SECC_CommunicationSetup_Timeout)", attacks: ["A04"] },
    },
    {
      ...{ name: "no-session", about: "silence after the handshake", at: "SessionSetupReq" },
      ...{ ...beforeSession, how: silence, rule: "[V2G2-723] (V2G_SECC_CommunicationSetup_Timeout)", attacks: ["A04"] },
    },
    ...silences.map(
      ([message, needs = {}]): Row => ({
        ...{ name: `no-${message}`, about: `silence instead of ${message}`, at: message, needs },
        ...{ ...inSession, how: silence },
      }),
    ),
    {
      ...{ name: "half-message", about: "half a message, and then silence", at, ...inSession },
      how: octets((frame) => [frame.subarray(0, frame.length >> 1)]),
    },
    {
      ...{ name: "drip", about: "an octet every 10 s, so that the message takes minutes", at, ...inSession },
      how: octets((frame) => slowly(frame, 10_000)),
      danger: "a car that never says anything whole keeps the station for ever",
    },
    {
      ...{ name: "slow", about: "an octet every 20 ms: slow, but in time", at, expect: [charges] },
      how: octets((frame) => slowly(frame, 20), "go on"),
      danger: "a slow link is enough to lose the session",
    },
  ],
);
