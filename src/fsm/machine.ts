/** States put together, and the one `feed()` that takes every message through them. */
import type { Clock } from "../util/clock.ts";
import type { Ask, Handler, Handlers, Outcome, Protocol, State, Step, Wait } from "./state.ts";

type NameOf<S> = S extends State<infer _P, infer Name, infer _Next> ? Name : never;
type NextOf<S> = S extends State<infer _P, infer _Name, infer Next> ? Next : never;
/** `unknown` when every successor is a state of the machine, else a type that names those which are missing. */
type Complete<S extends readonly unknown[]> = [Exclude<NextOf<S[number]>, NameOf<S[number]>>] extends [never]
  ? unknown
  : { readonly missingStates: Exclude<NextOf<S[number]>, NameOf<S[number]>> };

/** A message as a pair of its name and content. */
export type Incoming<P extends Protocol> = {
  [M in keyof P["messages"] & string]: { readonly name: M; readonly message: P["messages"][M] };
}[keyof P["messages"] & string];

/** The rules that hold in every state, so that no state repeats them. */
export interface Rules<P extends Protocol> {
  /** Looks at a message that the state expects before the state does; a step given here is the answer instead. */
  guard?(incoming: Incoming<P>, session: P["session"], state: string): Step<P> | undefined;
  /** Answers a message for which the state has no handler. */
  unexpected(incoming: Incoming<P>, session: P["session"], state: string): Step<P>;
  /** Sees every step before it takes effect, for example to end the session after a failure. */
  conclude?(step: Step<P>, incoming: Incoming<P>, session: P["session"]): Step<P>;
}

export interface Machine<P extends Protocol, Name extends string = string> {
  readonly initial: Name;
  readonly states: ReadonlyMap<string, State<P>>;
  readonly rules: Rules<P>;
}

/** Puts states together; a successor that is no state of the list does not compile. */
export function machineOf<P extends Protocol>() {
  return <const S extends readonly State<P>[]>(definition: {
    readonly initial: NoInfer<NameOf<S[number]>>;
    readonly states: S & NoInfer<Complete<S>>;
    readonly rules: Rules<P>;
  }): Machine<P, NameOf<S[number]>> => ({
    initial: definition.initial,
    states: new Map(definition.states.map((state) => [state.name, state])),
    rules: definition.rules,
  });
}

/** The pure heart: what a message means in a state. A question is given back for the runner to ask. */
export function react<P extends Protocol>(
  machine: Machine<P>,
  state: string,
  session: P["session"],
  incoming: Incoming<P>,
): Outcome<P> | Ask<P, unknown> {
  const handlers: Handlers<P> = machine.states.get(state)?.on ?? {};
  if (!Object.hasOwn(handlers, incoming.name)) return machine.rules.unexpected(incoming, session, state);
  const refused = machine.rules.guard?.(incoming, session, state);
  if (refused) return refused;
  // The name says which type the message has; the compiler cannot follow that through the table.
  const handler = handlers[incoming.name] as Handler<P, unknown>;
  return typeof handler === "function" ? handler(incoming.message, session) : handler;
}

export interface RunnerOptions<P extends Protocol> {
  readonly clock: Clock;
  readonly ports: P["ports"];
  /** Carries out one effect. Must not throw. */
  perform(effect: P["effect"]): void;
}

/** A machine in operation: one state, one session, messages one after the other. */
export class Runner<P extends Protocol> {
  readonly #machine: Machine<P>;
  readonly #options: RunnerOptions<P>;
  readonly #watchers = new Set<() => void>();
  #queue: Promise<unknown> = Promise.resolve();
  #state: string;
  #stopped = false;
  #session: P["session"];

  constructor(machine: Machine<P>, session: P["session"], options: RunnerOptions<P>) {
    this.#machine = machine;
    this.#state = machine.initial;
    this.#session = session;
    this.#options = options;
  }

  get state(): string {
    return this.#state;
  }

  get session(): P["session"] {
    return this.#session;
  }

  /** Takes one message through the machine and gives the reply; messages wait for those before them. */
  feed(incoming: Incoming<P>): Promise<P["reply"] | undefined> {
    const result = this.#queue.then(() => this.#take(incoming));
    this.#queue = result.catch(() => {});
    return result;
  }

  /** An answer or a change from outside; seen by the next message and by a handler that waits. */
  apply(change: Partial<P["session"]>): void {
    this.#session = { ...this.#session, ...change };
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Ends it: a handler that waits is dropped without effect, and nothing is answered any more. */
  stop(): void {
    this.#stopped = true;
    for (const watcher of [...this.#watchers]) watcher();
  }

  async #take(incoming: Incoming<P>): Promise<P["reply"] | undefined> {
    if (this.#stopped) return undefined;
    const found = react(this.#machine, this.#state, this.#session, incoming);
    const outcome = "gather" in found ? await this.#ask(found, incoming) : found;
    const step = "until" in outcome ? await this.#wait(outcome) : outcome;
    if (this.#stopped) return undefined;
    const final = this.#machine.rules.conclude?.(step, incoming, this.#session) ?? step;
    this.#change(final);
    this.#state = final.next ?? this.#state;
    return final.reply;
  }

  async #ask(question: Ask<P, unknown>, incoming: Incoming<P>): Promise<Outcome<P>> {
    const decide = await question.gather(incoming.message, this.#session, this.#options.ports);
    return decide(this.#session);
  }

  async #wait(wait: Wait<P>): Promise<Step<P>> {
    if (!this.#stopped) this.#change(wait);
    if (!this.#stopped && !wait.until(this.#session)) await this.#changed(wait);
    return wait.decide(this.#session);
  }

  #changed(wait: Wait<P>): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        this.#watchers.delete(check);
        resolve();
      };
      const check = () => {
        if (this.#stopped || wait.until(this.#session)) done();
      };
      const timer = this.#options.clock.setTimer(wait.ms, done);
      this.#watchers.add(check);
    });
  }

  #change(outcome: Outcome<P>): void {
    if (outcome.session) this.apply(outcome.session);
    for (const effect of outcome.effects ?? []) this.#options.perform(effect);
  }
}
