import { describe, expect, test } from "vitest";
import { dutyOf } from "../../../src/modules/EvseManager/charger/duty.ts";
import { accepted, cardToken, contractToken, type FakeEvse, type FakeOptions, fakeEvse } from "./fakeNeighbours.ts";

async function booted(options: FakeOptions = {}): Promise<FakeEvse> {
  const station = fakeEvse(options);
  await station.boot();
  station.board("A");
  station.news();
  return station;
}

/** The car is plugged in, has 5 % PWM, matched, and its contract is accepted. */
async function contractAccepted(options: FakeOptions = {}): Promise<FakeEvse> {
  const station = await booted(options);
  station.board("B");
  await station.clock.advance(500);
  station.evse.slacMatching(true);
  station.evse.requireContract(contractToken);
  station.evse.authorizeResponse(station.tokens[0] ?? contractToken, accepted);
  await station.settle();
  return station;
}

async function contractCharging(options: FakeOptions = {}): Promise<FakeEvse> {
  const station = await contractAccepted(options);
  station.evse.feed({ type: "hlcChargeLoop" });
  station.evse.feed({ type: "hlcContactor", close: true });
  station.board("C", "PowerOn");
  station.news();
  return station;
}

/** Basic charging with a card. */
async function cardCharging(options: FakeOptions = {}): Promise<FakeEvse> {
  const station = await booted({ hlc: false, ...options });
  station.board("B");
  station.evse.authorizeResponse(cardToken, accepted);
  await station.settle();
  station.board("C", "PowerOn");
  station.news();
  return station;
}

