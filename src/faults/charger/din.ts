/** A charger's faults in sessions of DIN SPEC 70121. */
import { dinTimeout, type Messages, type RequestName, type ResponseName } from "../../iso15118/din70121/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { body, needs } from "../din.ts";
import type { Fault } from "../fault.ts";
import { group, payload, type Row, silence } from "../make.ts";
import { closes, type Expectation, says, saysWith } from "../reaction.ts";

const powerOff = saysWith<Messages["PowerDeliveryReq"]>(
  "PowerDeliveryReq",
  "that ends charging",
  ({ ReadyToChargeState }) => !ReadyToChargeState,
);
const leaves: readonly Expectation[] = [closes(), says("SessionStopReq"), powerOff];

const responses = [
  "SessionSetupRes",
  "ServiceDiscoveryRes",
  "ServicePaymentSelectionRes",
  "ContractAuthenticationRes",
  "ChargeParameterDiscoveryRes",
  "CableCheckRes",
  "PreChargeRes",
  "PowerDeliveryRes",
  "CurrentDemandRes",
  "WeldingDetectionRes",
  "SessionStopRes",
] as const satisfies readonly ResponseName[];

const short = (name: string) => name.replace(/Res$/, "");

export const dinFailed: readonly Fault[] = group(
  "secc",
  "din-failed",
  {
    rule: "DIN SPEC 70121, 9.6",
    danger: "the car goes on although the charger has ended the session",
    needs,
    attacks: ["A09"],
  },
  responses.map((at): Row => {
    const how = body(at, (honest) => ({ ...honest, ResponseCode: "FAILED" }));
    return { name: short(at), about: `FAILED in ${at}`, at, expect: leaves, how };
  }),
);

const stopped: Messages["SessionStopRes"] = { ResponseCode: "OK" };
const detail: Messages["ServiceDetailRes"] = { ResponseCode: "OK", ServiceID: 1 };

export const dinWrong: readonly Fault[] = group(
  "secc",
  "din-wrong",
  {
    rule: "DIN SPEC 70121, 9.6",
    danger: "the car takes any message for the answer to its own",
    needs,
    attacks: ["C06"],
  },
  responses.map((at): Row => {
    const [other, content] = at === "SessionStopRes" ? ["ServiceDetailRes", detail] : ["SessionStopRes", stopped];
    const how = payload((_, { set, SessionID }) =>
      set.encode("V2G_Message", { Header: { SessionID }, Body: { [other]: content } }),
    );
    return { name: short(at), about: `${other} instead of ${at}`, at, expect: leaves, how };
  }),
);

const TOLERANCE_MS = 1_500;

export const dinSilent: readonly Fault[] = group(
  "secc",
  "din-silence",
  {
    rule: "DIN SPEC 70121, 9.6 (V2G_EVCC_Msg_Timeout)",
    danger: "a charger that says nothing more keeps the car for ever, perhaps with power on",
    needs,
    attacks: ["B02"],
  },
  responses.map((at): Row => {
    const timeout = dinTimeout(at.replace(/Res$/, "Req") as RequestName);
    return {
      ...{ name: short(at), about: `no ${at}, for which the car waits ${timeout / 1000} s`, at, how: silence },
      expect: [closes(timeout + TOLERANCE_MS, Math.max(0, timeout - TOLERANCE_MS / 2)), ...leaves.slice(1)],
      watchMs: timeout + 2 * TOLERANCE_MS,
    };
  }),
);

const loop = "CurrentDemandRes";
type Status = Messages[typeof loop]["DC_EVSEStatus"];

function status<N extends "CableCheckRes" | typeof loop>(
  name: string,
  about: string,
  at: N,
  change: Partial<Status>,
): Row {
  const how = body(at, (honest) => ({ ...honest, DC_EVSEStatus: { ...honest.DC_EVSEStatus, ...change } }));
  return { name, about, at, expect: leaves, how };
}

export const dinDirect: readonly Fault[] = group(
  "secc",
  "din-dc",
  {
    rule: "DIN SPEC 70121, 9.4.2; IEC 61851-23",
    danger: "the car stays connected to a charger that it must not trust with its battery",
    needs,
  },
  [
    status("isolation-fault", "a fault of the insulation, found by the cable check", "CableCheckRes", {
      EVSEIsolationStatus: "Fault",
    }),
    {
      ...{ name: "no-precharge", about: "no voltage after the first request for it", at: "PreChargeRes" },
      expect: [says("PreChargeReq"), ...leaves],
      how: body("PreChargeRes", (honest) => ({ ...honest, EVSEPresentVoltage: physicalValue(0, "V") })),
      danger: "the car closes its contactor onto a voltage that differs from its battery's",
    },
    status("emergency", "an emergency shutdown", loop, { EVSEStatusCode: "EVSE_EmergencyShutdown" }),
    status("malfunction", "a malfunction", loop, { EVSEStatusCode: "EVSE_Malfunction" }),
    status("stop", "the car is asked to stop", loop, { EVSENotification: "StopCharging" }),
    {
      ...{ name: "over-voltage", about: "a voltage of 2000 V", at: loop, expect: leaves },
      how: body(loop, (honest) => ({ ...honest, EVSEPresentVoltage: physicalValue(2_000, "V") })),
    },
  ],
);
