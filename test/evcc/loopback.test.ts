/** The car and our own SECC, with a whole test PKI: in memory with a clock that jumps, and over real UDP and TLS. */
import { afterEach, describe, expect, test } from "vitest";
import type { Car } from "../../src/evcc/car.ts";
import { checkCharger } from "../../src/evcc/charger.ts";
import { din70121, iso15118_2, type SpokenProtocol } from "../../src/evcc/handshake.ts";
import type { Outcome } from "../../src/evcc/outcome.ts";
import { CarSession } from "../../src/evcc/session.ts";
import { createPki } from "../../src/pki/pki.ts";
import { requireFault } from "../../src/pki/testPki.ts";
import type { OutwardEffect } from "../../src/secc/effects.ts";
import { dinProtocol, iso2Protocol } from "../../src/secc/handshake.ts";
import { Secc } from "../../src/secc/secc.ts";
import { memoryNetwork } from "../../src/transport/memory.ts";
import { nodeNetwork } from "../../src/transport/node.ts";
import type { Network } from "../../src/transport/ports.ts";
import { type Clock, systemClock } from "../../src/util/clock.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { Timeline } from "../../src/util/trace.ts";
import { exportPrivateKey, toPem } from "../../src/x509/index.ts";
import { car as anyCar, dc } from "./fixtures.ts";

const link = { mode: "loopback", interface: "lo", address: "::1", mac: new Uint8Array(6), why: "a test" } as const;

const running: Secc[] = [];
afterEach(async () => {
  for (const secc of running.splice(0)) await secc.close();
});

async function pki(...faults: string[]) {
  return createPki({ clock: systemClock, random: cryptoRandom, faults: faults.map(requireFault) });
}
type Pki = Awaited<ReturnType<typeof pki>>;
const good = await pki();

interface Setting {
  readonly network: Network;
  readonly clock: Clock;
  readonly world?: Pki;
  readonly sdpPort: number;
  readonly car?: Partial<Car>;
  /** How the station decides about the token. */
  readonly authorization?: "Accepted" | "Blocked" | "never";
  /** What the car speaks. */
  readonly protocols?: readonly SpokenProtocol[];
  readonly receiptRequired?: boolean;
  readonly noTls?: boolean;
  /** What a DC charger finds; good when absent. */
  readonly isolation?: "Fault";
}

/** A station that does at once what is asked of it, and a car that plugs in. */
async function plugIn({ network, clock, world = good, sdpPort, ...more }: Setting) {
  const timeline = new Timeline(clock);
  const effects: OutwardEffect[] = [];
  const perform = (effect: OutwardEffect) => {
    effects.push(effect);
    if (effect.to !== "charger") return;
    if (effect.name === "require_auth_pnc" || effect.name === "require_auth_eim") queueMicrotask(decide);
    if (effect.name === "ac_close_contactor") secc.update({ contactorClosed: true });
    if (effect.name === "ac_open_contactor") secc.update({ contactorClosed: false });
    supplyDc(effect);
  };
  /** A supply without inertia, whose current flows in the loop only. */
  const supplyDc = ({ name, value }: Extract<OutwardEffect, { to: "charger" }>) => {
    const { dc } = secc.evse;
    if (name === "start_cable_check") {
      secc.update({ dc: { ...dc, isolation: more.isolation ?? "Valid" } });
      queueMicrotask(() => secc.apply({ type: "cable_check_finished", passed: more.isolation === undefined }));
    }
    if (name === "dc_ev_target_voltage_current") {
      target = { voltage: value.dc_ev_target_voltage, current: value.dc_ev_target_current };
      secc.update({ dc: { ...dc, present: { ...target, current: demanding ? target.current : 0 } } });
    }
    if (name === "current_demand_started") demanding = true;
    if (name === "dc_open_contactor") {
      demanding = false;
      secc.update({ dc: { ...dc, present: { voltage: 0, current: 0 } } });
    }
  };
  let target = { voltage: 0, current: 0 };
  let demanding = false;
  const decide = () => {
    const status = more.authorization ?? "Accepted";
    if (status === "never") return;
    const certificate_status = status === "Accepted" ? "Accepted" : "CertificateRevoked";
    secc.apply({ type: "authorization_response", authorization_status: status, certificate_status });
  };
  const credentials = {
    chain: toPem(world.members.secc.certificate, ...world.chain("secc")),
    key: exportPrivateKey(world.members.secc.key, "pkcs8"),
  };
  const secc = new Secc({
    network,
    clock,
    random: cryptoRandom,
    log: silentLogger,
    trace: timeline,
    sdpPort,
    tlsSecurity: more.noTls ? "prohibit" : "force",
    tls: { handshakeMs: 5000 },
    protocols: [dinProtocol, iso2Protocol],
    settings: { authTimeoutPnc: 55, authTimeoutEim: 300 },
    closeAtOnce: true,
    maxConnections: 4,
    checkContract: async () => ({ result: "unchecked" }),
    serviceParameters: async () => undefined,
    perform,
  });
  await secc.open(link, [credentials]);
  running.push(secc);
  secc.update({
    evseId: "DE*PNX*00001",
    paymentOptions: ["Contract", "ExternalPayment"],
    energyTransferModes: more.car?.dc ? ["DC_extended"] : ["AC_three_phase_core"],
    dc: {
      ...secc.evse.dc,
      capabilities: { maxVoltage: 900, minVoltage: 100, maxCurrent: 300, minCurrent: 1, maxPower: 150_000 },
      limits: { voltage: 900, current: 80, power: 150_000 },
    },
    nominalCurrent: 32,
    receiptRequired: more.receiptRequired ?? false,
    meter: { MeterID: "meter 1", MeterReading: 1000 },
  });
  secc.dlinkReady(true);
  const { certificate, key } = world.members.contract;
  const contract = { eMAID: certificate.subject.CN ?? "", chain: derOf(certificate, ...world.chain("contract")), key };
  const session = new CarSession(
    {
      car: { ...anyCar, contract, ...more.car },
      ...{ link, sdpPort, sdpCycles: 1, tls: more.noTls ? "wanted" : "required" },
      ...(more.protocols && { protocols: more.protocols }),
    },
    {
      network,
      clock,
      trace: timeline,
      verifyCharger: (shown) => checkCharger({ shown, roots: world.trust.v2g, time: systemClock.now() }),
      publish: () => {},
    },
  );
  const messages = () => timeline.entries.filter(({ kind }) => kind === "message").map(({ title }) => title);
  return { session, secc, timeline, effects, messages };
}