describe("a Plug & Charge session", () => {
  test("Given an AC car with a contract, when it charges and leaves, then events and commands come in EVerest's order", async () => {
    const station = await booted();
    const { evse, clock, board, news, settle } = station;
    board("B");
    expect(news()).toEqual([
      "slac.enter_bcd",
      "hlc.reset_error",
      "hlc.ac_contactor_closed false",
      "hlc.stop_charging false",
      'board.allow_power_on {"allow_power_on":false,"reason":"PowerOff"}',
      'publish.selected_protocol "IEC61851-1"',
      'hlc.session_setup {"payment_options":["ExternalPayment","Contract"],"supported_certificate_service":true,"central_contract_validation_allowed":false}',
      "event SessionStarted",
      "event AuthRequired",
      "lock.lock",
    ]);
    await clock.advance(499);
    expect(news()).toEqual([]);
    await clock.advance(1);
    expect(news()).toEqual(["board.pwm_on 5"]);
    evse.slacMatching(true);
    evse.requireContract(contractToken);
    expect(station.tokens).toEqual([{ ...contractToken, connectors: [1] }]);
    news();
    evse.authorizeResponse({ ...contractToken, connectors: [1] }, accepted);
    await settle();
    expect(news()).toEqual([
      'hlc.session_setup {"payment_options":["ExternalPayment"],"supported_certificate_service":false,"central_contract_validation_allowed":false}',
      "event Authorized",
      'hlc.authorization_response {"authorization_status":"Accepted","certificate_status":"Accepted"}',
      "event TransactionStarted",
    ]);
    evse.feed({ type: "hlcChargeLoop" });
    expect(news()).toEqual(["event PrepareCharging"]);
    evse.feed({ type: "hlcContactor", close: true });
    board("C");
    expect(news()).toEqual([
      "event ChargingStarted",
      'board.allow_power_on {"allow_power_on":true,"reason":"FullPowerCharging"}',
    ]);
    board("PowerOn");
    expect(news()).toEqual(["hlc.ac_contactor_closed true"]);
    evse.feed({ type: "hlcContactor", close: false });
    const powerOff = 'board.allow_power_on {"allow_power_on":false,"reason":"PowerOff"}';
    expect(news(), "whatever the control pilot says").toEqual([powerOff]);
    board("B", "PowerOff");
    expect(news()).toEqual([
      powerOff,
      "event StoppingCharging",
      "hlc.stop_charging true",
      "hlc.ac_contactor_closed false",
      "event ChargingPausedEV",
    ]);
    evse.dlink("terminate");
    expect(news()).toEqual(["board.cp_state_X1", "slac.dlink_terminate"]);
    board("A");
    await settle();
    expect(news().filter((call) => call.startsWith("event"))).toEqual([
      "event StoppingCharging",
      "event ChargingFinished",
      "event TransactionFinished",
      "event SessionFinished",
    ]);
    expect(evse.state.name).toBe("Idle");
    const finished = station.events.find(({ event }) => event === "TransactionFinished");
    expect(finished?.transaction_finished?.reason).toBe("EVDisconnected");
    expect(new Set(station.events.slice(1).map(({ uuid }) => uuid)).size, "one id for all").toBe(1);
  });

  test("the timeline names the transaction and the energy", async () => {
    const station = await contractCharging();
    const meter = (wh: number) => ({ timestamp: "2026-01-01T00:00:00.000Z", energy_Wh_import: { total: wh } });
    station.evse.metered(meter(1234));
    station.board("A", "PowerOff");
    await station.settle();
    const last = station.trace.entries.find(({ title }) => title === "transaction finished: EVDisconnected");
    expect(last).toMatchObject({ step: 6, detail: { energyWh: 1234, transaction: station.events[1]?.uuid } });
    const titles = station.trace.entries.map(({ step, title }) => `${step} ${title}`);
    expect(titles).toContain("3 provided_token");
    expect(titles).toContain("6 contactor closed");
  });

  test("after an accepted contract, no charge loop within 10 s means nominal PWM after state F", async () => {
    const station = await contractAccepted();
    station.news();
    await station.clock.advance(9999);
    expect(station.news()).toEqual([]);
    await station.clock.advance(1);
    expect(station.news()).toEqual(["board.cp_state_F"]);
    await station.clock.advance(4000);
    expect(station.news()).toEqual(["board.cp_state_X1"]);
    await station.clock.advance(750);
    expect(station.news()).toEqual(["event PrepareCharging", `board.pwm_on ${100 * dutyOf(16)}`]);
  });

  test("with hardware delays switched off, 5 % PWM comes at once", async () => {
    const station = await booted({ delayFactor: 0 });
    station.board("B");
    expect(station.news()).toContain("board.pwm_on 5");
  });

  test("a resumed session is answered at once, without asking anybody again", async () => {
    const station = await contractCharging();
    station.evse.requireContract(contractToken);
    expect(station.news()).toEqual([
      'hlc.authorization_response {"authorization_status":"Accepted","certificate_status":"Accepted"}',
    ]);
    expect(station.tokens).toHaveLength(1);
  });

  test("D-LINK_ERROR at 5 %: X1, F, X1, and the car may start anew", async () => {
    const station = await booted();
    station.board("B");
    await station.clock.advance(500);
    station.news();
    station.evse.dlink("error");
    expect(station.news()).toEqual(["board.cp_state_X1", "slac.dlink_error"]);
    await station.clock.advance(3000);
    expect(station.news()).toEqual(["board.cp_state_F"]);
    await station.clock.advance(4750);
    expect(station.told()).toEqual(["AuthRequired"]);
    await station.clock.advance(500);
    expect(station.news()).toEqual(["board.pwm_on 5"]);
  });

  test("D-LINK_ERROR with nominal PWM does not disturb charging [V2G3-M07-12]", async () => {
    const station = await cardCharging();
    station.evse.dlink("error");
    expect(station.news()).toEqual([]);
  });
});

