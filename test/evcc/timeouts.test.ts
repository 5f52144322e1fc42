/** Every time that the car keeps (ISO 15118-2, 8.7.2, Tables 109 and 110, and 8.6.3), by a clock that a test moves. */
import { afterEach, describe, expect, test } from "vitest";
import type { Car } from "../../src/evcc/car.ts";
import type { Outcome } from "../../src/evcc/outcome.ts";
import { type CarOptions, CarSession } from "../../src/evcc/session.ts";
import { iso2, messageOf, type Named, type RequestName } from "../../src/iso15118/iso2/index.ts";
import { physicalValue } from "../../src/iso15118/physicalValue.ts";
import { discoveryTimes, messageTimes, sessionTimes } from "../../src/iso15118/timers.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import type { Network } from "../../src/transport/ports.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { silentTracer } from "../../src/util/trace.ts";
import { encodeFrame, payloadType } from "../../src/v2gtp/header.ts";
import { answers, car, dcAnswers, dcCar, SessionID } from "./fixtures.ts";
import { good, installWish } from "./provisioning.ts";
import { type Script, SDP_PORT, scriptedCharger } from "./scriptedCharger.ts";

const link = { mode: "loopback", interface: "lo", address: "::1", mac: new Uint8Array(6), why: "a test" } as const;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

interface Setting {
  readonly car?: Car;
  readonly script?: Partial<Script>;
  readonly options?: Partial<CarOptions>;
  readonly network?: Network;
  /** Called when a request is on the wire. */
  onSent?(name: string, at: number): void;
  /** Called when the car has been answered. */
  onAnswered?(name: string, session: CarSession): void;
}

async function start({ car: of = car, script = {}, options = {}, network = memoryNetwork(), ...told }: Setting) {
  const { onSent, onAnswered } = told;
  const clock = new ManualClock();
  const charger = await scriptedCharger({ network, ...script });
  open.push(charger);
  const session: CarSession = new CarSession(
    { car: of, link, sdpPort: SDP_PORT, sdpCycles: 1, tls: "required", ...options },
    {
      ...{ network, clock, trace: silentTracer },
      verifyCharger: () => ({ ok: true, title: "trusted" }),
      storeContract: async () => undefined,
      publish: () => {},
      witness: (from, name) => (from === "EV" ? onSent?.(name, clock.monotonic()) : onAnswered?.(name, session)),
    },
  );
  let outcome: Outcome | undefined;
  void session.finished.then((ended) => {
    outcome = ended;
  });
  return { session, clock, charger, outcome: () => outcome };
}

/** The good answers of a DC charger, in whole frames; of what both kinds have in common those of AC. */
function dcAnswer(request: Named["name"], change: object = {}): Uint8Array {
  const name = request.replace(/Req$/, "Res") as keyof typeof dcAnswers;
  const all: Record<string, object> = { ...answers, ...dcAnswers };
  const message = { ...all[name], ...change };
  const exi = iso2.encode("V2G_Message", messageOf({ SessionID }, { name, message } as unknown as Named));
  return encodeFrame(payloadType.exi, exi);
}

type AnyRequest = keyof typeof messageTimes;

/** What must be special for the car to send it. */
const special: Readonly<Partial<Record<AnyRequest, Pick<Setting, "car" | "script">>>> = {
  ServiceDetailReq: {
    car: { ...car, services: { internet: true, allDetails: false, selectAll: false } },
    script: offering({ ServiceID: 3, ServiceCategory: "Internet", FreeService: true }),
  },
  CertificateInstallationReq: wanting("install"),
  CertificateUpdateReq: wanting("update"),
  MeteringReceiptReq: {
    script: { answer: (name) => (name === "ChargingStatusReq" ? { ReceiptRequired: true } : {}) },
  },
  ...Object.fromEntries(
    (["CableCheckReq", "PreChargeReq", "CurrentDemandReq", "WeldingDetectionReq"] as const).map((name) => [
      name,
      { car: dcCar, script: { answer: (request: Named["name"]) => dcAnswer(request) } },
    ]),
  ),
};

function offering(service: object): Partial<Script> {
  return {
    answer: (name) => (name === "ServiceDiscoveryReq" ? { ServiceList: { Service: [service] } } : {}),
  };
}

function wanting(action: "install" | "update"): Pick<Setting, "car" | "script"> {
  const install = installWish(good);
  const contractWish =
    action === "install" ? install : ({ action, roots: install.roots, why: "it ends soon" } as const);
  const service = { ServiceID: 2, ServiceCategory: "ContractCertificate", FreeService: true };
  const Parameter = [{ "@Name": "Service", stringValue: action === "install" ? "Installation" : "Update" }];
  const ParameterSet = [{ ParameterSetID: action === "install" ? 1 : 2, Parameter }];
  return {
    car: { ...car, contractWish },
    script: {
      answer(name) {
        if (name === "ServiceDiscoveryReq") return { ServiceList: { Service: [service] } };
        return name === "ServiceDetailReq" ? { ServiceID: 2, ServiceParameterList: { ParameterSet } } : {};
      },
    },
  };
}

