/** How a session of the car ends. Every way has words for people. */
import type { ResponseName as DinResponseName } from "../iso15118/din70121/index.ts";
import type { ResponseName } from "../iso15118/iso2/index.ts";
import type { PausedSession } from "./car.ts";

export type Outcome =
  /** SessionStopRes came for a regular end. */
  | { readonly ended: "completed"; readonly reason: string }
  | { readonly ended: "paused"; readonly reason: string; readonly resume: PausedSession }
  /** The EVSE said FAILED. */
  | {
      readonly ended: "refused";
      readonly reason: string;
      readonly message: ResponseName | DinResponseName;
      readonly ResponseCode: string;
      /** Of CertificateUpdateRes: days until the car may ask for a renewal again, 0 at the next charging, -1 never. */
      readonly retryDays?: number;
    }
  | { readonly ended: OtherEnding; readonly reason: string };

export type OtherEnding =
  /** Nobody answered SDP. */
  | "no charger"
  /** SDP's answer is not as secure as the car demands. */
  | "no security"
  /** TCP or TLS could not be set up. */
  | "no connection"
  /** The SECC's certificates do not convince the car. */
  | "charger not trusted"
  | "no common protocol"
  /** The EVSE offers nothing that the car can use. */
  | "nothing suitable offered"
  /** The contract that came to be installed does not convince the car. */
  | "contract not trusted"
  /** A response or the end of an Ongoing did not come in time. */
  | "timeout"
  /** The EVSE broke the rules of the protocol. */
  | "protocol error"
  | "connection lost"
  /** What the car has does not fit into the messages, for example a certificate that is too large. */
  | "car fault"
  /** We ended it from outside, for example because the cable was pulled. */
  | "aborted";

/** Whether the session did what it was for. */
export function isRegular({ ended }: Outcome): boolean {
  return ended === "completed" || ended === "paused";
}