describe("paying at the station", () => {
  test("Given basic charging, when a card is accepted, then nominal PWM follows and state C closes the contactor", async () => {
    const station = await booted({ hlc: false });
    station.board("B");
    station.news();
    station.evse.authorizeResponse(cardToken, accepted);
    await station.settle();
    expect(station.news()).toEqual([
      "event Authorized",
      "event TransactionStarted",
      "event PrepareCharging",
      `board.pwm_on ${100 * dutyOf(16)}`,
    ]);
    station.board("C");
    expect(station.told()).toEqual(["ChargingStarted"]);
  });

  test("a card before the car: the session starts with it, ISO 15118 offers no contract, and 5 % PWM is left out", async () => {
    const station = await booted();
    station.evse.authorizeResponse(cardToken, accepted);
    const calls = station.news();
    expect(calls).toContain(
      'hlc.session_setup {"payment_options":["ExternalPayment"],"supported_certificate_service":false,"central_contract_validation_allowed":false}',
    );
    expect(calls.filter((call) => call.startsWith("event"))).toEqual(["event SessionStarted", "event Authorized"]);
    expect(station.events.at(-2)?.session_started?.reason).toBe("Authorized");
    station.board("B");
    await station.clock.advance(500);
    const after = station.news();
    expect(after.filter((call) => call.startsWith("event"))).toEqual([
      "event AuthRequired",
      "event TransactionStarted",
      "event PrepareCharging",
    ]);
    expect(after).not.toContain("board.pwm_on 5");
  });

  test("figure 3 of ISO 15118-3: a card before matching began leads through state F to nominal PWM", async () => {
    const station = await booted();
    station.board("B");
    await station.clock.advance(500);
    station.evse.authorizeResponse(cardToken, accepted);
    await station.settle();
    expect(station.evse.state.name).toBe("T_step_EF");
    await station.clock.advance(4750);
    expect(station.evse.state.name).toBe("PrepareCharging");
    expect(station.evse.state.use5Percent).toBe(false);
  });

  test("figure 5: after matching began the car has 10 s for its charge loop, then X1 and nominal PWM", async () => {
    const station = await booted();
    station.board("B");
    await station.clock.advance(500);
    station.evse.slacMatching(true);
    station.evse.authorizeResponse(cardToken, accepted);
    await station.clock.advance(9_999);
    expect(station.evse.state.name).toBe("WaitingForAuthentication");
    await station.clock.advance(1);
    expect(station.evse.state.name).toBe("T_step_X1");
    await station.clock.advance(3000);
    expect(station.evse.state.name).toBe("PrepareCharging");
  });

  test("ac_enforce_hlc: 5 % stays in spite of the card", async () => {
    const station = await booted({ config: { ac_enforce_hlc: true } });
    station.board("B");
    await station.clock.advance(500);
    station.evse.authorizeResponse(cardToken, accepted);
    await station.settle();
    expect(station.evse.state).toMatchObject({ name: "PrepareCharging", use5Percent: true });
  });

  test("disable_authentication: plugging in is enough", async () => {
    const station = await booted({ hlc: false, config: { disable_authentication: true } });
    station.board("B");
    await station.settle();
    expect(station.told()).toEqual([
      "SessionStarted",
      "AuthRequired",
      "Authorized",
      "TransactionStarted",
      "PrepareCharging",
    ]);
  });

  test("a card is of no use after the session was stopped, and no second one replaces the first", async () => {
    const station = await cardCharging();
    const other = { ...cardToken, id_token: { value: "OTHER", type: "ISO14443" } } as const;
    station.evse.authorizeResponse(other, accepted);
    expect(station.told()).toEqual([]);
    station.evse.stopTransaction({ reason: "Remote" });
    station.evse.authorizeResponse(other, accepted);
    expect(station.told()).toEqual(["StoppingCharging"]);
  });
});

