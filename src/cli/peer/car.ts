/** Our car at any charger: the sessions of one scenario, judged. */
import {
  type CarPorts,
  CarSession,
  type Contract,
  type ContractWish,
  checkCharger,
  din70121,
  type Effect,
  iso15118_2,
  isRegular,
  type MessageFacts,
  type Outcome,
  type PausedSession,
  type Witness,
} from "../../evcc/index.ts";
import { carFor, usualBattery } from "../../modules/PyEvJosev/car.ts";
import { manifest } from "../../modules/PyEvJosev/manifest.ts";
import { traceMessage } from "../../secc/trace.ts";
import type { Link } from "../../transport/interfaces.ts";
import type { Network } from "../../transport/ports.ts";
import { type Clock, sleep } from "../../util/clock.ts";
import type { Timeline } from "../../util/trace.ts";
import type { Certificate } from "../../x509/index.ts";
import { record } from "./record.ts";
import type { Behaviour, Scenario } from "./scenarios.ts";
import { judgeSession, loopResponses, type SessionVerdict } from "./verdict.ts";

export interface CarOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly link: Link;
  readonly sdpPort: number;
  readonly tls: "none" | "wanted" | "required";
  readonly scenario: Scenario;
  readonly contract?: Contract;
  /** For scenarios in which the car asks for a contract. */
  readonly contractWish?: ContractWish;
  /** Keeps what was installed; see {@link CarPorts}. */
  readonly storeContract?: CarPorts["storeContract"];
  /** V2G roots. */
  readonly roots: readonly Certificate[];
  /** Turns of the charge loop until the car has enough. */
  readonly cycles: number;
  /** How long a session may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** Is lenient with a charger whose DC voltages cannot be, and whose answers come late, as those of simulators. */
  readonly quirks?: boolean;
  /** Resolves when the person wants the car to leave. */
  readonly interrupted: Promise<void>;
}

const spoken = { "DIN SPEC 70121": din70121, "ISO 15118-2": iso15118_2 } as const;

const SDP_CYCLES = 1;
/** Of the car's pauses between two requests of the same kind: a tool has no time to lose. */
const DELAYS = 0;
const A_DAY = 86_400;
const ENERGY_WH = 22_000;
/** A car of 400 V that takes 20 kW. */
const BATTERY = {
  ...usualBattery,
  maxVoltage: 500,
  maxCurrent: 200,
  maxPower: 80_000,
  targetVoltage: 400,
  targetCurrent: 50,
} as const;
/** Between two sessions, so that the charger has seen the end of the one before. */
const REST_MS = 500;

/** Never rejects for what the charger does. @throws UserError when the link cannot be used. */
export async function driveCar(options: CarOptions): Promise<SessionVerdict> {
  const { clock, timeline, roots, scenario } = options;
  const take = record(timeline);
  let secured = false;
  const verifyCharger: CarPorts["verifyCharger"] = (shown) => {
    const verdict = checkCharger({ shown, roots, time: clock.now() });
    secured = verdict.ok;
    return verdict;
  };
  const outcome = await visit(options, verifyCharger);
  const { protocol, payment, sessions, proof } = scenario;
  const verdict = judgeSession({
    ...{ entries: take(), tls: secured, protocol, payment, reason: outcome.reason, sessions: sessions.length },
    ...(proof && { proof }),
  });
  return isRegular(outcome)
    ? verdict
    : { ...verdict, verdict: "failed", reason: `${outcome.ended}: ${outcome.reason}` };
}

/** One session after the other, as long as they end well. @returns how the last one ended. */
async function visit(options: CarOptions, verifyCharger: CarPorts["verifyCharger"]): Promise<Outcome> {
  const [first, ...more] = options.scenario.sessions;
  let outcome = await drive(options, verifyCharger, first);
  for (const behaviour of more) {
    if (!isRegular(outcome)) return outcome;
    await sleep(options.clock, REST_MS);
    outcome = await drive(options, verifyCharger, behaviour, outcome.ended === "paused" ? outcome.resume : undefined);
  }
  return outcome;
}

function drive(
  options: CarOptions,
  verifyCharger: CarPorts["verifyCharger"],
  behaviour: Behaviour = () => {},
  resume?: PausedSession,
): Promise<Outcome> {
  const { network, clock, timeline, link, sdpPort, tls, cycles, scenario, interrupted, quirks } = options;
  const { contract, contractWish, storeContract } = options;
  const enforced = { payment_option: scenario.payment, enforce_payment_option: true };
  const order = { SelectedPaymentOption: enforced, DepartureTime: A_DAY, EAmount: ENERGY_WH };
  const config = manifest.config.parse({});
  const battery = quirks ? { ...BATTERY, lenient: true } : BATTERY;
  const session: CarSession = new CarSession(
    {
      ...{ link, sdpPort, sdpCycles: SDP_CYCLES, tls },
      protocols: [spoken[scenario.protocol]],
      car: {
        ...carFor({ ...order, EnergyTransferMode: scenario.mode }, config, link, { contract, battery }, DELAYS),
        ...(contractWish && { contractWish }),
      },
      ...(resume && { resume }),
    },
    {
      ...{ network, clock, trace: timeline, verifyCharger },
      ...(storeContract && { storeContract }),
      publish: (_: Extract<Effect, { to: "ev" }>) => {},
      witness: witness(timeline, (turn) => behaviour(session, turn, cycles)),
    },
  );
  void interrupted.then(() => session.stop("the person wants to stop"));
  return inTime(session, options);
}

async function inTime(session: CarSession, { clock, timeoutMs }: CarOptions): Promise<Outcome> {
  if (timeoutMs === undefined) return session.finished;
  const late = clock.setTimer(timeoutMs, () => session.abort(`it took longer than ${timeoutMs / 1000} s`));
  try {
    return await session.finished;
  } finally {
    late.cancel();
  }
}

/** Puts every message on the timeline, and counts the turns of the charge loop. */
function witness(timeline: Timeline, onTurn: (turn: number) => void): Witness {
  let turns = 0;
  return (from, name, { ResponseCode, EVSEProcessing }: MessageFacts) => {
    traceMessage(timeline, from, name, {
      ...(ResponseCode === undefined ? {} : { ResponseCode }),
      ...(EVSEProcessing === undefined ? {} : { EVSEProcessing }),
    });
    if (loopResponses.includes(name)) onTurn(++turns);
  };
}