function derOf(...certificates: readonly { readonly der: Uint8Array }[]) {
  return certificates.map(({ der }) => der);
}

async function freePort(network: Network): Promise<number> {
  const socket = await network.openDatagrams({ host: "::1", port: 0 });
  await socket.close();
  return socket.port;
}

describe("In memory", () => {
  const direct = { mode: "DC_extended", dc } as const;

  interface Course extends Partial<Setting> {
    /** Milliseconds until the car has enough. */
    readonly stopAfter?: number;
    /** What happens then instead. */
    onTurn?(world: Awaited<ReturnType<typeof plugIn>>): void;
  }

  async function run({ stopAfter = 3000, onTurn = ({ session }) => session.stop("enough"), ...setting }: Course) {
    const clock = new ManualClock();
    const { members, chain } = setting.world ?? good;
    const network = memoryNetwork({ certificates: { chain: derOf(members.secc.certificate, ...chain("secc")) } });
    const world = await plugIn({ network, clock, sdpPort: 15118, ...setting });
    const stopping = clock.setTimer(stopAfter, () => onTurn(world));
    let outcome: Outcome | undefined;
    void world.session.finished.then((value) => {
      outcome = value;
    });
    while (!outcome) await clock.advance(50);
    stopping.cancel();
    return { ...world, outcome };
  }

  test("a Plug & Charge session runs from SDP to SessionStop", async () => {
    const { outcome, messages, effects } = await run({});
    expect(outcome).toEqual({ ended: "completed", reason: "enough" });
    expect(messages()).toContain("AuthorizationReq");
    expect(messages().at(-1)).toBe("SessionStopRes");
    const names = effects.flatMap((effect) => (effect.to === "charger" ? [effect.name] : []));
    expect(names).toEqual(expect.arrayContaining(["require_auth_pnc", "ac_close_contactor", "ac_open_contactor"]));
  });

  test("external payment runs, also without TLS", async () => {
    const eim = { car: { payment: { option: "ExternalPayment", enforced: true } } } as const;
    expect((await run({ ...eim, noTls: true })).outcome).toMatchObject({ ended: "completed" });
    expect((await run(eim)).outcome).toMatchObject({ ended: "completed" });
  });

  test("a DC session charges until the battery is full, and never above the EVSE's limit", async () => {
    const few = { ...direct, dc: { ...dc, capacity: 1000, soc: 98 } };
    const { outcome, messages, effects, secc } = await run({ car: few, stopAfter: Number.POSITIVE_INFINITY });
    expect(outcome).toEqual({ ended: "completed", reason: "the battery is full" });
    const names = effects.flatMap((effect) => (effect.to === "charger" ? [effect.name] : []));
    const told = [...new Set(names.filter((name) => !name.startsWith("dc_ev") && name !== "departure_time"))];
    expect(told).toEqual([
      "evcc_id",
      "selected_payment_option",
      "require_auth_pnc",
      "requested_energy_transfer_mode",
      "dc_full_soc",
      "dc_bulk_soc",
      "start_cable_check",
      "start_pre_charge",
      "dc_charging_complete",
      "dc_bulk_charging_complete",
      "v2g_setup_finished",
      "current_demand_started",
      "current_demand_finished",
      "dc_open_contactor",
      "dlink_terminate",
    ]);
    const currents = effects.flatMap((effect) =>
      "name" in effect && effect.name === "dc_ev_target_voltage_current" ? [effect.value.dc_ev_target_current] : [],
    );
    expect(Math.max(...currents)).toBeGreaterThan(10);
    expect(Math.max(...currents)).toBeLessThanOrEqual(80);
    expect(messages().filter((name) => name === "WeldingDetectionReq")).toHaveLength(1);
    expect(secc.evse.dc).toMatchObject({ present: { voltage: 0 }, isolation: "Invalid" });
  });

  test("a DC session pauses, is stopped by the EVSE, and signs receipts", async () => {
    const stopped = await run({ car: direct, receiptRequired: true, onTurn: ({ secc }) => secc.stopCharging(true) });
    expect(stopped.outcome).toEqual({ ended: "completed", reason: "the EVSE shuts down" });
    expect(stopped.messages()).toContain("MeteringReceiptRes");
    const paused = await run({ car: direct, onTurn: ({ session }) => session.pause("later") });
    expect(paused.outcome).toMatchObject({ ended: "paused", reason: "later" });
  });

  test("a DC session with faulty insulation never comes to current", async () => {
    const { outcome, effects } = await run({ car: direct, isolation: "Fault" });
    expect(outcome).toMatchObject({ ended: "refused", message: "CableCheckRes", ResponseCode: "FAILED" });
    const names = effects.flatMap((effect) => (effect.to === "charger" ? [effect.name] : []));
    expect(names).toContain("dc_open_contactor");
    expect(names).not.toContain("start_pre_charge");
    expect(names).not.toContain("current_demand_started");
  });

  describe("by DIN SPEC 70121", () => {
    const din = { car: direct, noTls: true, protocols: [din70121, iso15118_2] } as const;
    const names = (effects: readonly OutwardEffect[]) =>
      effects.flatMap((effect) => (effect.to === "charger" ? [effect.name] : []));

    test("a session charges until the battery is full, and never above the EVSE's limit", async () => {
      const car = { ...direct, dc: { ...dc, capacity: 1000, soc: 98 } };
      const { outcome, messages, effects, secc } = await run({ ...din, car, stopAfter: Number.POSITIVE_INFINITY });
      expect(outcome).toEqual({ ended: "completed", reason: "the battery is full" });
      const asked = messages().filter((name) => name.endsWith("Req") && !name.startsWith("SECC"));
      expect(asked.filter((name, index) => name !== asked[index - 1])).toEqual([
        "supportedAppProtocolReq",
        "SessionSetupReq",
        "ServiceDiscoveryReq",
        "ServicePaymentSelectionReq",
        "ContractAuthenticationReq",
        "ChargeParameterDiscoveryReq",
        "CableCheckReq",
        "PreChargeReq",
        "PowerDeliveryReq",
        "CurrentDemandReq",
        "PowerDeliveryReq",
        "WeldingDetectionReq",
        "SessionStopReq",
      ]);
      const currents = effects.flatMap((effect) =>
        "name" in effect && effect.name === "dc_ev_target_voltage_current" ? [effect.value.dc_ev_target_current] : [],
      );
      expect(Math.max(...currents)).toBeGreaterThan(10);
      expect(Math.max(...currents)).toBeLessThanOrEqual(80);
      expect(names(effects).slice(-2)).toEqual(["dc_open_contactor", "dlink_terminate"]);
      expect(secc.evse.dc).toMatchObject({ present: { voltage: 0 }, isolation: "Invalid" });
    });

    test("a session is stopped by the EVSE, and one that the car would pause ends", async () => {
      const stopped = await run({ ...din, onTurn: ({ secc }) => secc.stopCharging(true) });
      expect(stopped.outcome).toEqual({ ended: "completed", reason: "the EVSE shuts down" });
      const paused = await run({ ...din, onTurn: ({ session }) => session.pause("later") });
      expect(paused.outcome).toEqual({ ended: "completed", reason: "later" });
    });

    test("what the car wants most is spoken, but over TLS ISO 15118-2", async () => {
      const spoken = async (setting: Course) => {
        const { messages } = await run({ car: direct, ...setting });
        return messages().includes("ContractAuthenticationReq") ? "DIN SPEC 70121" : "ISO 15118-2";
      };
      expect(await spoken(din)).toBe("DIN SPEC 70121");
      expect(await spoken({ ...din, protocols: [iso15118_2, din70121] })).toBe("ISO 15118-2");
      expect(await spoken({ ...din, noTls: false })).toBe("ISO 15118-2");
    });

    test("bad case: a car that speaks nothing else has nothing to say over TLS", async () => {
      const { outcome, messages } = await run({ car: direct, protocols: [din70121] });
      expect(outcome).toMatchObject({ ended: "no common protocol" });
      expect(messages()).not.toContain("supportedAppProtocolReq");
    });

    test("bad case: with faulty insulation there never is current", async () => {
      const { outcome, effects } = await run({ ...din, isolation: "Fault" });
      expect(outcome).toMatchObject({ ended: "refused", message: "CableCheckRes", ResponseCode: "FAILED" });
      expect(names(effects)).toContain("dc_open_contactor");
      expect(names(effects)).not.toContain("current_demand_started");
    });

    test("bad case: nobody pays, and after 150 s the car has waited long enough", async () => {
      const { outcome, effects, timeline } = await run({ ...din, authorization: "never", stopAfter: 1e9 });
      expect(outcome).toEqual({ ended: "timeout", reason: "the EVSE was not ready to charge in 150 s" });
      expect(names(effects)).not.toContain("start_cable_check");
      expect((timeline.entries.at(-1)?.time ?? 0) - (timeline.entries[0]?.time ?? 0)).toBeLessThan(151_000);
    });
  });

  test("receipts are signed and taken", async () => {
    const { outcome, messages } = await run({ receiptRequired: true });
    expect(outcome).toMatchObject({ ended: "completed" });
    expect(messages().filter((name) => name === "MeteringReceiptRes").length).toBeGreaterThan(1);
  });

  test("bad case: a key that is not the contract's is refused", async () => {
    const { outcome } = await run({ world: await pki("contract:wrong-key") });
    expect(outcome).toMatchObject({ ended: "refused", ResponseCode: "FAILED_SignatureError" });
  });

  test("bad case: a key of another curve is refused", async () => {
    const { outcome } = await run({ world: await pki("contract:wrong-curve") });
    expect(outcome).toMatchObject({ ended: "refused" });
  });

  test("bad case: the station refuses the contract", async () => {
    const { outcome } = await run({ authorization: "Blocked" });
    expect(outcome).toMatchObject({ ended: "refused", ResponseCode: "FAILED_CertificateRevoked" });
  });
});