describe("stopping", () => {
  test("stop_transaction: the car gets 20 s, then the contactor opens under load; the session stays until unplug", async () => {
    const station = await contractCharging();
    expect(station.evse.stopTransaction({ reason: "Remote" })).toBe(true);
    expect(station.news()).toEqual(["event StoppingCharging", "hlc.stop_charging true"]);
    await station.clock.advance(19_999);
    expect(station.news()).toEqual([]);
    await station.clock.advance(1);
    expect(station.news()).toEqual(['board.allow_power_on {"allow_power_on":false,"reason":"PowerOff"}']);
    station.board("PowerOff");
    await station.settle();
    expect(station.told()).toEqual(["ChargingFinished", "TransactionFinished"]);
    expect(station.events.at(-1)?.transaction_finished?.reason).toBe("Remote");
    station.board("A");
    expect(station.told()).toEqual(["SessionFinished"]);
    expect(station.evse.stopTransaction({ reason: "Remote" }), "no transaction").toBe(false);
  });

  test.each([
    ["EmergencyStop", "Error_EmergencyShutdown"],
    ["PowerLoss", "Error_UtilityInterruptEvent"],
  ] as const)("the car is told of %s", async (reason, error) => {
    const station = await contractCharging();
    station.evse.stopTransaction({ reason });
    expect(station.news()[0]).toBe(`hlc.send_error "${error}"`);
  });

  test("a transaction that is stopped while the car is still authorizing ends at once, with its reason", async () => {
    const station = await contractAccepted();
    station.news();
    station.evse.stopTransaction({ reason: "Remote" });
    await station.settle();
    expect(station.told()).toEqual(["StoppingCharging", "ChargingFinished", "TransactionFinished"]);
  });

  test("withdraw_authorization in the charge loop stops the transaction as deauthorized", async () => {
    const station = await contractCharging();
    station.evse.withdrawAuthorization();
    station.board("B", "PowerOff");
    await station.settle();
    expect(station.told()).toEqual(["Deauthorized", "StoppingCharging", "ChargingFinished", "TransactionFinished"]);
    expect(station.events.at(-1)?.transaction_finished?.reason).toBe("DeAuthorized");
  });

  test("withdraw_authorization before anybody was authorized: the car is told that nobody pays", async () => {
    const station = await booted({ config: { raise_mrec9: true } });
    station.board("B");
    station.evse.requireEim();
    station.news();
    station.evse.withdrawAuthorization();
    const calls = station.news();
    expect(calls.slice(0, 2)).toEqual(["event Deauthorized", "event PluginTimeout"]);
    expect(calls).toContain(
      'hlc.authorization_response {"authorization_status":"Unknown","certificate_status":"NoCertificateAvailable"}',
    );
    expect(calls).toContain("raise MREC9AuthorizationTimeout: nobody authorized the car in time");
  });

  test("withdraw_authorization of a card whose car never came ends the session", async () => {
    const station = await booted({ hlc: false });
    station.evse.authorizeResponse(cardToken, accepted);
    station.news();
    station.evse.withdrawAuthorization();
    expect(station.told()).toEqual(["Deauthorized", "SessionFinished"]);
    station.board("B");
    await station.settle();
    expect(station.told()).toEqual(["SessionStarted", "AuthRequired"]);
  });

  test("force_unlock stops the transaction and opens the lock when the contactor is open", async () => {
    const station = await cardCharging();
    expect(station.evse.forceUnlock()).toBe(true);
    station.board("B", "PowerOff");
    expect(station.news()).toContain("lock.unlock");
    await station.settle();
    expect(station.events.at(-1)?.transaction_finished?.reason).toBe("UnlockCommand");
  });

  test("a car that comes while the meter of the one before still answers gets its own session", async () => {
    let answer: () => void = () => {};
    const meter = {
      start_transaction: async () => ({ status: "OK" as const }),
      stop_transaction: (id: string) =>
        new Promise<{ status: "OK" }>((resolve) => {
          if (id === "") resolve({ status: "OK" });
          else answer = () => resolve({ status: "OK" });
        }),
    };
    const station = await cardCharging({ meter, config: { initial_meter_value_timeout_ms: 0 } });
    station.board("A", "PowerOff", "B");
    await station.settle();
    expect(station.told()).toEqual(["StoppingCharging"]);
    answer();
    await station.settle();
    expect(station.told()).toEqual([
      "ChargingFinished",
      "TransactionFinished",
      "SessionFinished",
      "SessionStarted",
      "AuthRequired",
    ]);
    expect(station.evse.state.authorization).toBeUndefined();
  });
});

