import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProvidedIdToken } from "../../../src/interfaces/types/authorization.ts";
import type { TransactionStartResponse, TransactionStopResponse } from "../../../src/interfaces/types/powermeter.ts";
import type { DcInput } from "../../../src/modules/EvseManager/dc/model.ts";
import type { EvseManagerConfig } from "../../../src/modules/EvseManager/manifest.ts";
import { capabilities } from "./dc/support.ts";
import { accepted, cardToken, contractToken, type FakeEvse, fakeEvse, revoked } from "./fakeNeighbours.ts";

/** Everything that can happen to an EVSE, in any order. */
const happenings = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("plug", "unplug", "C", "B") },
  { weight: 1, arbitrary: fc.constantFrom("E", "F", "relay") },
  { weight: 4, arbitrary: fc.constantFrom("cardAccepted", "askContract", "contractAccepted", "meterAnswers") },
  { weight: 1, arbitrary: fc.constantFrom("contractRefused", "askEim", "meterFails", "otherContractAccepted") },
  { weight: 2, arbitrary: fc.constantFrom("withdraw", "stop", "fault", "faultCleared", "disable", "enable") },
  { weight: 3, arbitrary: fc.constantFrom("matching", "unmatched", "chargeLoop", "hlcClose", "hlcOpen") },
  { weight: 1, arbitrary: fc.constantFrom("dlinkError", "dlinkTerminate", "dlinkPause", "slacFailed") },
  { weight: 1, arbitrary: fc.constantFrom("energy", "noEnergy", "pause", "resume", "onePhase", "threePhases") },
  { weight: 3, arbitrary: fc.constantFrom("50ms", "1s", "5s", "21s") },
);
/** And what more can happen to one with a DC output. */
const dcHappenings = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("checkCable", "discharged", "reached", "selfTested", "insulated") },
  { weight: 3, arbitrary: fc.constantFrom("preCharge", "demand", "target", "relay", "C") },
  { weight: 1, arbitrary: fc.constantFrom("earthFault", "overVoltage", "demandEnds", "wantsOpen", "linkLost") },
  { weight: 1, arbitrary: fc.constantFrom("grant", "grantEnds") },
);
type From<A> = A extends fc.Arbitrary<infer T> ? T : never;
type Happening = From<typeof happenings> | From<typeof dcHappenings>;

/** Ordinary sessions; disturbed at any point by anything. */
const ordinary: Happening[][] = [
  ["plug", "1s", "matching", "askContract", "contractAccepted", "meterAnswers", "chargeLoop", "hlcClose", "C", "relay"],
  ["plug", "1s", "cardAccepted", "meterAnswers", "5s", "C", "relay", "B", "relay", "C"],
  ["cardAccepted", "plug", "1s", "meterAnswers", "C", "relay"],
];
const ordinaryDc: Happening[] = [
  ...(["plug", "1s", "matching", "askContract", "contractAccepted", "meterAnswers", "C", "checkCable"] as const),
  ...(["discharged", "relay", "reached", "selfTested", "insulated", "discharged", "preCharge", "target"] as const),
  ...(["reached", "demand", "5s", "reached"] as const),
];

/** Its transaction is stopped while the contactor opens behind the car that has left: the next card counts all the same. */
const stoppedAfterItLeft: Happening[] = [
  ...(ordinary[0] ?? []),
  ...(["unplug", "stop", "relay", "meterAnswers", "cardAccepted", "plug", "1s", "meterAnswers", "C"] as const),
];

/** @returns a session that is disturbed, or no session at all. */
function sequences(session: fc.Arbitrary<Happening[]>, any: fc.Arbitrary<Happening>): fc.Arbitrary<Happening[]> {
  const wild = fc.array(any, { minLength: 10, maxLength: 60 });
  const disturbances = fc.array(fc.tuple(fc.nat({ max: 20 }), any), { maxLength: 8 });
  const tame = fc.tuple(session, disturbances, wild).map(([begin, at, end]) => [...disturbed(begin, at), ...end]);
  return fc.oneof({ weight: 3, arbitrary: tame }, { weight: 1, arbitrary: wild });
}