describe("V2G_EVCC_Msg_Timeout: a request that is not answered ends the session, not a moment sooner", () => {
  test.each(Object.keys(messageTimes) as AnyRequest[])("%s", async (name) => {
    const { car: of, script: { answer } = {} } = special[name] ?? {};
    let sentAt: number | undefined;
    const silent = (request: Named["name"], n: number, stream: Parameters<NonNullable<Script["answer"]>>[2]) =>
      request === name ? null : (answer?.(request, n, stream) ?? {});
    const world = await start({
      ...(of && { car: of }),
      script: name === "supportedAppProtocolReq" ? { agreement: null } : { answer: silent },
      onSent(request, at) {
        if (request === name) sentAt ??= at;
      },
      onAnswered(response, session) {
        if (/^(ChargingStatus|CurrentDemand)Res$/.test(response)) session.stop("enough");
      },
    });
    while (sentAt === undefined && !world.outcome()) await world.clock.advance(10);
    if (sentAt === undefined) throw new TypeError(`the car did not send it: ${JSON.stringify(world.outcome())}`);
    const { timeout } = messageTimes[name];
    await world.clock.advance(sentAt + timeout - 1 - world.clock.monotonic());
    expect(world.outcome()).toBeUndefined();
    await world.clock.advance(1);
    await world.clock.advance(0);
    const awaited = name.replace(/Req$/, "Res");
    expect(world.outcome()).toEqual({ ended: "timeout", reason: `${awaited} did not come in time` });
    expect(world.clock.pending).toBe(0);
  });
});

/** An answer that always says that it takes longer. */
const ongoing = (name: RequestName): Partial<Script> => ({
  answer: (request) => (request === name ? { EVSEProcessing: "Ongoing", SAScheduleList: undefined } : {}),
});
const dcOngoing: Partial<Script> = {
  answer: (request) => dcAnswer(request, request === "CableCheckReq" ? { EVSEProcessing: "Ongoing" } : {}),
};
const slowPreCharge: Partial<Script> = {
  answer: (request) =>
    dcAnswer(request, request === "PreChargeReq" ? { EVSEPresentVoltage: physicalValue(20, "V") } : {}),
};

describe("times that hold for a part of the session", () => {
  test.each<[string, RequestName, number, Setting]>([
    [
      "V2G_EVCC_Ongoing_Timeout",
      "AuthorizationReq",
      sessionTimes.ongoing.timeout,
      { script: ongoing("AuthorizationReq") },
    ],
    [
      "V2G_EVCC_Ongoing_Timeout",
      "ChargeParameterDiscoveryReq",
      sessionTimes.ongoing.timeout,
      { script: ongoing("ChargeParameterDiscoveryReq") },
    ],
    [
      "V2G_EVCC_CableCheck_Timeout",
      "CableCheckReq",
      sessionTimes.cableCheck.timeout,
      { car: dcCar, script: dcOngoing },
    ],
    [
      "V2G_EVCC_PreCharge_Timeout",
      "PreChargeReq",
      sessionTimes.preCharge.timeout,
      { car: dcCar, script: slowPreCharge },
    ],
  ])("%s: %s for %d ms", async (_name, request, ms, setting) => {
    let first: number | undefined;
    const world = await start({
      ...setting,
      onSent(name, at) {
        if (name === request) first ??= at;
      },
    });
    while (!world.outcome() && world.clock.monotonic() < 100_000) await world.clock.advance(50);
    expect(world.outcome()).toMatchObject({ ended: "timeout", reason: expect.stringContaining(request) });
    const lasted = world.clock.monotonic() - (first ?? 0);
    expect(Math.abs(lasted - ms)).toBeLessThanOrEqual(150);
  });

  test("V2G_EVCC_CommunicationSetup_Timeout: 20 s from the first SDP request to SessionSetupRes", async () => {
    const network = { ...memoryNetwork(), connect: () => new Promise<never>(() => {}) };
    const world = await start({ network });
    await world.clock.advance(sessionTimes.communicationSetup.timeout - 1);
    expect(world.outcome()).toBeUndefined();
    await world.clock.advance(1);
    expect(world.outcome()).toEqual({ ended: "timeout", reason: "the communication was not set up in time" });
  });

  test("SECC discovery: a request every 250 ms, 50 of them", async () => {
    const world = await start({ script: { security: undefined } });
    await world.clock.advance(discoveryTimes.interval * 3);
    expect(world.charger.sdpRequests()).toBe(4);
    await world.clock.advance(discoveryTimes.interval * discoveryTimes.maxRequests);
    expect(world.charger.sdpRequests()).toBe(discoveryTimes.maxRequests);
    expect(world.outcome()).toMatchObject({ ended: "no charger" });
  });

  test("the next request comes within 40 s of the answer (V2G_EVCC_Sequence_Performance_Time)", async () => {
    const sent: number[] = [];
    const world = await start({ onSent: (_name, at) => sent.push(at) });
    await world.clock.advance(30_000);
    world.session.stop("enough");
    await world.clock.advance(100);
    expect(sent.length).toBeGreaterThan(30);
    for (const [i, at] of sent.entries()) expect(at - (sent[i - 1] ?? 0)).toBeLessThanOrEqual(40_000);
  });
});