describe("pauses", () => {
  test("the station pauses and resumes", async () => {
    const station = await cardCharging();
    expect(station.evse.pause(true)).toBe(true);
    expect(station.told()).toEqual(["StoppingCharging"]);
    station.board("B", "PowerOff");
    expect(station.told()).toEqual(["ChargingPausedEVSE"]);
    expect(station.events.at(-1)?.charging_paused_evse).toEqual({ reasons: ["UserPause"] });
    expect(station.evse.pause(false)).toBe(true);
    station.board("C");
    expect(station.told()).toEqual(["PrepareCharging", "ChargingStarted"]);
  });

  test("pause and resume are refused without a transaction", async () => {
    const station = await booted();
    expect(station.evse.pause(true)).toBe(false);
    expect(station.evse.pause(false)).toBe(false);
  });

  test("basic charging stops at once without energy and goes on with it", async () => {
    const station = await cardCharging();
    const limit = (ampere: number) =>
      station.evse.feed({ type: "limit", ampere, validUntil: station.clock.monotonic() + 60_000 });
    limit(0);
    station.board("B", "PowerOff");
    expect(station.told()).toEqual(["StoppingCharging", "ChargingPausedEVSE"]);
    expect(station.events.at(-1)?.charging_paused_evse).toEqual({ reasons: ["NoEnergy"] });
    limit(10);
    expect(station.told()).toEqual(["PrepareCharging"]);
  });

  test("what the energy tree granted ends by itself", async () => {
    const station = await cardCharging();
    await station.clock.advance(900_000);
    expect(station.evse.state.limit.ampere).toBe(0);
    expect(station.evse.state.name).toBe("StoppingCharging");
  });

  test("the charge loop of ISO 15118 bears 5 s without energy", async () => {
    const station = await contractCharging();
    station.evse.feed({ type: "limit", ampere: 0, validUntil: 1e9 });
    await station.clock.advance(4999);
    expect(station.evse.state.name).toBe("Charging");
    await station.clock.advance(1);
    expect(station.evse.state.name).toBe("StoppingCharging");
  });

  test("a car with ISO 15118 wakes the station by a BCB toggle", async () => {
    const station = await contractCharging();
    station.board("B", "PowerOff");
    station.evse.dlink("pause");
    station.news();
    for (let pulse = 0; pulse < 3; pulse++) {
      station.board("C");
      await station.clock.advance(300);
      station.board("B");
    }
    expect(station.evse.state.name).toBe("PrepareCharging");
    expect(station.news()).toContain("board.pwm_on 5");
  });

  test("a pulse of the wrong length starts count and time of the toggle anew", async () => {
    const station = await contractCharging();
    station.board("B", "PowerOff");
    station.evse.dlink("pause");
    for (const ms of [1000, 300]) {
      station.board("C");
      await station.clock.advance(ms);
      station.board("B");
      await station.clock.advance(1000);
    }
    await station.clock.advance(2399);
    expect(station.evse.state.name).toBe("ChargingPausedEV");
    await station.clock.advance(1);
    expect(station.evse.state.name).toBe("PrepareCharging");
  });

  test("phases are not switched while the car charges by ISO 15118, whoever asks for it", async () => {
    const station = await contractCharging();
    station.evse.feed({ type: "phases", three: false });
    expect(station.news()).toEqual([]);
    expect(station.evse.state.name).toBe("Charging");
  });

  test("one pulse is a toggle too, after 3.7 s", async () => {
    const station = await contractCharging();
    station.board("B", "PowerOff");
    station.evse.dlink("pause");
    station.board("C");
    await station.clock.advance(300);
    station.board("B");
    await station.clock.advance(3399);
    expect(station.evse.state.name).toBe("ChargingPausedEV");
    await station.clock.advance(1);
    expect(station.evse.state.name).toBe("PrepareCharging");
  });

  test("a car that does not ask for power is woken once after 30 s and given up after 10 s more", async () => {
    const station = await booted({ hlc: false });
    station.board("B");
    station.evse.authorizeResponse(cardToken, accepted);
    await station.settle();
    await station.clock.advance(30_000);
    expect(station.evse.state.name).toBe("T_step_EF");
    await station.clock.advance(4750);
    expect(station.evse.state.name).toBe("PrepareCharging");
    await station.clock.advance(10_000);
    expect(station.evse.state.name).toBe("ChargingPausedEV");
    station.board("C");
    expect(station.evse.state.name).toBe("Charging");
  });

  test("the offer changes at most every 5 s", async () => {
    const station = await cardCharging();
    const limit = (ampere: number) => station.evse.feed({ type: "limit", ampere, validUntil: 1e9 });
    await station.clock.advance(5000);
    limit(10);
    expect(station.news()).toContain(`board.pwm_on ${100 * dutyOf(10)}`);
    limit(8);
    expect(station.news().filter((call) => call.includes("pwm"))).toEqual([]);
    await station.clock.advance(5000);
    expect(station.news()).toEqual([`board.pwm_on ${100 * dutyOf(8)}`]);
  });
});

