/** Functional block K of OCPP 2.0.1: the CSMS's charging profiles, kept, combined, reported and handed to the energy management (K01 to K10). */
import type { ExternalLimits } from "../../../interfaces/types/energy.ts";
import { readDateTime } from "../../../ocpp/dateTime.ts";
import type { ChargingProfile } from "../../../ocpp/v16/types.ts";
import type {
  ChargingProfilePurposeEnumType,
  ChargingProfileType,
  ChargingRateUnitEnumType,
  ClearChargingProfileRequest,
  GetChargingProfilesRequest,
  GetChargingProfilesResponse,
  GetCompositeScheduleRequest,
  GetCompositeScheduleResponse,
  SetChargingProfileRequest,
  SetChargingProfileResponse,
} from "../../../ocpp/v201/messages.generated.ts";
import type { Afterwards } from "../../../rpc/peer.ts";
import { isoTime } from "../../../util/clock.ts";
import { inBackground } from "../../block.ts";
import { Periodic } from "../../periodic.ts";
import { type Composite, type ConnectorProfiles, composite } from "../../smartCharging/composite.ts";
import { type Publishing, type Scheduled, toExternalLimits, toSchedule } from "../../smartCharging/limits.ts";
import type { Block, Core } from "../core.ts";
import type { Handlers } from "../csms.ts";
import type { Transactions } from "../transaction.ts";
import { type Installed, Profiles } from "./profiles.ts";
import { type Fault, fault, type Place } from "./validate.ts";

const STATION = 0;
/** As EVerest has it where no profile speaks. */
const defaults = { A: 48, W: 33_120, voltage: 230, numberPhases: 3 } as const;
const MOST_PERIODS = 1024;
const MOST_PROFILES = 500;
/** A composite schedule is made for so many seconds at most. */
const LONGEST = 31_536_000;

export class SmartCharging implements Block {
  readonly #core: Core;
  readonly #transactions: Transactions;
  readonly #publishing: Publishing;
  readonly #profiles: Profiles;
  readonly #rounds: Periodic;
  /** By remoteStartId: profiles that came with a RequestStartTransaction and wait for the transaction. */
  readonly #starting = new Map<number, ChargingProfileType>();
  /** By EVSE: its transaction, and when that was first seen. */
  readonly #running = new Map<number, { readonly transactionId: string; readonly since: number }>();

