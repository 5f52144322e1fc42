/** Our car with a fault at any charger, and what the charger does about it. */
import { type Fault, type FaultVerdict, Injector, judgeFault, type Reaction } from "../../faults/index.ts";
import type { Random } from "../../util/random.ts";
import { type CarOptions, driveCar } from "./car.ts";
import type { SessionVerdict } from "./verdict.ts";

export interface FaultyCarOptions extends CarOptions {
  readonly fault: Fault;
  readonly random: Random;
}

/** Never rejects for what the charger does. @throws UserError when the link cannot be used. */
export async function driveFaultyCar(options: FaultyCarOptions): Promise<FaultVerdict> {
  const { fault, network, clock, random, contract, interrupted, timeoutMs } = options;
  const injector = new Injector({ fault, network, clock, random, ...(contract && { key: contract.key }) });
  void interrupted.then(() => injector.giveUp());
  const faulty = { ...options, network: injector.network };
  const late = timeoutMs === undefined ? undefined : clock.setTimer(timeoutMs, () => injector.giveUp());
  const first = await driveCar(faulty);
  const session = injector.rehearsed ? await driveCar(faulty) : first;
  if (injector.watching) await injector.reaction;
  late?.cancel();
  return judgeFault(fault, reactionOf(injector, fault, session));
}

function reactionOf(
  { reached, settled }: Injector,
  { how }: Fault,
  session: SessionVerdict,
): Reaction | { readonly unreached: string } {
  const ended: Reaction =
    session.verdict === "charged"
      ? { does: "charges" }
      : { does: "ends without charging", reason: `after the fault: ${session.reason}` };
  if (!reached) return { unreached: session.reason };
  // Who is not disturbed by a wrong datagram answers the right one after it.
  if (how.seam === "datagrams" && settled?.does === "stays silent" && session.verdict !== "charged") return ended;
  return settled ?? ended;
}
