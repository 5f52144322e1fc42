/** DIN SPEC 70121, 9.5.2.6 to 9.5.2.12: power schedules, the profile that the EV chooses, and tariffs, which only the schema has. */
import {
  attribute,
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
  PMaxType,
  SAIDType,
  tariffDescriptionType,
  types,
  unitMultiplierType,
} from "./simple.ts";

const many = Number.POSITIVE_INFINITY;

const IntervalType = types.complexType({});
export const TimeInterval = types.abstract("TimeInterval", IntervalType);

/** 9.5.2.12: seconds from the moment of the message; `duration` for the last entry only. */
export const RelativeTimeInterval = types.global(
  "RelativeTimeInterval",
  types.extend(IntervalType, { start: element(unsignedInt), duration: optional(unsignedInt) }),
);

const EntryType = types.complexType({ TimeInterval: substitution(TimeInterval, RelativeTimeInterval) });
export const Entry = types.abstract("Entry", EntryType);

/** 9.5.2.10 */
export const PMaxScheduleEntry = types.global(
  "PMaxScheduleEntry",
  types.extend(EntryType, { PMax: element(PMaxType) }),
);

/** The power that the EVSE can give. */
export const PMaxScheduleType = types.complexType({
  PMaxScheduleID: element(SAIDType),
  PMaxScheduleEntry: repeated(PMaxScheduleEntry, 1, many),
});

export const CostType = types.complexType({
  costKind: element(costKindType),
  amount: element(unsignedInt),
  amountMultiplier: optional(unitMultiplierType),
});

/** What consumption from `startValue` on costs. */
export const ConsumptionCostType = types.complexType({
  startValue: element(unsignedInt),
  Cost: repeated(CostType, 0, many),
});

export const SalesTariffEntry = types.global(
  "SalesTariffEntry",
  types.extend(EntryType, {
    EPriceLevel: element(unsignedByte),
    ConsumptionCost: repeated(ConsumptionCostType, 0, many),
  }),
);

export const SalesTariffType = types.complexType({
  "@Id": attribute(idType, { required: true }),
  SalesTariffID: element(SAIDType),
  SalesTariffDescription: optional(tariffDescriptionType),
  NumEPriceLevels: element(unsignedByte),
  SalesTariffEntry: repeated(SalesTariffEntry, 1, many),
});

/** 9.5.2.8 */
export const SAScheduleTupleType = types.complexType({
  SAScheduleTupleID: element(SAIDType),
  PMaxSchedule: element(PMaxScheduleType),
  SalesTariff: optional(SalesTariffType),
});

const SASchedulesType = types.complexType({});
export const SASchedules = types.abstract("SASchedules", SASchedulesType);

/** The schedules that the EV chooses from. */
export const SAScheduleList = types.global(
  "SAScheduleList",
  types.extend(SASchedulesType, { SAScheduleTuple: repeated(SAScheduleTupleType, 1, many) }),
);

/** 9.5.2.7: valid from `ChargingProfileEntryStart`, in seconds, to the next entry. */
export const ProfileEntryType = types.complexType({
  ChargingProfileEntryStart: element(unsignedInt),
  ChargingProfileEntryMaxPower: element(PMaxType),
});

/** 9.5.2.6: the power that the EV will draw, within the schedule tuple it names. */
export const ChargingProfileType = types.complexType({
  SAScheduleTupleID: element(SAIDType),
  ProfileEntry: repeated(ProfileEntryType, 1, many),
});

export type SAScheduleTuple = Infer<typeof SAScheduleTupleType>;
export type ChargingProfile = Infer<typeof ChargingProfileType>;
