/** One DIN SPEC 70121 session: what the runner of sessions has to know of it. */
import { din, messageOf } from "../../iso15118/din70121/index.ts";
import { type Dialect, headerOf, messageSession, requestIn, type SessionPorts } from "../messageSession.ts";
import type { ProtocolSession } from "../protocolSession.ts";
import type { MessageFacts } from "../trace.ts";
import { changeBy } from "./events.ts";
import { dinMachine, isFailure } from "./machine.ts";
import { powerOff } from "./power.ts";
import { type Din, type DinPorts, newSession, type Reply } from "./protocol.ts";

export interface DinOptions extends SessionPorts {
  readonly ports: DinPorts;
  readonly begin: Omit<Parameters<typeof newSession>[0], "now">;
}

export function dinSession({ ports, begin, ...outside }: DinOptions): ProtocolSession & { readonly state: string } {
  const dialect: Dialect<Din> = {
    machine: dinMachine,
    session: newSession({ ...begin, now: outside.clock.now() }),
    ports,
    ...{ read, facts: factsOf, isFailure, changeBy },
    at: (now) => ({ now }),
    write: (reply, session) => din.encode("V2G_Message", messageOf(headerOf(session), reply)),
    ended: (session) => ({ how: session.stopped ? "terminated" : "broken", effects: powerOff(session).effects }),
  };
  return messageSession(dialect, outside);
}

function read(exi: Uint8Array): ReturnType<Dialect<Din>["read"]> {
  // The name tells the type of the body, which the compiler cannot follow.
  return requestIn(din.decodeStrictly(exi)) as ReturnType<typeof read>;
}

function factsOf({ message }: Reply): MessageFacts {
  const { ResponseCode } = message;
  return "EVSEProcessing" in message ? { ResponseCode, EVSEProcessing: message.EVSEProcessing } : { ResponseCode };
}
