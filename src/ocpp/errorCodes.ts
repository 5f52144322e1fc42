/** What can be wrong with a payload, and the CALLERROR code that each OCPP version has for it. */

export type OcppVersion = "1.6" | "2.0.1" | "2.1";

/** `occurrence`: missing or too few or many. `type`: another JSON type. `value`: right type, bad value. `property`: a name the message does not have. */
export type PayloadFault = "occurrence" | "type" | "value" | "property";

/** Spellings are the versions' own; they differ between them, so a receiver accepts any. OCPP-J 1.6 table 7, OCPP 2.0.1 part 4, 4.3. */
export const faultCodes: Readonly<Record<OcppVersion, Readonly<Record<PayloadFault, string>>>> = {
  "1.6": {
    occurrence: "OccurenceConstraintViolation",
    type: "TypeConstraintViolation",
    value: "FormationViolation",
    property: "PropertyConstraintViolation",
  },
  "2.0.1": {
    occurrence: "OccurenceConstraintViolation",
    type: "TypeConstraintViolation",
    value: "FormatViolation",
    property: "PropertyConstraintViolation",
  },
  "2.1": {
    occurrence: "OccurrenceConstraintViolation",
    type: "TypeConstraintViolation",
    value: "FormatViolation",
    property: "PropertyConstraintViolation",
  },
};

const faultsByKeyword: Readonly<Record<string, PayloadFault>> = {
  required: "occurrence",
  minItems: "occurrence",
  maxItems: "occurrence",
  type: "type",
  additionalProperties: "property",
};

/** The fault that a failed JSON schema keyword stands for. */
export function faultOfKeyword(keyword: string): PayloadFault {
  return faultsByKeyword[keyword] ?? "value";
}
