/** SupportedAppProtocol, ISO 15118-2 clause 8.2: which protocol both sides will speak. */

import type { SupportedAppProtocol } from "../interfaces/types/iso15118.ts";
import type { SupportedAppProtocolReq, SupportedAppProtocolRes } from "../iso15118/appProtocol.ts";
import { DIN_NAMESPACE } from "../iso15118/din70121/index.ts";
import { ISO2_NAMESPACE } from "../iso15118/iso2/index.ts";
import { energyTransferModes } from "./din70121/modes.ts";
import type { Evse } from "./evse.ts";

/** A protocol that this SECC speaks. */
export interface OfferedProtocol {
  /** As the interfaces name it. */
  readonly id: SupportedAppProtocol;
  /** As EVerest names it in `selected_protocol`. */
  readonly name: string;
  readonly namespace: string;
  readonly major: number;
  readonly minor: number;
  /** Whether this EVSE can speak it over a connection that has TLS or not; always, when absent. */
  fits?(evse: Evse, secured: boolean): boolean;
}

export const iso2Protocol: OfferedProtocol = {
  id: "ISO15118D2",
  name: "ISO15118-2-2013",
  namespace: ISO2_NAMESPACE,
  major: 2,
  minor: 0,
};

/** For DC only, and never over TLS. */
export const dinProtocol: OfferedProtocol = {
  id: "DIN70121",
  name: "DIN70121",
  namespace: DIN_NAMESPACE,
  major: 2,
  minor: 0,
  fits: (evse, secured) => !secured && energyTransferModes(evse).length > 0,
};

export interface Negotiated {
  /** Undefined when there is none that both speak. */
  readonly chosen: OfferedProtocol | undefined;
  readonly response: SupportedAppProtocolRes;
}

/** The EV's most wanted protocol that we speak too; the major version must agree. */
export function negotiate(
  { AppProtocol: wanted }: SupportedAppProtocolReq,
  ours: readonly OfferedProtocol[],
): Negotiated {
  const byPriority = [...wanted].sort((a, b) => a.Priority - b.Priority);
  for (const theirs of byPriority) {
    const protocol = ours.find(
      ({ namespace, major }) => namespace === theirs.ProtocolNamespace && major === theirs.VersionNumberMajor,
    );
    if (!protocol) continue;
    const same = protocol.minor === theirs.VersionNumberMinor;
    const ResponseCode = same ? "OK_SuccessfulNegotiation" : "OK_SuccessfulNegotiationWithMinorDeviation";
    return { chosen: protocol, response: { ResponseCode, SchemaID: theirs.SchemaID } };
  }
  return { chosen: undefined, response: { ResponseCode: "Failed_NoNegotiation" } };
}
