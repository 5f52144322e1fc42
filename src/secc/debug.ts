/** What is published only when the EVSE's manager wants to log the session. */

import { V2gMessageId } from "../interfaces/types/iso15118.ts";
import type { AppProtocol } from "../iso15118/appProtocol.ts";
import { toBase64, toHex } from "../util/bytes.ts";
import { type ChargerEffect, publish } from "./effects.ts";
import type { OfferedProtocol } from "./handshake.ts";

/** The protocols that the EV speaks, and the one that was chosen. */
export function protocolEffects(protocol: OfferedProtocol, offered: readonly AppProtocol[]): ChargerEffect[] {
  const Protocols = offered.map((theirs) => ({
    protocol_namespace: theirs.ProtocolNamespace,
    version_number_major: theirs.VersionNumberMajor,
    version_number_minor: theirs.VersionNumberMinor,
    schema_id: theirs.SchemaID,
    priority: theirs.Priority,
  }));
  return [publish("ev_app_protocol", { Protocols }), publish("selected_protocol", protocol.name)];
}

/** A message as it went over the wire. */
export function messageEffect(name: string, exi: Uint8Array): ChargerEffect {
  const known = V2gMessageId.safeParse(name.charAt(0).toUpperCase() + name.slice(1));
  const id = known.success ? known.data : "UnknownMessage";
  return publish("v2g_messages", { id, exi: toHex(exi), exi_base64: toBase64(exi) });
}
