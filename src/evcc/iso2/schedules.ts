/** Which of the schedules that an EVSE offers the car takes (ISO 15118-2, 8.5.2.12 and 8.5.2.13). */
import { type Course, valueAt } from "../../iso15118/course.ts";
import type { MessageHeader, SAScheduleTuple } from "../../iso15118/iso2/index.ts";
import { powerCourse, priceCourse, scheduleEnd, scheduleFault } from "../../iso15118/scheduleRules.ts";
import { decided, type Effect } from "../effects.ts";
import type { Iso2Session } from "./protocol.ts";
import { judgeTariffs } from "./tariffs.ts";

export interface ScheduleChoice {
  /** Undefined when none can be used. */
  readonly schedule: SAScheduleTuple | undefined;
  /** What the timeline should know of the choice. */
  readonly effects: readonly Effect[];
}

/** What the car wants of a schedule. */
export interface ScheduleNeeds {
  /** Watt, at most. */
  readonly maxPower: number;
  /** Wh; 0 for as much as can be had. */
  readonly energy: number;
}

/** What a schedule does for the car. */
interface Benefit {
  /** Wh. */
  readonly energy: number;
  /** Wh times price levels; infinite without a tariff that can be believed. */
  readonly cost: number;
}

/** One with less than this part of the most energy is no match for it. */
const ENOUGH = 0.99;
const SECONDS_PER_HOUR = 3600;

/** A session that goes on keeps to its schedule [V2G2-741]; else the one with the most energy, and of equals the cheapest. */
export function chooseSchedule(
  offered: readonly SAScheduleTuple[],
  header: Pick<MessageHeader, "Signature">,
  session: Pick<Iso2Session, "joined" | "payment" | "car">,
  needs: ScheduleNeeds,
): ScheduleChoice {
  const { usable, effects } = usableOf(offered);
  const kept = usable.find(({ SAScheduleTupleID: id }) => id === session.joined?.SAScheduleTupleID);
  if (kept) return { schedule: kept, effects };
  const hasTariffs = usable.some(({ SalesTariff }) => SalesTariff);
  const verdict = hasTariffs ? judgeTariffs(offered, header, session) : undefined;
  const [schedule] = usable.toSorted(better(needs, verdict?.ok === true));
  const told = [
    ...(verdict ? [tariffsTold(verdict)] : []),
    ...(usable.length > 1 && schedule ? [chosen(schedule, usable.length)] : []),
  ];
  return { schedule, effects: [...effects, ...told] };
}

function usableOf(offered: readonly SAScheduleTuple[]): { usable: SAScheduleTuple[]; effects: Effect[] } {
  const effects: Effect[] = [];
  const usable = offered.filter((tuple, at) => {
    const { SAScheduleTupleID: id } = tuple;
    const twice = offered.findIndex((other) => other.SAScheduleTupleID === id) < at;
    const fault = twice ? "there is another of this id" : scheduleFault(tuple);
    if (fault !== undefined) effects.push(decided({ step: 6, title: `passes over schedule ${id}: ${fault}` }));
    return fault === undefined;
  });
  return { usable, effects };
}

function tariffsTold(verdict: ReturnType<typeof judgeTariffs>): Effect {
  const title = verdict.ok ? "believes the tariffs" : `heeds no tariff: ${verdict.reason}`;
  return decided({ step: 6, title, rule: "ISO 15118-2, 7.9.2.4" });
}

function chosen({ SAScheduleTupleID }: SAScheduleTuple, count: number): Effect {
  return decided({ step: 6, title: `takes schedule ${SAScheduleTupleID} of ${count}` });
}

/** Orders schedules, the best first; what is equal stays in the EVSE's order. */
function better(needs: ScheduleNeeds, believed: boolean) {
  return (a: SAScheduleTuple, b: SAScheduleTuple): number => {
    const [first, second] = [benefit(a, needs, believed), benefit(b, needs, believed)];
    const most = Math.max(first.energy, second.energy);
    const match = Math.min(first.energy, second.energy) >= most * ENOUGH;
    if (!match) return second.energy - first.energy;
    return first.cost === second.cost ? 0 : first.cost - second.cost;
  };
}

/** Charges in thought with all the power there is until the car has what it needs, or the schedule ends. */
function benefit({ PMaxSchedule, SalesTariff }: SAScheduleTuple, needs: ScheduleNeeds, believed: boolean): Benefit {
  const power = powerCourse(PMaxSchedule);
  const prices: Course = (believed && SalesTariff && priceCourse(SalesTariff)) || [];
  const end = scheduleEnd(PMaxSchedule);
  const starts = [...new Set([...power, ...prices].map(({ start }) => start))].sort((a, b) => a - b);
  let [energy, cost] = [0, 0];
  starts.forEach((start, at) => {
    const hours = Math.max(0, Math.min(starts[at + 1] ?? end, end) - start) / SECONDS_PER_HOUR;
    const wanted = needs.energy > 0 ? needs.energy - energy : Number.POSITIVE_INFINITY;
    const charged = Math.min(wanted, Math.min(valueAt(power, start), needs.maxPower) * hours);
    energy += charged;
    cost += charged * valueAt(prices, start);
  });
  return { energy, cost: prices.length > 0 ? cost : Number.POSITIVE_INFINITY };
}
