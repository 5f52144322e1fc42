import type { ConnectorTypeEnum } from "../../interfaces/types/evse_manager.ts";
import type {
  Reservation,
  ReservationCheck,
  ReservationCheckStatus,
  ReservationEndReason,
  ReservationResult,
} from "../../interfaces/types/reservation.ts";
import type { Clock, Timer } from "../../util/clock.ts";
import { isOccupied, isUnavailable } from "./connector.ts";
import { type Connector, type Evse, sameText } from "./evse.ts";
import { maximumMatching } from "./matching.ts";

/** A reservation as it is kept in the key-value store; without `evse_id` it is for any EVSE. */
export interface StoredReservation {
  readonly evse_id?: number;
  readonly reservation: Reservation;
}

export interface ReservationEnd {
  readonly reservation_id: number;
  readonly evse_id?: number;
  readonly reason: ReservationEndReason;
}

export interface ReservationPorts {
  readonly clock: Clock;
  readonly evses: ReadonlyMap<number, Evse>;
  /** Called when a reservation ends by itself: it expired, or its connector can no longer serve it. */
  ended(end: ReservationEnd): void;
  /** Called with all reservations after each change. */
  save(all: readonly StoredReservation[]): void;
}

interface Entry extends StoredReservation {
  readonly expiry: Timer;
}

/** EVSEs that begin or cease to be blocked because every free one is needed for reservations of any EVSE. */
export interface BlockedChange {
  readonly blocked: readonly number[];
  readonly released: readonly number[];
}

/** All reservations of a station (OCPP 1.6 5.13, OCPP 2.0.1 H01 to H04). */
export class Reservations {
  readonly #ports: ReservationPorts;
  readonly #entries = new Map<number, Entry>();
  #blocked: ReadonlySet<number> = new Set();

  constructor(ports: ReservationPorts) {
    this.#ports = ports;
  }

