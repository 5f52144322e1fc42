/** Every fault there is, by side, in the order of a session. */
import { certificates } from "./car/certificates.ts";
import { sdp } from "./car/discovery.ts";
import { exi } from "./car/exi.ts";
import { v2gtp } from "./car/framing.ts";
import { sap } from "./car/handshake.ts";
import { sequence } from "./car/sequence.ts";
import { session } from "./car/session.ts";
import { proof } from "./car/signature.ts";
import { timing } from "./car/timing.ts";
import { tls } from "./car/tls.ts";
import { values } from "./car/values.ts";
import type { Fault, Side } from "./fault.ts";

export const catalogue: Readonly<Record<Side, readonly Fault[]>> = {
  ev: [
    ...sdp,
    ...tls,
    ...v2gtp,
    ...exi,
    ...sap,
    ...session,
    ...sequence,
    ...certificates,
    ...proof,
    ...values,
    ...timing,
  ],
  secc: [],
};

export function findFault(side: Side, name: string): Fault | undefined {
  return catalogue[side].find((fault) => fault.name === name);
}