const acSequences = sequences(fc.constantFrom(...ordinary), happenings);
const dcSequences = sequences(fc.constant(ordinaryDc), fc.oneof(happenings, dcHappenings));

function disturbed(session: Happening[], at: readonly (readonly [number, Happening])[]): Happening[] {
  const result = [...session];
  for (const [index, happening] of at) result.splice(Math.min(index, result.length), 0, happening);
  return result;
}

/** A meter that answers when it is told to. */
function slowMeter() {
  const starts: ((answer: TransactionStartResponse) => void)[] = [];
  const stops: ((answer: TransactionStopResponse) => void)[] = [];
  return {
    start_transaction: () => new Promise<TransactionStartResponse>((resolve) => starts.push(resolve)),
    stop_transaction: () => new Promise<TransactionStopResponse>((resolve) => stops.push(resolve)),
    answer(status: "OK" | "UNEXPECTED_ERROR") {
      for (const resolve of [...starts.splice(0), ...stops.splice(0)]) resolve({ status });
    },
  };
}

const diodeFault = {
  type: "evse_board_support/DiodeFault",
  sub_type: "",
  severity: "Medium",
  description: "",
  vendor_id: "",
} as const;

const disable = { enable_source: "CSMS", enable_state: "Disable", enable_priority: 1 } as const;
const stopTime = 20_000;

/** What any bystander can tell: who is plugged in, who was authorized for what, and whether power is allowed. */
class Bystander {
  line = "A";
  faulted = false;
  enabled = true;
  /** Somebody is authorized for the present car, or for the next one. */
  authorized = false;
  unauthorizedSince = 0;
  /** The session was stopped; only another car can be authorized. */
  cancelled = false;
  /** The car of the session has gone, while the EVSE may still be at its end. */
  left = false;
  asked: ProvidedIdToken | undefined;
  powerAllowed = false;
  pwm = false;
  sessions = 0;
  transactions = 0;
  supplyOn = false;
  supplyVolt = 0;
  cableChecked = false;
  readonly #station: FakeEvse;

  constructor(station: FakeEvse) {
    this.#station = station;
  }

  get plugged(): boolean {
    return this.line !== "A";
  }

  grant(token: ProvidedIdToken): void {
    if (this.cancelled || !this.enabled || (this.left && this.sessions > 0)) return;
    if (token.authorization_type === "PlugAndCharge" && this.asked?.id_token.value !== token.id_token.value) return;
    this.authorized = true;
  }

  lose(): void {
    if (this.authorized) this.unauthorizedSince = this.#station.clock.monotonic();
    this.authorized = false;
  }

  /** Reads what the EVSE did and judges it. */
  look(): void {
    for (const call of this.#station.news()) {
      if (call.startsWith("board.allow_power_on")) this.power(call.includes("true"));
      if (/board\.(pwm_on|cp_state)/.test(call)) this.pwm = /pwm_on (?!100$)/.test(call);
      if (call.startsWith("supply.")) this.supply(call);
      if (call === "hlc.cable_check_finished true") this.cableChecked = true;
      if (call === "event TransactionStarted") {
        expect(this.authorized, "a transaction needs an authorization").toBe(true);
        expect(++this.transactions, "one transaction at a time").toBe(1);
      }
      if (call === "event TransactionFinished") expect(--this.transactions, "finished once").toBe(0);
      if (call === "event SessionStarted") {
        this.left = false;
        expect(++this.sessions, "one session at a time").toBe(1);
      }
      if (call === "event SessionFinished") {
        this.cableChecked = false;
        // Who stops the session of a car that has gone does not stop the next one.
        if (this.left) this.cancelled = false;
        expect(--this.sessions, "finished once").toBe(0);
        expect(this.transactions, "no transaction outlives its session").toBe(0);
      }
      if (call === "event ChargingStarted") expect(this.transactions, "charging needs a transaction").toBe(1);
    }
    const late = this.#station.clock.monotonic() - this.unauthorizedSince > stopTime;
    if (!this.authorized && late) expect(this.powerAllowed, "power 20 s after the authorization was lost").toBe(false);
    if (!["C", "D", "B"].includes(this.line)) expect(this.powerAllowed, `power in state ${this.line}`).toBe(false);
    if (this.line === "B") expect(this.powerAllowed, "power in state B").toBe(false);
    if (this.faulted) expect(this.powerAllowed, "power in spite of a fault").toBe(false);
    if (!this.powerAllowed) expect(this.supplyOn, "voltage behind an open contactor").toBe(false);
  }

