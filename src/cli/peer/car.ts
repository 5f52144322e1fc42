/** Our car at any charger: one session, judged. */
import {
  CarSession,
  type Contract,
  checkCharger,
  type Effect,
  isRegular,
  type MessageFacts,
  type Witness,
} from "../../evcc/index.ts";
import { carFor } from "../../modules/PyEvJosev/car.ts";
import { manifest } from "../../modules/PyEvJosev/manifest.ts";
import { traceMessage } from "../../secc/trace.ts";
import type { Link } from "../../transport/interfaces.ts";
import type { Network } from "../../transport/ports.ts";
import type { Clock } from "../../util/clock.ts";
import type { Timeline } from "../../util/trace.ts";
import type { Certificate } from "../../x509/index.ts";
import { record } from "./record.ts";
import { judgeSession, type Payment, type SessionVerdict } from "./verdict.ts";

export interface CarOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly link: Link;
  readonly sdpPort: number;
  readonly tls: "none" | "wanted" | "required";
  readonly payment: Payment;
  readonly contract?: Contract;
  /** V2G roots. */
  readonly roots: readonly Certificate[];
  /** Turns of the charge loop until the car has enough. */
  readonly cycles: number;
  /** Resolves when the person wants the car to leave. */
  readonly interrupted: Promise<void>;
}

const SDP_CYCLES = 1;
/** Of the car's pauses between two requests of the same kind: a tool has no time to lose. */
const DELAYS = 0;
const A_DAY = 86_400;
const ENERGY_WH = 22_000;

/** Never rejects for what the charger does. @throws UserError when the link cannot be used. */
export async function driveCar(options: CarOptions): Promise<SessionVerdict> {
  const { network, clock, timeline, link, sdpPort, tls, payment, contract, roots, cycles } = options;
  const take = record(timeline);
  const enforced = { payment_option: payment, enforce_payment_option: true };
  const order = { SelectedPaymentOption: enforced, DepartureTime: A_DAY, EAmount: ENERGY_WH };
  const config = manifest.config.parse({});
  let secured = false;
  const session: CarSession = new CarSession(
    {
      ...{ link, sdpPort, sdpCycles: SDP_CYCLES, tls },
      car: carFor({ ...order, EnergyTransferMode: "AC_three_phase_core" }, config, link, contract, DELAYS),
    },
    {
      ...{ network, clock, trace: timeline },
      publish: (_: Extract<Effect, { to: "ev" }>) => {},
      witness: witness(timeline, cycles, () => session.stop(`the car has enough after ${cycles} turns of the loop`)),
      verifyCharger: (shown) => {
        const verdict = checkCharger({ shown, roots, time: clock.now() });
        secured = verdict.ok;
        return verdict;
      },
    },
  );
  void options.interrupted.then(() => session.stop("the person wants to stop"));
  const outcome = await session.finished;
  const verdict = judgeSession({ entries: take(), tls: secured, payment, reason: outcome.reason });
  return isRegular(outcome)
    ? verdict
    : { ...verdict, verdict: "failed", reason: `${outcome.ended}: ${outcome.reason}` };
}

/** Puts every message on the timeline, and counts the turns of the charge loop. */
function witness(timeline: Timeline, cycles: number, enough: () => void): Witness {
  let turns = 0;
  return (from, name, { ResponseCode, EVSEProcessing }: MessageFacts) => {
    traceMessage(timeline, from, name, {
      ...(ResponseCode === undefined ? {} : { ResponseCode }),
      ...(EVSEProcessing === undefined ? {} : { EVSEProcessing }),
    });
    if (name === "ChargingStatusRes" && ++turns === cycles) enough();
  };
}
