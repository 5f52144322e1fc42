import { describe, expect, test } from "vitest";
import { accepted, card, contract, fakeAuth, group, invalid } from "./fakeStation.ts";

const revoked = {
  authorization_status: "Invalid",
  certificate_status: "CertificateRevoked",
  tariff_messages: [],
} as const;

describe("Plug & Charge", () => {
  test("Given a plugged car, when its contract is accepted, then its EVSE is authorized and the token used", async () => {
    const { plugIn, show, commands, statuses, trace } = fakeAuth();
    plugIn(1);
    await show(contract("DEABCC1", 1));
    expect(commands()).toEqual(["authorize 1 DEABCC1 Accepted"]);
    expect(statuses()).toEqual(["Processing DEABCC1", "Accepted DEABCC1", "UsedToStart DEABCC1"]);
    expect(trace.entries).toMatchObject([{ step: 5, outcome: "ok", title: "EVSE 1 is authorized for DEABCC1" }]);
  });

  test("bad case: a revoked contract: the EVSE is told at once, with the certificate's status", async () => {
    const { plugIn, show, commands, statuses, trace } = fakeAuth({
      validators: [() => ({ ...revoked, tariff_messages: [] })],
    });
    plugIn(1);
    await show(contract("DEABCC1", 1));
    expect(commands()).toEqual(["authorize 1 DEABCC1 Invalid CertificateRevoked"]);
    expect(statuses()).toEqual(["Processing DEABCC1", "Rejected DEABCC1"]);
    expect(trace.entries[0]?.title).toBe(
      "token DEABCC1 refused: the validator says Invalid, certificate CertificateRevoked",
    );
  });

  test("bad case: a token accepted with an expired certificate is refused (C07)", async () => {
    const half = { ...accepted, certificate_status: "CertificateExpired" } as const;
    const { plugIn, show, commands } = fakeAuth({ validators: [() => half] });
    plugIn(1);
    await show(contract("DEABCC1", 1));
    expect(commands()).toEqual(["authorize 1 DEABCC1 Accepted CertificateExpired"]);
  });

  test.each([
    ["faulted", (s: ReturnType<typeof fakeAuth>) => s.handler.pool.onFault(1, 1, true), "Inoperative"],
    ["disabled", (s: ReturnType<typeof fakeAuth>) => s.event(1, "Disabled"), "disabled"],
    ["occupied", (s: ReturnType<typeof fakeAuth>) => s.transaction(1), "occupied"],
  ])(
    "bad case: EVerest's dead end is none here: at an EVSE that is %s the car gets its answer at once",
    async (_name, spoil, why) => {
      const station = fakeAuth();
      station.plugIn(1);
      spoil(station);
      await station.show(contract("DEABCC1", 1));
      expect(station.commands()).toEqual(["authorize 1 DEABCC1 NotAtThisTime"]);
      expect(station.statuses()).toEqual(["Processing DEABCC1", "Rejected DEABCC1"]);
      expect(station.trace.entries[0]?.title).toContain(why);
    },
  );

  test("bad case: an EVSE that Auth does not know: the log says which connection is missing", async () => {
    const { show, trace, statuses } = fakeAuth();
    await show(contract("DEABCC1", 9));
    expect(statuses()).toEqual(["Processing DEABCC1", "Rejected DEABCC1"]);
    expect(trace.entries[0]).toMatchObject({
      title: "token DEABCC1 refused: no EVSE 9 is connected to Auth",
      fix: expect.stringContaining("connections.evse_manager"),
    });
  });

  test("the same contract at two EVSEs at once: the second is refused, not left waiting", async () => {
    const { plugIn, show, questions, commands, settle } = fakeAuth({ validators: [() => undefined] });
    plugIn(1);
    plugIn(2);
    await show(contract("DEABCC1", 1));
    await show(contract("DEABCC1", 2));
    expect(commands()).toEqual(["authorize 2 DEABCC1 ConcurrentTx"]);
    questions[0]?.answer(accepted);
    await settle();
    expect(commands()).toEqual(["authorize 1 DEABCC1 Accepted"]);
  });

  test("a car that asks again while its contract is validated gets the one answer", async () => {
    const { plugIn, show, questions, commands, statuses, settle } = fakeAuth({ validators: [() => undefined] });
    plugIn(1);
    await show(contract("DEABCC1", 1));
    await show(contract("deabcc1", 1));
    expect(questions).toHaveLength(1);
    questions[0]?.answer(accepted);
    await settle();
    expect(commands()).toEqual(["authorize 1 DEABCC1 Accepted"]);
    expect(statuses()).toEqual(["Processing DEABCC1", "Accepted DEABCC1", "UsedToStart DEABCC1"]);
  });
});

