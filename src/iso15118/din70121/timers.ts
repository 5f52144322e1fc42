/** The timeouts of DIN SPEC 70121 (9.6.2, Table 75 for a message each; 9.6.5, Table 77 for the session), in milliseconds. */
import type { RequestName } from "./message.ts";

const USUAL = 2000;
const LOOP = 250;

/** How long the EVCC waits for the response: 2 s, and 0.25 s in the charge loop. */
export function dinTimeout(request: RequestName): number {
  return request === "CurrentDemandReq" ? LOOP : USUAL;
}

/** What ISO 15118-2 has otherwise; the rest, as for cable check and precharge, is the same. */
export const dinSessionTimes = {
  /** From SessionSetupRes to the PowerDeliveryRes that begins charging, as the EVCC waits. */
  readyToCharge: { timeout: 150_000 },
} as const;