describe("faults", () => {
  const fault = (type: string, severity: "Medium" | "High" = "Medium") =>
    ({ type, sub_type: "", severity, description: "", vendor_id: "" }) as const;

  test("a fault opens the contactor at once, pauses, and charging goes on when it is cleared", async () => {
    const station = await cardCharging();
    station.evse.fault("bsp", fault("evse_board_support/MREC2GroundFailure"), true);
    const calls = station.news();
    expect(calls).toContain('board.allow_power_on {"allow_power_on":false,"reason":"PowerOff"}');
    expect(calls).toContain("raise Inoperative: MREC2GroundFailure");
    station.board("B", "PowerOff");
    expect(station.events.at(-1)?.charging_paused_evse).toEqual({ reasons: ["Error"] });
    station.news();
    station.evse.fault("bsp", fault("evse_board_support/MREC2GroundFailure"), false);
    expect(station.news()).toEqual(expect.arrayContaining(["clear Inoperative", "event PrepareCharging"]));
  });

  test("a warning changes nothing", async () => {
    const station = await cardCharging();
    station.evse.fault("bsp", fault("evse_board_support/VendorWarning", "High"), true);
    expect(station.news()).toEqual([]);
  });

  test("a severe fault ends the PWM too and is told to the car", async () => {
    const station = await contractCharging();
    station.evse.fault("bsp", fault("evse_board_support/MREC8EmergencyStop", "High"), true);
    const calls = station.news();
    expect(calls).toContain('hlc.send_error "Error_EmergencyShutdown"');
    expect(calls).toContain("board.cp_state_X1");
  });

  test("a fault before authorization ends the session; the car must be plugged in again", async () => {
    const station = await booted();
    station.board("B");
    station.evse.fault("bsp", fault("evse_board_support/DiodeFault"), true);
    expect(station.evse.state.name).toBe("Finished");
    station.board("A");
    expect(station.told()).toContain("SessionFinished");
  });

  test("a meter that cannot bill: no energy (fail_on_powermeter_errors)", async () => {
    const meter = {
      start_transaction: async () => ({ status: "UNEXPECTED_ERROR" as const, error: "no signature" }),
      stop_transaction: async () => ({ status: "OK" as const }),
    };
    const station = await booted({ hlc: false, meter, config: { initial_meter_value_timeout_ms: 0 } });
    station.board("B");
    station.evse.authorizeResponse(cardToken, accepted);
    await station.settle();
    expect(station.told()).not.toContain("TransactionStarted");
    expect(station.evse.state.name).toBe("Finished");
    station.board("A");
    await station.settle();
    expect(station.evse.state).toMatchObject({ name: "Idle", fault: "none" });
  });

  test("a car that draws too much for 7 s is stopped (MREC4)", async () => {
    const station = await cardCharging();
    const value = (ampere: number) => ({
      timestamp: "2026-01-01T00:00:00.000Z",
      energy_Wh_import: { total: 0 },
      current_A: { L1: ampere, L2: 0, L3: 0 },
    });
    station.evse.metered(value(18.1));
    await station.clock.advance(10_000);
    expect(station.evse.state.name, "within the tolerance").toBe("Charging");
    station.evse.metered(value(18.2));
    await station.clock.advance(7000);
    expect(station.news().join()).toContain("raise MREC4OverCurrentFailure");
    expect(station.evse.state.fault).toBe("emergency");
  });
});