  constructor(core: Core, transactions: Transactions, publishing: Publishing) {
    this.#core = core;
    this.#transactions = transactions;
    this.#publishing = publishing;
    this.#profiles = new Profiles(core.database);
    this.#rounds = new Periodic(
      core.clock,
      () => publishing.interval * 1000,
      () => this.#publish(),
    );
  }

  readonly handlers: Handlers = {
    SetChargingProfile: (request, afterwards) => {
      const response = this.#set(request);
      if (response.status === "Accepted") afterwards(() => this.#publish());
      return response;
    },
    ClearChargingProfile: (request, afterwards) => {
      const cleared = this.#profiles.remove((one) => isCleared(request, one));
      this.#core.model.show("SmartChargingCtrlr.Entries[ChargingProfiles]", String(this.#profiles.all.length));
      afterwards(() => this.#publish());
      return { status: cleared ? "Accepted" : "Unknown" };
    },
    GetChargingProfiles: (request, afterwards) => this.#report(request, afterwards),
    GetCompositeSchedule: (request) => this.#compositeSchedule(request),
  };

  /** What is known of before the restart counts at once. */
  start(): void {
    for (const { id } of this.#core.station.evses) this.#follow(id);
    this.#publish();
    this.#rounds.start();
  }

  online(): void {
    this.#publish();
  }

  offline(): void {
    this.#publish();
  }

  stop(): void {
    this.#rounds.stop();
  }

  /** Transactions begin and end with their sessions' events. */
  onSessionEvent(evseId: number): void {
    if (this.#follow(evseId)) this.#publish();
  }

  /** Keeps the profile of a RequestStartTransaction for its transaction. @returns what is wrong with it. */
  takeForStart(remoteStartId: number, evseId: number | undefined, profile: ChargingProfileType): Fault | undefined {
    const wrong: Fault | undefined =
      profile.chargingProfilePurpose === "TxProfile"
        ? this.#fault(profile, { evseId: evseId ?? 1, transactionId: "starting" })
        : { reasonCode: "InvalidProfile", additionalInfo: "a start brings a TxProfile only" };
    if (!wrong) this.#starting.set(remoteStartId, profile);
    return wrong;
  }

  #set({ evseId, chargingProfile: profile }: SetChargingProfileRequest): SetChargingProfileResponse {
    const { model, station } = this.#core;
    const refused = (statusInfo: Fault): SetChargingProfileResponse => ({ status: "Rejected", statusInfo });
    if (model.value("SmartChargingCtrlr.Enabled") === false) {
      return refused({ reasonCode: "NotEnabled", additionalInfo: "SmartChargingCtrlr.Enabled is false" });
    }
    const known = evseId === STATION || station.evses.some(({ id }) => id === evseId);
    if (!known) return refused({ reasonCode: "UnknownEvse", additionalInfo: "there is no such EVSE" });
    const wrong = this.#fault(profile, { evseId, transactionId: this.#transactions.runningAt(evseId) });
    if (wrong) return refused(wrong);
    const rival = this.#profiles.rivalOf({ evseId, profile });
    if (rival) {
      return refused({ reasonCode: "DuplicateProfile", additionalInfo: `profile ${rival.id} has this level already` });
    }
    if (this.#profiles.all.length >= MOST_PROFILES) {
      return refused({ reasonCode: "TooManyElements", additionalInfo: `there are ${MOST_PROFILES} already` });
    }
    this.#profiles.put({ evseId, profile });
    model.show("SmartChargingCtrlr.Entries[ChargingProfiles]", String(this.#profiles.all.length));
    return { status: "Accepted" };
  }

  #fault(profile: ChargingProfileType, place: Place): Fault | undefined {
    const { model, trace } = this.#core;
    const wrong = fault(profile, place, {
      maxStackLevel: model.value("SmartChargingCtrlr.ProfileStackLevel"),
      maxPeriods: model.value("SmartChargingCtrlr.PeriodsPerSchedule"),
      units: model.value("SmartChargingCtrlr.RateUnit") ?? [],
    });
    if (wrong) {
      trace.add({
        ...{ step: 6, kind: "decision", from: "OCPP", outcome: "refused", rule: "OCPP 2.0.1 K01" },
        title: `charging profile ${profile.id} is not taken: ${wrong.additionalInfo}`,
        fix: "Correct the profile in the CSMS, or the limits in SmartChargingCtrlr.",
      });
    }
    return wrong;
  }

  /** A transaction's own profiles come and go with it. @returns whether one began or ended. */
  #follow(evseId: number): boolean {
    const transactionId = this.#transactions.runningAt(evseId);
    const before = this.#running.get(evseId);
    if (before?.transactionId === transactionId) return false;
    this.#running.delete(evseId);
    this.#profiles.remove(
      ({ evseId: at, profile }) =>
        at === evseId && profile.chargingProfilePurpose === "TxProfile" && profile.transactionId !== transactionId,
    );
    if (transactionId === undefined) return true;
    this.#running.set(evseId, { transactionId, since: this.#core.clock.now() });
    const remoteStartId = this.#transactions.remoteStartAt(evseId);
    const profile = remoteStartId === undefined ? undefined : this.#starting.get(remoteStartId);
    if (remoteStartId !== undefined) this.#starting.delete(remoteStartId);
    if (profile) this.#profiles.put({ evseId, profile: { ...profile, transactionId } });
    return true;
  }

  #report(request: GetChargingProfilesRequest, afterwards: Afterwards): GetChargingProfilesResponse {
    const chosen = this.#profiles.all.filter((one) => isWanted(request, one));
    if (chosen.length === 0) return { status: "NoProfiles" };
    afterwards(() => inBackground(this.#core, "ReportChargingProfiles", () => this.#send(request.requestId, chosen)));
    return { status: "Accepted" };
  }

  /** A message an EVSE (K09.FR.02). */
  async #send(requestId: number, chosen: readonly Installed[]): Promise<void> {
    const evseIds = [...new Set(chosen.map(({ evseId }) => evseId))];
    for (const [index, evseId] of evseIds.entries()) {
      const outcome = await this.#core.csms.call("ReportChargingProfiles", {
        ...{ requestId, evseId, chargingLimitSource: "CSO", tbc: index < evseIds.length - 1 },
        chargingProfile: chosen.filter((one) => one.evseId === evseId).map(({ profile }) => profile),
      });
      if (outcome.kind !== "answered") return;
    }
  }

  #compositeSchedule(request: GetCompositeScheduleRequest): GetCompositeScheduleResponse {
    const { clock, model, station } = this.#core;
    const units = model.value("SmartChargingCtrlr.RateUnit") ?? [];
    const {
      evseId,
      duration,
      chargingRateUnit: unit = units.includes("A") || units.length === 0 ? "A" : "W",
    } = request;
    const refused = (reasonCode: string): GetCompositeScheduleResponse => ({
      status: "Rejected",
      statusInfo: { reasonCode },
    });
    if (evseId !== STATION && !station.evses.some(({ id }) => id === evseId)) return refused("UnknownEvse");
    if (units.length > 0 && !units.includes(unit)) return refused("UnsupportedRateUnit");
    if (duration <= 0) return refused("InvalidValue");
    const now = clock.now();
    const { duration: covered, periods } = this.#composite(evseId, now, Math.min(duration, LONGEST), unit);
    return {
      status: "Accepted",
      schedule: {
        ...{ evseId, duration: Math.floor(covered), scheduleStart: isoTime(now), chargingRateUnit: unit },
        chargingSchedulePeriod: [...periods],
      },
    };
  }

  #composite(evseId: number, from: number, duration: number, unit: ChargingRateUnitEnumType): Composite {
    const { model, station } = this.#core;
    const wholeStation = evseId === STATION;
    const ids = wholeStation ? station.evses.map(({ id }) => id) : [evseId];
    const limit = model.value(`SmartChargingCtrlr.CompositeScheduleDefaultLimit${unit === "A" ? "Amps" : "Watts"}`);
    return composite({
      ...{ from, duration, unit, wholeStation },
      connectors: ids.map((id) => this.#profilesAt(id, from)),
      stationMax: this.#of(STATION, "ChargingStationMaxProfile"),
      defaultLimit: limit ?? defaults[unit],
      supply: {
        voltage: model.value("SmartChargingCtrlr.SupplyVoltage") ?? defaults.voltage,
        numberPhases: model.value("SmartChargingCtrlr.CompositeScheduleDefaultNumberPhases") ?? defaults.numberPhases,
      },
      maxPeriods: MOST_PERIODS,
    });
  }

  #profilesAt(evseId: number, now: number): ConnectorProfiles {
    return {
      transaction: this.#of(evseId, "TxProfile"),
      defaults: [evseId, STATION].flatMap((id) => this.#of(id, "TxDefaultProfile")),
      begin: this.#running.get(evseId)?.since ?? now,
    };
  }

  /** The profiles that count; without the CSMS some may not (IgnoredProfilePurposesOffline). */
  #of(evseId: number, purpose: ChargingProfilePurposeEnumType): ChargingProfile[] {
    const { csms, model } = this.#core;
    const ignored = model.value("SmartChargingCtrlr.IgnoredProfilePurposesOffline") ?? [];
    return !csms.online && ignored.includes(purpose) ? [] : this.#profiles.of(evseId, purpose).map(toV16);
  }

  /** Tells the energy management of all limits as they are now. */
  #publish(): void {
    inBackground(this.#core, "publishing limits", () => {
      const { clock, station } = this.#core;
      const { unit, duration, source } = this.#publishing;
      const from = clock.now();
      const ids = [STATION, ...station.evses.map(({ id }) => id)];
      const schedules = ids.map((id): [number, Scheduled] => [
        id,
        { from, unit, ...this.#composite(id, from, duration, unit) },
      ]);
      // Without any profile nobody has limited anything: the default is told to the CSMS and not enforced.
      const limited = this.#profiles.all.length > 0;
      for (const [id, schedule] of schedules) {
        station.limit(id, limited ? toExternalLimits(schedule, source) : unlimited);
      }
      station.publish("charging_schedules", {
        schedules: schedules.map(([id, schedule]) => toSchedule(id, schedule)),
      });
    });
  }
}

