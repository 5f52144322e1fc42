/** ISO 15118-2, 8.5.2.12 to 8.5.2.18: the schedules that an EV may choose from, with what they cost. */

import type { EnergyTransferMode } from "../../interfaces/types/iso15118.ts";
import { type Course, least, merged, remaining, shortened, valueAt } from "../../iso15118/course.ts";
import { iso2, type SAScheduleTuple, type SalesTariff } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { powerCourse, priceCourse, scheduleEnd } from "../../iso15118/scheduleRules.ts";
import type { SignedElement } from "../../iso15118/signature.ts";
import type { Evse, Grant } from "../evse.ts";
import type { Iso2Session, PausedSession, ScheduleOffer } from "./protocol.ts";

/** More entries than these are more than many EVs can read, whatever the schema allows. */
const MOST_ENTRIES = 12;
const ONE_DAY = 86_400;
/** Of an EVSE with nothing to choose from. */
const plain: ScheduleOffer = { id: 1, entries: [] };

/** What the EV has asked for, and what the hardware can give. */
export interface ScheduleFrame {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Seconds. */
  readonly duration: number;
  /** Watt of all phases, by the hardware. */
  readonly most: number;
  /** Watt of all phases for one ampere on each; undefined for DC. */
  readonly wattPerAmpere: number | undefined;
  /** As the EV wants it. */
  readonly maxEntries: number | undefined;
}

/** A session that goes on has its schedule, less the time that has passed [V2G2-741]; others choose. */
export function schedulesFor(session: Iso2Session, frame: ScheduleFrame): readonly SAScheduleTuple[] {
  const granted = grantedPower(session.evse.granted, frame);
  const goesOn = session.joined && session.schedule.length === 0;
  const resumed = goesOn && session.paused ? resumedSchedule(session.paused, granted, frame) : undefined;
  if (resumed) return [resumed];
  const { offers = [plain] } = session.settings;
  return offers.map((offer) => tuple(offer, granted, frame));
}

/** What the EVSE may give by the grid, from now on, in watt. */
export function grantedPower(grants: readonly Grant[], frame: Omit<ScheduleFrame, "maxEntries">): Course {
  const { now, duration, most, wattPerAmpere } = frame;
  const course = grants.map(({ from, current, power }) => ({
    start: Math.floor((from - now) / 1000),
    value: Math.max(
      0,
      Math.min(
        most,
        power ?? most,
        current === undefined || wattPerAmpere === undefined ? most : current * wattPerAmpere,
      ),
    ),
  }));
  return least([course.length > 0 ? course : [{ start: 0, value: most }]], duration);
}

function tuple(offer: ScheduleOffer, granted: Course, frame: ScheduleFrame): SAScheduleTuple {
  const most = entriesFor(frame);
  const price = daily(offer, frame, ({ priceLevel }) => priceLevel);
  const PMaxSchedule = pMaxSchedule(shortened(powerOf(offer, granted, frame), most, Math.min), frame.duration);
  const SAScheduleTupleID = offer.id;
  if (price.length === 0) return { SAScheduleTupleID, PMaxSchedule };
  const SalesTariff = salesTariff(offer, shortened(price, most, Math.max), frame);
  return { SAScheduleTupleID, PMaxSchedule, SalesTariff };
}

function powerOf(offer: ScheduleOffer, granted: Course, frame: ScheduleFrame): Course {
  const limits = daily(offer, frame, ({ maxPower }) => maxPower);
  return limits.length === 0 ? granted : least([granted, limits], frame.duration);
}

function entriesFor({ maxEntries = MOST_ENTRIES }: ScheduleFrame): number {
  return Math.max(1, Math.min(maxEntries, MOST_ENTRIES));
}

type Entry = ScheduleOffer["entries"][number];

/** What repeats every day, from now on; entries without a value are left out. */
function daily({ entries }: ScheduleOffer, { now, duration }: ScheduleFrame, of: (entry: Entry) => number | undefined) {
  const secondOfDay = Math.floor(now / 1000) % ONE_DAY;
  const days = Array.from({ length: Math.ceil(duration / ONE_DAY) + 2 }, (_, day) => day - 1);
  const steps = days.flatMap((day) =>
    entries.flatMap((entry) => {
      const value = of(entry);
      return value === undefined ? [] : [{ start: day * ONE_DAY + entry.from - secondOfDay, value }];
    }),
  );
  return steps.length === 0 ? [] : least([steps.sort((a, b) => a.start - b.start)], duration);
}

/** The steps with their times; together they last for all of it [V2G2-303], [V2G2-304]. */
function timed(course: Course, duration: number) {
  return course.map(({ start, value }, at) => {
    const end = course[at + 1]?.start ?? duration;
    return { value, RelativeTimeInterval: { start, duration: Math.max(1, Math.floor(end) - start) } };
  });
}

