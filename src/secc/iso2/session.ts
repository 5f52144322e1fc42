/** One ISO 15118-2 session: bytes in, bytes out, the state machine between. */
import { ExiError } from "../../exi/index.ts";
import { type Incoming, Runner } from "../../fsm/machine.ts";
import { bodyOf, iso2, type MessageHeader, messageOf, type V2G_Message } from "../../iso15118/iso2/index.ts";
import type { Clock, Timer } from "../../util/clock.ts";
import { InternalError } from "../../util/errors.ts";
import type { Tracer } from "../../util/trace.ts";
import type { Effect, OutwardEffect } from "../effects.ts";
import type { SessionEvent } from "../events.ts";
import { ProtocolError, type ProtocolSession, type SessionEnd } from "../protocolSession.ts";
import { type MessageFacts, traceMessage } from "../trace.ts";
import { changeBy } from "./events.ts";
import { isFailure, iso2Machine } from "./machine.ts";
import { powerOffEffects } from "./power.ts";
import { type Iso2, type Iso2Ports, type Iso2Session, newSession, type PausedSession, type Reply } from "./protocol.ts";

export interface Iso2Options {
  readonly clock: Clock;
  readonly trace: Tracer;
  readonly ports: Iso2Ports;
  readonly begin: Parameters<typeof newSession>[0];
  /** Gets every effect but timers and traces. */
  perform(effect: OutwardEffect): void;
  /** The EV has paused, and may come back. */
  onPause(paused: PausedSession): void;
}

/** What goes into the header before there is a session. */
const NO_SESSION = new Uint8Array(8);

export function iso2Session(options: Iso2Options): ProtocolSession & { readonly state: string } {
  const { clock, trace, ports } = options;
  let timer: Timer | undefined;
  let lastRequest: SessionEnd["lastRequest"] = "supportedAppProtocolReq";

  const perform = (effect: Effect) => {
    if (effect.to === "trace") return trace.add(effect.event);
    if (effect.to !== "timer") return options.perform(effect);
    timer?.cancel();
    if (effect.ms > 0) timer = clock.setTimer(effect.ms, () => apply({ type: "authorization_timeout" }));
  };
  const runner = new Runner<Iso2>(iso2Machine, newSession(options.begin), { clock, ports, perform });
  const apply = (event: SessionEvent) => runner.apply(changeBy(event, runner.session));

  return {
    get state() {
      return runner.state;
    },
    get established() {
      return runner.session.sessionId.length > 0;
    },
    apply,
    async handle(exi) {
      const incoming = read(exi);
      lastRequest = incoming.name;
      traceMessage(trace, "EV", incoming.name);
      const reply = await runner.feed(incoming);
      const response = incoming.name.replace(/Req$/, "Res");
      if (reply) traceMessage(trace, "EVSE", response, factsOf(reply));
      return {
        request: incoming.name,
        response,
        exi: reply && encode(reply, runner.session),
        last: runner.state === "Terminated",
        failed: isFailure(reply),
      };
    },
    end() {
      timer?.cancel();
      runner.stop();
      const { session } = runner;
      const paused = pausedBy(session);
      if (paused) options.onPause(paused);
      return { how: howEnded(session), lastRequest, effects: powerOffEffects(session) };
    },
  };
}

/** @throws PeerError unless it is a message with a request in it. */
function read(exi: Uint8Array): Incoming<Iso2> {
  const { root, value } = iso2.decode(exi);
  if (root !== "V2G_Message") throw new ProtocolError(`a ${root} instead of a V2G_Message`);
  const message = value as V2G_Message;
  const body = bodyOf(message);
  if (!body) throw new ProtocolError("a message without a body");
  if (!body.name.endsWith("Req")) throw new ProtocolError(`a ${body.name} from the EV`);
  // The name tells the type of the body, which the compiler cannot follow.
  return { name: body.name, message: { header: message.Header, body: body.message, exi } } as Incoming<Iso2>;
}

/** @throws InternalError for an answer that cannot be written: it is ours, and no fault of the EV. */
function encode(reply: Reply, { sessionId }: Iso2Session): Uint8Array {
  if ("exi" in reply) return reply.exi;
  const header: MessageHeader = { SessionID: sessionId.length > 0 ? sessionId : NO_SESSION };
  try {
    return iso2.encode("V2G_Message", messageOf(header, reply));
  } catch (error) {
    if (!(error instanceof ExiError)) throw error;
    throw new InternalError(`${reply.name} cannot be written: ${error.message}`);
  }
}

function factsOf(reply: Reply): MessageFacts {
  if ("exi" in reply) return {};
  const { ResponseCode } = reply.message;
  return "EVSEProcessing" in reply.message
    ? { ResponseCode, EVSEProcessing: reply.message.EVSEProcessing }
    : { ResponseCode };
}

function howEnded({ ending }: Iso2Session): SessionEnd["how"] {
  if (ending === undefined) return "broken";
  return ending === "Pause" ? "paused" : "terminated";
}

function pausedBy({ ending, sessionId, EVCCID, selected, schedule }: Iso2Session): PausedSession | undefined {
  if (ending !== "Pause" || !selected) return undefined;
  return { sessionId, EVCCID, payment: selected.payment, schedule };
}
