/**
 * A protocol state as a value: what it is called, which states may follow, and what it does with each message.
 *
 * A handler is pure: no I/O, no clock, no `await`. It returns what changes in the session, what should happen outside
 * (effects, as values) and what to answer. Where facts from outside are needed first, {@link ask} pairs a question with
 * the decision; where the answer depends on something that happens outside, the handler returns a {@link Wait}.
 */

/** What a family of states agrees on. A protocol is a type only. */
export interface Protocol {
  /** Message name to its type. */
  readonly messages: object;
  /** All that is remembered between messages; never mutated, only replaced. */
  readonly session: object;
  readonly reply: unknown;
  /** What the runner does outside, in order, before the reply is sent. */
  readonly effect: unknown;
  /** What questions may use. */
  readonly ports: unknown;
}

/** The answer to one message. Without `next` the state stays. */
export interface Step<P extends Protocol, Next extends string = string> {
  readonly reply?: P["reply"];
  readonly next?: Next;
  readonly session?: Partial<P["session"]>;
  readonly effects?: readonly P["effect"][];
}

/** The answer comes when the session has changed so that `until` holds, or after `ms` milliseconds. */
export interface Wait<P extends Protocol, Next extends string = string> {
  readonly session?: Partial<P["session"]>;
  readonly effects?: readonly P["effect"][];
  readonly ms: number;
  until(session: P["session"]): boolean;
  /** Answers with the session as it then is. */
  decide(session: P["session"]): Step<P, Next>;
}

export type Outcome<P extends Protocol, Next extends string = string> = Step<P, Next> | Wait<P, Next>;

/** Decides about a message from the session alone. */
export type Decide<P extends Protocol, M, Next extends string = string> = (
  message: M,
  session: P["session"],
) => Outcome<P, Next>;

/** A message that needs facts: `gather` asks the ports, and gives the decision that follows from the answers. */
export interface Ask<P extends Protocol, M, Next extends string = string> {
  gather(message: M, session: P["session"], ports: P["ports"]): Promise<(session: P["session"]) => Outcome<P, Next>>;
}

export type Handler<P extends Protocol, M, Next extends string = string> = Decide<P, M, Next> | Ask<P, M, Next>;

/** Pairs a question with the decision about its answer; the decision sees the session as it is when the answer is there. */
export function ask<P extends Protocol, M, Facts, const Next extends string>(
  gather: (message: M, session: P["session"], ports: P["ports"]) => Promise<Facts>,
  decide: (message: M, session: P["session"], facts: Facts) => Outcome<P, Next>,
): Ask<P, M, Next> {
  return {
    gather: async (message, session, ports) => {
      const facts = await gather(message, session, ports);
      return (current) => decide(message, current, facts);
    },
  };
}

export type Handlers<P extends Protocol, Next extends string = string> = {
  readonly [M in keyof P["messages"]]?: Handler<P, P["messages"][M], Next>;
};

export interface State<P extends Protocol, Name extends string = string, Next extends string = string> {
  readonly name: Name;
  /** Every state that may follow; a handler that names another does not compile. */
  readonly next: readonly Next[];
  readonly on: Handlers<P, Next>;
}

/** `stateOf<MyProtocol>()` gives the `state({ name, next, on })` of that protocol. */
export function stateOf<P extends Protocol>() {
  return <const Name extends string, const Next extends readonly string[]>(definition: {
    readonly name: Name;
    readonly next: Next;
    readonly on: Handlers<P, NoInfer<Next[number]>>;
  }): State<P, Name, Next[number]> => definition;
}
