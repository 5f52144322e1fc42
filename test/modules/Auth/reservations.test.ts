import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConnectorTypeEnum } from "../../../src/interfaces/types/evse_manager.ts";
import type { ConnectorState } from "../../../src/modules/Auth/connector.ts";
import { nextConnectorState } from "../../../src/modules/Auth/connector.ts";
import { createEvse, type Evse } from "../../../src/modules/Auth/evse.ts";
import { Reservations } from "../../../src/modules/Auth/reservations.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";

const expiry_time = "2026-01-02T00:00:00.000Z";

function book(types: readonly (readonly ConnectorTypeEnum[])[]) {
  const clock = new ManualClock();
  const evses = new Map<number, Evse>();
  types.forEach((connectors, index) => {
    const id = index + 1;
    evses.set(
      id,
      createEvse(
        id,
        connectors.map((type, connector) => ({ id: connector + 1, type })),
      ),
    );
  });
  const ended: string[] = [];
  const reservations = new Reservations({
    clock,
    evses,
    ended: ({ reservation_id, reason }) => void ended.push(`${reservation_id} ${reason}`),
    save: () => {},
  });
  let id = 0;
  const make = (more: { evse_id?: number; connector_type?: ConnectorTypeEnum } = {}) =>
    reservations.make({ reservation_id: ++id, id_token: `T${id}`, expiry_time, ...more });
  const set = (evse: number, state: ConnectorState, connector = 0) => {
    const found = evses.get(evse)?.connectors[connector];
    if (found) found.state = state;
  };
  return { reservations, make, set, evses, ended, clock };
}

/** The rule as a game: every order of arrival, every choice of parking place. */
function everyCarFindsAPlace(cars: readonly ConnectorTypeEnum[], places: readonly ConnectorTypeEnum[]): boolean {
  return cars.every((car, index) => {
    const fitting = places.flatMap((place, at) =>
      place === "Unknown" || car === "Unknown" || place === car ? at : [],
    );
    const others = cars.toSpliced(index, 1);
    return fitting.length > 0 && fitting.every((at) => everyCarFindsAPlace(others, places.toSpliced(at, 1)));
  });
}

describe("reservations for any EVSE", () => {
  test("are accepted exactly when every car finds a place whatever the others do", () => {
    const types = fc.array(fc.constantFrom<ConnectorTypeEnum>("cCCS2", "cType2", "Unknown"), { maxLength: 4 });
    fc.assert(
      fc.property(types, types, (places, cars) => {
        const { make } = book(places.map((type) => [type]));
        const granted: ConnectorTypeEnum[] = [];
        for (const connector_type of cars) {
          const expected = everyCarFindsAPlace([...granted, connector_type], places) && granted.length < places.length;
          expect(make({ connector_type }) === "Accepted").toBe(expected);
          if (expected) granted.push(connector_type);
        }
      }),
    );
  });

  test("as many as EVSEs block all of them; one that ends releases them", () => {
    const { reservations, make } = book([["cType2"], ["cType2"]]);
    make();
    expect(reservations.blockedChange()).toEqual({ blocked: [], released: [] });
    make();
    expect(reservations.blockedChange()).toEqual({ blocked: [1, 2], released: [] });
    expect(reservations.blockedChange(), "no news").toEqual({ blocked: [], released: [] });
    reservations.cancel(1);
    expect(reservations.blockedChange()).toEqual({ blocked: [], released: [1, 2] });
  });

  test("for a scarce connector type block only the EVSEs that have it", () => {
    const { reservations, make } = book([["cCCS2"], ["cType2"], ["cType2"]]);
    expect(make({ connector_type: "cCCS2" })).toBe("Accepted");
    expect(reservations.blockedChange().blocked).toEqual([1]);
    expect(reservations.isChargingPossible(1)).toBe(false);
    expect(reservations.isChargingPossible(2)).toBe(true);
  });

  test("the newest ends when an EVSE is lost that they all need", () => {
    const { reservations, make, set, ended } = book([["cType2"], ["cType2"]]);
    make();
    make();
    set(1, "FAULTED");
    reservations.endImpossible();
    expect(ended).toEqual(["2 Cancelled"]);
  });
});

