import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";
import { ProvidedIdToken, ValidationResult, ValidationResultUpdate } from "./types/authorization.ts";

/** Who can say whether a token is good, such as the CSMS. */
export const auth_token_validator = defineInterface({
  name: "auth_token_validator",
  cmds: {
    validate_token: { args: { provided_token: ProvidedIdToken }, result: ValidationResult },
  },
  vars: {
    validate_result_update: ValidationResultUpdate,
  },
  errors: [...generic_errors],
});
