import { afterEach, describe, expect, test } from "vitest";
import type { ChargerVerdict } from "../../src/evcc/charger.ts";
import type { Effect } from "../../src/evcc/effects.ts";
import type { Outcome } from "../../src/evcc/outcome.ts";
import { type CarOptions, CarSession } from "../../src/evcc/session.ts";
import type { MessageFacts, Witness } from "../../src/evcc/witness.ts";
import { iso2 } from "../../src/iso15118/iso2/index.ts";
import { verifySignature } from "../../src/iso15118/signature.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import type { ByteStream, Network } from "../../src/transport/ports.ts";
import { concatBytes, fromHex } from "../../src/util/bytes.ts";
import { UserError } from "../../src/util/errors.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { Timeline } from "../../src/util/trace.ts";
import { encodeFrame, payloadType } from "../../src/v2gtp/header.ts";
import { answers, car, challenge, contract, contractPublicKey, SessionID } from "./fixtures.ts";
import { good, installWish } from "./provisioning.ts";
import { answerTo, type Script, type ScriptedCharger, SDP_PORT, scriptedCharger } from "./scriptedCharger.ts";

const link = { mode: "loopback", interface: "lo", address: "::1", mac: new Uint8Array(6), why: "a test" } as const;
const trusted: ChargerVerdict = { ok: true, title: "SECC chain checked" };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

interface World {
  readonly session: CarSession;
  readonly charger: ScriptedCharger;
  readonly clock: ManualClock;
  readonly timeline: Timeline;
  readonly published: Extract<Effect, { to: "ev" }>[];
  /** Lets time pass until the session is over. */
  end(): Promise<Outcome>;
}

interface Setting {
  readonly script?: Partial<Script>;
  readonly options?: Partial<CarOptions>;
  readonly verdict?: ChargerVerdict;
  readonly network?: Network;
  readonly witness?: Witness;
}

async function start(setting: Setting = {}) {
  const { script = {}, options = {}, verdict = trusted, network = memoryNetwork(), witness } = setting;
  const clock = new ManualClock();
  const timeline = new Timeline(clock);
  const published: World["published"] = [];
  const charger = await scriptedCharger({ network, ...script });
  open.push(charger);
  const session = new CarSession(
    { car, link, sdpPort: SDP_PORT, sdpCycles: 1, tls: "required", ...options },
    {
      ...{ network, clock, trace: timeline, verifyCharger: () => verdict },
      publish: (variable) => published.push(variable),
      ...(witness && { witness }),
    },
  );
  let over = false;
  const finished = session.finished.finally(() => {
    over = true;
  });
  const end = async () => {
    while (!over) await clock.advance(50);
    expect(clock.pending).toBe(0);
    return finished;
  };
  return { session, charger, clock, timeline, published, end } satisfies World;
}

const stopRequest = { Header: { SessionID }, Body: { SessionStopReq: { ChargingSession: "Terminate" } } } as const;

/** The answer to one request changed; all others are good. */
function only(name: string, change: object | Uint8Array | null): Partial<Script> {
  return { answer: (request) => (request === name ? change : {}) };
}

const names = ({ charger }: World) => charger.heard.map(({ name }) => name);