  supply(call: string): void {
    const [, what, more, phase] = /^supply\.(\w+) (\S+) (\S+)$/.exec(call) ?? [];
    if (what === "setExportVoltageCurrent") this.supplyVolt = Number(more);
    if (what !== "setMode") return;
    this.supplyOn = more === '"Export"';
    if (!this.supplyOn) return;
    expect(this.authorized, "voltage for nobody").toBe(true);
    expect(this.transactions, "voltage without a transaction").toBe(1);
    if (phase !== '"CableCheck"') expect(this.cableChecked, "voltage without a cable check").toBe(true);
  }

  power(allow: boolean): void {
    this.powerAllowed = allow;
    if (!allow) return;
    expect(this.authorized, "power for nobody").toBe(true);
    expect(this.transactions, "power without a transaction").toBe(1);
    expect(["C", "D"], "the car did not ask for power").toContain(this.line);
    expect(this.pwm, "power without PWM").toBe(true);
    expect(this.faulted, "power in spite of a fault").toBe(false);
  }
}

function happen(what: Happening, station: FakeEvse, seen: Bystander, meter: ReturnType<typeof slowMeter>) {
  const { evse, clock, board } = station;
  const line = (state: "A" | "B" | "C" | "E" | "F") => {
    seen.line = state;
    board(state);
  };
  const leave = () => {
    seen.lose();
    seen.cancelled = false;
    seen.left = true;
    seen.asked = undefined;
    line("A");
  };
  const grant = (token: ProvidedIdToken) => {
    seen.grant(token);
    evse.authorizeResponse(token, accepted);
  };
  const dc = (input: DcInput) => evse.dc?.feed(input);
  const acts: Record<Happening, () => unknown> = {
    plug: () => !seen.plugged && line("B"),
    unplug: () => seen.plugged && leave(),
    B: () => seen.plugged && line("B"),
    C: () => seen.plugged && line("C"),
    E: () => seen.plugged && line("E"),
    F: () => seen.plugged && line("F"),
    relay: () => board(seen.powerAllowed ? "PowerOn" : "PowerOff"),
    cardAccepted: () => grant(cardToken),
    contractAccepted: () => grant(contractToken),
    otherContractAccepted: () => grant({ ...contractToken, id_token: { value: "FRXYZC87654321", type: "eMAID" } }),
    contractRefused: () => evse.authorizeResponse(contractToken, revoked),
    askContract: () => {
      if (!seen.plugged) return;
      seen.asked = contractToken;
      evse.requireContract(contractToken);
    },
    askEim: () => seen.plugged && evse.requireEim(),
    meterAnswers: () => meter.answer("OK"),
    meterFails: () => meter.answer("UNEXPECTED_ERROR"),
    withdraw: () => {
      if (evse.state.authorization && evse.state.plugged) seen.cancelled = true;
      seen.lose();
      evse.withdrawAuthorization();
    },
    stop: () => {
      if (!evse.stopTransaction({ reason: "Remote" })) return;
      seen.cancelled = true;
      seen.lose();
    },
    fault: () => {
      seen.faulted = true;
      evse.fault("bsp", diodeFault, true);
    },
    faultCleared: () => {
      seen.faulted = false;
      evse.fault("bsp", diodeFault, false);
    },
    disable: () => {
      seen.enabled = false;
      seen.lose();
      evse.availability.enableDisable(0, disable);
    },
    enable: () => {
      seen.enabled = true;
      // Disabling ended the session; the car that stays has a new one.
      seen.cancelled = false;
      evse.availability.enableDisable(0, { ...disable, enable_state: "Enable" });
    },
    matching: () => evse.slacMatching(true),
    unmatched: () => evse.slacMatching(false),
    chargeLoop: () => evse.feed({ type: "hlcChargeLoop" }),
    hlcClose: () => evse.feed({ type: "hlcContactor", close: true }),
    hlcOpen: () => evse.feed({ type: "hlcContactor", close: false }),
    dlinkError: () => evse.dlink("error"),
    dlinkTerminate: () => evse.dlink("terminate"),
    dlinkPause: () => evse.dlink("pause"),
    slacFailed: () => evse.feed({ type: "slacFailed" }),
    energy: () => evse.feed({ type: "limit", ampere: 16, validUntil: clock.monotonic() + 900_000 }),
    noEnergy: () => evse.feed({ type: "limit", ampere: 0, validUntil: clock.monotonic() + 900_000 }),
    pause: () => evse.pause(true),
    resume: () => evse.pause(false),
    onePhase: () => evse.feed({ type: "phases", three: false }),
    threePhases: () => evse.feed({ type: "phases", three: true }),
    checkCable: () => dc({ type: "startCableCheck" }),
    discharged: () => dc({ type: "measured", voltage: 0, current: 0 }),
    reached: () => dc({ type: "measured", voltage: seen.supplyVolt, current: 0 }),
    selfTested: () => dc({ type: "selfTest", passed: true }),
    insulated: () => dc({ type: "isolation", measurement: { resistance_F_Ohm: 900_000 } }),
    earthFault: () => dc({ type: "isolation", measurement: { resistance_F_Ohm: 10 } }),
    overVoltage: () => dc({ type: "voltage", of: "overVoltageMonitor", voltage: 1200 }),
    preCharge: () => dc({ type: "startPreCharge" }),
    demand: () => dc({ type: "demandStarted" }),
    demandEnds: () => dc({ type: "demandFinished" }),
    target: () => dc({ type: "target", voltage: 400, current: 50 }),
    wantsOpen: () => dc({ type: "openContactor" }),
    linkLost: () => evse.feed({ type: "linkLost" }),
    grant: () => dc({ type: "grant", watt: 50_000, validUntil: clock.monotonic() + 900_000 }),
    grantEnds: () => dc({ type: "grant", watt: 50_000, validUntil: clock.monotonic() }),
    "50ms": () => clock.advance(50),
    "1s": () => clock.advance(1000),
    "5s": () => clock.advance(5000),
    "21s": () => clock.advance(21_000),
  };
  return acts[what]();
}