  /**
   * Makes a reservation for `reservation.evse_id` or, without it, for any EVSE. One with the same id is replaced
   * (H01.FR.01) and is gone even when the new one is refused.
   */
  make(reservation: Reservation): ReservationResult {
    if (Date.parse(reservation.expiry_time) <= this.#ports.clock.now()) return "Rejected";
    this.#remove(reservation.reservation_id);
    const { evse_id } = reservation;
    const result = evse_id === undefined ? this.#checkAny(reservation) : this.#checkEvse(evse_id, reservation);
    if (result === "Accepted") this.#add(evse_id, reservation);
    return result;
  }

  /** Ends a reservation. @returns undefined when there is none of that id. */
  cancel(reservation_id: number): StoredReservation | undefined {
    return this.#remove(reservation_id);
  }

  /** Ends the reservation of one EVSE. @returns whether it had one. */
  cancelFor(evseId: number): boolean {
    const entry = this.#forEvse(evseId);
    if (entry) this.#end(entry, "Cancelled");
    return entry !== undefined;
  }

  isReserved(evseId: number): boolean {
    return this.#forEvse(evseId) !== undefined;
  }

  /** The id of the reservation that lets this token charge at `evseId`: its own, else one for any EVSE. */
  matching(idToken: string, evseId: number | undefined, parentIdToken?: string): number | undefined {
    const own = evseId === undefined ? undefined : this.#forEvse(evseId);
    const candidates = own ? [own] : this.#forAny();
    const matches = ({ reservation }: StoredReservation) =>
      sameText(reservation.id_token, idToken) || sameText(reservation.parent_id_token, parentIdToken);
    return candidates.find(matches)?.reservation.reservation_id;
  }

  /** A group's token, known only after validation, could match a reservation that concerns `evseId`. */
  hasParentId(evseId: number): boolean {
    const own = this.#forEvse(evseId);
    return (own ? [own] : this.#forAny()).some(({ reservation }) => reservation.parent_id_token !== undefined);
  }

  /** A car without reservation may charge at `evseId` and every reservation for any EVSE still finds a place. */
  isChargingPossible(evseId: number): boolean {
    if (this.isReserved(evseId) || !this.#ports.evses.has(evseId)) return false;
    return this.#arePossible(this.#typesForAny(), new Set([...this.#reservedEvses(), evseId]));
  }

  /** OCPP `exists_reservation`. */
  check({ id_token, evse_id, group_id_token }: ReservationCheck): ReservationCheckStatus {
    const matches = this.matching(id_token, evse_id, group_id_token) !== undefined;
    if (evse_id === undefined || !this.isReserved(evse_id)) return matches ? "ReservedForToken" : "NotReserved";
    if (matches) return "ReservedForToken";
    const mayMatchLater = group_id_token === undefined && this.hasParentId(evse_id);
    return mayMatchLater ? "ReservedForOtherTokenAndHasParentToken" : "ReservedForOtherToken";
  }

  /** Ends the reservations that can no longer be served since connectors became occupied, faulted or unavailable. */
  endImpossible(): void {
    for (const entry of [...this.#entries.values()]) {
      const { evse_id, reservation } = entry;
      const evse = evse_id === undefined ? undefined : this.#ports.evses.get(evse_id);
      if (evse && !evse.connectors.some((connector) => serves(connector, reservation.connector_type))) {
        this.#end(entry, "Cancelled");
      }
    }
    const kept: ConnectorTypeEnum[] = [];
    for (const entry of this.#forAny()) {
      const withThis = [...kept, typeOf(entry.reservation)];
      if (this.#arePossible(withThis, this.#reservedEvses())) kept.push(typeOf(entry.reservation));
      else this.#end(entry, "Cancelled");
    }
  }

  /** Which EVSEs became blocked or free again by reservations for any EVSE since the last call. */
  blockedChange(): BlockedChange {
    const free = [...this.#ports.evses.values()].filter(
      (evse) => this.#stateOf(evse) === "Accepted" && availability(evse, "Unknown") === "Accepted",
    );
    const now = new Set(this.#blockedAmong(free).map(({ id }) => id));
    const before = this.#blocked;
    this.#blocked = now;
    return {
      blocked: [...now].filter((id) => !before.has(id)),
      released: free.map(({ id }) => id).filter((id) => before.has(id) && !now.has(id)),
    };
  }

  /** Stops all timers. */
  stop(): void {
    for (const { expiry } of this.#entries.values()) expiry.cancel();
    this.#entries.clear();
  }

  #blockedAmong(free: readonly Evse[]): readonly Evse[] {
    const any = this.#typesForAny();
    if (any.length === 0) return [];
    if (any.length >= free.length) return free;
    const scarce = new Set(any.filter((type) => !this.#arePossible([...any, type], this.#reservedEvses())));
    return free.filter((evse) => [...scarce].some((type) => hasType(evse, type)));
  }

  #checkEvse(evseId: number, reservation: Reservation): ReservationResult {
    const evse = this.#ports.evses.get(evseId);
    if (this.isReserved(evseId)) return "Occupied";
    if (!evse || !hasType(evse, typeOf(reservation))) return "Rejected";
    const state = this.#stateOf(evse);
    if (state !== "Accepted") return state;
    const available = availability(evse, typeOf(reservation));
    if (available !== "Accepted") return available;
    const possible = this.#arePossible(this.#typesForAny(), new Set([...this.#reservedEvses(), evseId]));
    return possible ? "Accepted" : this.#refusal(typeOf(reservation));
  }

  #checkAny(reservation: Reservation): ReservationResult {
    const type = typeOf(reservation);
    if (![...this.#ports.evses.values()].some((evse) => hasType(evse, type))) return "Rejected";
    const possible = this.#arePossible([...this.#typesForAny(), type], this.#reservedEvses());
    return possible ? "Accepted" : this.#refusal(type);
  }

  /** Why nothing can be reserved (H01.FR.11 to FR.13): occupied before faulted before unavailable. */
  #refusal(type: ConnectorTypeEnum): ReservationResult {
    if (this.#entries.size > 0) return "Occupied";
    const results = [...this.#ports.evses.values()].flatMap((evse) =>
      evse.pluggedIn ? (["Occupied"] as const) : evse.connectors.filter((c) => isType(c, type)).map(resultOf),
    );
    return worst(results);
  }

  /**
   * Whether every car with a reservation for any EVSE finds a place whatever the order of arrival and wherever the
   * earlier ones park. It does not exactly when, for some type, other cars can fill all places that suit that type.
   */
  #arePossible(types: readonly ConnectorTypeEnum[], reserved: ReadonlySet<number>): boolean {
    if (types.length + reserved.size > this.#ports.evses.size) return false;
    const free = [...this.#ports.evses.values()].filter(
      (evse) => !reserved.has(evse.id) && this.#stateOf(evse) === "Accepted",
    );
    const suits = (evse: Evse | undefined, type: ConnectorTypeEnum | undefined) =>
      evse?.connectors.some((connector) => serves(connector, type)) ?? false;
    return [...new Set(types)].every((type) => {
      const places = free.filter((evse) => suits(evse, type));
      const others = types.toSpliced(types.indexOf(type), 1);
      const taken = maximumMatching(places.length, others.length, (place, car) => suits(places[place], others[car]));
      return taken < places.length;
    });
  }

  /** Whether a car or a reservation holds the EVSE. */
  #stateOf(evse: Evse): ReservationResult {
    const busy = evse.pluggedIn || evse.connectors.some(({ state }) => isOccupied(state)) || this.isReserved(evse.id);
    return busy ? "Occupied" : "Accepted";
  }

  #forEvse(evseId: number): Entry | undefined {
    return [...this.#entries.values()].find(({ evse_id }) => evse_id === evseId);
  }

  #forAny(): Entry[] {
    return [...this.#entries.values()].filter(({ evse_id }) => evse_id === undefined);
  }

  #typesForAny(): ConnectorTypeEnum[] {
    return this.#forAny().map(({ reservation }) => typeOf(reservation));
  }

  #reservedEvses(): ReadonlySet<number> {
    return new Set([...this.#entries.values()].flatMap(({ evse_id }) => evse_id ?? []));
  }

  #add(evse_id: number | undefined, reservation: Reservation): void {
    const rest = Date.parse(reservation.expiry_time) - this.#ports.clock.now();
    const expiry = this.#ports.clock.setTimer(rest, () => {
      const entry = this.#entries.get(reservation.reservation_id);
      if (entry) this.#end(entry, "Expired");
    });
    this.#entries.set(reservation.reservation_id, {
      reservation,
      expiry,
      ...(evse_id === undefined ? {} : { evse_id }),
    });
    this.#save();
  }

  #remove(reservation_id: number): StoredReservation | undefined {
    const entry = this.#entries.get(reservation_id);
    if (!entry) return undefined;
    entry.expiry.cancel();
    this.#entries.delete(reservation_id);
    this.#save();
    return entry;
  }

  #end(entry: Entry, reason: ReservationEndReason): void {
    const { reservation_id } = entry.reservation;
    this.#remove(reservation_id);
    this.#ports.ended({ reservation_id, reason, ...(entry.evse_id === undefined ? {} : { evse_id: entry.evse_id }) });
  }

