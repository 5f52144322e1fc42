import { createValidator } from "../validator.ts";

/** The 90 actions of OCPP 2.1. */
export const validator = createValidator("2.1", new URL("../../../schemas/ocpp2.1.json", import.meta.url));
