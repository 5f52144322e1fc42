/** A charger that refuses, answers something else, or does not answer. */
import type { Messages, ResponseName } from "../../iso15118/iso2/index.ts";
import { messageTimes, sessionTimes } from "../../iso15118/timers.ts";
import type { Fault, Traits } from "../fault.ts";
import { body, frame, group, octets, payload, type Row, silence, slowly } from "../make.ts";
import { charges, closes, type Expectation, says } from "../reaction.ts";

type Code = Messages["SessionStopRes"]["ResponseCode"];

const iso2 = { protocol: "ISO 15118-2" } as const;
const ac = { ...iso2, energy: "AC" } as const;
const dc = { ...iso2, energy: "DC" } as const;
const contract = { ...iso2, payment: "Contract" } as const;

/** The responses of a session in their order, with what a session must be like to have them. */
const responses: readonly (readonly [ResponseName, Partial<Traits>])[] = [
  ["SessionSetupRes", iso2],
  ["ServiceDiscoveryRes", iso2],
  ["PaymentServiceSelectionRes", iso2],
  ["PaymentDetailsRes", contract],
  ["AuthorizationRes", iso2],
  ["ChargeParameterDiscoveryRes", iso2],
  ["CableCheckRes", dc],
  ["PreChargeRes", dc],
  ["PowerDeliveryRes", iso2],
  ["ChargingStatusRes", ac],
  ["CurrentDemandRes", dc],
  ["WeldingDetectionRes", dc],
  ["SessionStopRes", iso2],
];

/** A car need not say goodbye to a charger that has refused, but it may; with power on it may switch that off before. */
const leaves: readonly Expectation[] = [closes(), says("SessionStopReq")];
const withPower: readonly Expectation[] = [...leaves, says("PowerDeliveryReq")];
/** From here on there may be power. */
const powered: readonly string[] = ["CableCheckRes", "PreChargeRes", "ChargingStatusRes", "CurrentDemandRes"];
const expectAt = (name: string) => (powered.includes(name) ? withPower : leaves);

const short = (name: string) => name.replace(/Res$/, "");

function refuses(name: string, about: string, at: ResponseName, code: Code, more: Partial<Row> = {}): Row {
  const how = body(at, (honest) => ({ ...honest, ResponseCode: code }));
  return { name, about, at, expect: expectAt(at), how, ...more };
}

export const failed: readonly Fault[] = group(
  "secc",
  "failed",
  {
    rule: "[V2G2-539], ISO 15118-2, 8.6.2",
    danger: "the car goes on although the charger has ended the session",
    attacks: ["A09"],
  },
  [
    ...responses.map(([name, needs]): Row => refuses(short(name), `FAILED in ${name}`, name, "FAILED", { needs })),
    refuses("sequence", "FAILED_SequenceError in ServiceDiscoveryRes", "ServiceDiscoveryRes", "FAILED_SequenceError", {
      needs: iso2,
    }),
    refuses("session", "FAILED_UnknownSession in AuthorizationRes", "AuthorizationRes", "FAILED_UnknownSession", {
      needs: iso2,
    }),
    refuses("contract", "a contract that is refused", "PaymentDetailsRes", "FAILED_CertChainError", {
      needs: contract,
    }),
    refuses("revoked", "a contract that is revoked", "AuthorizationRes", "FAILED_CertificateRevoked", {
      needs: contract,
    }),
    {
      ...{
        name: "contactor",
        about: "a contactor that does not close, which is said after 3 s",
        at: "PowerDeliveryRes",
      },
      ...{ needs: iso2, expect: withPower, rule: "[V2G2-865], ISO 15118-2, 8.4.3.9" },
      how: {
        ...{ seam: "message", after: "watch" },
        turns: (honest, context) => {
          const [[refusal = frame(honest.exi)] = []] = contactorError.turns(honest, context);
          return [[sessionTimes.contactor.performance, refusal]];
        },
      },
    },
  ],
);

const contactorError = body("PowerDeliveryRes", (honest) => ({ ...honest, ResponseCode: "FAILED_ContactorError" }));