/** PLUGCHARGE_RUNS for a longer search. */
const numRuns = Number(process.env.PLUGCHARGE_RUNS ?? 200);

describe("no energy without an authorization for the present session (CVE-2026-29044, CVE-2026-33014)", () => {
  test.each<{ name: string; hlc: boolean; config: Partial<EvseManagerConfig> }>([
    { name: "ISO 15118 at 5 %", hlc: true, config: {} },
    { name: "ISO 15118 at X1", hlc: true, config: { ac_hlc_use_5percent: false } },
    { name: "basic charging", hlc: false, config: {} },
    { name: "DC", hlc: true, config: { charge_mode: "DC" } },
  ])("whatever happens in whatever order: $name", async ({ hlc, config }) => {
    const run = async (what: Happening[], delayFactor: number) => {
      const meter = slowMeter();
      const station = fakeEvse({ hlc, config: { ...config, initial_meter_value_timeout_ms: 0 }, meter, delayFactor });
      const booted = station.boot();
      await station.settle();
      meter.answer("OK");
      await booted;
      station.evse.dc?.feed({ type: "capabilities", capabilities });
      station.evse.dc?.feed({ type: "grant", watt: 50_000, validUntil: 900_000 });
      const seen = new Bystander(station);
      station.board("A");
      for (const happening of what) {
        await happen(happening, station, seen, meter);
        await station.settle();
        seen.look();
      }
      await station.clock.advance(stopTime + 1);
      seen.look();
      station.evse.stop();
      expect(station.clock.pending, "timers left").toBe(0);
    };
    const sequence = config.charge_mode === "DC" ? dcSequences : acSequences;
    const examples: [Happening[], number][] = config.charge_mode === "DC" ? [] : [[stoppedAfterItLeft, 0]];
    await fc.assert(fc.asyncProperty(sequence, fc.constantFrom(0, 1), run), { numRuns, examples });
  });
});
