import { createValidator } from "../validator.ts";

/** The 39 actions of OCPP 1.6 with those of its security whitepaper. */
export const validator = createValidator("1.6", new URL("../../../schemas/ocpp1.6.json", import.meta.url));