describe("Given a charger that is content with everything", () => {
  test("a Plug & Charge session runs to its end, in bytes", async () => {
    const world = await start();
    await world.clock.advance(3500);
    world.session.stop("the battery is full");
    expect(await world.end()).toEqual({ ended: "completed", reason: "the battery is full" });
    expect(names(world)).toEqual([
      "SessionSetupReq",
      "ServiceDiscoveryReq",
      "PaymentServiceSelectionReq",
      "PaymentDetailsReq",
      "AuthorizationReq",
      "ChargeParameterDiscoveryReq",
      "PowerDeliveryReq",
      "ChargingStatusReq",
      "ChargingStatusReq",
      "ChargingStatusReq",
      "ChargingStatusReq",
      "PowerDeliveryReq",
      "SessionStopReq",
    ]);
    expect(world.published.map(({ name, value }) => [name, value])).toEqual([
      ["ac_evse_max_current", 32],
      ["ev_power_ready", true],
      ...new Array(4).fill(["ac_evse_max_current", 20]),
      ["ev_power_ready", false],
    ]);
  });

  test("a witness sees every message, and each response before the car acts on it", async () => {
    const seen: [string, string, string | undefined][] = [];
    const witness = (from: "EV" | "EVSE", name: string, { ResponseCode }: MessageFacts) => {
      seen.push([from, name, ResponseCode]);
      if (name === "ChargingStatusRes") world.session.stop("seen enough");
    };
    const world: World = await start({ witness });
    await world.end();
    expect(seen.slice(0, 4)).toEqual([
      ["EV", "supportedAppProtocolReq", undefined],
      ["EVSE", "supportedAppProtocolRes", "OK_SuccessfulNegotiation"],
      ["EV", "SessionSetupReq", undefined],
      ["EVSE", "SessionSetupRes", "OK_NewSessionEstablished"],
    ]);
    expect(seen.filter(([from]) => from === "EV").map(([, name]) => name)).toEqual([
      "supportedAppProtocolReq",
      ...names(world),
    ]);
    expect(names(world).filter((name) => name === "ChargingStatusReq")).toHaveLength(1);
  });

  test("AuthorizationReq repeats the challenge, signed by the contract's key; nothing else is signed", async () => {
    const world = await start();
    await world.clock.advance(1000);
    world.session.stop("enough");
    await world.end();
    const signed = world.charger.heard.filter(({ header }) => header.Signature);
    expect(signed.map(({ name }) => name)).toEqual(["AuthorizationReq"]);
    const [{ header, message } = { header: {}, message: {} }] = signed as never[];
    expect(message).toEqual({ "@Id": "id1", GenChallenge: challenge });
    const elements = [{ set: iso2, name: "AuthorizationReq", id: "id1", value: message }];
    const { Signature: signature } = header as { Signature: never };
    expect(verifySignature({ signature, elements, publicKey: contractPublicKey })).toMatchObject({ ok: true });
  });

  test("its decisions stand in the timeline in plain words", async () => {
    const world = await start();
    await world.clock.advance(1000);
    world.session.stop("enough");
    await world.end();
    expect(world.timeline.entries.map(({ step, from, title }) => `${step} ${from} ${title}`)).toEqual([
      "1 EV looks for a charger at [::1]:15118: a test",
      "1 EV found a charger at [::1]:49152, with TLS",
      "1 EV SECC chain checked",
      "1 EV agrees on ISO 15118-2",
      "2 EV pays by Contract: it is possible",
      "2 EV signs the challenge for UKSWI123456791A with its contract key",
      "6 EV has power: charging begins",
      "6 EV ends the session (completed): enough",
    ]);
  });

  test("external payment without TLS runs too", async () => {
    const options = { tls: "none", car: { ...car, payment: { option: "ExternalPayment", enforced: true } } } as const;
    const world = await start({ script: { security: "none" }, options });
    await world.clock.advance(1000);
    world.session.stop("enough");
    expect(await world.end()).toMatchObject({ ended: "completed" });
    expect(names(world)).not.toContain("PaymentDetailsReq");
  });

  test("every split of the stream is taken", async () => {
    const world = await start({ network: memoryNetwork({ cut: 1 }) });
    await world.clock.advance(1000);
    world.session.stop("enough");
    expect(await world.end()).toMatchObject({ ended: "completed" });
  });

  test("a pause ends with an id that joins the session again", async () => {
    const world = await start();
    await world.clock.advance(1000);
    world.session.pause("sun went down");
    const outcome = await world.end();
    const resume = { SessionID, payment: "Contract", SAScheduleTupleID: 7 } as const;
    expect(outcome).toMatchObject({ ended: "paused", resume });
    expect(world.charger.heard.at(-1)).toMatchObject({ message: { ChargingSession: "Pause" } });
    const again = await start({ options: { resume } });
    await again.clock.advance(1000);
    again.session.stop("enough");
    await again.end();
    expect(again.charger.heard[0]?.header.SessionID).toEqual(SessionID);
  });

  test("the car agrees on another schedule in the midst of charging, with other needs", async () => {
    const world = await start();
    expect(world.session.renegotiate()).toBe(false);
    await world.clock.advance(1500);
    expect(world.session.renegotiate({ energyAmount: 5000, departureTime: 600 })).toBe(true);
    await world.clock.advance(500);
    world.session.stop("enough");
    expect(await world.end()).toMatchObject({ ended: "completed" });
    const from = names(world).indexOf("PowerDeliveryReq");
    expect(names(world).slice(from)).toEqual([
      "PowerDeliveryReq",
      "ChargingStatusReq",
      "ChargingStatusReq",
      "PowerDeliveryReq",
      "ChargeParameterDiscoveryReq",
      "PowerDeliveryReq",
      "ChargingStatusReq",
      "PowerDeliveryReq",
      "SessionStopReq",
    ]);
    const [first, second] = world.charger.heard.filter(({ name }) => name === "ChargeParameterDiscoveryReq");
    expect(first?.message).toMatchObject({ AC_EVChargeParameter: { DepartureTime: 86400 } });
    expect(second?.message).toMatchObject({
      AC_EVChargeParameter: { DepartureTime: 600, EAmount: { Multiplier: 0, Unit: "Wh", Value: 5000 } },
    });
    expect(world.published.filter(({ name, value }) => name === "ev_power_ready" && !value)).toHaveLength(1);
  });

  test("a receipt is signed each time it is required", async () => {
    const world = await start({ script: only("ChargingStatusReq", { ReceiptRequired: true }) });
    await world.clock.advance(2500);
    world.session.stop("enough");
    expect(await world.end()).toMatchObject({ ended: "completed" });
    const receipts = world.charger.heard.filter(({ name }) => name === "MeteringReceiptReq");
    expect(receipts).toHaveLength(3);
    for (const { header, message } of receipts) {
      const elements = [{ set: iso2, name: "MeteringReceiptReq", id: "id1", value: message }];
      const signature = header.Signature as never;
      expect(verifySignature({ signature, elements, publicKey: contractPublicKey })).toMatchObject({ ok: true });
    }
  });

  test("the EVSE's wish to stop is followed in good order", async () => {
    const stop = { AC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "StopCharging", RCD: false } };
    const world = await start({
      script: { answer: (name, n) => (name === "ChargingStatusReq" && n === 2 ? stop : {}) },
    });
    expect(await world.end()).toEqual({ ended: "completed", reason: "the EVSE asks the car to stop" });
    expect(world.published.map(({ name }) => name)).toContain("stop_from_charger");
    expect(names(world).slice(-2)).toEqual(["PowerDeliveryReq", "SessionStopReq"]);
  });

  test("a wish to renegotiate is followed, and charging goes on", async () => {
    const wish = { AC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "ReNegotiation", RCD: false } };
    const world = await start({
      script: { answer: (name, n) => (name === "ChargingStatusReq" && n === 0 ? wish : {}) },
    });
    await world.clock.advance(1500);
    world.session.stop("enough");
    expect(await world.end()).toMatchObject({ ended: "completed" });
    expect(names(world).slice(7)).toEqual([
      "ChargingStatusReq",
      "PowerDeliveryReq",
      "ChargeParameterDiscoveryReq",
      "PowerDeliveryReq",
      "ChargingStatusReq",
      "ChargingStatusReq",
      "PowerDeliveryReq",
      "SessionStopReq",
    ]);
  });
});