const unlimited: ExternalLimits = { schedule_import: [], schedule_export: [], schedule_setpoints: [] };

const purposes = {
  ChargingStationMaxProfile: "ChargePointMaxProfile",
  ChargingStationExternalConstraints: "ChargePointMaxProfile",
  TxDefaultProfile: "TxDefaultProfile",
  TxProfile: "TxProfile",
} as const;

/** Limits are combined by the same rules in 1.6; the first schedule counts, as long as the car has chosen no other. */
function toV16({
  id,
  chargingSchedule,
  chargingProfilePurpose,
  transactionId: _,
  ...profile
}: ChargingProfileType): ChargingProfile {
  const [first] = chargingSchedule;
  return {
    ...profile,
    chargingProfileId: id,
    chargingProfilePurpose: purposes[chargingProfilePurpose],
    chargingSchedule: {
      ...(first?.startSchedule === undefined ? {} : { startSchedule: isoTime(readDateTime(first.startSchedule)) }),
      ...(first?.duration === undefined ? {} : { duration: first.duration }),
      chargingRateUnit: first?.chargingRateUnit ?? "A",
      chargingSchedulePeriod: (first?.chargingSchedulePeriod ?? []).map(({ startPeriod, limit, numberPhases }) => ({
        ...{ startPeriod, limit },
        ...(numberPhases === undefined ? {} : { numberPhases }),
      })),
    },
  };
}