describe("reservations of one EVSE", () => {
  test.each([
    ["OCCUPIED", "Occupied"],
    ["FAULTED", "Faulted"],
    ["UNAVAILABLE", "Unavailable"],
    ["UNAVAILABLE_FAULTED", "Faulted"],
  ] as const)("H01.FR.11 to FR.13: %s is refused as %s", (state, result) => {
    const { make, set } = book([["cType2"]]);
    set(1, state);
    expect(make({ evse_id: 1 })).toBe(result);
    expect(make()).toBe(result);
  });

  test("an EVSE with a car is occupied; a reserved one too; an unknown one or type is rejected", () => {
    const { make, evses } = book([["cType2"], ["cType2"]]);
    const second = evses.get(2);
    if (second) second.pluggedIn = true;
    expect(make({ evse_id: 2 })).toBe("Occupied");
    expect(make({ evse_id: 1 })).toBe("Accepted");
    expect(make({ evse_id: 1 })).toBe("Occupied");
    expect(make({ evse_id: 9 })).toBe("Rejected");
    expect(make({ connector_type: "cCCS2" })).toBe("Rejected");
  });

  test("H01.FR.01: the same id replaces", () => {
    const { reservations } = book([["cType2"], ["cType2"]]);
    const reserve = (evse_id: number) => reservations.make({ reservation_id: 5, id_token: "A", expiry_time, evse_id });
    expect(reserve(1)).toBe("Accepted");
    expect(reserve(2)).toBe("Accepted");
    expect([reservations.isReserved(1), reservations.isReserved(2)]).toEqual([false, true]);
  });

  test("one in the past is rejected", () => {
    const { reservations } = book([["cType2"]]);
    const past = { reservation_id: 1, id_token: "A", expiry_time: "2025-12-31T00:00:00.000Z" };
    expect(reservations.make(past)).toBe("Rejected");
  });

  test("it expires", async () => {
    const { make, ended, clock } = book([["cType2"]]);
    make({ evse_id: 1 });
    await clock.advance(86_400_000);
    expect(ended).toEqual(["1 Expired"]);
  });
});

describe("exists_reservation", () => {
  test.each([
    [{ id_token: "t1", evse_id: 1 }, "ReservedForToken"],
    [{ id_token: "X", evse_id: 1, group_id_token: "G" }, "ReservedForToken"],
    [{ id_token: "X", evse_id: 1 }, "ReservedForOtherTokenAndHasParentToken"],
    [{ id_token: "X", evse_id: 1, group_id_token: "H" }, "ReservedForOtherToken"],
    [{ id_token: "X", evse_id: 2 }, "NotReserved"],
    [{ id_token: "T2" }, "ReservedForToken"],
    [{ id_token: "X" }, "NotReserved"],
  ] as const)("%j is %s", (check, status) => {
    const { reservations } = book([["cType2"], ["cType2"], ["cType2"]]);
    const common = { expiry_time };
    reservations.make({ ...common, reservation_id: 1, id_token: "T1", evse_id: 1, parent_id_token: "g" });
    reservations.make({ ...common, reservation_id: 2, id_token: "T2" });
    expect(reservations.check(check)).toBe(status);
  });
});

test("connector states: faults overlay, occupied survives until the session ends", () => {
  const walk = (...events: Parameters<typeof nextConnectorState>[1][]) =>
    events.reduce<ConnectorState>(nextConnectorState, "AVAILABLE");
  expect(walk("TRANSACTION_STARTED", "FAULTED", "SESSION_FINISHED")).toBe("FAULTED");
  expect(walk("TRANSACTION_STARTED", "FAULTED", "ERROR_CLEARED", "SESSION_FINISHED")).toBe("AVAILABLE");
  expect(walk("DISABLE", "FAULTED", "ENABLE", "ERROR_CLEARED")).toBe("AVAILABLE");
  expect(walk("TRANSACTION_STARTED", "DISABLE")).toBe("OCCUPIED");
});
