import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";
import { ProvidedIdToken } from "./types/authorization.ts";

/** A source of identification tokens: a card reader, the CSMS, the car itself. */
export const auth_token_provider = defineInterface({
  name: "auth_token_provider",
  vars: {
    provided_token: ProvidedIdToken,
  },
  errors: [...generic_errors],
});