describe("answers that come too late (CVE-2026-33014, CVE-2026-27813)", () => {
  test.each([1, 10, 31, 61])(
    "after %i s the car has left and another has come: the answer is dropped",
    async (seconds) => {
      const { plugIn, unplug, show, questions, commands, statuses, clock } = fakeAuth({
        evses: 1,
        validators: [() => undefined],
      });
      plugIn(1);
      await show(card("A"));
      unplug(1);
      plugIn(1);
      await clock.advance(seconds * 1000);
      questions[0]?.answer(accepted);
      await clock.advance(0);
      expect(commands(), "the second car is not authorized").toEqual([]);
      expect(statuses()).toEqual(["Processing A", "Rejected A"]);
    },
  );

  test("the same contract, plugged in again, is validated anew", async () => {
    const { plugIn, unplug, show, questions, commands, settle } = fakeAuth({ validators: [() => undefined] });
    plugIn(1);
    await show(contract("DEABCC1", 1));
    unplug(1);
    plugIn(1);
    await show(contract("DEABCC1", 1));
    expect(questions).toHaveLength(2);
    questions[0]?.answer(accepted);
    await settle();
    expect(commands()).toEqual([]);
    questions[1]?.answer(accepted);
    await settle();
    expect(commands()).toEqual(["authorize 1 DEABCC1 Accepted"]);
  });

  test("a card shown before any car came still waits for one", async () => {
    const { plugIn, show, questions, commands, settle } = fakeAuth({ validators: [() => undefined] });
    await show(card("A"));
    plugIn(2);
    questions[0]?.answer(accepted);
    await settle();
    expect(commands()).toEqual(["authorize 2 A Accepted"]);
  });

  test("a token withdrawn while it is validated is answered at once, and its result means nothing", async () => {
    const { handler, plugIn, show, questions, commands, statuses, settle } = fakeAuth({
      validators: [() => undefined],
    });
    plugIn(1);
    await show(contract("DEABCC1", 1));
    expect(await handler.withdraw({ id_token: { value: "deabcc1", type: "eMAID" } })).toBe("Accepted");
    await settle();
    expect(commands()).toEqual(["authorize 1 DEABCC1 Unknown"]);
    expect(statuses()).toEqual(["Processing DEABCC1", "Withdrawn DEABCC1"]);
    questions[0]?.answer(accepted);
    await settle();
    expect(commands()).toEqual([]);
  });
});

