import { createValidator } from "../validator.ts";

/** The 64 actions of OCPP 2.0.1. */
export const validator = createValidator("2.0.1", new URL("../../../schemas/ocpp2.0.1.json", import.meta.url));
