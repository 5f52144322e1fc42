/** Who is asked outside may answer late; the EV may not be left waiting for it (ISO 15118-2, 8.7.2, Table 109). */
import type { RequestName } from "../../iso15118/iso2/index.ts";
import { messageTimes } from "../../iso15118/timers.ts";
import { type Clock, withTimeout } from "../../util/clock.ts";
import type { Iso2Ports } from "./protocol.ts";

/** For the answer to be written, once it is known. */
const ANSWER_MS = 100;

const unchecked = {
  result: "NoCertificateAvailable",
  reason: "it could not be checked in time",
  fix: "See why evse_security does not answer.",
} as const;

/** The same ports, but an answer that is not there in time is taken for none. */
export function inTime(ports: Iso2Ports, clock: Clock): Iso2Ports {
  return {
    ...ports,
    checkContract: (chain) =>
      withTimeout(clock, timeFor("PaymentDetailsReq"), ports.checkContract(chain), () => unchecked),
    serviceParameters: (id) =>
      withTimeout(clock, timeFor("ServiceDetailReq"), ports.serviceParameters(id), () => undefined),
  };
}

function timeFor(request: RequestName): number {
  return messageTimes[request].performance - ANSWER_MS;
}
