/** Our charger with a fault for any car, and what the car does about it. */
import { type Fault, type FaultVerdict, Injector, judgeFault } from "../../faults/index.ts";
import type { Reissued } from "../../pki/index.ts";
import { signal } from "../demo/signal.ts";
import { type ChargerOptions, openCharger } from "./charger.ts";

export interface FaultyChargerOptions extends ChargerOptions {
  readonly fault: Fault;
  /** A certificate with the fault that our charger itself has no use for. */
  readonly issued?: Reissued;
}

export interface FaultyCharger {
  /** What the car did; never comes when no session gets as far as the fault. */
  readonly verdict: Promise<FaultVerdict>;
  close(): Promise<void>;
}

/** Sessions that end before the fault has its place are reported by `onSession`. @throws UserError when it cannot listen. */
export async function openFaultyCharger(options: FaultyChargerOptions): Promise<FaultyCharger> {
  const { fault, network, clock, random, issued, onSession } = options;
  const injector = new Injector({ fault, network, clock, random, ...(issued && { issued }) });
  const verdict = signal<FaultVerdict>();
  void injector.reaction.then((reaction) => verdict.resolve(judgeFault(fault, reaction)));
  const charger = await openCharger({
    ...options,
    network: injector.network,
    onSession(session) {
      if (!injector.reached) return onSession(session);
      if (injector.watching || injector.settled) return;
      const ended = { does: "ends without charging", reason: session.reason } as const;
      verdict.resolve(judgeFault(fault, session.verdict === "charged" ? { does: "charges" } : ended));
    },
  });
  const close = async () => {
    injector.giveUp();
    await charger.close();
  };
  return { verdict: verdict.promise, close };
}