describe("enable and disable", () => {
  const csms = (enable_state: "Enable" | "Disable") =>
    ({ enable_source: "CSMS", enable_state, enable_priority: 5 }) as const;

  test("an idle EVSE is disabled at once: state F, board off", async () => {
    const station = await booted();
    expect(station.evse.availability.enableDisable(1, csms("Disable"))).toBe(false);
    const calls = station.news();
    expect(calls).toEqual(expect.arrayContaining(["board.cp_state_F", "board.enable false", "event Disabled"]));
    expect(station.events.at(-1)).toMatchObject({ connector_id: 1, source: { enable_source: "CSMS" } });
    expect(station.evse.availability.enableDisable(1, csms("Enable"))).toBe(true);
    expect(station.news()).toEqual(expect.arrayContaining(["event Enabled", "board.enable true"]));
    expect(station.evse.state.name).toBe("Idle");
  });

  test("a charging car is stopped first", async () => {
    const station = await cardCharging();
    station.evse.availability.enableDisable(0, csms("Disable"));
    station.board("B", "PowerOff");
    await station.settle();
    expect(station.told()).toEqual([
      "StoppingCharging",
      "ChargingFinished",
      "TransactionFinished",
      "SessionFinished",
      "Disabled",
    ]);
    const finished = station.events.find(({ event }) => event === "TransactionFinished");
    expect(finished?.transaction_finished?.reason).toBe("EVSEDisabled");
  });
});

describe("reservations", () => {
  test("an idle EVSE can be reserved once; its id goes into the transaction", async () => {
    const station = await booted({ hlc: false });
    expect(station.evse.availability.reserve(7)).toBe(true);
    expect(station.evse.availability.reserve(8)).toBe(false);
    expect(station.evse.availability.reserve(7)).toBe(true);
    expect(station.told()).toEqual(["ReservationStart"]);
    station.board("B");
    station.evse.authorizeResponse(cardToken, { ...accepted, reservation_id: 7 });
    await station.settle();
    const started = station.events.find(({ event }) => event === "TransactionStarted");
    expect(started?.transaction_started?.reservation_id).toBe(7);
    expect(station.evse.availability.reserve(9), "not idle").toBe(false);
  });

  test("a fault ends it", async () => {
    const station = await booted();
    station.evse.availability.reserve(7);
    station.news();
    const type = "evse_board_support/PermanentFault";
    station.evse.fault("bsp", { type, sub_type: "", severity: "High", description: "", vendor_id: "" }, true);
    expect(station.told()).toEqual(["ReservationEnd"]);
  });
});

test("a transaction that a loss of power cut off is closed at the next start", async () => {
  const store = { session: "left-over" };
  const station = fakeEvse({ store });
  await station.boot();
  expect(station.events.slice(0, 2)).toMatchObject([
    { event: "SessionResumed", uuid: "left-over" },
    { event: "TransactionFinished", uuid: "left-over", transaction_finished: { reason: "PowerLoss" } },
  ]);
  expect(store.session).toBeUndefined();
});

test("external_ready_to_start_charging: no car is served before the word is given", async () => {
  const station = fakeEvse({ config: { external_ready_to_start_charging: true } });
  await station.boot();
  station.board("B");
  expect(station.told()).toEqual([]);
  expect(station.evse.run()).toBe(true);
  expect(station.told()).toEqual(["Enabled", "SessionStarted", "AuthRequired"]);
  expect(station.evse.run(), "only once").toBe(false);
});

describe("withdrawal while the car is leaving", () => {
  test("bad case: a session that is being closed is not closed twice", async () => {
    const station = await cardCharging();
    station.board("A");
    station.evse.withdrawAuthorization();
    station.board("PowerOff");
    await station.settle();
    const told = station.told();
    expect(told.filter((event) => event === "SessionFinished")).toHaveLength(1);
    expect(told.at(-2)).toBe("TransactionFinished");
  });

  test("enabling at once what was disabled does not bring the session back", async () => {
    const station = await cardCharging();
    const csms = { enable_source: "CSMS", enable_priority: 0 } as const;
    station.evse.availability.enableDisable(0, { ...csms, enable_state: "Disable" });
    station.evse.availability.enableDisable(0, { ...csms, enable_state: "Enable" });
    station.board("B", "PowerOff", "C");
    await station.settle();
    expect(station.evse.state.name).toBe("Finished");
    expect(station.told()).not.toContain("ChargingStarted");
  });
});
