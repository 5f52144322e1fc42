/** A session over one connection: request, response, next request, until the states say that it is over. */
import { type Incoming, type Machine, Runner } from "../fsm/machine.ts";
import type { Protocol } from "../fsm/state.ts";
import type { Clock } from "../util/clock.ts";
import { PeerError } from "../util/errors.ts";
import type { Car } from "./car.ts";
import type { DcState } from "./dc/charging.ts";
import type { Effect } from "./effects.ts";
import { type Exchange, noAnswer } from "./exchange.ts";
import type { Outcome } from "./outcome.ts";
import type { MessageFacts, Witness } from "./witness.ts";

/** What the states of every protocol remember, among other things. */
interface Remembered {
  /** How the session is to end; undefined while it is to go on. */
  readonly ending: "Terminate" | "Pause" | undefined;
  /** Why, in words. */
  readonly endingReason: string;
  readonly outcome: Outcome | undefined;
  readonly dc: DcState;
}

/** A response, as the states of every protocol take it. */
interface Response {
  readonly body: MessageFacts;
  /** When it came, in milliseconds of a clock that never jumps. */
  readonly at: number;
}

interface CarProtocol extends Protocol {
  readonly messages: Readonly<Record<string, Response>>;
  readonly session: Remembered;
  readonly reply: { readonly name: string };
  readonly effect: Effect;
}

/** What is special of one protocol, with the session before its first message. */
export interface Dialect<P extends CarProtocol> {
  readonly machine: Machine<P>;
  readonly session: P["session"];
  /** What the states may ask outside. */
  readonly ports: P["ports"];
  first(session: P["session"]): P["reply"];
  /** @throws PeerError when the request does not fit its schema, for example by a certificate that is too large. */
  encode(request: P["reply"], session: P["session"]): Uint8Array;
  /** @throws PeerError when the bytes are no message. */
  decode(exi: Uint8Array): { readonly root: string; readonly value: unknown };
  /** Milliseconds for the response. */
  timeout(request: P["reply"]): number;
  /** What changes when the car wants other than it said; absent where the protocol knows no renegotiation. */
  renegotiation?(session: P["session"], needs: ChangedNeeds): Partial<P["session"]>;
}

/** What a car may want otherwise while it charges. */
export type ChangedNeeds = Partial<Pick<Car, "departureTime" | "energyAmount">>;

export interface ConversationPorts {
  readonly exchange: Exchange;
  readonly clock: Clock;
  /** Carries out one effect. Must not throw. */
  perform(effect: Effect): void;
  readonly witness?: Witness;
}

/** Whoever runs a session sees no more of its protocol. */
export interface Conversation {
  /** The response that is awaited, or was last. */
  readonly state: string;
  /** The car wants to end or pause, for this reason, at the next occasion. The first wish counts. */
  leave(ending: "Terminate" | "Pause", endingReason: string): void;
  /** The car wants another schedule, at the next occasion. @returns false when the protocol has no such thing */
  renegotiate(needs: ChangedNeeds): boolean;
  /** The car's instruments say how full the battery is; from here on it is not reckoned up. @param soc percent */
  batteryAt(soc: number): void;
  /** Nothing more is asked; a pause between two requests ends at once. */
  drop(): void;
  /** Talks until the end; never rejects for what the other side does. */
  run(): Promise<Outcome>;
}

export function conversationOf<P extends CarProtocol>(
  dialect: Dialect<P>,
  { exchange, clock, perform, witness }: ConversationPorts,
): Conversation {
  const runner = new Runner<P>(dialect.machine, dialect.session, { clock, ports: dialect.ports, perform });

  const ask = async (request: P["reply"]): Promise<Incoming<P> | Outcome> => {
    const awaited = request.name.replace(/Req$/, "Res");
    const exi = encoded(dialect, request, runner.session);
    if ("ended" in exi) return exi;
    witness?.("EV", request.name, {});
    const answer = await exchange.request(exi, dialect.timeout(request));
    if (answer.kind !== "answer") return noAnswer(answer, awaited);
    const response = decoded(dialect, answer.payload, awaited, clock.monotonic());
    if ("ended" in response) return response;
    witness?.("EVSE", response.name, response.message.body);
    return response;
  };

  return {
    get state() {
      return runner.state;
    },
    leave(ending, endingReason) {
      if (!runner.session.ending) runner.apply({ ending, endingReason } as Partial<P["session"]>);
    },
    renegotiate(needs) {
      const change = dialect.renegotiation?.(runner.session, needs);
      if (change) runner.apply(change);
      return change !== undefined;
    },
    batteryAt(soc) {
      runner.apply({ dc: { ...runner.session.dc, soc, socGiven: true } } as Partial<P["session"]>);
    },
    drop: () => runner.stop(),
    async run() {
      let request: P["reply"] | undefined = dialect.first(runner.session);
      while (request) {
        const response = await ask(request);
        if ("ended" in response) return response;
        request = await runner.feed(response);
      }
      return runner.session.outcome ?? { ended: "aborted", reason: "the conversation was dropped" };
    },
  };
}

function encoded<P extends CarProtocol>(
  { encode }: Dialect<P>,
  request: P["reply"],
  session: P["session"],
): Uint8Array | Outcome {
  try {
    return encode(request, session);
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return { ended: "car fault", reason: `${request.name} cannot be written: ${error.message}` };
  }
}

/**
 * The response; an outcome when it is none.
 * @param awaited the name of the response that should come
 * @param at when it came, in milliseconds of a monotonic clock
 */
function decoded<P extends CarProtocol>(
  { decode }: Dialect<P>,
  exi: Uint8Array,
  awaited: string,
  at: number,
): Incoming<P> | Outcome {
  const broken = (what: string): Outcome => ({ ended: "protocol error", reason: `instead of ${awaited}: ${what}` });
  try {
    const { root, value } = decode(exi);
    if (root !== "V2G_Message") return broken(`${root} came`);
    const { Header: header, Body } = value as { readonly Header: unknown; readonly Body: object };
    const [found] = Object.entries(Body);
    if (!found?.[0].endsWith("Res")) return broken(`${found?.[0] ?? root} came`);
    const response: { readonly name: string; readonly message: unknown } = {
      name: found[0],
      message: { header, body: found[1], at },
    };
    // A response has a handler's name, and its type goes with the name.
    return response as Incoming<P>;
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    return broken(error.message);
  }
}
