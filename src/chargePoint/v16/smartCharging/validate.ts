/** Whether a charging profile can be followed here (OCPP 1.6, 5.16; the rules are those of EVerest). */
import { readDateTime } from "../../../ocpp/dateTime.ts";
import type { ChargingProfile, ChargingSchedule } from "../../../ocpp/v16/types.ts";
import { recurrences } from "../../smartCharging/spells.ts";
import type { Configuration } from "../configuration/configuration.ts";

/** Where a profile is to go. */
export interface Place {
  /** 0 is the whole station; it exists. */
  readonly connectorId: number;
  /** The transaction that runs there; `starting` comes with its RemoteStartTransaction. */
  readonly transaction: { readonly transactionId?: number } | "starting" | undefined;
}

const MAX_PHASES = 3;

/** How ChargingScheduleAllowedChargingRateUnit calls the units. */
const unitNames = { A: "Current", W: "Power" } as const;

/** What is wrong with a profile, in words; undefined when it is sound. */
export function fault(profile: ChargingProfile, place: Place, config: Configuration): string | undefined {
  const maxLevel = config.value("ChargeProfileMaxStackLevel") ?? 0;
  if (profile.stackLevel < 0 || profile.stackLevel > maxLevel) return `stackLevel is not from 0 to ${maxLevel}`;
  if (!config.value("SupportedChargingProfilePurposeTypes").includes(profile.chargingProfilePurpose)) {
    return `${profile.chargingProfilePurpose} is not among SupportedChargingProfilePurposeTypes`;
  }
  return purposeFault(profile, place) ?? kindFault(profile) ?? scheduleFault(profile.chargingSchedule, config);
}

/** As it is kept: with a begin where it may do without, and no longer than until it recurs. */
export function settled(profile: ChargingProfile, now: string, config: Configuration): ChargingProfile {
  const { chargingProfileKind, recurrencyKind, chargingSchedule } = profile;
  const { startSchedule, duration } = chargingSchedule;
  const withoutStart = config.value("AllowChargingProfileWithoutStartSchedule") === true;
  const starts = chargingProfileKind !== "Relative" && startSchedule === undefined && withoutStart;
  const longest = chargingProfileKind === "Recurring" && recurrencyKind ? recurrences[recurrencyKind] / 1000 : duration;
  return {
    ...profile,
    chargingSchedule: {
      ...chargingSchedule,
      ...(starts ? { startSchedule: now } : {}),
      ...(duration === undefined || longest === undefined ? {} : { duration: Math.min(duration, longest) }),
    },
  };
}

export function unitAllowed(unit: keyof typeof unitNames, config: Configuration): boolean {
  return config
    .names("ChargingScheduleAllowedChargingRateUnit")
    .some((name) => name === unitNames[unit] || name === unit);
}

function purposeFault(
  { chargingProfilePurpose, chargingProfileKind, transactionId }: ChargingProfile,
  { connectorId, transaction }: Place,
): string | undefined {
  if (chargingProfilePurpose === "ChargePointMaxProfile") {
    if (connectorId !== 0) return "a ChargePointMaxProfile is for connector 0";
    return chargingProfileKind === "Relative" ? "a ChargePointMaxProfile is relative to nothing" : undefined;
  }
  if (chargingProfilePurpose === "TxDefaultProfile") return undefined;
  if (transaction === "starting") return undefined;
  if (connectorId === 0) return "a TxProfile is for one connector";
  if (!transaction) return "there is no transaction for a TxProfile";
  const other = transactionId !== undefined && transactionId !== transaction.transactionId;
  return other ? `transaction ${transactionId} does not run there` : undefined;
}

function kindFault(profile: ChargingProfile): string | undefined {
  const { chargingProfileKind, recurrencyKind, chargingSchedule, validFrom, validTo } = profile;
  if (validFrom !== undefined && validTo !== undefined && readDateTime(validFrom) >= readDateTime(validTo)) {
    return "validTo is not after validFrom";
  }
  if (chargingProfileKind === "Relative") return undefined;
  if (chargingSchedule.startSchedule === undefined)
    return `a profile that is ${chargingProfileKind} needs a startSchedule`;
  const unclear = chargingProfileKind === "Recurring" && recurrencyKind === undefined;
  return unclear ? "a profile that is Recurring needs a recurrencyKind" : undefined;
}

function scheduleFault(schedule: ChargingSchedule, config: Configuration): string | undefined {
  const { chargingRateUnit, chargingSchedulePeriod: periods, duration } = schedule;
  const most = config.value("ChargingScheduleMaxPeriods") ?? 0;
  if (!unitAllowed(chargingRateUnit, config)) return `the unit ${chargingRateUnit} is not allowed`;
  if (periods.length > most) return `there are more than ${most} periods`;
  if (duration !== undefined && duration < 0) return "the duration is below 0";
  if (periods[0]?.startPeriod !== 0) return "the first period does not start at 0";
  const orderly = periods.every(({ startPeriod }, index) => startPeriod > (periods[index - 1]?.startPeriod ?? -1));
  if (!orderly) return "the periods are not in the order of their startPeriod";
  const sound = periods.every(
    ({ limit, numberPhases = 1 }) => limit >= 0 && numberPhases >= 1 && numberPhases <= MAX_PHASES,
  );
  return sound ? undefined : "a limit is below 0 or not on 1 to 3 phases";
}
