/** One session of a protocol whose messages are documents with header and body: bytes in, bytes out, the state machine between. */
import { ExiError } from "../exi/index.ts";
import { type Incoming, type Machine, Runner } from "../fsm/machine.ts";
import type { Protocol } from "../fsm/state.ts";
import type { Clock, Timer } from "../util/clock.ts";
import { InternalError } from "../util/errors.ts";
import type { Tracer } from "../util/trace.ts";
import type { Effect, OutwardEffect } from "./effects.ts";
import type { SessionEvent } from "./events.ts";
import { ProtocolError, type ProtocolSession, type SessionEnd } from "./protocolSession.ts";
import { type MessageFacts, traceMessage } from "./trace.ts";

/** What every such session remembers, among other things. */
interface Remembered {
  /** 8 octets; empty before SessionSetup. */
  readonly sessionId: Uint8Array;
}

interface MessageProtocol extends Protocol {
  readonly session: Remembered;
  readonly effect: Effect;
}

/** What is special of one protocol. */
export interface Dialect<P extends MessageProtocol> {
  readonly machine: Machine<P>;
  readonly session: P["session"];
  readonly ports: P["ports"];
  /** @throws PeerError unless it is a message with a request in it. */
  read(exi: Uint8Array): Incoming<P> & { readonly name: SessionEnd["lastRequest"] };
  /** @throws ExiError for an answer that does not fit its schema. */
  write(reply: NonNullable<P["reply"]>, session: P["session"]): Uint8Array;
  facts(reply: NonNullable<P["reply"]>): MessageFacts;
  isFailure(reply: P["reply"] | undefined): boolean;
  /** What a session remembers of the time at which a message came, in milliseconds since 1970. */
  readonly at?: (now: number) => Partial<P["session"]>;
  changeBy(event: SessionEvent, session: P["session"]): Partial<P["session"]>;
  /** How it ended, and what is left to do. */
  ended(session: P["session"]): Omit<SessionEnd, "lastRequest">;
}

export interface SessionPorts {
  readonly clock: Clock;
  readonly trace: Tracer;
  /** Gets every effect but timers and traces. */
  perform(effect: OutwardEffect): void;
}

export function messageSession<P extends MessageProtocol>(
  dialect: Dialect<P>,
  { clock, trace, perform: outside }: SessionPorts,
): ProtocolSession & { readonly state: string } {
  let timer: Timer | undefined;
  let lastRequest: SessionEnd["lastRequest"] = "supportedAppProtocolReq";

  const perform = (effect: Effect) => {
    if (effect.to === "trace") return trace.add(effect.event);
    if (effect.to !== "timer") return outside(effect);
    timer?.cancel();
    if (effect.ms > 0) timer = clock.setTimer(effect.ms, () => apply({ type: "authorization_timeout" }));
  };
  const runner = new Runner<P>(dialect.machine, dialect.session, { clock, ports: dialect.ports, perform });
  const apply = (event: SessionEvent) => runner.apply(dialect.changeBy(event, runner.session));

  return {
    get state() {
      return runner.state;
    },
    get established() {
      return runner.session.sessionId.length > 0;
    },
    apply,
    async handle(exi) {
      const incoming = dialect.read(exi);
      lastRequest = incoming.name;
      traceMessage(trace, "EV", incoming.name);
      if (dialect.at) runner.apply(dialect.at(clock.now()));
      const reply = await runner.feed(incoming);
      const response = incoming.name.replace(/Req$/, "Res");
      if (reply) traceMessage(trace, "EVSE", response, dialect.facts(reply));
      return {
        request: incoming.name,
        response,
        exi: reply ? written(dialect, response, reply, runner.session) : undefined,
        last: runner.state === "Terminated",
        failed: dialect.isFailure(reply),
      };
    },
    end() {
      timer?.cancel();
      runner.stop();
      return { ...dialect.ended(runner.session), lastRequest };
    },
  };
}

/** An answer that cannot be written is our fault, not the EV's. */
function written<P extends MessageProtocol>(
  dialect: Dialect<P>,
  name: string,
  reply: NonNullable<P["reply"]>,
  session: P["session"],
): Uint8Array {
  try {
    return dialect.write(reply, session);
  } catch (error) {
    if (!(error instanceof ExiError)) throw error;
    throw new InternalError(`${name} cannot be written: ${error.message}`);
  }
}

/** What goes into the header before there is a session. */
const NO_SESSION = new Uint8Array(8);

export function headerOf({ sessionId }: Remembered): { readonly SessionID: Uint8Array } {
  return { SessionID: sessionId.length > 0 ? sessionId : NO_SESSION };
}

/** The request in a document from the EV. @throws ProtocolError when there is none. */
export function requestIn({ root, value }: { readonly root: string; readonly value: unknown }) {
  if (root !== "V2G_Message") throw new ProtocolError(`a ${root} instead of a V2G_Message`);
  const { Header: header, Body } = value as { readonly Header: unknown; readonly Body: object };
  const [found] = Object.entries(Body);
  if (!found) throw new ProtocolError("a message without a body");
  const [name, body]: [string, unknown] = found;
  if (!name.endsWith("Req")) throw new ProtocolError(`a ${name} from the EV`);
  return { name, message: { header, body } };
}
