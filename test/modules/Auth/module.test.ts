import { afterEach, describe, expect, test } from "vitest";
import type { Commands } from "../../../src/framework/interface.ts";
import type { ProvidedIdToken, ValidationResult } from "../../../src/interfaces/types/authorization.ts";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import { Auth } from "../../../src/modules/Auth/index.ts";
import type { manifest } from "../../../src/modules/Auth/manifest.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";
import { accepted, card, contract } from "./fakeStation.ts";

type EvseCommands = Commands<typeof manifest.requires.evse_manager.interface>;

let auth: UnderTest<typeof manifest>;
afterEach(() => auth.station.stop());

/** An EvseManager with the given number that writes down what Auth tells it. */
function evseManager(id: number, calls: string[]): EvseCommands {
  const note = (text: string) => void calls.push(`${id} ${text}`);
  return {
    get_evse: () => ({ id, connectors: [{ id: 1, type: "cType2" }] }),
    authorize_response({ provided_token, validation_result }) {
      note(`authorize ${provided_token.id_token.value} ${validation_result.authorization_status}`);
      return null;
    },
    withdraw_authorization() {
      note("withdraw");
      return null;
    },
    stop_transaction({ request }) {
      note(`stop ${request.reason}`);
      return true;
    },
    reserve({ reservation_id }) {
      note(`reserve ${reservation_id}`);
      return true;
    },
    cancel_reservation() {
      note("cancel_reservation");
      return null;
    },
    enable_disable: () => true,
    pause_charging: () => true,
    resume_charging: () => true,
    force_unlock: () => true,
    external_ready_to_start_charging: () => true,
    set_plug_and_charge_configuration: () => null,
    update_allowed_energy_transfer_modes: () => "Accepted",
    set_der_available: () => "Accepted",
  };
}

interface Options {
  readonly config?: object;
  readonly validators?: readonly ((token: ProvidedIdToken) => ValidationResult)[];
  /** What the key-value store holds; without it there is none. */
  readonly store?: Map<string, unknown>;
}

async function start({ config = {}, validators = [() => accepted], store }: Options = {}) {
  const calls: string[] = [];
  auth = await startUnderTest(Auth, {
    config: { connection_timeout: 60, ...config },
    mocks: {
      token_provider: [{}, {}],
      token_validator: validators.map((validate) => ({
        validate_token: ({ provided_token }) => validate(provided_token),
      })),
      // In an order that is not that of their numbers.
      evse_manager: [evseManager(2, calls), evseManager(1, calls)],
      kvs: store
        ? [
            {
              load: ({ key }) => store.get(key) ?? null,
              store({ key, value }) {
                store.set(key, value);
                return null;
              },
              delete: () => null,
              exists: ({ key }) => store.has(key),
            },
          ]
        : [],
    },
  });
  await auth.heard();
  const event = (index: number, name: SessionEvent["event"], more: Partial<SessionEvent> = {}) =>
    auth.mock.evse_manager[index]?.publish("session_event", {
      uuid: "s",
      timestamp: "2026-01-01T00:00:00.000Z",
      event: name,
      ...more,
    });
  const meter_value = { timestamp: "2026-01-01T00:00:00.000Z", energy_Wh_import: { total: 0 } };
  return {
    calls: () => calls.splice(0),
    event,
    plugIn: (index: number) =>
      event(index, "SessionStarted", { session_started: { reason: "EVConnected", meter_value } }),
    show: (token: ProvidedIdToken, provider = 0) =>
      auth.mock.token_provider[provider]?.publish("provided_token", token),
    /** Token statuses since the last time. */
    async statuses() {
      const heard = await auth.heard();
      return heard.flatMap((line) => line.match(/token_validation_status .*"status":"(\w+)"/)?.[1] ?? []);
    },
  };
}