describe("Over real UDP and TLS", () => {
  test("a Plug & Charge session runs, and nothing is left open", async () => {
    const network = nodeNetwork();
    const car = { pace: { ongoing: 5, loop: 5 } };
    const { session, messages, timeline } = await plugIn({
      network,
      clock: systemClock,
      sdpPort: await freePort(network),
      car,
    });
    await new Promise<void>((resolve) => {
      timeline.subscribe(({ title }) => {
        if (title === "ChargingStatusRes" && messages().filter((name) => name === title).length === 3) resolve();
      });
    });
    session.stop("enough");
    expect(await session.finished).toEqual({ ended: "completed", reason: "enough" });
    const trusted = timeline.entries.find(({ title }) => title.startsWith("SECC chain checked"));
    expect(trusted).toMatchObject({ outcome: "ok", detail: { leaf: expect.stringContaining("SECCCert") } });
  });

  test("bad case: the car ends the handshake with a charger of another role", async () => {
    const world = await pki("secc:wrong-dc");
    const network = nodeNetwork();
    const { session, messages } = await plugIn({
      network,
      clock: systemClock,
      sdpPort: await freePort(network),
      world,
    });
    expect(await session.finished).toMatchObject({
      ended: "charger not trusted",
      reason: expect.stringContaining("wrong dc"),
    });
    expect(messages()).not.toContain("supportedAppProtocolReq");
  });
});
