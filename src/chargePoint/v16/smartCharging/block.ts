/** Smart charging (OCPP 1.6, 3.13): the CSMS's charging profiles, kept, combined, and handed to the energy management. */
import { readDateTime } from "../../../ocpp/dateTime.ts";
import type {
  GetCompositeScheduleRequest,
  GetCompositeScheduleResponse,
  SetChargingProfileRequest,
  SetChargingProfileResponse,
} from "../../../ocpp/v16/messages.generated.ts";
import type { ChargingProfile, ChargingRateUnit } from "../../../ocpp/v16/types.ts";
import { isoTime } from "../../../util/clock.ts";
import { inBackground } from "../../block.ts";
import { Periodic } from "../../periodic.ts";
import { type Composite, type ConnectorProfiles, composite } from "../../smartCharging/composite.ts";
import { type Publishing, type Scheduled, toExternalLimits, toSchedule } from "../../smartCharging/limits.ts";
import type { Connector } from "../connectors.ts";
import type { Block, Core } from "../core.ts";
import type { Handlers } from "../csms.ts";
import type { Transactions } from "../transactions.ts";
import { Profiles } from "./profiles.ts";
import { fault, type Place, settled, unitAllowed } from "./validate.ts";

const STATION = 0;

export class SmartCharging implements Block {
  readonly #core: Core;
  readonly #transactions: Transactions;
  readonly #publishing: Publishing;
  readonly #profiles: Profiles;
  readonly #rounds: Periodic;
  /** By idTag: profiles that came with a RemoteStartTransaction and wait for the transaction, so long. */
  readonly #starting = new Map<string, { readonly profile: ChargingProfile; readonly until: number }>();
  /** By connector: the session of its transaction. */
  readonly #sessions = new Map<number, string>();

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
    ClearChargingProfile: ({ id, ...filter }, afterwards) => {
      afterwards(() => this.#publish());
      // Without any filter all are gone afterwards, whether there were any or not.
      const all = id === undefined && Object.keys(filter).length === 0;
      const cleared = id === undefined ? this.#profiles.clear(filter) : this.#profiles.clearById(id);
      return { status: cleared || all ? "Accepted" : "Unknown" };
    },
    GetCompositeSchedule: (request) => this.#compositeSchedule(request),
  };

