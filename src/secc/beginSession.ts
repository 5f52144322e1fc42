/** The session of the protocol that was agreed on. */
import type { Clock } from "../util/clock.ts";
import type { Random } from "../util/random.ts";
import type { Tracer } from "../util/trace.ts";
import { dinSession } from "./din70121/session.ts";
import type { OutwardEffect } from "./effects.ts";
import type { Evse } from "./evse.ts";
import type { OfferedProtocol } from "./handshake.ts";
import type { Iso2Ports, Iso2Settings, PausedSession } from "./iso2/protocol.ts";
import { iso2Session } from "./iso2/session.ts";
import type { ProtocolSession } from "./protocolSession.ts";

/** What sessions need of their station. */
export interface SessionHome extends Pick<Iso2Ports, "checkContract" | "serviceParameters"> {
  readonly clock: Clock;
  readonly random: Random;
  readonly trace: Tracer;
  readonly settings: Iso2Settings;
}

export interface SessionStart {
  readonly evse: Evse;
  /** Whether the connection has TLS. */
  readonly secured: boolean;
  /** A session that the EV may join. */
  readonly paused: PausedSession | undefined;
  /** Must not throw. */
  perform(effect: OutwardEffect): void;
  /** The EV has paused, and may come back. */
  onPause(paused: PausedSession): void;
}

export function beginSession(
  { id }: OfferedProtocol,
  { clock, random, trace, settings, checkContract, serviceParameters }: SessionHome,
  { evse, secured, paused, perform, onPause }: SessionStart,
): ProtocolSession {
  const ports = { now: () => clock.now(), random: (count: number) => random.bytes(count) };
  if (id === "DIN70121") return dinSession({ clock, trace, ports, begin: { settings, evse }, perform });
  return iso2Session({
    ...{ clock, trace, perform, onPause },
    ports: { ...ports, checkContract, serviceParameters },
    begin: { settings, secured, paused, evse },
  });
}