describe("Auth over the bus", () => {
  test("a contract goes to the EVSE with its number, wherever that stands in the connections", async () => {
    const { plugIn, show, calls, statuses } = await start();
    plugIn(1);
    show(contract("DEABCC1", 1));
    expect(await statuses()).toEqual(["Processing", "Accepted", "UsedToStart"]);
    expect(calls()).toEqual(["1 authorize DEABCC1 Accepted"]);
  });

  test("any provider may bring a token, every validator is asked until one knows it", async () => {
    const validators = [() => ({ ...accepted, authorization_status: "Unknown" }) as const, () => accepted];
    const { plugIn, show, calls, statuses } = await start({ validators });
    plugIn(0);
    show(card("A"), 1);
    expect(await statuses()).toEqual(["Processing", "Accepted", "UsedToStart"]);
    expect(calls()).toEqual(["2 authorize A Accepted"]);
  });

  test("bad case: a validator that throws counts as Unknown, and the car is told", async () => {
    const failing = () => {
      throw new TypeError("broken");
    };
    const { plugIn, show, calls, statuses } = await start({ validators: [failing] });
    plugIn(1);
    show(contract("DEABCC1", 1));
    expect(await statuses()).toEqual(["Processing", "Rejected"]);
    expect(calls()).toEqual(["1 authorize DEABCC1 Unknown"]);
  });

  test("a fault of the EVSE forbids its use until it is cleared", async () => {
    const { plugIn, show, calls, statuses } = await start();
    const [, first] = auth.mock.evse_manager;
    plugIn(1);
    first?.raiseError("evse_manager/Inoperative", { message: "broken" });
    show(contract("DEABCC1", 1));
    await statuses();
    first?.clearErrors();
    show(contract("DEABCC1", 1));
    await statuses();
    expect(calls()).toEqual(["1 authorize DEABCC1 NotAtThisTime", "1 authorize DEABCC1 Accepted"]);
  });

  test("the OCPP module sets timeout and master pass, and withdraws", async () => {
    const { plugIn, show, calls, statuses, event } = await start();
    const { main } = auth.on;
    await main.call("set_connection_timeout", { connection_timeout: 10 });
    plugIn(1);
    show(card("A"));
    await statuses();
    await auth.clock.advance(10_000);
    expect(calls()).toEqual(["1 authorize A Accepted", "1 withdraw"]);
    show(card("A", { connectors: [1] }));
    await statuses();
    event(1, "TransactionStarted");
    await auth.heard();
    expect(await main.call("withdraw_authorization", { request: { evse_id: 1 } })).toBe("Accepted");
    expect(calls()).toEqual(["1 authorize A Accepted", "1 stop DeAuthorized"]);
    expect(await main.call("withdraw_authorization", { request: { evse_id: 7 } })).toBe("EvseNotFound");
  });

  test("reservations: placed, checked, kept over a restart under EVerest's key", async () => {
    const store = new Map<string, unknown>();
    const { calls } = await start({ store });
    const { reservation } = auth.on;
    const request = { reservation_id: 5, id_token: "A", expiry_time: "2026-01-02T00:00:00.000Z", evse_id: 2 };
    expect(await reservation.call("reserve_now", { request })).toBe("Accepted");
    expect(await auth.heard()).toContain(
      'reservation.reservation_update {"reservation_id":5,"reservation_status":"Placed"}',
    );
    expect(await reservation.call("exists_reservation", { request: { evse_id: 2, id_token: "B" } })).toBe(
      "ReservedForOtherToken",
    );
    expect(store.get("reservation_tested")).toEqual([{ evse_id: 2, reservation: request }]);
    await auth.station.stop();

    const again = await start({ store });
    expect(again.calls()).toEqual(["2 reserve 5"]);
    expect(await auth.on.reservation.call("cancel_reservation", { reservation_id: 5 })).toBe(true);
    await auth.heard();
    expect(store.get("reservation_tested")).toEqual([]);
    expect(calls()).toEqual(["2 reserve 5"]);
  });

  test("bad case: rubbish in the store is no reason not to start", async () => {
    await start({ store: new Map([["reservation_tested", { not: "a list" }]]) });
    expect(auth.logged).toContain("stored reservations cannot be read");
  });
});