  /** What is known of before the restart counts at once. */
  start(): void {
    if (!this.#core.config.has("SmartCharging")) return;
    for (const { id } of this.#core.connectors.all) this.#follow(id);
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
  onSessionEvent({ id }: Connector): void {
    if (this.#core.config.has("SmartCharging") && this.#follow(id)) this.#publish();
  }

  /**
   * Keeps the profile of a RemoteStartTransaction for the transaction that starts with the tag.
   *
   * @returns false when it cannot be followed.
   */
  takeForStart(idTag: string, connectorId: number | undefined, profile: ChargingProfile): boolean {
    const { clock, config } = this.#core;
    const ready = settled(profile, isoTime(clock.now()), config);
    const forTransaction = profile.chargingProfilePurpose === "TxProfile";
    const place: Place = { connectorId: connectorId ?? 1, transaction: "starting" };
    if (!forTransaction || !this.#sound(ready, place)) return false;
    const until = clock.now() + config.value("ConnectionTimeOut") * 1000;
    this.#starting.set(idTag, { profile: ready, until });
    return true;
  }

  #set({ connectorId, csChargingProfiles }: SetChargingProfileRequest): SetChargingProfileResponse {
    const { clock, config, connectors } = this.#core;
    if (!config.has("SmartCharging")) return { status: "NotSupported" };
    const profile = settled(csChargingProfiles, isoTime(clock.now()), config);
    const place = { connectorId, transaction: this.#transactions.runningAt(connectorId) };
    if (!connectors.has(connectorId) || !this.#sound(profile, place)) return { status: "Rejected" };
    const installed = { connectorId, profile };
    if (this.#profiles.sizeAfter(installed) > (config.value("MaxChargingProfilesInstalled") ?? 0)) {
      return { status: "Rejected" };
    }
    this.#profiles.put(installed);
    return { status: "Accepted" };
  }

  #sound(profile: ChargingProfile, place: Place): boolean {
    const reason = fault(profile, place, this.#core.config);
    if (reason === undefined) return true;
    this.#core.trace.add({
      ...{ step: 6, kind: "decision", from: "OCPP", outcome: "refused", rule: "OCPP 1.6 5.16" },
      title: `charging profile ${profile.chargingProfileId} is not taken: ${reason}`,
      fix: "Correct the profile in the CSMS, or the limits in the section SmartCharging.",
    });
    return false;
  }

  /** A transaction's own profiles come and go with it. @returns whether one began or ended. */
  #follow(connectorId: number): boolean {
    const transaction = this.#transactions.runningAt(connectorId);
    if (this.#sessions.get(connectorId) === transaction?.sessionId && transaction) return false;
    const before = this.#sessions.delete(connectorId);
    if (!transaction) {
      return this.#profiles.clear({ connectorId, chargingProfilePurpose: "TxProfile" }) || before;
    }
    this.#sessions.set(connectorId, transaction.sessionId);
    const starting = this.#starting.get(transaction.idTag);
    this.#starting.delete(transaction.idTag);
    if (starting && starting.until >= this.#core.clock.now())
      this.#profiles.put({ connectorId, profile: starting.profile });
    return true;
  }

  #compositeSchedule({
    connectorId,
    duration,
    chargingRateUnit: unit = this.#firstUnit(),
  }: GetCompositeScheduleRequest): GetCompositeScheduleResponse {
    const { clock, config, connectors } = this.#core;
    const impossible = !connectors.has(connectorId) || !unitAllowed(unit, config) || duration <= 0;
    if (!config.has("SmartCharging") || impossible) return { status: "Rejected" };
    const now = clock.now();
    const seconds = Math.min(duration, config.value("MaxCompositeScheduleDuration"));
    const { duration: covered, periods } = this.#composite(connectorId, now, seconds, unit);
    const scheduleStart = isoTime(now);
    return {
      status: "Accepted",
      connectorId,
      scheduleStart,
      chargingSchedule: {
        duration: covered,
        startSchedule: scheduleStart,
        chargingRateUnit: unit,
        chargingSchedulePeriod: [...periods],
      },
    };
  }

  #firstUnit(): ChargingRateUnit {
    return unitAllowed("A", this.#core.config) ? "A" : "W";
  }

  #composite(connectorId: number, from: number, duration: number, unit: ChargingRateUnit): Composite {
    const { config, connectors } = this.#core;
    const wholeStation = connectorId === STATION;
    const ids = wholeStation ? connectors.ids : [connectorId];
    return composite({
      ...{ from, duration, unit, wholeStation },
      connectors: ids.map((id) => this.#profilesAt(id, from)),
      stationMax: this.#counts("ChargePointMaxProfile") ? this.#profiles.of(STATION, "ChargePointMaxProfile") : [],
      defaultLimit: config.value(
        unit === "A" ? "CompositeScheduleDefaultLimitAmps" : "CompositeScheduleDefaultLimitWatts",
      ),
      supply: {
        voltage: config.value("SupplyVoltage"),
        numberPhases: config.value("CompositeScheduleDefaultNumberPhases"),
      },
      maxPeriods: config.value("ChargingScheduleMaxPeriods") ?? 1,
    });
  }

  /** The limits of a transaction count before it begins: a car would have to know them. */
  #profilesAt(connectorId: number, now: number): ConnectorProfiles {
    const { startedAt } = this.#transactions.runningAt(connectorId) ?? {};
    const defaults = [connectorId, STATION].flatMap((id) => this.#profiles.of(id, "TxDefaultProfile"));
    return {
      transaction: this.#counts("TxProfile") ? this.#profiles.of(connectorId, "TxProfile") : [],
      defaults: this.#counts("TxDefaultProfile") ? defaults : [],
      begin: startedAt === undefined ? now : readDateTime(startedAt),
    };
  }

  /** Without the CSMS some profiles may not count (IgnoredProfilePurposesOffline). */
  #counts(purpose: ChargingProfile["chargingProfilePurpose"]): boolean {
    const { config, csms } = this.#core;
    return csms.online || !config.names("IgnoredProfilePurposesOffline").includes(purpose);
  }

  /** Tells the energy management of all limits as they are now. */
  #publish(): void {
    if (!this.#core.config.has("SmartCharging")) return;
    inBackground(this.#core, "publishing limits", () => this.#tell());
  }

  #tell(): void {
    const { clock, connectors, station } = this.#core;
    const { unit, duration, source } = this.#publishing;
    const from = clock.now();
    const scheduleOf = (id: number): Scheduled => ({ from, unit, ...this.#composite(id, from, duration, unit) });
    const schedules = new Map([STATION, ...connectors.ids].map((id) => [id, scheduleOf(id)]));
    for (const [id, schedule] of schedules) {
      if (id === STATION) station.limit(STATION, toExternalLimits(schedule, source));
      else this.#limit(id, schedule);
    }
    station.publish("charging_schedules", {
      schedules: [...schedules].map(([id, schedule]) => toSchedule(id, schedule)),
    });
  }

  /** An EVSE is limited as the connector in use is, or else its first. */
  #limit(connectorId: number, schedule: Scheduled): void {
    const evse = this.#core.connectors.get(connectorId)?.evse;
    if (!evse) return;
    const siblings = this.#core.connectors.at(evse.id, 0);
    const inUse = siblings.find(({ id }) => this.#transactions.runningAt(id)) ?? siblings[0];
    if (inUse?.id === connectorId)
      this.#core.station.limit(evse.id, toExternalLimits(schedule, this.#publishing.source));
  }
}
