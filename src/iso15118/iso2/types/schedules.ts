/** ISO 15118-2, 8.5.2.10 to 8.5.2.20: power schedules, tariffs and the profile that the EV chooses within them. */
import {
  attribute,
  bounded,
  element,
  type Infer,
  optional,
  repeated,
  substitution,
  unsignedByte,
  unsignedInt,
} from "../../../exi/schema.ts";
import {
  costKindType,
  idType,
  maxNumPhasesType,
  SAIDType,
  tariffDescriptionType,
  types,
  unitMultiplierType,
} from "./simple.ts";
import { PhysicalValueType } from "./values.ts";

const IntervalType = types.complexType({});
export const TimeInterval = types.abstract("TimeInterval", IntervalType);

/** 8.5.2.18: seconds from the moment of the message; `duration` for the last entry only. */
export const RelativeTimeInterval = types.global(
  "RelativeTimeInterval",
  types.extend(IntervalType, { start: element(bounded(0, 16_777_214)), duration: optional(bounded(0, 86_400)) }),
);

const EntryType = types.complexType({ TimeInterval: substitution(TimeInterval, RelativeTimeInterval) });
export const Entry = types.abstract("Entry", EntryType);

/** 8.5.2.15 */
export const PMaxScheduleEntry = types.global(
  "PMaxScheduleEntry",
  types.extend(EntryType, { PMax: element(PhysicalValueType) }),
);

/** 8.5.2.14: the power that the EVSE can give. */
export const PMaxScheduleType = types.complexType({ PMaxScheduleEntry: repeated(PMaxScheduleEntry, 1, 1024) });

/** 8.5.2.20 */
export const CostType = types.complexType({
  costKind: element(costKindType),
  amount: element(unsignedInt),
  amountMultiplier: optional(unitMultiplierType),
});

/** 8.5.2.19: what consumption from `startValue` on costs. */
export const ConsumptionCostType = types.complexType({
  startValue: element(PhysicalValueType),
  Cost: repeated(CostType, 1, 3),
});

/** 8.5.2.17 */
export const SalesTariffEntry = types.global(
  "SalesTariffEntry",
  types.extend(EntryType, {
    EPriceLevel: optional(unsignedByte),
    ConsumptionCost: repeated(ConsumptionCostType, 0, 3),
  }),
);

/** 8.5.2.16: signed by the mobility operator when `@Id` is there. */
export const SalesTariffType = types.complexType({
  "@Id": attribute(idType),
  SalesTariffID: element(SAIDType),
  SalesTariffDescription: optional(tariffDescriptionType),
  NumEPriceLevels: optional(unsignedByte),
  SalesTariffEntry: repeated(SalesTariffEntry, 1, 1024),
});

/** 8.5.2.13 */
export const SAScheduleTupleType = types.complexType({
  SAScheduleTupleID: element(SAIDType),
  PMaxSchedule: element(PMaxScheduleType),
  SalesTariff: optional(SalesTariffType),
});

const SASchedulesType = types.complexType({});
export const SASchedules = types.abstract("SASchedules", SASchedulesType);

/** 8.5.2.12: the schedules that the EV chooses from. */
export const SAScheduleList = types.global(
  "SAScheduleList",
  types.extend(SASchedulesType, { SAScheduleTuple: repeated(SAScheduleTupleType, 1, 3) }),
);

/** 8.5.2.11: valid from `ChargingProfileEntryStart`, in seconds, to the next entry. */
export const ProfileEntryType = types.complexType({
  ChargingProfileEntryStart: element(unsignedInt),
  ChargingProfileEntryMaxPower: element(PhysicalValueType),
  ChargingProfileEntryMaxNumberOfPhasesInUse: optional(maxNumPhasesType),
});

/** 8.5.2.10: the power that the EV will draw. */
export const ChargingProfileType = types.complexType({ ProfileEntry: repeated(ProfileEntryType, 1, 24) });

export type SAScheduleTuple = Infer<typeof SAScheduleTupleType>;
export type ChargingProfile = Infer<typeof ChargingProfileType>;
export type SalesTariff = Infer<typeof SalesTariffType>;