function pMaxSchedule(course: Course, duration: number): SAScheduleTuple["PMaxSchedule"] {
  const PMaxScheduleEntry = timed(course, duration).map(({ value, RelativeTimeInterval }) => ({
    RelativeTimeInterval,
    PMax: physicalValue(value, "W"),
  }));
  return { PMaxScheduleEntry };
}

function tariffEntries(price: Course, duration: number): SalesTariff["SalesTariffEntry"] {
  return timed(price, duration).map(({ value: EPriceLevel, RelativeTimeInterval }) => ({
    RelativeTimeInterval,
    EPriceLevel,
  }));
}

function salesTariff({ id, description }: ScheduleOffer, price: Course, { duration }: ScheduleFrame): SalesTariff {
  return {
    "@Id": `id${id}`,
    SalesTariffID: id,
    ...(description === undefined ? {} : { SalesTariffDescription: description }),
    NumEPriceLevels: Math.max(...price.map(({ value }) => value)),
    SalesTariffEntry: tariffEntries(price, duration),
  };
}

/** Undefined when nothing of it is left. */
function resumedSchedule(
  { schedule, tupleId, scheduledAt }: PausedSession,
  granted: Course,
  frame: ScheduleFrame,
): SAScheduleTuple | undefined {
  const agreed = schedule.find(({ SAScheduleTupleID }) => SAScheduleTupleID === tupleId);
  const elapsed = Math.max(0, Math.floor((frame.now - scheduledAt) / 1000));
  const left = agreed ? scheduleEnd(agreed.PMaxSchedule) - elapsed : 0;
  if (!agreed || left <= 0) return undefined;
  const power = remaining(powerCourse(agreed.PMaxSchedule), elapsed);
  const { SalesTariff: tariff } = agreed;
  return {
    SAScheduleTupleID: tupleId,
    PMaxSchedule: pMaxSchedule(shortened(least([granted, power], left), entriesFor(frame), Math.min), left),
    ...(tariff ? { SalesTariff: shiftedTariff(tariff, elapsed, left) } : {}),
  };
}

function shiftedTariff(tariff: SalesTariff, elapsed: number, left: number): SalesTariff {
  const prices = merged(remaining(priceCourse(tariff), elapsed));
  return { ...tariff, SalesTariffEntry: tariffEntries(prices, left) };
}

/** The elements that the mobility operator signs, if the station can in its place (7.9.2.4). */
export function tariffsOf(schedules: readonly SAScheduleTuple[]): readonly SignedElement[] {
  return schedules.flatMap(({ SalesTariff: value }) =>
    value?.["@Id"] === undefined ? [] : [{ set: iso2, name: "SalesTariff", id: value["@Id"], value }],
  );
}

/** The power that a new schedule would offer for this moment in place of the one agreed on, in watt; undefined when nobody grants any. */
export function offeredPower({ evse, settings, tupleId, energyTransferMode, now }: Iso2Session): number | undefined {
  const hardware = energyTransferMode && hardwarePower(energyTransferMode, evse);
  if (!hardware || evse.granted.length === 0) return undefined;
  const frame = { now, duration: 1, maxEntries: undefined, ...hardware };
  const offer = settings.offers?.find(({ id }) => id === tupleId) ?? plain;
  return valueAt(powerOf(offer, grantedPower(evse.granted, frame), frame), 0);
}

/** What the hardware can give by now; undefined until the EVSE has said so. */
export function hardwarePower(
  mode: EnergyTransferMode,
  evse: Evse,
): Pick<ScheduleFrame, "most" | "wattPerAmpere"> | undefined {
  if (mode.startsWith("DC")) {
    const most = evse.dc.capabilities?.maxPower;
    return most === undefined ? undefined : { most, wattPerAmpere: undefined };
  }
  const current = acCurrent(evse);
  const wattPerAmpere = evse.nominalVoltage * (mode === "AC_three_phase_core" ? 3 : 1);
  return current === undefined ? undefined : { most: wattPerAmpere * current, wattPerAmpere };
}

/** What can be promised on each phase, in ampere; undefined until the EVSE has said so. */
export function acCurrent({ nominalCurrent, currentLimit }: Evse): number | undefined {
  return nominalCurrent ?? currentLimit;
}

/** The power that was agreed on, for this moment, in watt; undefined before. */
export function agreedPower({ schedule, tupleId, scheduledAt, now }: Iso2Session): number | undefined {
  const agreed = schedule.find(({ SAScheduleTupleID }) => SAScheduleTupleID === tupleId);
  return agreed && valueAt(powerCourse(agreed.PMaxSchedule), Math.floor((now - scheduledAt) / 1000));
}