describe("bad case: no connection that the car wants", () => {
  test("nobody answers: 50 requests, 250 ms apart", async () => {
    const world = await start({ script: { security: undefined } });
    expect(await world.end()).toMatchObject({ ended: "no charger" });
    expect(world.charger.sdpRequests()).toBe(50);
    expect(world.clock.monotonic()).toBe(12_500);
  });

  test("two cycles are twice as many", async () => {
    const world = await start({ script: { security: undefined }, options: { sdpCycles: 2 } });
    expect(await world.end()).toMatchObject({ ended: "no charger" });
    expect(world.charger.sdpRequests()).toBe(100);
  });

  test.each<[string, Setting, string]>([
    ["no TLS where it is required", { script: { security: "none" } }, "no security"],
    ["TLS where the car has switched it off", { options: { tls: "none" } }, "no security"],
    ["a chain that does not convince", { verdict: { ok: false, title: "SECC chain: expired" } }, "charger not trusted"],
    ["no common protocol", { script: { agreement: { ResponseCode: "Failed_NoNegotiation" } } }, "no common protocol"],
    [
      "a protocol that was not offered",
      { script: { agreement: { ResponseCode: "OK_SuccessfulNegotiation", SchemaID: 9 } } },
      "no common protocol",
    ],
  ])("%s", async (_, setting, ended) => {
    const world = await start(setting);
    expect(await world.end()).toMatchObject({ ended });
    expect(world.charger.heard).toEqual([]);
    expect(world.timeline.entries.at(-1)).toMatchObject({ step: 1, outcome: "refused" });
  });

  test("nothing listens where SDP points", async () => {
    const network = memoryNetwork();
    const connect = () => network.connect({ host: "::1", port: 1, timeoutMs: 1 });
    const world = await start({ network: { ...network, connect } });
    expect(await world.end()).toMatchObject({ ended: "no connection", reason: expect.stringContaining("refused") });
  });

  test("rubbish instead of SDP responses is passed over", async () => {
    const network = memoryNetwork();
    const world = await start({ network, script: { security: undefined } });
    const rubbish = await network.openDatagrams({ host: "::1", port: 40000 });
    open.push(rubbish);
    for (let port = 49152; port < 49160; port++) await rubbish.send(Uint8Array.of(1, 2, 3), { address: "::1", port });
    expect(await world.end()).toMatchObject({ ended: "no charger" });
  });

  test("a link that cannot be used is the user's fault", async () => {
    const openDatagrams = () => Promise.reject(new UserError("no such interface"));
    const network = memoryNetwork();
    const charger = await scriptedCharger({ network });
    open.push(charger);
    const clock = new ManualClock();
    const ports = { clock, trace: new Timeline(clock), verifyCharger: () => trusted, publish: () => {} };
    const options = { car, link, sdpPort: SDP_PORT, sdpCycles: 1, tls: "wanted" } as const;
    const session = new CarSession(options, { ...ports, network: { ...network, openDatagrams } });
    await expect(session.finished).rejects.toThrow("no such interface");
    expect(clock.pending).toBe(0);
  });
});