describe("validators", () => {
  test("are asked in order; the first accepted result counts", async () => {
    const asked: number[] = [];
    const validator = (index: number, result: typeof accepted) => () => {
      asked.push(index);
      return result;
    };
    const { plugIn, show, commands } = fakeAuth({ validators: [validator(1, invalid), validator(2, accepted)] });
    plugIn(1);
    await show(card("A"));
    expect(asked).toEqual([1, 2]);
    expect(commands()).toEqual(["authorize 1 A Accepted"]);
  });

  test("bad case: one that fails counts as Unknown", async () => {
    const { plugIn, show, questions, commands, settle } = fakeAuth({ validators: [() => undefined] });
    plugIn(1);
    await show(contract("DEABCC1", 1));
    questions[0]?.fail();
    await settle();
    expect(commands()).toEqual(["authorize 1 DEABCC1 Unknown"]);
  });

  test("a prevalidated token asks nobody and keeps its group", async () => {
    const { plugIn, show, questions, commands, messages } = fakeAuth({ validators: [() => undefined] });
    plugIn(1);
    await show(card("A", { prevalidated: true, parent_id_token: group("G") }));
    expect(questions).toEqual([]);
    expect(commands()).toEqual(["authorize 1 A Accepted"]);
    expect(messages().at(-1)?.token).toMatchObject({ parent_id_token: { value: "G" }, connectors: [1] });
  });

  test("evse_ids: a token that is not good here is refused", async () => {
    const { plugIn, show, commands } = fakeAuth({ validators: [() => ({ ...accepted, evse_ids: [2] })] });
    plugIn(1);
    await show(contract("DEABCC1", 1));
    expect(commands()).toEqual(["authorize 1 DEABCC1 NotAtThisLocation"]);
  });

  test("tariff messages are passed on", async () => {
    const tariff_messages = [{ content: "0.40 EUR/kWh" }];
    const { plugIn, show, messages } = fakeAuth({ validators: [() => ({ ...accepted, tariff_messages })] });
    plugIn(1);
    await show(card("A"));
    expect(messages().find(({ status }) => status === "Accepted")?.messages).toEqual(tariff_messages);
  });

  test("a later result changes group and status of the authorization", async () => {
    const { handler, plugIn, show, transaction, statuses, commands } = fakeAuth({ evses: 1 });
    plugIn(1);
    await show(card("A"));
    transaction(1);
    handler.onValidationUpdate({ connector_id: 1, validation_result: { ...accepted, parent_id_token: group("G") } });
    expect(statuses()).toContain("Accepted A");
    commands();
    await show(card("G"));
    expect(commands()).toEqual(["stop 1 Local"]);
  });
});

describe("selection of the EVSE", () => {
  test("PlugEvents: the car that waits longest", async () => {
    const { plugIn, show, commands } = fakeAuth({ evses: 3 });
    plugIn(3);
    plugIn(1);
    await show(card("A"));
    await show(card("B"));
    expect(commands()).toEqual(["authorize 3 A Accepted", "authorize 1 B Accepted"]);
  });

  test("PlugEventsLIFO: the car that came last", async () => {
    const { plugIn, show, commands } = fakeAuth({ evses: 3, selection_algorithm: "PlugEventsLIFO" });
    plugIn(3);
    plugIn(1);
    await show(card("A"));
    expect(commands()).toEqual(["authorize 1 A Accepted"]);
  });

  test("PlugEvents: a card waits for a car, as long as connection_timeout", async () => {
    const { plugIn, show, commands, statuses, clock } = fakeAuth();
    await show(card("A"));
    await show(card("B"));
    await clock.advance(59_000);
    plugIn(2);
    await clock.advance(0);
    expect(commands(), "the first card gets the first car").toEqual(["authorize 2 A Accepted"]);
    await clock.advance(1000);
    expect(statuses().at(-1)).toBe("TimedOut B");
    expect(clock.pending, "only the wait for A's transaction").toBe(1);
  });

  test("FindFirst never waits: a plugged car, else the first free EVSE", async () => {
    const { plugIn, show, commands } = fakeAuth({ selection_algorithm: "FindFirst", evses: 3 });
    plugIn(2);
    await show(card("A"));
    await show(card("B"));
    expect(commands()).toEqual(["authorize 2 A Accepted", "authorize 1 B Accepted"]);
  });

  test("a single EVSE is taken whatever the algorithm", async () => {
    const { show, commands } = fakeAuth({ evses: 1 });
    await show(card("A"));
    expect(commands()).toEqual(["authorize 1 A Accepted"]);
  });
});

