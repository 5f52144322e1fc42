/** A charger's faults in DC charging. */
import type { Messages, ResponseName } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { sessionTimes } from "../../iso15118/timers.ts";
import type { Fault } from "../fault.ts";
import { body, group, type Row } from "../make.ts";
import { closes, says, saysWith } from "../reaction.ts";

const needs = { protocol: "ISO 15118-2", energy: "DC" } as const;

type Power = Messages["PowerDeliveryReq"];
const powerOff = saysWith<Power>("PowerDeliveryReq", "Stop", ({ ChargeProgress }) => ChargeProgress === "Stop");
const leaves = [powerOff, says("SessionStopReq"), closes()];

type Status = Messages["CurrentDemandRes"]["DC_EVSEStatus"];

function status<N extends "CableCheckRes" | "PreChargeRes" | "CurrentDemandRes">(
  name: string,
  about: string,
  at: N,
  change: Partial<Status>,
): Row {
  const how = body(at, (honest) => ({ ...honest, DC_EVSEStatus: { ...honest.DC_EVSEStatus, ...change } }));
  return { name, about, at, expect: leaves, how };
}

const loop = "CurrentDemandRes";
const parameters = "ChargeParameterDiscoveryRes";
const volts = (value: number) => physicalValue(value, "V");

/** Longer than any precharge takes. */
const TOLERANCE_MS = 3_000;

/** The same answer to every repetition, until the car has had enough. */
function forEver<N extends ResponseName>(
  [name, about, at, ms]: readonly [string, string, N, number],
  change: (body: Messages[N]) => Messages[N],
): Row {
  return {
    ...{ name, about, at, how: body(at, change, "insist"), watchMs: ms + 2 * TOLERANCE_MS },
    expect: [powerOff, says("SessionStopReq"), closes(ms + TOLERANCE_MS, ms - TOLERANCE_MS)],
    danger: "a charger that is never finished keeps the car for ever, with voltage at the connector",
    rule: "ISO 15118-2, 8.7.2, Table 110",
  };
}

export const direct: readonly Fault[] = group(
  "secc",
  "dc",
  {
    rule: "ISO 15118-2, 8.4.5; IEC 61851-23",
    danger: "the car stays connected to a charger that it must not trust with its battery",
    needs,
  },
  [
    {
      ...{ name: "ac-limits", about: "the limits of AC charging for a car on DC", at: parameters, expect: leaves },
      how: body(parameters, ({ DC_EVSEChargeParameter: _, ...rest }) => ({
        ...rest,
        AC_EVSEChargeParameter: {
          AC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "None", RCD: false },
          EVSENominalVoltage: volts(230),
          EVSEMaxCurrent: physicalValue(32, "A"),
        },
      })),
    },
    {
      ...{ name: "low-voltage", about: "a charger for 50 V", at: parameters, expect: leaves },
      how: body(parameters, (honest) => {
        const { DC_EVSEChargeParameter: own } = honest;
        return own ? { ...honest, DC_EVSEChargeParameter: { ...own, EVSEMaximumVoltageLimit: volts(50) } } : honest;
      }),
    },
    status("isolation-fault", "a fault of the insulation, found by the cable check", "CableCheckRes", {
      EVSEIsolationStatus: "Fault",
    }),
    status("isolation-invalid", "a cable check that is finished without a result", "CableCheckRes", {
      EVSEIsolationStatus: "Invalid",
    }),
    forEver(
      ["cable-check", "a cable check that never ends", "CableCheckRes", sessionTimes.cableCheck.timeout],
      (honest) => ({
        ...honest,
        EVSEProcessing: "Ongoing",
        DC_EVSEStatus: { ...honest.DC_EVSEStatus, EVSEStatusCode: "EVSE_IsolationMonitoringActive" },
      }),
    ),
    {
      ...{ name: "no-precharge", about: "no voltage after the first request for it", at: "PreChargeRes" },
      expect: [says("PreChargeReq"), ...leaves],
      how: body("PreChargeRes", (honest) => ({ ...honest, EVSEPresentVoltage: volts(0) })),
      danger: "the car closes its contactor onto a voltage that differs from its battery's",
    },
    forEver(["precharge", "a voltage that never comes", "PreChargeRes", sessionTimes.preCharge.timeout], (honest) => ({
      ...honest,
      EVSEPresentVoltage: volts(0),
    })),
    status("emergency", "an emergency shutdown", loop, { EVSEStatusCode: "EVSE_EmergencyShutdown" }),
    status("malfunction", "a malfunction", loop, { EVSEStatusCode: "EVSE_Malfunction" }),
    status("interrupt", "an interruption by the grid", loop, { EVSEStatusCode: "EVSE_UtilityInterruptEvent" }),
    status("stop", "the car is asked to stop", loop, { EVSENotification: "StopCharging" }),
    status("insulation", "a fault of the insulation while charging", loop, { EVSEIsolationStatus: "Fault" }),
    {
      ...{ name: "over-voltage", about: "a voltage of 2000 V", at: loop, expect: leaves },
      how: body(loop, (honest) => ({ ...honest, EVSEPresentVoltage: volts(2_000) })),
    },
    {
      ...{ name: "over-current", about: "a current of 3000 A", at: loop, expect: leaves },
      how: body(loop, (honest) => ({ ...honest, EVSEPresentCurrent: physicalValue(3_000, "A") })),
    },
  ],
);