describe("bad case: the EVSE misbehaves", () => {
  const requests = Object.keys(answers)
    .map((name) => name.replace(/Res$/, "Req"))
    .filter((name) => !["ServiceDetailReq", "MeteringReceiptReq"].includes(name));

  /** A session in which one request gets another answer, and the car stops after two rounds of the loop. */
  async function run(script: Partial<Script>, stopAfter = 2500): Promise<World & { outcome: Outcome }> {
    const world = await start({ script });
    const stopping = world.clock.setTimer(stopAfter, () => world.session.stop("enough"));
    world.session.finished.finally(() => stopping.cancel());
    return { ...world, outcome: await world.end() };
  }

  test.each(requests)("%s is refused: the session ends without a goodbye", async (name) => {
    const world = await run(only(name, { ResponseCode: "FAILED" }));
    const message = name.replace(/Req$/, "Res");
    expect(world.outcome).toMatchObject({ ended: "refused", message, ResponseCode: "FAILED" });
    expect(names(world).at(-1)).toBe(name);
    const power = world.published.filter((variable) => variable.name === "ev_power_ready");
    expect(power.at(-1)?.value ?? false).toBe(false);
  });

  test.each(requests)("%s is not answered: the session ends in time", async (name) => {
    const { outcome, clock } = await run(only(name, null));
    expect(outcome).toMatchObject({ ended: "timeout", reason: expect.stringContaining("Res did not come") });
    expect(clock.monotonic()).toBeLessThan(10_000);
  });

  test.each<[string, Uint8Array]>([
    ["rubbish", new Uint8Array(64).fill(0xff)],
    ["EXI of another schema", encodeFrame(payloadType.exi, Uint8Array.of(0x80, 0x40, 0x00, 0x80))],
    ["a message without body", encodeFrame(payloadType.exi, fromHex("809802000000000000000000d000"))],
    ["a request", encodeFrame(payloadType.exi, iso2.encode("V2G_Message", stopRequest))],
    ["another response", encodeFrame(payloadType.exi, answerTo("SessionStopReq"))],
    ["another payload type", encodeFrame(payloadType.iso20Common, answerTo("AuthorizationReq"))],
    ["a length of 4 GiB", fromHex("01fe8001ffffffff")],
    [
      "two answers at once",
      concatBytes(...[1, 2].map(() => encodeFrame(payloadType.exi, answerTo("AuthorizationReq")))),
    ],
  ])("%s is a protocol error", async (_, bytes) => {
    const { outcome } = await run(only("AuthorizationReq", bytes));
    expect(outcome).toMatchObject({ ended: "protocol error" });
    expect(outcome.reason.length).toBeLessThan(300);
  });

  test("an end of the connection is seen at once", async () => {
    const cut = (name: string, _: number, stream: ByteStream) => {
      if (name !== "PowerDeliveryReq") return {};
      stream.destroy();
      return null;
    };
    const { outcome, published } = await run({ answer: cut });
    expect(outcome).toMatchObject({ ended: "connection lost", reason: expect.stringContaining("PowerDeliveryRes") });
    expect(published.at(-1)).toMatchObject({ name: "ev_power_ready", value: false });
  });

  test("for ever Ongoing: the car's patience ends after 60 s", async () => {
    const { outcome, clock } = await run(only("AuthorizationReq", { EVSEProcessing: "Ongoing" }), 100_000);
    expect(outcome).toEqual({ ended: "timeout", reason: "the EVSE was not finished with AuthorizationReq in 60 s" });
    expect(clock.monotonic()).toBeGreaterThan(59_000);
  });

  test("patience ends with the Ongoing: 40 s of it do not shorten the charging", async () => {
    const answer = (name: string, n: number) =>
      name === "AuthorizationReq" && n < 400 ? { EVSEProcessing: "Ongoing" } : {};
    expect((await run({ answer }, 120_000)).outcome).toMatchObject({ ended: "completed" });
  });

  test("a person at the EVSE gets more time", async () => {
    const answer = (name: string, n: number) =>
      name === "AuthorizationReq" && n < 1500 ? { EVSEProcessing: "Ongoing_WaitingForCustomerInteraction" } : {};
    const { outcome } = await run({ answer }, 160_000);
    expect(outcome).toMatchObject({ ended: "completed" });
  });

  test("an SECC that never comes to an end with the setup is given up after 20 s", async () => {
    const network = memoryNetwork();
    const connect = () => new Promise<never>(() => {});
    const world = await start({ network: { ...network, connect } });
    expect(await world.end()).toEqual({ ended: "timeout", reason: "the communication was not set up in time" });
    expect(world.clock.monotonic()).toBe(20_000);
  });

  test("a contract certificate that fits into no message is the car's fault", async () => {
    const large = { ...car, contract: { ...contract, chain: [new Uint8Array(801)] } };
    const world = await start({ options: { car: large } });
    const outcome = await world.end();
    expect(outcome).toMatchObject({ ended: "car fault", reason: expect.stringContaining("PaymentDetailsReq") });
  });
});