describe("time limits", () => {
  test("an authorization without transaction is withdrawn after connection_timeout", async () => {
    const { plugIn, show, commands, statuses, clock } = fakeAuth();
    plugIn(1);
    await show(card("A"));
    commands();
    await clock.advance(59_999);
    expect(commands()).toEqual([]);
    await clock.advance(1);
    expect(commands()).toEqual(["withdraw 1"]);
    expect(statuses().at(-1)).toBe("TimedOut A");
    await show(card("A"));
    expect(statuses()).toContain("Processing A");
  });

  test("a transaction ends that wait; set_connection_timeout changes it", async () => {
    const { handler, plugIn, show, transaction, commands, clock } = fakeAuth();
    handler.setConnectionTimeout(10);
    plugIn(1);
    plugIn(2);
    await show(card("A"));
    await show(card("B"));
    transaction(1);
    commands();
    await clock.advance(10_000);
    expect(commands()).toEqual(["withdraw 2"]);
  });

  test("plug_in_timeout_enabled: a car that nobody authorizes must be plugged in again", async () => {
    const { plugIn, unplug, show, commands, clock } = fakeAuth({ plug_in_timeout_enabled: true });
    plugIn(1);
    await clock.advance(60_000);
    expect(commands()).toEqual(["withdraw 1"]);
    await show(contract("DEABCC1", 1));
    expect(commands()).toEqual(["authorize 1 DEABCC1 NotAtThisTime"]);
    unplug(1);
    plugIn(1);
    await show(contract("DEABCC1", 1));
    expect(commands()).toEqual(["authorize 1 DEABCC1 Accepted"]);
  });

  test("plug_in_timeout_enabled means nothing for a station with one EVSE", async () => {
    const { plugIn, commands, clock } = fakeAuth({ plug_in_timeout_enabled: true, evses: 1 });
    plugIn(1);
    await clock.advance(600_000);
    expect(commands()).toEqual([]);
  });
});

describe("stopping with a token", () => {
  async function charging(options: Parameters<typeof fakeAuth>[0] = {}) {
    const station = fakeAuth(options);
    station.plugIn(1);
    await station.show(card("A"));
    station.transaction(1);
    station.commands();
    station.statuses();
    return station;
  }

  test("the card of the transaction, in any case of letters", async () => {
    const { show, commands, statuses } = await charging();
    await show(card("a"));
    expect(commands()).toEqual(["stop 1 Local"]);
    expect(statuses()).toEqual(["Processing a", "UsedToStop a"]);
  });

  test("stop_transaction_on_reswipe false: it only shows itself", async () => {
    const { show, commands, statuses } = await charging({ stop_transaction_on_reswipe: false });
    await show(card("A"));
    expect(commands()).toEqual([]);
    expect(statuses()).toEqual(["Processing A", "UsedToReauthorize A"]);
  });

  test("a contract never stops by being presented again", async () => {
    const { show, commands } = await charging();
    await show({ ...contract("A", 1), id_token: { value: "A", type: "eMAID" } });
    expect(commands()).toEqual(["authorize 1 A NotAtThisTime"]);
  });

  test("a card of the same group stops when no EVSE is free", async () => {
    const validators = [() => ({ ...accepted, parent_id_token: group("G") })];
    const { show, commands } = await charging({ evses: 1, validators });
    await show(card("B"));
    expect(commands()).toEqual(["stop 1 Local"]);
  });

  test("with a free EVSE the group's card starts there, unless stopping has priority", async () => {
    const validators = [() => ({ ...accepted, parent_id_token: group("G") })];
    const first = await charging({ validators });
    first.plugIn(2);
    await first.show(card("B"));
    expect(first.commands()).toEqual(["authorize 2 B Accepted"]);
    const second = await charging({ validators, prioritize_authorization_over_stopping_transaction: false });
    second.plugIn(2);
    await second.show(card("B"));
    expect(second.commands()).toEqual(["stop 1 Local"]);
  });

  test("C16: the master pass stops all transactions and starts none", async () => {
    const validators = [
      (token: { id_token: { value: string } }) =>
        token.id_token.value === "M" ? { ...accepted, parent_id_token: group("police") } : accepted,
    ];
    const station = await charging({ validators, master_pass_group_id: "POLICE" });
    station.plugIn(2);
    await station.show(card("B"));
    station.transaction(2);
    station.commands();
    station.statuses();
    await station.show(card("M"));
    expect(station.commands()).toEqual(["stop 1 MasterPass", "stop 2 MasterPass"]);
    expect(station.statuses()).toEqual(["Processing M", "UsedToStop M"]);
    station.transactionEnds(1);
    station.unplug(1);
    station.plugIn(1);
    await station.show(card("M", { connectors: [1] }));
    expect(station.commands()).toEqual(["authorize 1 M Invalid"]);
  });
});

