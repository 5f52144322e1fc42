/** A CSMS, of any version, that answers as told. */
import type { CsmsLink } from "../../src/chargePoint/ports.ts";
import type { CallTable } from "../../src/ocpp/endpoint.ts";
import { NotConnected } from "../../src/rpc/errors.ts";

type Answer = object | Error | Promise<object>;

/** What it says to each action; `{}` to those that are not here. */
export type Script<C extends CallTable<C>> = {
  [A in keyof C]?: (request: C[A]["request"]) => C[A]["response"] | Error | Promise<Answer>;
};

export class ScriptedCsms<C extends CallTable<C>> implements CsmsLink {
  readonly calls: { action: string; payload: unknown }[] = [];
  reachable = true;
  readonly script: Script<C>;

  constructor(script: Script<C>) {
    this.script = script;
  }

  async call(action: string, payload: unknown): Promise<unknown> {
    if (!this.reachable) throw new NotConnected("the cable is cut");
    this.calls.push({ action, payload });
    const scripted = this.script[action as keyof C] as ((request: unknown) => Answer) | undefined;
    const answer = await (scripted?.(payload) ?? {});
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** The requests of one action, in the order in which they came. */
  requests<A extends keyof C>(action: A): C[A]["request"][] {
    return this.calls.filter((call) => call.action === action).map(({ payload }) => payload as C[A]["request"]);
  }
}
