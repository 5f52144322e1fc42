/** The car's side of the handshake, ISO 15118-2 clause 8.2: it offers protocols, the SECC picks one. */
import type { AppProtocol, SupportedAppProtocolReq, SupportedAppProtocolRes } from "../iso15118/appProtocol.ts";
import { DIN_NAMESPACE } from "../iso15118/din70121/index.ts";
import { ISO2_NAMESPACE } from "../iso15118/iso2/index.ts";

/** A protocol that the car speaks. */
export interface SpokenProtocol {
  /** For people. */
  readonly name: string;
  readonly ProtocolNamespace: string;
  readonly VersionNumberMajor: number;
  readonly VersionNumberMinor: number;
  /** It is never spoken over TLS. */
  readonly plainOnly?: true;
}

export const iso15118_2: SpokenProtocol = {
  name: "ISO 15118-2",
  ProtocolNamespace: ISO2_NAMESPACE,
  VersionNumberMajor: 2,
  VersionNumberMinor: 0,
};

export const din70121: SpokenProtocol = {
  name: "DIN SPEC 70121",
  ProtocolNamespace: DIN_NAMESPACE,
  VersionNumberMajor: 2,
  VersionNumberMinor: 0,
  plainOnly: true,
};

/** @param protocols the most wanted first; at most 20. SchemaID and priority count from 1. */
export function offer(protocols: readonly SpokenProtocol[]): SupportedAppProtocolReq {
  const AppProtocol = protocols.map(
    ({ name: _, plainOnly: __, ...protocol }, index): AppProtocol => ({
      ...protocol,
      SchemaID: index + 1,
      Priority: index + 1,
    }),
  );
  return { AppProtocol };
}

export type Agreement =
  | { readonly ok: true; readonly protocol: SpokenProtocol }
  | { readonly ok: false; readonly reason: string };

/** What the SECC's answer to {@link offer} means. */
export function agreedOn(response: SupportedAppProtocolRes, protocols: readonly SpokenProtocol[]): Agreement {
  const { ResponseCode, SchemaID } = response;
  if (ResponseCode === "Failed_NoNegotiation") {
    return { ok: false, reason: `the SECC speaks none of ${protocols.map(({ name }) => name).join(", ")}` };
  }
  const protocol = SchemaID === undefined ? undefined : protocols[SchemaID - 1];
  if (!protocol) return { ok: false, reason: `the SECC chose SchemaID ${SchemaID}, which was not offered` };
  return { ok: true, protocol };
}
