/** What a variable's value may be: OCPP 2.0.1 part 2, VariableCharacteristicsType. */
import { isDateTime } from "../../ocpp/dateTime.ts";
import type { DataEnumType } from "../../ocpp/v201/messages.generated.ts";

export interface Characteristics {
  readonly dataType: DataEnumType;
  readonly supportsMonitoring: boolean;
  readonly unit?: string;
  /** Of a number its least value, of a string its least length. */
  readonly minLimit?: number;
  readonly maxLimit?: number;
  /** The members of a list, separated by commas. */
  readonly valuesList?: string;
}

/** `A,B` as its members; empty text has none. */
export function members(list: string): string[] {
  return list === "" ? [] : list.split(",").map((member) => member.trim());
}

/** What was expected instead of `value`, in words; undefined when the value fits. */
export function expectedInstead(value: string, characteristics: Characteristics): string | undefined {
  switch (characteristics.dataType) {
    case "boolean":
      return value === "true" || value === "false" ? undefined : "true or false";
    case "integer":
      return /^[+-]?\d{1,15}$/.test(value) ? outside(Number(value), characteristics) : "an integer";
    case "decimal":
      return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value) ? outside(Number(value), characteristics) : "a decimal number";
    case "dateTime":
      return isDateTime(value) ? undefined : "a date and time as of RFC 3339";
    case "string":
      return outside(value.length, characteristics, " characters");
    default:
      return notListed(value, characteristics);
  }
}

/** As {@link expectedInstead}, without regard to limits and members: what the other attributes than Actual may be. */
export function expectedType(value: string, { dataType, supportsMonitoring }: Characteristics): string | undefined {
  return expectedInstead(value, { dataType, supportsMonitoring });
}

function outside(size: number, { minLimit, maxLimit }: Characteristics, unit = ""): string | undefined {
  if (minLimit !== undefined && size < minLimit) return `at least ${minLimit}${unit}`;
  if (maxLimit !== undefined && size > maxLimit) return `at most ${maxLimit}${unit}`;
  return undefined;
}

function notListed(value: string, { dataType, valuesList }: Characteristics): string | undefined {
  if (valuesList === undefined) return undefined;
  const allowed = members(valuesList);
  const given = dataType === "OptionList" ? [value] : members(value);
  if (given.every((member) => allowed.includes(member))) return undefined;
  return dataType === "OptionList" ? `one of ${valuesList}` : `some of ${valuesList}`;
}
