/** Every fault there is, by side, in the order of a session. */
import { certificates } from "./car/certificates.ts";
import { dinSequence, dinTiming, dinValues } from "./car/din.ts";
import { direct, directSequence } from "./car/direct.ts";
import { sdp } from "./car/discovery.ts";
import { exi } from "./car/exi.ts";
import { v2gtp } from "./car/framing.ts";
import { sap } from "./car/handshake.ts";
import { installation } from "./car/installation.ts";
import { receipts } from "./car/receipts.ts";
import { sequence } from "./car/sequence.ts";
import { session } from "./car/session.ts";
import { proof } from "./car/signature.ts";
import { timing } from "./car/timing.ts";
import { tls } from "./car/tls.ts";
import { values } from "./car/values.ts";
import { dinDirect, dinFailed, dinSilent, dinWrong } from "./charger/din.ts";
import * as directOfChargers from "./charger/direct.ts";
import * as charger from "./charger/discovery.ts";
import * as framing from "./charger/framing.ts";
import * as installations from "./charger/installation.ts";
import * as responses from "./charger/responses.ts";
import * as sessions from "./charger/session.ts";
import * as tlsOfChargers from "./charger/tls.ts";
import * as offers from "./charger/values.ts";
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
    ...installation,
    ...certificates,
    ...proof,
    ...receipts,
    ...values,
    ...direct,
    ...directSequence,
    ...timing,
    ...dinSequence,
    ...dinValues,
    ...dinTiming,
  ],
  secc: [
    ...charger.sdp,
    ...tlsOfChargers.certificates,
    ...tlsOfChargers.tls,
    ...framing.v2gtp,
    ...framing.exi,
    ...sessions.sap,
    ...sessions.session,
    ...responses.failed,
    ...responses.wrong,
    ...responses.silent,
    ...responses.ongoing,
    ...installations.installation,
    ...offers.challenges,
    ...offers.values,
    ...offers.notifications,
    ...directOfChargers.direct,
    ...dinFailed,
    ...dinWrong,
    ...dinSilent,
    ...dinDirect,
  ],
};

export function findFault(side: Side, name: string): Fault | undefined {
  return catalogue[side].find((fault) => fault.name === name);
}