  #save(): void {
    const all = [...this.#entries.values()];
    this.#ports.save(all.map(({ expiry: _, ...stored }) => stored));
  }
}

function typeOf({ connector_type = "Unknown" }: Reservation): ConnectorTypeEnum {
  return connector_type;
}

/** `Unknown` on either side fits everything. */
function isType(connector: Connector, type: ConnectorTypeEnum): boolean {
  return type === "Unknown" || connector.type === "Unknown" || connector.type === type;
}

function hasType(evse: Evse, type: ConnectorTypeEnum): boolean {
  return evse.connectors.some((connector) => isType(connector, type));
}

function serves(connector: Connector, type: ConnectorTypeEnum = "Unknown"): boolean {
  return isType(connector, type) && connector.state === "AVAILABLE";
}

function resultOf({ state }: Connector): ReservationResult {
  if (state === "AVAILABLE") return "Accepted";
  if (isOccupied(state)) return "Occupied";
  return isUnavailable(state) && state !== "UNAVAILABLE_FAULTED" ? "Unavailable" : "Faulted";
}

function worst(results: readonly ReservationResult[]): ReservationResult {
  return (["Occupied", "Faulted"] as const).find((result) => results.includes(result)) ?? "Unavailable";
}

/** Accepted when a connector of that type is free, else what keeps them. */
function availability(evse: Evse, type: ConnectorTypeEnum): ReservationResult {
  const results = evse.connectors.filter((connector) => isType(connector, type)).map(resultOf);
  return results.includes("Accepted") ? "Accepted" : worst(results);
}