/** By id alone, or by all that the criteria say (K10). */
function isCleared(
  { chargingProfileId, chargingProfileCriteria }: ClearChargingProfileRequest,
  one: Installed,
): boolean {
  if (chargingProfileId !== undefined) return one.profile.id === chargingProfileId;
  const { evseId, chargingProfilePurpose, stackLevel } = chargingProfileCriteria ?? {};
  return (
    (evseId === undefined || one.evseId === evseId) &&
    (chargingProfilePurpose === undefined || one.profile.chargingProfilePurpose === chargingProfilePurpose) &&
    (stackLevel === undefined || one.profile.stackLevel === stackLevel)
  );
}

/** All profiles here come from the CSMS, whose limits are of the source CSO (K09). */
function isWanted({ evseId, chargingProfile: wanted }: GetChargingProfilesRequest, one: Installed): boolean {
  const { chargingProfileId, chargingProfilePurpose, stackLevel, chargingLimitSource } = wanted;
  return (
    (evseId === undefined || one.evseId === evseId) &&
    (chargingProfileId === undefined || chargingProfileId.includes(one.profile.id)) &&
    (chargingProfilePurpose === undefined || one.profile.chargingProfilePurpose === chargingProfilePurpose) &&
    (stackLevel === undefined || one.profile.stackLevel === stackLevel) &&
    (chargingLimitSource === undefined || chargingLimitSource.includes("CSO"))
  );
}
