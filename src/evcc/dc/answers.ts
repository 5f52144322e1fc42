/** What the answers of a DC charger mean to the car, by what DIN SPEC 70121 and ISO 15118-2 have in common. Pure. */
import type { DcEvErrorCode } from "../../interfaces/types/iso15118.ts";
import { plainValue } from "../../iso15118/physicalValue.ts";
import type { DcNeeds } from "../car.ts";
import {
  type DcState,
  danger,
  isComplete,
  isPreCharged,
  learnLimits,
  measured,
  preChargeDemand,
  statusFault,
  weldingChecked,
} from "./charging.ts";

type Quantity = Parameters<typeof plainValue>[0];

interface Status {
  readonly EVSEIsolationStatus?: string;
  readonly EVSEStatusCode: string;
  readonly EVSENotification: string;
}

/** `go`: on to the next thing. `wait`: ask again. `leave`: no more from this charger. `broken`: it keeps to no rule. */
export type Verdict = { readonly so: "go" | "leave" | "broken"; readonly reason: string } | { readonly so: "wait" };

/** Why the car leaves, by the charger's status; undefined while it stays. */
export function leaveReason(status: Status): string | undefined {
  const fault = statusFault(status.EVSEStatusCode, status.EVSEIsolationStatus);
  return fault ?? (status.EVSENotification === "StopCharging" ? "the EVSE asks the car to stop" : undefined);
}

export function cableCheckVerdict(body: { readonly EVSEProcessing: string; readonly DC_EVSEStatus: Status }): Verdict {
  const { EVSEIsolationStatus: isolation = "not told", EVSEStatusCode: code } = body.DC_EVSEStatus;
  const reason = leaveReason(body.DC_EVSEStatus);
  if (reason !== undefined) return { so: "leave", reason };
  if (body.EVSEProcessing !== "Finished") return { so: "wait" };
  if (isolation === "Invalid" || code !== "EVSE_Ready") {
    return { so: "broken", reason: `the cable check is finished with isolation ${isolation} and ${code}` };
  }
  return { so: "go", reason: `the cable check has passed: isolation ${isolation}` };
}

export function preChargeVerdict(
  body: { readonly DC_EVSEStatus: Status; readonly EVSEPresentVoltage: Quantity },
  needs: DcNeeds,
  dc: DcState,
): Verdict {
  const reason = leaveReason(body.DC_EVSEStatus);
  if (reason !== undefined) return { so: "leave", reason };
  const voltage = plainValue(body.EVSEPresentVoltage);
  const point = preChargeDemand(needs, dc);
  if (!isPreCharged(point, voltage) && !needs.lenient) return { so: "wait" };
  return { so: "go", reason: `the EVSE has ${voltage} V, the battery ${point.voltage} V` };
}

/** What the loop finds: the battery as it is then, and what ends charging. */
export interface Found {
  readonly dc: DcState;
  readonly stop: { readonly reason: string; readonly error: DcEvErrorCode } | undefined;
  readonly full: boolean;
}

/** @param at when the answer came, in milliseconds of a monotonic clock */
export function currentDemandFound(
  body: Parameters<typeof learnLimits>[1] & {
    readonly EVSEPresentVoltage: Quantity;
    readonly EVSEPresentCurrent: Quantity;
  },
  needs: DcNeeds,
  before: DcState,
  at: number,
): Found {
  const point = { voltage: plainValue(body.EVSEPresentVoltage), current: plainValue(body.EVSEPresentCurrent) };
  const limits = needs.lenient ? before.limits : learnLimits(before.limits, body);
  const dc = { ...measured(needs, before, point, at), limits };
  return { dc, stop: needs.lenient ? undefined : danger(needs, point), full: isComplete(needs, dc) };
}

/** Whether the car has looked enough for welded contactors, in words. */
export function weldingVerdict(
  { EVSEPresentVoltage }: { readonly EVSEPresentVoltage: Quantity },
  before: DcState,
): { readonly dc: DcState; readonly verdict: Verdict } {
  const voltage = plainValue(EVSEPresentVoltage);
  const dc = { ...before, weldingChecks: before.weldingChecks + 1 };
  const done = weldingChecked(dc, voltage);
  return { dc, verdict: done ? { so: "go", reason: `the output has ${voltage} V after charging` } : { so: "wait" } };
}