describe("withdrawal (C02)", () => {
  test("EVSE unknown, nothing to withdraw", async () => {
    const { handler } = fakeAuth();
    expect(await handler.withdraw({ evse_id: 9 })).toBe("EvseNotFound");
    expect(await handler.withdraw({ evse_id: 1 })).toBe("AuthorizationNotFound");
  });

  test("before the transaction the EVSE is told to forget, during it to stop", async () => {
    const { handler, plugIn, show, transaction, commands, statuses } = fakeAuth();
    plugIn(1);
    plugIn(2);
    await show(card("A"));
    await show(card("B"));
    transaction(2);
    commands();
    statuses();
    expect(await handler.withdraw({ id_token: { value: "a", type: "ISO14443" } })).toBe("Accepted");
    expect(commands()).toEqual(["withdraw 1"]);
    expect(statuses()).toEqual(["Withdrawn A"]);
    expect(await handler.withdraw({})).toBe("Accepted");
    expect(commands()).toEqual(["stop 2 DeAuthorized"]);
  });

  test("a card that waits for a car is let go", async () => {
    const { handler, show, statuses, settle, clock } = fakeAuth();
    await show(card("A"));
    expect(await handler.withdraw({ id_token: { value: "A", type: "ISO14443" } })).toBe("Accepted");
    await settle();
    expect(statuses().at(-1)).toBe("Withdrawn A");
    expect(clock.pending).toBe(0);
  });

  test("another token's withdrawal does not disturb it", async () => {
    const { handler, plugIn, show, commands } = fakeAuth();
    await show(card("A"));
    expect(await handler.withdraw({ id_token: { value: "B", type: "ISO14443" } })).toBe("AuthorizationNotFound");
    plugIn(1);
    await handler.withdraw({ evse_id: 2 });
    expect(commands()).toEqual([]);
  });
});

