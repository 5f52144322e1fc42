/** Every time that the SECC keeps (ISO 15118-2, 8.7.2, Tables 109 and 110), by a clock that a test moves. */
import { afterEach, describe, expect, it } from "vitest";
import { sessionTimes } from "../../src/iso15118/timers.ts";
import { contractKey, dcEvse, dcParameters } from "./fixtures.ts";
import { stateNames, walkTo, willing } from "./walks.ts";
import { code, type Manager, obliging, type Station, station, TestEv } from "./world.ts";

const open: Station[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function begin(...given: Parameters<typeof station>): Promise<Station> {
  const started = await station(...given);
  open.push(started);
  return started;
}

/** Lets all of `ms` pass but the last moment, then that; tells whether the EV was cut off before and after. */
async function cutAt(of: Station, ev: TestEv, ms: number): Promise<readonly [before: boolean, after: boolean]> {
  let cut = false;
  void ev.closed.then(() => {
    cut = true;
  });
  await of.clock.advance(ms - 1);
  const before = cut;
  await of.clock.advance(1);
  await of.clock.advance(0);
  return [before, cut];
}

const lastRule = ({ timeline }: Station) => timeline.entries.findLast(({ kind }) => kind !== "message")?.rule;

describe("V2G_SECC_CommunicationSetup_Timeout, 18 s", () => {
  const { performance } = sessionTimes.communicationSetup;

  it("from the data link to the first connection", async () => {
    const of = await begin();
    await of.clock.advance(performance - 1);
    expect(of.published()).toEqual([]);
    await of.clock.advance(1);
    expect(of.published()).toEqual(["dlink_error"]);
    expect(lastRule(of)).toBe("V2G_SECC_CommunicationSetup_Timeout");
  });

  it.each(["connection", "agreement"])(
    "from the connection to SessionSetupReq, which ends with the %s",
    async (far) => {
      const of = await begin({ patient: true });
      const ev = await TestEv.connect(of);
      if (far === "agreement") await ev.agree();
      expect(await cutAt(of, ev, performance)).toEqual([false, true]);
      expect(lastRule(of)).toBe("V2G_SECC_CommunicationSetup_Timeout");
    },
  );
});

describe("V2G_SECC_Sequence_Timeout, 60 s, in every state", () => {
  const waiting = stateNames.filter((state) => !["SessionSetup", "Terminated"].includes(state));
  it.each(waiting)("%s", async (state) => {
    const of = await begin({}, willing);
    const ev = await walkTo(state, of);
    const power = of.secc.evse.contactorClosed;
    expect(await cutAt(of, ev, sessionTimes.sequence.timeout)).toEqual([false, true]);
    expect(lastRule(of)).toBe("V2G_SECC_Sequence_Timeout");
    expect(of.secc.evse.contactorClosed).toBe(false);
    if (power) expect(of.published()).toContain("ac_open_contactor");
    expect(of.published().at(-1)).toBe("dlink_error");
  });

  it("begins anew with every request", async () => {
    const of = await begin({}, willing);
    const ev = await walkTo("Charging", of);
    for (let turn = 0; turn < 5; turn++) {
      await of.clock.advance(59_999);
      expect(code(await ev.ask("ChargingStatusReq"))).toBe("OK");
    }
  });
});

/** Asks the same again and again until it is answered otherwise, or `ms` are over. @returns the code, and when it was asked for */
async function patient(of: Station, ms: number, ask: () => ReturnType<TestEv["ask"]>) {
  const start = of.clock.now();
  while (of.clock.now() - start <= ms) {
    const at = of.clock.now() - start;
    const asked = ask();
    await of.clock.advance(1100);
    const answer = await asked;
    if (code(answer) !== "OK") return { code: code(answer), at };
  }
  return { code: "OK", at: of.clock.now() - start };
}

describe("how long an EV is told to wait", () => {
  const undecided: Manager = () => {};

  it.each([
    ["Contract", 55, 55_000],
    ["ExternalPayment", 300, 300_000],
  ] as const)("for the authorization, by %s: %d s", async (payment, _seconds, ms) => {
    const of = await begin({}, undecided);
    const ev = await TestEv.inSession(of);
    await ev.ask("ServiceDiscoveryReq");
    await ev.ask("PaymentServiceSelectionReq", { SelectedPaymentOption: payment });
    if (payment === "Contract") {
      const details = await ev.ask("PaymentDetailsReq");
      if (details?.name === "PaymentDetailsRes") ev.challenge = details.message.GenChallenge;
    }
    let first = true;
    const found = await patient(of, ms + 5000, () => {
      const proves = first && payment === "Contract";
      first = false;
      return proves
        ? ev.ask("AuthorizationReq", { GenChallenge: ev.challenge }, contractKey)
        : ev.ask("AuthorizationReq");
    });
    expect(found.code).toBe("FAILED");
    expect(Math.abs(found.at - ms)).toBeLessThan(2300);
    expect(of.published()).not.toContain("ac_close_contactor");
  });

  it("for the limits: 55 s (V2G_SECC_Ongoing_Performance_Time)", async () => {
    const of = await begin({}, willing);
    const ev = await walkTo("ChargeParameterDiscovery", of);
    of.secc.update({ nominalCurrent: undefined, currentLimit: undefined });
    const found = await patient(of, 60_000, () => ev.ask("ChargeParameterDiscoveryReq"));
    expect(found.code).toBe("FAILED");
    expect(found.at).toBeLessThanOrEqual(sessionTimes.ongoing.performance);
    expect(found.at).toBeGreaterThan(sessionTimes.ongoing.performance - 4000);
  });

  it("for the cable check: 38 s (V2G_SECC_CableCheck_Performance_Time)", async () => {
    const of = await begin({}, obliging);
    const ev = await walkTo("ChargeParameterDiscovery", of);
    of.secc.update({ energyTransferModes: ["DC_extended"], dc: dcEvse.dc });
    await ev.ask("ChargeParameterDiscoveryReq", { AC_EVChargeParameter: undefined as never, ...dcParameters });
    const found = await patient(of, 60_000, () => ev.ask("CableCheckReq"));
    expect(found.code).toBe("FAILED");
    expect(Math.abs(found.at - sessionTimes.cableCheck.performance)).toBeLessThan(2300);
    expect(of.published()).toContain("dc_open_contactor");
  });

  it("for the contactor: 3 s", async () => {
    const of = await begin({}, (effect, secc) => {
      if (effect.to === "charger" && effect.name.startsWith("require_auth")) obliging(effect, secc);
    });
    const ev = await walkTo("PowerDelivery", of);
    let answer: unknown;
    void ev.ask("PowerDeliveryReq").then((found) => {
      answer = code(found);
    });
    await of.clock.advance(sessionTimes.contactor.performance - 1);
    expect(answer).toBeUndefined();
    await of.clock.advance(1);
    await of.clock.advance(0);
    expect(answer).toBe("FAILED_ContactorError");
  });
});

describe("how long an EV may take", () => {
  it("to stop when it is asked to: 10 s", async () => {
    const of = await begin({}, willing);
    const ev = await walkTo("Charging", of);
    of.secc.stopCharging(true);
    await of.clock.advance(9_999);
    expect(code(await ev.ask("ChargingStatusReq"))).toBe("OK");
    await of.clock.advance(1);
    expect(code(await ev.ask("ChargingStatusReq"))).toBe("FAILED");
  });

  it("to close the connection after the last answer: 2 s", async () => {
    const of = await begin({}, willing);
    const ev = await walkTo("Terminated", of);
    expect(await cutAt(of, ev, 2000)).toEqual([false, true]);
  });
});
