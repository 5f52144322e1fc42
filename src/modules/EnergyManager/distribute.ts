/**
 * Max-min fair shares of a tree of limits: all outlets get more and more at the same pace; where a limit is reached, those
 * behind it stay with what they have, and the others go on.
 */

/** A limit and who set it. */
export interface Limit {
  readonly value: number;
  readonly source: string;
}

/** Something that many draw from. */
export interface Capacity {
  left: number;
  readonly source: string;
}

/** One who wants energy. */
export interface Consumer {
  /** What it draws from: so much of each capacity for one unit of its own. */
  readonly draws: readonly { readonly from: Capacity; readonly weight: number }[];
  /** Units that it gets in the time in which others get theirs. */
  readonly pace: number;
  /** Units below which it cannot work and gets nothing. */
  readonly minimum: number;
}

/** Units that a consumer gets, and who would have to allow more for it to get more. */
export type Share = Limit;

const ENOUGH = 1e-9;

/** @returns a share for each consumer, in their order. Uses the capacities up. */
export function distribute(consumers: readonly Consumer[]): Share[] {
  const shares: Limit[] = consumers.map(() => ({ value: 0, source: "" }));
  const growing = new Set<number>();
  consumers.forEach((consumer, i) => {
    const limiting = consumer.draws.find(({ from, weight }) => from.left + ENOUGH < weight * consumer.minimum);
    shares[i] = { value: limiting ? 0 : consumer.minimum, source: limiting?.from.source ?? "" };
    if (limiting) return;
    take(consumer, consumer.minimum);
    if (consumer.draws.length > 0) growing.add(i);
  });
  while (growing.size > 0) {
    const active = [...growing].flatMap((i) => consumers[i] ?? []);
    const times = [...demandOf(active)].map(([capacity, demand]) => ({ capacity, time: capacity.left / demand }));
    const time = Math.max(0, Math.min(...times.map((it) => it.time)));
    for (const consumer of active) take(consumer, time * consumer.pace);
    // Exactly, whatever rounding left of it: so every turn ends with someone.
    for (const it of times) if (it.time <= time) it.capacity.left = 0;
    for (const i of growing) {
      const { draws = [], pace = 0 } = consumers[i] ?? {};
      const limiting = draws.find(({ from }) => from.left <= ENOUGH);
      shares[i] = { value: (shares[i]?.value ?? 0) + time * pace, source: limiting?.from.source ?? "" };
      if (limiting) growing.delete(i);
    }
  }
  return shares;
}

function take({ draws }: Consumer, units: number): void {
  for (const { from, weight } of draws) from.left -= weight * units;
}

/** How fast each capacity is used up. */
function demandOf(consumers: readonly Consumer[]): Map<Capacity, number> {
  const demand = new Map<Capacity, number>();
  for (const { draws, pace } of consumers) {
    for (const { from, weight } of draws) demand.set(from, (demand.get(from) ?? 0) + weight * pace);
  }
  return demand;
}
