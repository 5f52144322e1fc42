/** Whether a charging profile can be followed here (OCPP 2.0.1 part 2, K01). Pure. */
import { readDateTime } from "../../../ocpp/dateTime.ts";
import type { ChargingProfileType, ChargingScheduleType } from "../../../ocpp/v201/messages.generated.ts";

/** Where a profile is to go. */
export interface Place {
  /** 0 is the whole station; it exists. */
  readonly evseId: number;
  /** What runs there; `starting` comes with its RequestStartTransaction. */
  readonly transactionId: string | "starting" | undefined;
}

/** What the SmartChargingCtrlr allows; what is absent is not bounded. */
export interface Limits {
  readonly maxStackLevel: number | undefined;
  readonly maxPeriods: number | undefined;
  readonly units: readonly string[];
}

/** The reason code of the refusal, and the rule in words. */
export interface Fault {
  readonly reasonCode: string;
  readonly additionalInfo: string;
}

const MAX_PHASES = 3;

/** What is wrong with a profile; undefined when it is sound. */
export function fault(profile: ChargingProfileType, place: Place, limits: Limits): Fault | undefined {
  return (
    levelFault(profile, limits) ??
    purposeFault(profile, place) ??
    kindFault(profile) ??
    profile.chargingSchedule.map((schedule) => scheduleFault(schedule, profile, limits)).find(Boolean)
  );
}

function invalid(reasonCode: string, additionalInfo: string): Fault {
  return { reasonCode, additionalInfo };
}

function levelFault({ stackLevel }: ChargingProfileType, { maxStackLevel = stackLevel }: Limits): Fault | undefined {
  if (stackLevel >= 0 && stackLevel <= maxStackLevel) return undefined;
  return invalid("InvalidStackLevel", `stackLevel is not from 0 to ${maxStackLevel}`);
}

function purposeFault(profile: ChargingProfileType, { evseId, transactionId }: Place): Fault | undefined {
  switch (profile.chargingProfilePurpose) {
    case "ChargingStationExternalConstraints":
      return invalid("InvalidProfile", "external constraints are not the CSMS's to set");
    case "ChargingStationMaxProfile":
      if (evseId !== 0) return invalid("InvalidProfile", "a ChargingStationMaxProfile is for EVSE 0");
      return profile.chargingProfileKind === "Relative"
        ? invalid("InvalidProfile", "a ChargingStationMaxProfile is relative to nothing")
        : undefined;
    case "TxDefaultProfile":
      return undefined;
    case "TxProfile":
      return transactionFault(profile, evseId, transactionId);
  }
}

function transactionFault(
  profile: ChargingProfileType,
  evseId: number,
  transactionId: string | undefined,
): Fault | undefined {
  if (transactionId === "starting") {
    return profile.transactionId === undefined ? undefined : invalid("InvalidProfile", "the transaction has no id yet");
  }
  if (evseId === 0) return invalid("InvalidProfile", "a TxProfile is for one EVSE");
  if (profile.transactionId === undefined) return invalid("MissingParam", "a TxProfile needs a transactionId");
  if (profile.transactionId === transactionId) return undefined;
  return invalid("TxNotFound", "this transaction does not run there");
}

function kindFault(profile: ChargingProfileType): Fault | undefined {
  const { chargingProfileKind, recurrencyKind, chargingSchedule, validFrom, validTo } = profile;
  if (validFrom !== undefined && validTo !== undefined && readDateTime(validFrom) >= readDateTime(validTo)) {
    return invalid("InvalidProfile", "validTo is not after validFrom");
  }
  const starts = chargingSchedule.map(({ startSchedule }) => startSchedule !== undefined);
  if (chargingProfileKind === "Relative") {
    return starts.includes(true) ? invalid("InvalidSchedule", "a Relative profile has no startSchedule") : undefined;
  }
  if (starts.includes(false)) {
    return invalid("InvalidSchedule", `a profile that is ${chargingProfileKind} needs a startSchedule`);
  }
  const unclear = chargingProfileKind === "Recurring" && recurrencyKind === undefined;
  return unclear ? invalid("InvalidProfile", "a profile that is Recurring needs a recurrencyKind") : undefined;
}

function scheduleFault(
  { chargingRateUnit, chargingSchedulePeriod: periods, duration }: ChargingScheduleType,
  { chargingProfilePurpose }: ChargingProfileType,
  { maxPeriods = periods.length, units }: Limits,
): Fault | undefined {
  if (units.length > 0 && !units.includes(chargingRateUnit)) {
    return invalid("UnsupportedRateUnit", `the unit ${chargingRateUnit} is not among ${units.join(", ")}`);
  }
  if (periods.length > maxPeriods) return invalid("InvalidSchedule", `there are more than ${maxPeriods} periods`);
  if (duration !== undefined && duration < 0) return invalid("InvalidSchedule", "the duration is below 0");
  if (periods[0]?.startPeriod !== 0) return invalid("InvalidSchedule", "the first period does not start at 0");
  const orderly = periods.every(({ startPeriod }, index) => startPeriod > (periods[index - 1]?.startPeriod ?? -1));
  if (!orderly) return invalid("InvalidSchedule", "the periods are not in the order of their startPeriod");
  const sound = periods.every(
    ({ limit, numberPhases = 1 }) => limit >= 0 && numberPhases >= 1 && numberPhases <= MAX_PHASES,
  );
  if (!sound) return invalid("InvalidSchedule", "a limit is below 0 or not on 1 to 3 phases");
  const chosen = periods.some(({ phaseToUse, numberPhases }) => phaseToUse !== undefined && numberPhases !== 1);
  if (chosen && chargingProfilePurpose !== "ChargingStationExternalConstraints") {
    return invalid("InvalidSchedule", "phaseToUse needs numberPhases 1");
  }
  return undefined;
}
