/** A session that is paused: who may go on with it, and until when (ISO 15118-2, 8.4.2; B12). */
import { afterEach, describe, expect, it } from "vitest";
import { contractKey, requests } from "./fixtures.ts";
import { code, type Station, station, TestEv } from "./world.ts";

const open: Station[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function begin(): Promise<Station> {
  const started = await station();
  open.push(started);
  return started;
}

/** Pays by contract, and charges. */
async function charge(ev: TestEv): Promise<void> {
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq");
  const details = await ev.ask("PaymentDetailsReq");
  if (details?.name !== "PaymentDetailsRes") throw new TypeError(`${details?.name} instead of PaymentDetailsRes`);
  await ev.ask("AuthorizationReq", { GenChallenge: details.message.GenChallenge }, contractKey);
  await ev.ask("ChargeParameterDiscoveryReq");
  expect(code(await ev.ask("PowerDeliveryReq"))).toBe("OK");
  await ev.ask("ChargingStatusReq");
}

/** @returns the id of the session that was paused. */
async function pausedAt(of: Station): Promise<Uint8Array> {
  const ev = await TestEv.inSession(of);
  await charge(ev);
  await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" });
  expect(code(await ev.ask("SessionStopReq", { ChargingSession: "Pause" }))).toBe("OK");
  await leave(ev, of);
  return ev.sessionId;
}

async function leave(ev: TestEv, of: Station): Promise<void> {
  await ev.stream.close();
  await of.clock.advance(1);
}

interface Comeback {
  readonly EVCCID?: Uint8Array;
  readonly security?: "tls" | "none";
}

async function comeBack(of: Station, id: Uint8Array, { EVCCID, security }: Comeback = {}) {
  const ev = await TestEv.connect(of, security);
  ev.sessionId = id;
  await ev.agree();
  const answer = await ev.ask("SessionSetupReq", EVCCID ? { EVCCID } : {});
  return { ev, code: code(answer) };
}

describe("a paused session", () => {
  it("is gone on with by its EV, with the way to pay and the schedule that were agreed on", async () => {
    const of = await begin();
    const id = await pausedAt(of);
    expect(of.published().at(-1)).toBe("dlink_pause");
    const { ev, code: answer } = await comeBack(of, id);
    expect(answer).toBe("OK_OldSessionJoined");
    expect(ev.sessionId).toEqual(id);
    const offers = await ev.ask("ServiceDiscoveryReq");
    expect(offers).toMatchObject({ message: { PaymentOptionList: { PaymentOption: ["Contract"] } } });
    await ev.ask("PaymentServiceSelectionReq");
    const details = await ev.ask("PaymentDetailsReq");
    const GenChallenge = details?.name === "PaymentDetailsRes" ? details.message.GenChallenge : new Uint8Array(0);
    // Going on is no reason not to prove that the contract is one's own.
    expect(of.published()).toContain("require_auth_pnc");
    expect(code(await ev.ask("AuthorizationReq", { GenChallenge }, contractKey))).toBe("OK");
    expect(of.published().filter((name) => name === "require_auth_pnc")).toHaveLength(2);
  });

  it("can be paused again and again", async () => {
    const of = await begin();
    const id = await pausedAt(of);
    for (let round = 0; round < 3; round++) {
      const { ev, code: answer } = await comeBack(of, id);
      expect(answer).toBe("OK_OldSessionJoined");
      await charge(ev);
      await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" });
      await ev.ask("SessionStopReq", { ChargingSession: "Pause" });
      await leave(ev, of);
    }
  });

  it.each<[string, (id: Uint8Array) => Uint8Array, Comeback]>([
    ["another EV that knows the id", (id) => id, { EVCCID: Uint8Array.of(6, 6, 6, 6, 6, 6) }],
    ["the EV, with another id", (id) => id.map((octet) => octet ^ 0xff), {}],
    ["the EV, with no id", () => new Uint8Array(8), {}],
    ["the EV, with half the id", (id) => id.subarray(0, 4), {}],
    ["somebody without TLS who knows id and EVCCID", (id) => id, { security: "none" }],
  ])("bad case: %s gets a session of its own, and the paused one is over", async (_who, change, how) => {
    const of = await begin();
    const id = await pausedAt(of);
    const { ev, code: answer } = await comeBack(of, change(id), how);
    expect(answer).toBe("OK_NewSessionEstablished");
    expect(ev.sessionId).not.toEqual(id);
    await leave(ev, of);
    expect(await comeBack(of, id)).toMatchObject({ code: "OK_NewSessionEstablished" });
  });

  it("bad case: another car was plugged in meanwhile", async () => {
    const of = await begin();
    const id = await pausedAt(of);
    of.secc.offer({ paymentOptions: ["Contract"], certificateService: false, centralContractValidation: false });
    expect(await comeBack(of, id)).toMatchObject({ code: "OK_NewSessionEstablished" });
  });

  it("is not over because of what is offered while it runs", async () => {
    const of = await begin();
    const ev = await TestEv.inSession(of);
    await charge(ev);
    of.secc.offer({ paymentOptions: ["ExternalPayment"], certificateService: false, centralContractValidation: false });
    await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" });
    await ev.ask("SessionStopReq", { ChargingSession: "Pause" });
    await leave(ev, of);
    expect(await comeBack(of, ev.sessionId)).toMatchObject({ code: "OK_OldSessionJoined" });
  });

  it("bad case: the station was started anew", async () => {
    const id = await pausedAt(await begin());
    expect(await comeBack(await begin(), id)).toMatchObject({ code: "OK_NewSessionEstablished" });
  });

  it("bad case: it ended meanwhile", async () => {
    const of = await begin();
    const id = await pausedAt(of);
    const { ev } = await comeBack(of, id);
    expect(code(await ev.ask("SessionStopReq"))).toBe("OK");
    await leave(ev, of);
    expect(await comeBack(of, id)).toMatchObject({ code: "OK_NewSessionEstablished" });
  });

  it("bad case: before there was power there is nothing to pause", async () => {
    const of = await begin();
    const ev = await TestEv.inSession(of);
    await ev.ask("ServiceDiscoveryReq");
    expect(code(await ev.ask("SessionStopReq", { ...requests.SessionStopReq, ChargingSession: "Pause" }))).toBe(
      "FAILED",
    );
    await leave(ev, of);
    expect(await comeBack(of, ev.sessionId)).toMatchObject({ code: "OK_NewSessionEstablished" });
  });
});