const stopped: Messages["SessionStopRes"] = { ResponseCode: "OK" };
const status: Messages["ChargingStatusRes"] = {
  ResponseCode: "OK",
  EVSEID: "DE*PNC*E00001",
  SAScheduleTupleID: 1,
  AC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "None", RCD: false },
};

export const wrong: readonly Fault[] = group(
  "secc",
  "wrong",
  {
    rule: "ISO 15118-2, 8.8.4.2",
    danger: "the car takes any message for the answer to its own",
    attacks: ["C06"],
  },
  responses.map(([name, needs]): Row => {
    const [other, content] = name === "SessionStopRes" ? ["ChargingStatusRes", status] : ["SessionStopRes", stopped];
    const how = payload((_, { set, SessionID }) =>
      set.encode("V2G_Message", { Header: { SessionID }, Body: { [other]: content } }),
    );
    return { name: short(name), about: `${other} instead of ${name}`, at: name, needs, expect: expectAt(name), how };
  }),
);

const TOLERANCE_MS = 1_500;

function late(at: ResponseName | "supportedAppProtocolRes", needs: Partial<Traits>): Row {
  const { timeout } = messageTimes[at.replace(/Res$/, "Req") as keyof typeof messageTimes];
  return {
    ...{ name: short(at), about: `no ${at}, for which the car waits ${timeout / 1000} s`, at, needs },
    expect: [
      closes(timeout + TOLERANCE_MS, Math.max(0, timeout - TOLERANCE_MS / 2)),
      ...(powered.includes(at) ? withPower.slice(1) : []),
    ],
    ...{ how: silence, watchMs: timeout + 2 * TOLERANCE_MS },
  };
}

export const silent: readonly Fault[] = group(
  "secc",
  "silence",
  {
    rule: "ISO 15118-2, 8.7.2, Table 109",
    danger: "a charger that says nothing more keeps the car for ever, perhaps with power on",
    attacks: ["B02"],
  },
  [
    late("supportedAppProtocolRes", {}),
    ...responses.map(([name, needs]) => late(name, needs)),
    {
      ...{
        name: "slow",
        about: "an octet every 20 ms: slow, but in time",
        at: "ServiceDiscoveryRes",
        expect: [charges],
      },
      how: octets((frame) => slowly(frame, 20), "go on"),
      danger: "a slow link is enough to lose the session",
    },
  ],
);

const patience = sessionTimes.ongoing.timeout;
const PATIENCE_TOLERANCE_MS = 3_000;

/** The same answer to every repetition, until the car has had enough. */
function forEver<N extends "AuthorizationRes" | "ChargeParameterDiscoveryRes">(
  name: string,
  about: string,
  at: N,
  change: (body: Messages[N]) => Messages[N],
): Row {
  return {
    ...{ name, about, at, needs: iso2, how: body(at, change, "insist") },
    expect: [closes(patience + PATIENCE_TOLERANCE_MS, patience - PATIENCE_TOLERANCE_MS), says("SessionStopReq")],
    watchMs: patience + 2 * PATIENCE_TOLERANCE_MS,
  };
}

type Limits = Messages["ChargeParameterDiscoveryRes"];
const unfinished =
  (EVSEProcessing: Limits["EVSEProcessing"]) =>
  (honest: Limits): Limits => {
    const { SAScheduleList: _, ...rest } = honest;
    return { ...rest, EVSEProcessing };
  };

export const ongoing: readonly Fault[] = group(
  "secc",
  "ongoing",
  {
    rule: "ISO 15118-2, 8.7.2, Table 110 (V2G_EVCC_Ongoing_Timeout)",
    danger: "a charger that is never finished keeps the car for ever",
  },
  [
    {
      ...forEver("Authorization", "an authorization that is never decided", "AuthorizationRes", (honest) => ({
        ...honest,
        EVSEProcessing: "Ongoing",
      })),
      needs: contract,
    },
    forEver(
      "ChargeParameterDiscovery",
      "charge parameters that are never finished",
      "ChargeParameterDiscoveryRes",
      unfinished("Ongoing"),
    ),
    forEver(
      "customer",
      "charge parameters for which a customer is awaited, for ever",
      "ChargeParameterDiscoveryRes",
      unfinished("Ongoing_WaitingForCustomerInteraction"),
    ),
  ],
);
