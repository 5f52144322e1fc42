/** One ISO 15118-2 session: what the runner of sessions has to know of it. */
import { iso2, messageOf } from "../../iso15118/iso2/index.ts";
import { signFragments } from "../../iso15118/signature.ts";
import { type Dialect, headerOf, messageSession, requestIn, type SessionPorts } from "../messageSession.ts";
import type { ProtocolSession, SessionEnd } from "../protocolSession.ts";
import type { MessageFacts } from "../trace.ts";
import { changeBy } from "./events.ts";
import { inTime } from "./inTime.ts";
import { isFailure, iso2Machine } from "./machine.ts";
import { powerOffEffects } from "./power.ts";
import { type Iso2, type Iso2Ports, type Iso2Session, newSession, type PausedSession, type Reply } from "./protocol.ts";

export interface Iso2Options extends SessionPorts {
  readonly ports: Iso2Ports;
  readonly begin: Omit<Parameters<typeof newSession>[0], "now">;
  /** The EV has paused, and may come back. */
  onPause(paused: PausedSession): void;
}

export function iso2Session({
  ports,
  begin,
  onPause,
  ...outside
}: Iso2Options): ProtocolSession & { readonly state: string } {
  const dialect: Dialect<Iso2> = {
    machine: iso2Machine,
    session: newSession({ ...begin, now: outside.clock.now() }),
    ports: inTime(ports, outside.clock),
    ...{ read, write, facts: factsOf, isFailure, changeBy, at: (now: number) => ({ now }) },
    ended(session) {
      const paused = pausedBy(session);
      if (paused) onPause(paused);
      return { how: howEnded(session), effects: powerOffEffects(session) };
    },
  };
  return messageSession(dialect, outside);
}

function read(exi: Uint8Array): ReturnType<Dialect<Iso2>["read"]> {
  const { name, message } = requestIn(iso2.decodeStrictly(exi));
  // The name tells the type of the body, which the compiler cannot follow.
  return { name, message: { ...message, exi } } as ReturnType<typeof read>;
}

function write(reply: Reply, session: Iso2Session): Uint8Array {
  if ("exi" in reply) return reply.exi;
  const { tariffKey: key } = session.settings;
  const { signs: elements = [] } = reply;
  const signature = key && elements.length > 0 ? { Signature: signFragments({ elements, key }) } : {};
  return iso2.encode("V2G_Message", messageOf({ ...headerOf(session), ...signature }, reply));
}

function factsOf(reply: Reply): MessageFacts {
  if ("exi" in reply) return reply.ResponseCode === undefined ? {} : { ResponseCode: reply.ResponseCode };
  const { ResponseCode } = reply.message;
  return "EVSEProcessing" in reply.message
    ? { ResponseCode, EVSEProcessing: reply.message.EVSEProcessing }
    : { ResponseCode };
}

function howEnded({ ending }: Iso2Session): SessionEnd["how"] {
  if (ending === undefined) return "broken";
  return ending === "Pause" ? "paused" : "terminated";
}

function pausedBy(session: Iso2Session): PausedSession | undefined {
  const { ending, sessionId, EVCCID, secured, selected, contract, schedule, scheduledAt, tupleId } = session;
  if (ending !== "Pause" || !selected) return undefined;
  const eMAID = contract?.token.id_token.value;
  return { sessionId, EVCCID, secured, payment: selected.payment, eMAID, schedule, scheduledAt, tupleId };
}
