/** What happens in a run of `npm run crashes`, all of it chosen by a seed. */

export type Version = "1.6" | "2.0.1";

/** Something that a car, a driver or a meter does at an EVSE. */
export interface Act {
  readonly session: string;
  readonly evseId: 1 | 2;
  readonly does: "plugIn" | "start" | "charge" | "pause" | "measure" | "finish" | "unplug";
  readonly energyWh: number;
  /** Milliseconds before it. */
  readonly wait: number;
}

/** When the station is killed: by itself before so many steps on the disk, or from outside after a time or a message. */
export type Kill =
  | { readonly by: "step"; readonly step: number }
  | { readonly by: "time"; readonly ms: number }
  | { readonly by: "message"; readonly nth: number };

/** What the CSMS does to the nth message of a run. */
export interface Trouble {
  readonly nth: number;
  /** `loses`: it has the message, and the connection ends before the answer. `down`: so too, and for a while nobody gets in. `fails`: it cannot process the message. */
  readonly what: "loses" | "down" | "fails";
}

export interface Plan {
  readonly seed: number;
  readonly version: Version;
  /** Whether EVSEs go on with their sessions after a restart; otherwise the loss of power has ended them. */
  readonly resumes: boolean;
  readonly acts: readonly Act[];
  /** One for every life of the station but the last. */
  readonly kills: readonly Kill[];
  readonly troubles: readonly Trouble[];
}

const MOST_STEPS = 150;
const MOST_MESSAGES = 25;

export function planOf(version: Version, seed: number): Plan {
  const random = mulberry32(seed);
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const often = (chance: number) => random() < chance;
  const meters = { 1: 1000, 2: 2000 };
  const session = (evseId: 1 | 2, number: number): Act[] => {
    const name = `0000000${evseId}-0000-4000-8000-${String(number).padStart(12, "0")}`;
    const act = (does: Act["does"]): Act => {
      meters[evseId] += does === "measure" ? whole(1, 20) : 0;
      return { session: name, evseId, does, energyWh: meters[evseId], wait: whole(0, 12) };
    };
    const turn = ["measure", "pause", "measure", "charge"] as const;
    const course = Array.from({ length: whole(1, 4) }, () => turn).flat();
    return (["plugIn", "start", "charge", ...course, "finish", "unplug"] as const).map(act);
  };
  const lane = (evseId: 1 | 2) => Array.from({ length: whole(1, 2) }, (_, number) => session(evseId, number)).flat();
  const kill = (): Kill => {
    if (often(0.6)) return { by: "step", step: whole(1, MOST_STEPS) };
    return often(0.5) ? { by: "time", ms: whole(0, 400) } : { by: "message", nth: whole(1, MOST_MESSAGES) };
  };
  const troubles: readonly Trouble["what"][] = ["loses", "down", "fails"];
  return {
    ...{ seed, version, resumes: often(0.4) },
    acts: merge(lane(1), lane(2), () => often(0.5)),
    kills: Array.from({ length: often(0.25) ? 2 : 1 }, kill),
    troubles: Array.from({ length: whole(0, 4) }, () => ({
      nth: whole(1, MOST_MESSAGES),
      what: troubles[whole(0, 2)] ?? "loses",
    })),
  };
}

/** Both lanes at once, each in its order. */
function merge(left: readonly Act[], right: readonly Act[], chooseLeft: () => boolean): Act[] {
  const rest: readonly [Act[], Act[]] = [[...left], [...right]];
  const merged: Act[] = [];
  while (rest[0].length + rest[1].length > 0) {
    const lane = rest[1].length === 0 || (rest[0].length > 0 && chooseLeft()) ? rest[0] : rest[1];
    merged.push(...lane.splice(0, 1));
  }
  return merged;
}

/** Numbers from 0 to 1, the same for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