describe("reservations", () => {
  const until = "2026-01-01T01:00:00.000Z";
  const reservation = (reservation_id: number, id_token: string, evse_id?: number) => ({
    reservation_id,
    id_token,
    expiry_time: until,
    ...(evse_id === undefined ? {} : { evse_id }),
  });

  test("only the token of the reservation may charge there; its id goes along and the reservation is used up", async () => {
    const { handler, plugIn, show, commands, updates } = fakeAuth({ evses: 1 });
    expect(await handler.reservations.reserve(reservation(7, "A", 1))).toBe("Accepted");
    expect(commands()).toEqual(["reserve 1 7"]);
    expect(updates).toEqual([{ reservation_id: 7, reservation_status: "Placed" }]);
    plugIn(1);
    await show(contract("B", 1));
    expect(commands()).toEqual(["authorize 1 B NotAtThisTime"]);
    await show({ ...contract("a", 1) });
    expect(commands()).toEqual(["authorize 1 a Accepted 7"]);
    expect(handler.reservations.book.isReserved(1)).toBe(false);
  });

  test("the group of the reservation may charge too", async () => {
    const validators = [() => ({ ...accepted, parent_id_token: group("G") })];
    const { handler, plugIn, show, commands } = fakeAuth({ evses: 1, validators });
    await handler.reservations.reserve({ ...reservation(7, "A", 1), parent_id_token: "g" });
    plugIn(1);
    commands();
    await show(card("B"));
    expect(commands()).toEqual(["authorize 1 B Accepted 7"]);
  });

  test("a reservation for any EVSE blocks the last free one", async () => {
    const { handler, plugIn, show, transaction, commands } = fakeAuth();
    await handler.reservations.reserve(reservation(7, "A"));
    expect(commands()).toEqual([]);
    plugIn(1);
    await show(card("B"));
    transaction(1);
    expect(commands()).toEqual(["authorize 1 B Accepted", "reserve 2 -1"]);
    plugIn(2);
    await show(contract("C", 2));
    expect(commands()).toEqual(["authorize 2 C NotAtThisTime"]);
    await show(contract("A", 2));
    expect(commands()).toContain("authorize 2 A Accepted 7");
  });

  test("it expires, and the EVSE is free again", async () => {
    const { handler, commands, updates, clock } = fakeAuth();
    await handler.reservations.reserve(reservation(7, "A", 1));
    await clock.advance(3_600_000);
    expect(updates.at(-1)).toEqual({ reservation_id: 7, reservation_status: "Expired" });
    expect(commands()).toEqual(["reserve 1 7", "cancelReservation 1"]);
  });

  test("bad case: the EVSE refuses, so the reservation is refused", async () => {
    const { handler, refusing, stored } = fakeAuth();
    refusing.add(1);
    expect(await handler.reservations.reserve(reservation(7, "A", 1))).toBe("Rejected");
    expect(stored.all).toEqual([]);
  });

  test("they survive a restart; those of the past are announced as removed", async () => {
    const { handler, updates } = fakeAuth();
    const past = { ...reservation(8, "B", 2), expiry_time: "2025-12-31T23:00:00.000Z" };
    await handler.reservations.restore([
      { evse_id: 1, reservation: reservation(7, "A") },
      { evse_id: 2, reservation: past },
    ]);
    expect(handler.reservations.book.isReserved(1)).toBe(true);
    expect(updates.at(-1)).toEqual({ reservation_id: 8, reservation_status: "Removed" });
  });

  test("a fault at the reserved EVSE ends it", async () => {
    const { handler, updates } = fakeAuth();
    await handler.reservations.reserve(reservation(7, "A", 1));
    handler.pool.onFault(1, 1, true);
    expect(updates.at(-1)).toEqual({ reservation_id: 7, reservation_status: "Removed" });
  });
});

test("bad case: an EVSE that does not take its authorization loses it again", async () => {
  const { plugIn, show, refusing, statuses, handler } = fakeAuth();
  refusing.add(1);
  plugIn(1);
  await show(contract("DEABCC1", 1));
  expect(statuses().at(-1)).toBe("Rejected DEABCC1");
  expect(handler.pool.evses.get(1)?.identifier).toBeUndefined();
});

test("ignore_connector_faults: a faulted EVSE is used all the same", async () => {
  const { handler, plugIn, show, commands } = fakeAuth({ ignore_connector_faults: true });
  handler.pool.onFault(1, 1, true);
  plugIn(1);
  await show(contract("DEABCC1", 1));
  expect(commands()).toEqual(["authorize 1 DEABCC1 Accepted"]);
});

test("when the station stops, nothing is left running", async () => {
  const { handler, plugIn, show, clock } = fakeAuth({ plug_in_timeout_enabled: true });
  plugIn(1);
  await show(card("A"));
  await show(card("B"));
  await handler.reservations.reserve({ reservation_id: 1, id_token: "C", expiry_time: "2027-01-01T00:00:00.000Z" });
  handler.stop();
  await clock.advance(0);
  expect(clock.pending).toBe(0);
});