describe("When the cable is pulled", () => {
  test.each([0, 100, 1500])("after %d ms, everything is dropped at once", async (ms) => {
    const world = await start();
    await world.clock.advance(ms);
    world.session.abort("the cable was pulled");
    expect(await world.end()).toEqual({ ended: "aborted", reason: "the cable was pulled" });
  });

  test("while the car is still looking for a charger, it stops looking", async () => {
    const world = await start({ script: { security: undefined } });
    await world.clock.advance(600);
    world.session.stop("changed its mind");
    expect(await world.end()).toMatchObject({ ended: "aborted" });
    expect(world.charger.sdpRequests()).toBe(3);
  });
});

describe("a charger that installs contracts, but", () => {
  const offers: Readonly<Record<string, object>> = {
    ServiceDiscoveryReq: {
      ServiceList: { Service: [{ ServiceID: 2, ServiceCategory: "ContractCertificate", FreeService: true }] },
    },
    ServiceDetailReq: {
      ServiceID: 2,
      ServiceParameterList: {
        ParameterSet: [{ ParameterSetID: 1, Parameter: [{ "@Name": "Service", stringValue: "Installation" }] }],
      },
    },
  };

  test("never answers, is waited for as long as the standard says: 5 s", async () => {
    const { contract: _, ...withoutContract } = car;
    const wishing = { ...withoutContract, contractWish: installWish(good) };
    const answer = (name: string) => (name.startsWith("Certificate") ? null : (offers[name] ?? {}));
    const world = await start({ script: { answer }, options: { car: wishing } });
    while (!names(world).includes("CertificateInstallationReq")) await world.clock.advance(1);
    const asked = world.clock.now();
    const reason = "CertificateInstallationRes did not come in time";
    expect(await world.end()).toEqual({ ended: "timeout", reason });
    expect(world.clock.now() - asked).toBe(5000);
  });
});
