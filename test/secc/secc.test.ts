import { afterEach, describe, expect, it } from "vitest";
import type { SeccOptions } from "../../src/secc/secc.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import type { ByteStream, Network } from "../../src/transport/ports.ts";
import { toHex } from "../../src/util/bytes.ts";
import { encodeFrame, payloadType } from "../../src/v2gtp/header.ts";
import { CHALLENGE, contractKey, EMAID } from "./fixtures.ts";
import { code, type Manager, obliging, type Station, station, TestEv } from "./world.ts";

const open: Station[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function begin(change: Partial<SeccOptions> = {}, manager?: Manager): Promise<Station> {
  const started = await station(change, manager);
  open.push(started);
  return started;
}

/** As far as the proof of the contract. */
async function authorise(ev: TestEv): Promise<string | undefined> {
  await ev.ask("ServiceDiscoveryReq");
  await ev.ask("PaymentServiceSelectionReq");
  const details = await ev.ask("PaymentDetailsReq");
  const GenChallenge = details?.name === "PaymentDetailsRes" ? details.message.GenChallenge : CHALLENGE;
  return code(await ev.ask("AuthorizationReq", { GenChallenge }, contractKey));
}

/** As far as the first ChargingStatusRes. */
async function charge(of: Station): Promise<TestEv> {
  const ev = await TestEv.inSession(of);
  await authorise(ev);
  await ev.ask("ChargeParameterDiscoveryReq");
  await ev.ask("PowerDeliveryReq");
  await ev.ask("ChargingStatusReq");
  return ev;
}

describe("an EV with a contract", () => {
  it("charges from SessionSetup to SessionStop", async () => {
    const of = await begin();
    const ev = await charge(of);
    expect(code(await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" }))).toBe("OK");
    expect(code(await ev.ask("SessionStopReq"))).toBe("OK");
    await ev.stream.close();
    await of.clock.advance(0);
    expect(of.published()).toEqual([
      "evcc_id",
      "selected_payment_option",
      "require_auth_pnc",
      "requested_energy_transfer_mode",
      "departure_time",
      "ac_eamount",
      "ac_ev_max_voltage",
      "ac_ev_max_current",
      "ac_ev_min_current",
      "charging_needs",
      "v2g_setup_finished",
      "ac_close_contactor",
      "ac_open_contactor",
      "dlink_terminate",
    ]);
    const token = of.effects.find((effect) => effect.to === "charger" && effect.name === "require_auth_pnc");
    expect(token).toMatchObject({ value: { id_token: { value: EMAID, type: "eMAID" } } });
  });

  it("leaves every message once on the timeline, with its direction", async () => {
    const of = await begin();
    await charge(of);
    const messages = of.timeline.entries.filter(({ kind }) => kind === "message");
    expect(messages.map(({ step, from, title }) => `${step} ${from} ${title}`)).toEqual([
      "1 EV supportedAppProtocolReq",
      "1 EVSE supportedAppProtocolRes",
      "1 EV SessionSetupReq",
      "1 EVSE SessionSetupRes",
      "2 EV ServiceDiscoveryReq",
      "2 EVSE ServiceDiscoveryRes",
      "2 EV PaymentServiceSelectionReq",
      "2 EVSE PaymentServiceSelectionRes",
      "2 EV PaymentDetailsReq",
      "2 EVSE PaymentDetailsRes",
      "2 EV AuthorizationReq",
      "6 EVSE AuthorizationRes",
      "6 EV ChargeParameterDiscoveryReq",
      "6 EVSE ChargeParameterDiscoveryRes",
      "6 EV PowerDeliveryReq",
      "6 EVSE PowerDeliveryRes",
      "6 EV ChargingStatusReq",
      "6 EVSE ChargingStatusRes",
    ]);
    expect(of.frames).toHaveLength(messages.length);
    expect(toHex(of.frames[0]?.bytes ?? new Uint8Array()).slice(0, 8)).toBe("01fe8001");
    expect(of.frames.map(({ from }) => from)).toEqual(messages.map(({ from }) => from));
  });

  it("waits for a decision without a flood of messages, and hears of it at once", async () => {
    const of = await begin({}, () => {});
    const ev = await TestEv.inSession(of);
    const first = authorise(ev);
    await of.clock.advance(1000);
    expect(await first).toBe("OK");
    const second = ev.ask("AuthorizationReq", {});
    await of.clock.advance(10);
    of.secc.apply({ type: "authorization_response", authorization_status: "Accepted", certificate_status: "Accepted" });
    const answer = await second;
    expect(answer).toMatchObject({ message: { ResponseCode: "OK", EVSEProcessing: "Finished" } });
  });

  it("is refused when nobody decides in time", async () => {
    const of = await begin({}, () => {});
    const ev = await TestEv.inSession(of);
    const first = authorise(ev);
    await of.clock.advance(1000);
    await first;
    let last = "OK";
    for (let second = 0; second < 60 && last === "OK"; second++) {
      const asked = ev.ask("AuthorizationReq", {});
      await of.clock.advance(1000);
      last = code(await asked) ?? "closed";
    }
    expect(last).toBe("FAILED");
    expect(of.clock.monotonic()).toBe(55_000);
  });

  it.each([
    ["CertificateRevoked", "FAILED_CertificateRevoked"],
    ["ContractCancelled", "FAILED_ContractCanceled"],
  ] as const)("bad case: %s ends the session with %s and no power", async (certificate_status, expected) => {
    const of = await begin({}, (effect, secc) => {
      if (effect.to !== "charger" || effect.name !== "require_auth_pnc") return;
      secc.apply({ type: "authorization_response", authorization_status: "Invalid", certificate_status });
    });
    const ev = await TestEv.inSession(of);
    expect(await authorise(ev)).toBe(expected);
    await ev.send(ev.encode("ChargeParameterDiscoveryReq"));
    await of.clock.advance(2000);
    await ev.closed;
    expect(of.published()).not.toContain("ac_close_contactor");
    expect(of.published().slice(-2)).toEqual(["hlc_session_failed", "dlink_error"]);
  });

  it("is not served on the open wire", async () => {
    const of = await begin();
    const ev = await TestEv.inSession(of, "none");
    const discovery = await ev.ask("ServiceDiscoveryReq");
    expect(discovery).toMatchObject({ message: { PaymentOptionList: { PaymentOption: ["ExternalPayment"] } } });
    expect(code(await ev.ask("PaymentServiceSelectionReq"))).toBe("FAILED_PaymentSelectionInvalid");
  });

  it("a challenge of another connection is none", async () => {
    const of = await begin();
    const first = await TestEv.inSession(of);
    await first.ask("ServiceDiscoveryReq");
    await first.ask("PaymentServiceSelectionReq");
    const details = await first.ask("PaymentDetailsReq");
    const GenChallenge = details?.name === "PaymentDetailsRes" ? details.message.GenChallenge : CHALLENGE;
    first.stream.destroy();
    await of.clock.advance(1);
    expect(of.timeline.entries.at(-1)).toMatchObject({ kind: "fault", title: expect.stringContaining("broke") });
    const second = await TestEv.inSession(of);
    await second.ask("ServiceDiscoveryReq");
    await second.ask("PaymentServiceSelectionReq");
    await second.ask("PaymentDetailsReq");
    expect(code(await second.ask("AuthorizationReq", { GenChallenge }, contractKey))).toBe("FAILED_ChallengeInvalid");
  });

  it("pauses, and only it goes on with the session", async () => {
    const of = await begin();
    const ev = await charge(of);
    await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" });
    await ev.ask("SessionStopReq", { ChargingSession: "Pause" });
    await ev.stream.close();
    await of.clock.advance(1);
    expect(of.published().at(-1)).toBe("dlink_pause");
    const again = await TestEv.connect(of);
    again.sessionId = ev.sessionId;
    await again.agree();
    expect(code(await again.ask("SessionSetupReq"))).toBe("OK_OldSessionJoined");
    expect(again.sessionId).toEqual(ev.sessionId);
  });
});

describe("the EVSE's will", () => {
  it("stop_charging: the EV is told, and refused after ten seconds", async () => {
    const of = await begin();
    const ev = await charge(of);
    of.secc.stopCharging(true);
    const told = await ev.ask("ChargingStatusReq");
    expect(told).toMatchObject({ message: { AC_EVSEStatus: { EVSENotification: "StopCharging" } } });
    await of.clock.advance(10_000);
    expect(code(await ev.ask("ChargingStatusReq"))).toBe("FAILED");
    expect(of.published()).toContain("ac_open_contactor");
    await of.clock.advance(2000);
    await ev.closed;
    expect(of.published()).not.toContain("hlc_session_failed");
    expect(of.secc.evse).toMatchObject({ notification: "None", shutdown: false });
  });

  it("stop_charging: who has stopped in time may take longer to say goodbye", async () => {
    const of = await begin();
    const ev = await charge(of);
    of.secc.stopCharging(true);
    await of.clock.advance(9_900);
    expect(code(await ev.ask("PowerDeliveryReq", { ChargeProgress: "Stop" }))).toBe("OK");
    await of.clock.advance(200);
    expect(code(await ev.ask("SessionStopReq"))).toBe("OK");
    await ev.stream.close();
    await of.clock.advance(0);
    expect(of.published().at(-1)).toBe("dlink_terminate");
  });

  it("stop_charging of an EV that leaves before its session is nothing that the next one hears", async () => {
    const of = await begin();
    of.secc.stopCharging(true);
    of.secc.dlinkReady(false);
    of.secc.dlinkReady(true);
    const next = await charge(of);
    const told = await next.ask("ChargingStatusReq");
    expect(told).toMatchObject({ message: { AC_EVSEStatus: { EVSENotification: "None" } } });
  });

  it("the contactor that does not close fails the session", async () => {
    const of = await begin({}, (effect, secc) => {
      if (effect.to === "charger" && effect.name.startsWith("require_auth")) obliging(effect, secc);
    });
    const ev = await TestEv.inSession(of);
    await authorise(ev);
    await ev.ask("ChargeParameterDiscoveryReq");
    const asked = ev.ask("PowerDeliveryReq");
    await of.clock.advance(3000);
    expect(code(await asked)).toBe("FAILED_ContactorError");
    expect(of.published().slice(-2)).toEqual(["ac_close_contactor", "ac_open_contactor"]);
  });

  it("a lost data link opens the contactor and drops the connection at once", async () => {
    const of = await begin();
    const ev = await charge(of);
    of.secc.dlinkReady(false);
    await ev.closed;
    expect(of.published().slice(-2)).toEqual(["ac_open_contactor", "hlc_session_failed"]);
    expect(of.secc.evse.contactorClosed).toBe(false);
    const next = await TestEv.connect(of);
    expect(await next.agree()).toBeUndefined();
  });

  it("an answer that comes after the EV has gone does nothing to the next one", async () => {
    const of = await begin({}, () => {});
    const first = await TestEv.inSession(of);
    void authorise(first);
    await of.clock.advance(10);
    first.stream.destroy();
    await of.clock.advance(1);
    of.secc.apply({ type: "authorization_response", authorization_status: "Accepted", certificate_status: "Accepted" });
    const second = await TestEv.inSession(of);
    const asked = authorise(second);
    await of.clock.advance(1000);
    expect(await asked).toBe("OK");
    const next = second.ask("ChargeParameterDiscoveryReq");
    expect(code(await next)).toBe("FAILED_SequenceError");
  });

  it("nobody connects: the data link is given up", async () => {
    const of = await begin();
    await of.clock.advance(18_000);
    expect(of.published()).toEqual(["dlink_error"]);
  });

  it("nobody connects to a patient charger: it waits on", async () => {
    const of = await begin({ patient: true });
    await of.clock.advance(3_600_000);
    expect(of.published()).toEqual([]);
    expect(await TestEv.inSession(of)).toBeDefined();
  });
});

describe("hostile EVs", () => {
  /** Writes two messages, then is never done with the third. */
  function unanswered(stream: ByteStream): ByteStream["write"] {
    const write = stream.write.bind(stream);
    let left = 2;
    return (bytes) => (left-- > 0 ? write(bytes) : new Promise(() => {}));
  }

  const garbage = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 73 + 41) & 0xff);

  /** Whatever happened, an honest EV is served. */
  async function alive(of: Station): Promise<void> {
    await of.clock.advance(1);
    const ev = await charge(of);
    ev.stream.destroy();
    await of.clock.advance(1);
  }

  it.each([
    ["garbage instead of a frame", garbage(64)],
    ["a length beyond 32 bit arithmetic", Uint8Array.of(0x01, 0xfe, 0x80, 0x01, 0xff, 0xff, 0xff, 0xf8)],
    ["a length beyond the limit", Uint8Array.of(0x01, 0xfe, 0x80, 0x01, 0, 1, 0, 1)],
    ["a frame of garbage", encodeFrame(payloadType.exi, garbage(40))],
    ["an empty frame", encodeFrame(payloadType.exi, new Uint8Array(0))],
    ["five frames at once", new Uint8Array(Buffer.concat(new Array(5).fill(encodeFrame(payloadType.exi, garbage(9)))))],
  ])("%s in any state costs the session, nothing else", async (_what, bytes) => {
    const of = await begin();
    for (const steps of [0, 1, 2, 3, 4, 5]) {
      const ev = await TestEv.connect(of);
      const names = ["ServiceDiscoveryReq", "PaymentServiceSelectionReq", "PaymentDetailsReq"] as const;
      if (steps > 0) await ev.agree();
      if (steps > 1) await ev.ask("SessionSetupReq");
      for (const name of names.slice(0, Math.max(0, steps - 2))) await ev.ask(name);
      await ev.stream.write(bytes);
      await ev.closed;
      expect(of.timeline.entries.at(-1)).toMatchObject({ kind: "fault", outcome: "refused" });
      await of.clock.advance(1);
    }
    await alive(of);
  });

  it("messages split octet by octet and joined are taken", async () => {
    const of = await begin();
    const ev = await TestEv.inSession(of);
    const frame = encodeFrame(payloadType.exi, ev.encode("ServiceDiscoveryReq"));
    for (const octet of frame) await ev.stream.write(Uint8Array.of(octet));
    expect(code(await ev.answer())).toBe("OK");
    const two = [ev.encode("ServiceDetailReq"), ev.encode("PaymentServiceSelectionReq")];
    await ev.stream.write(new Uint8Array(Buffer.concat(two.map((exi) => encodeFrame(payloadType.exi, exi)))));
    expect(code(await ev.answer())).toBe("OK");
    expect(code(await ev.answer())).toBe("OK");
  });

  it("a flood of good requests is none that waits for answers", async () => {
    const of = await begin();
    const ev = await TestEv.inSession(of);
    const frame = encodeFrame(payloadType.exi, ev.encode("ServiceDiscoveryReq"));
    await ev.stream.write(new Uint8Array(Buffer.concat(new Array(6).fill(frame))));
    await ev.closed;
    expect(of.timeline.entries.at(-1)).toMatchObject({ kind: "fault", rule: "ProtocolError" });
  });

  it("frames of other kinds are passed over, and keep no session alive", async () => {
    const of = await begin();
    const ev = await TestEv.inSession(of);
    for (let second = 0; second < 60; second += 20) {
      await ev.stream.write(encodeFrame(0xa000, garbage(10)));
      await of.clock.advance(20_000);
    }
    await ev.closed;
    expect(of.timeline.entries.at(-1)).toMatchObject({ rule: "V2G_SECC_Sequence_Timeout" });
  });

  it("silence after SessionSetup is cut after 60 s, before it after 18 s", async () => {
    const of = await begin();
    const idle = await TestEv.connect(of);
    await of.clock.advance(17_999);
    await of.clock.advance(1);
    await idle.closed;
    const ev = await TestEv.inSession(of);
    await of.clock.advance(59_999);
    expect(code(await ev.ask("ServiceDiscoveryReq"))).toBe("OK");
    await of.clock.advance(60_000);
    await ev.closed;
    expect(of.published().slice(-2)).toEqual(["hlc_session_failed", "dlink_error"]);
  });

  it("a second EV gets no session while the first has one", async () => {
    const of = await begin();
    const first = await TestEv.inSession(of);
    const second = await TestEv.connect(of);
    expect(await second.agree()).toBeUndefined();
    expect(code(await first.ask("ServiceDiscoveryReq"))).toBe("OK");
    expect(of.published()).toEqual(["evcc_id"]);
  });

  it("idle connections are limited, and cost the EVSE nothing", async () => {
    const of = await begin({ maxConnections: 2 });
    const idle = [await TestEv.connect(of), await TestEv.connect(of)];
    const third = await TestEv.connect(of);
    await third.closed;
    await of.clock.advance(18_000);
    for (const ev of idle) await ev.closed;
    expect(of.published()).toEqual(["dlink_error"]);
    await alive(of);
  });

  it("who goes on after a refusal is not heard any more", async () => {
    const of = await begin();
    const ev = await TestEv.inSession(of);
    const before = of.published().length;
    expect(code(await ev.ask("PowerDeliveryReq"))).toBe("FAILED_SequenceError");
    await ev.send(ev.encode("ServiceDiscoveryReq"));
    await ev.send(ev.encode("PaymentServiceSelectionReq"));
    await of.clock.advance(2000);
    expect(await ev.next()).toBeUndefined();
    expect(of.published().slice(before)).toEqual(["hlc_session_failed", "dlink_error"]);
  });

  it("terminate_connection_on_failed_response: a refusal closes at once", async () => {
    const of = await begin({ closeAtOnce: true });
    const ev = await TestEv.inSession(of);
    await ev.ask("PowerDeliveryReq");
    await of.clock.advance(0);
    await ev.closed;
  });

  it("who does not read what it is answered holds the EVSE no longer than any other", async () => {
    const network = memoryNetwork({ certificates: { chain: [] } });
    const stuck: Network = {
      ...network,
      listen: (options) =>
        network.listen({
          ...options,
          onStream: (stream) => options.onStream(Object.assign(stream, { write: unanswered(stream) })),
        }),
    };
    const of = await begin({ network: stuck });
    const ev = await TestEv.inSession(of);
    void ev.ask("ServiceDiscoveryReq");
    await of.clock.advance(60_000);
    await ev.closed;
    expect(of.timeline.entries.at(-1)).toMatchObject({ rule: "V2G_SECC_Sequence_Timeout" });
  });

  it("a handshake that fails without a data link is nothing to tell", async () => {
    const of = await begin();
    of.secc.dlinkReady(false);
    const port = of.secc.port("tls") ?? 0;
    await expect(of.network.connect({ host: "::1", port, timeoutMs: 1000 })).rejects.toMatchObject({
      reason: "handshake",
    });
    expect(of.effects).toEqual([]);
    expect(of.timeline.entries).toEqual([]);
  });

  it("a handshake that fails is told once, and the next EV is served", async () => {
    const of = await begin();
    const port = of.secc.port("tls") ?? 0;
    await expect(of.network.connect({ host: "::1", port, timeoutMs: 1000 })).rejects.toMatchObject({
      reason: "handshake",
    });
    expect(of.effects).toEqual([{ to: "charger", name: "hlc_session_failed", value: "FailedTLSHandshake" }]);
    expect(of.timeline.entries).toEqual([expect.objectContaining({ kind: "fault", step: 1, fix: expect.any(String) })]);
    await alive(of);
  });

  it("no common protocol", async () => {
    const of = await begin();
    const ev = await TestEv.connect(of);
    expect(await ev.agree("urn:nobody")).toEqual({ ResponseCode: "Failed_NoNegotiation" });
    await of.clock.advance(2000);
    await ev.closed;
    await alive(of);
  });

  it("a fault of ours ends the one session too", async () => {
    const of = await begin({ checkContract: () => Promise.reject(new RangeError("ours")) });
    const ev = await TestEv.inSession(of);
    await ev.ask("ServiceDiscoveryReq");
    await ev.ask("PaymentServiceSelectionReq");
    expect(await ev.ask("PaymentDetailsReq")).toBeUndefined();
    expect(of.timeline.entries.at(-1)).toMatchObject({ kind: "fault", rule: "InternalError" });
  });

  it("what it cannot answer for want of something to offer is no fault of the EV", async () => {
    const of = await begin();
    of.secc.update({ energyTransferModes: [] });
    const ev = await TestEv.inSession(of);
    expect(await ev.ask("ServiceDiscoveryReq")).toBeUndefined();
    expect(of.timeline.entries.at(-1)).toMatchObject({ kind: "fault", rule: "InternalError" });
  });

  it("leaves no timers behind", async () => {
    const of = await begin();
    const ev = await charge(of);
    ev.stream.destroy();
    await of.clock.advance(1);
    await of.close();
    expect(of.clock.pending).toBe(0);
  });
});

describe("for those who log the session", () => {
  it("publishes protocols and messages in debug mode only", async () => {
    const of = await begin();
    of.secc.setDebug(true);
    await TestEv.inSession(of);
    expect(of.published()).toEqual([
      "ev_app_protocol",
      "selected_protocol",
      "v2g_messages",
      "v2g_messages",
      "evcc_id",
      "v2g_messages",
      "v2g_messages",
    ]);
    const ids = of.effects.flatMap((e) => (e.to === "charger" && e.name === "v2g_messages" ? [e.value.id] : []));
    expect(ids).toEqual(["SupportedAppProtocolReq", "SupportedAppProtocolRes", "SessionSetupReq", "SessionSetupRes"]);
  });
});
