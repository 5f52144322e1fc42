import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { physicalValue } from "../../../src/iso15118/physicalValue.ts";
import { carOver } from "../../../src/modules/PyEvJosev/index.ts";
import type { manifest } from "../../../src/modules/PyEvJosev/manifest.ts";
import { createPki, type Pki } from "../../../src/pki/pki.ts";
import { requireFault } from "../../../src/pki/testPki.ts";
import { writePki } from "../../../src/pki/write.ts";
import { memoryNetwork } from "../../../src/transport/memory.ts";
import { type Files, nodeFiles } from "../../../src/util/files.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { dcAnswers } from "../../evcc/fixtures.ts";
import { type Script, type ScriptedCharger, scriptedCharger } from "../../evcc/scriptedCharger.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

const order = {
  EnergyTransferMode: "AC_three_phase_core",
  SelectedPaymentOption: { payment_option: "Contract", enforce_payment_option: false },
  DepartureTime: 86400,
  EAmount: 11000,
} as const;

const plain = { device: "lo", supported_ISO15118_2: true, tls_active: true, enforce_tls: true };

let folder: string;
let pki: Pki;
let clock: ManualClock;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugcharge-car-"));
  pki = await write("good");
});
afterAll(() => rm(folder, { recursive: true }));

/** A car's folder of certificates. */
async function write(name: string, ...faults: string[]): Promise<Pki> {
  const made = await createPki({ clock: new ManualClock(), random: cryptoRandom, faults: faults.map(requireFault) });
  const options = { files: nodeFiles, dir: join(folder, name), password: "123456", audiences: ["car"] as const };
  await writePki(made, options);
  return made;
}

/** As far as the cable check, which does not come to an end. */
function dcCharger(request: string): object | null {
  const { CableCheckRes, ChargeParameterDiscoveryRes } = dcAnswers;
  if (request === "ChargeParameterDiscoveryReq")
    return { ...ChargeParameterDiscoveryRes, AC_EVSEChargeParameter: undefined };
  if (request === "CableCheckReq") return { ...CableCheckRes, EVSEProcessing: "Ongoing" };
  return {};
}

type Car = UnderTest<typeof manifest> & { readonly charger: ScriptedCharger; readonly timeline: Timeline };
const open: Car[] = [];
afterEach(async () => {
  for (const car of open.splice(0)) {
    await car.station.stop();
    await car.charger.close();
  }
});

interface Setting {
  readonly config?: object;
  readonly script?: Partial<Script>;
  readonly certs?: string;
  readonly shown?: Pki;
}

async function start({ config = {}, script = {}, certs = "good", shown = pki }: Setting = {}): Promise<Car> {
  clock = new ManualClock();
  const timeline = new Timeline(clock);
  const chain = [shown.members.secc.certificate, ...shown.chain("secc")].map(({ der }) => der);
  const network = memoryNetwork({ certificates: { chain } });
  const charger = await scriptedCharger({ network, ...script });
  const module = await startUnderTest(
    carOver(() => network),
    {
      config: { ...plain, ...config },
      ports: { clock, trace: timeline },
      env: { certsDir: join(folder, certs), shareDir: folder },
    },
  );
  const car = { ...module, charger, timeline };
  open.push(car);
  return car;
}

/** Lets time pass until the session is over. */
async function end(car: Car): Promise<void> {
  while (!car.said.includes("ev.v2g_session_finished null")) await clock.advance(50);
}

const names = ({ charger }: Car) => charger.heard.map(({ name }) => name);
const titles = ({ timeline }: Car) => timeline.entries.map(({ title }) => title);

describe("the simulated car", () => {
  it("charges by contract when it is told to, and stops when it is told to", async () => {
    const car = await start();
    expect(await car.on.ev.call("start_charging", order)).toBe(true);
    await clock.advance(2000);
    await car.on.ev.call("stop_charging");
    await end(car);
    expect(names(car)).toContain("PaymentDetailsReq");
    expect(car.said).toContain("ev.ev_power_ready true");
    expect(car.said.slice(-2)).toEqual(["ev.ev_power_ready false", "ev.v2g_session_finished null"]);
    expect(titles(car)).toContainEqual(expect.stringContaining("SECC chain checked against V2G root CN=V2GRootCA"));
    expect(car.logged).toEqual([]);
  });

  it("shows the eMAID and the chain of its contract", async () => {
    const car = await start();
    await car.on.ev.call("start_charging", order);
    await clock.advance(1000);
    const shown = car.charger.heard.find(({ name }) => name === "PaymentDetailsReq");
    const [sub2, sub1] = pki.chain("contract");
    expect(shown?.message).toEqual({
      eMAID: "UKSWI123456791A",
      ContractSignatureCertChain: {
        Certificate: pki.members.contract.certificate.der,
        SubCertificates: { Certificate: [sub2?.der, sub1?.der] },
      },
    });
  });

  it("has a MAC address of its own on loopback", async () => {
    const car = await start();
    await car.on.ev.call("start_charging", order);
    await clock.advance(100);
    expect(car.charger.heard[0]?.message).toEqual({ EVCCID: Uint8Array.of(2, 0, 0, 0, 0, 1) });
  });

  it("charges again after a session, and joins the one that it paused", async () => {
    const car = await start();
    await car.on.ev.call("start_charging", order);
    await clock.advance(2000);
    await car.on.ev.call("pause_charging");
    await end(car);
    car.said.length = 0;
    await car.on.ev.call("start_charging", order);
    await clock.advance(100);
    const [first, second] = car.charger.heard.filter(({ name }) => name === "SessionSetupReq");
    expect(first?.header.SessionID).toEqual(new Uint8Array(8));
    expect(second?.header.SessionID).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  });

  it("tells that the station wants to stop", async () => {
    const stop = { AC_EVSEStatus: { NotificationMaxDelay: 0, EVSENotification: "StopCharging", RCD: false } };
    const car = await start({ script: { answer: (name) => (name === "ChargingStatusReq" ? stop : {}) } });
    await car.on.ev.call("start_charging", order);
    await end(car);
    expect(car.said).toContain("ev.stop_from_charger null");
  });

  it("charges with direct current, and says of its battery what it has been told", async () => {
    const car = await start({ script: { answer: dcCharger } });
    await car.on.ev.call("set_dc_params", { EvParameters: { max_current_limit: 80, energy_capacity: 50_000 } });
    await car.on.ev.call("update_soc", { SoC: 47 });
    await car.on.ev.call("start_charging", { ...order, EnergyTransferMode: "DC_extended" });
    await clock.advance(1000);
    expect(car.charger.heard.find(({ name }) => name === "ChargeParameterDiscoveryReq")?.message).toMatchObject({
      RequestedEnergyTransferMode: "DC_extended",
      DC_EVChargeParameter: {
        DC_EVStatus: { EVRESSSOC: 47 },
        EVMaximumCurrentLimit: physicalValue(80, "A"),
        EVMaximumVoltageLimit: physicalValue(900, "V"),
        EVEnergyCapacity: physicalValue(50_000, "Wh"),
      },
    });
    await car.on.ev.call("update_soc", { SoC: 48 });
    await clock.advance(250);
    const { message } = car.charger.heard.findLast(({ name }) => name === "CableCheckReq") ?? {};
    expect(message).toEqual({ DC_EVStatus: { EVReady: true, EVErrorCode: "NO_ERROR", EVRESSSOC: 48 } });
  });

  it("takes commands for faults and for feeding back, and says that it has no use for them", async () => {
    const car = await start();
    expect(await car.on.ev.call("set_bpt_dc_params", { EvBPTParameters: {} })).toBeNull();
    expect(await car.on.ev.call("set_fault")).toBeNull();
    expect(car.logged).toEqual([expect.stringContaining("set_bpt_dc_params"), expect.stringContaining("set_fault")]);
  });

  it("goes on with a key that is not the contract's, and says so", async () => {
    await write("wrong-key", "contract:wrong-key");
    const car = await start({ certs: "wrong-key", script: { security: undefined } });
    await car.on.ev.call("start_charging", order);
    await end(car);
    expect(titles(car)).toContainEqual(expect.stringContaining("the key in client/mo/MO_LEAF.key is not that of CN="));
  });

  it("drops its session when the station stops", async () => {
    const car = await start();
    await car.on.ev.call("start_charging", order);
    await clock.advance(2000);
    await car.station.stop();
    expect(titles(car).at(-1)).toContain("switched off");
    expect(clock.pending).toBe(0);
  });
});

describe("bad case:", () => {
  it.each<[string, object, object, string]>([
    [
      "nothing that it speaks is switched on",
      { supported_ISO15118_2: false },
      {},
      "supported_ISO15118_2 and supported_DIN70121 are off",
    ],
    [
      "AC by DIN SPEC 70121",
      { supported_ISO15118_2: false, supported_DIN70121: true, enforce_tls: false },
      {},
      "DIN SPEC 70121 has no AC_three_phase_core",
    ],
    [
      "TLS with DIN SPEC 70121",
      { supported_ISO15118_2: false, supported_DIN70121: true },
      { EnergyTransferMode: "DC_extended" },
      "has no TLS",
    ],
    ["ISO 15118-20's way to feed back", {}, { EnergyTransferMode: "DC_BPT" }, "DC_BPT is nothing that this car can"],
  ])("%s", async (_, config, change, reason) => {
    const car = await start({ config });
    expect(await car.on.ev.call("start_charging", { ...order, ...change })).toBe(false);
    expect(car.logged).toEqual([expect.stringContaining(reason)]);
  });

  it("a second session beside the first", async () => {
    const car = await start();
    const both = await Promise.all([1, 2].map(() => car.on.ev.call("start_charging", order)));
    expect(both).toEqual([true, false]);
  });

  it("no charger: the session is over, and another may be tried", async () => {
    const car = await start({ script: { security: undefined } });
    await car.on.ev.call("start_charging", order);
    await end(car);
    expect(titles(car).at(-1)).toContain("nobody answered SECC discovery");
    expect(await car.on.ev.call("start_charging", order)).toBe(true);
  });

  it("a charger that shows a certificate of another role", async () => {
    const car = await start({ certs: "wrong-dc", shown: await write("wrong-dc", "secc:wrong-dc") });
    await car.on.ev.call("start_charging", order);
    await end(car);
    expect(car.charger.heard).toEqual([]);
    const verdict = { from: "EV", outcome: "refused", title: expect.stringContaining("wrong dc") };
    expect(car.timeline.entries.at(-2)).toMatchObject(verdict);
  });

  it("no certificates at all: no contract, no trust, and both are said", async () => {
    const car = await start({ certs: "nowhere" });
    await car.on.ev.call("start_charging", order);
    await end(car);
    expect(titles(car)).toContainEqual(expect.stringContaining("has no contract"));
    expect(titles(car)).toContainEqual(expect.stringContaining("has no V2G root"));
    expect(car.charger.heard).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["a wrong password", "client/mo/MO_LEAF_PASSWORD.txt", "the password does not open the key"],
    ["rubbish instead of the leaf", "client/mo/MO_LEAF.pem", "no certificate"],
    ["rubbish instead of the key", "client/mo/MO_LEAF.key", "no private key"],
  ])("%s: external payment instead", async (what, file, reason) => {
    const name = what.replaceAll(" ", "-");
    await cp(join(folder, "good"), join(folder, name), { recursive: true });
    await writeFile(join(folder, name, file), "rubbish");
    const car = await start({ certs: name });
    await car.on.ev.call("start_charging", order);
    await clock.advance(1000);
    expect(titles(car)).toContainEqual(expect.stringContaining(reason));
    expect(names(car)).not.toContain("PaymentDetailsReq");
    expect(names(car)).toContain("AuthorizationReq");
  });

  it("what fails by our own fault ends this session only", async () => {
    const broken = new TypeError("broken");
    const network = memoryNetwork({ certificates: { chain: [] } });
    let files: Files = { ...nodeFiles, info: () => Promise.reject(broken) };
    const car = await startUnderTest(
      carOver(() => ({ ...network, openDatagrams: () => Promise.reject(broken) })),
      {
        config: plain,
        ports: { files: { ...nodeFiles, info: (path) => files.info(path) } },
        env: { certsDir: join(folder, "good"), shareDir: folder },
      },
    );
    await expect(car.on.ev.call("start_charging", order)).rejects.toThrow();
    files = nodeFiles;
    expect(await car.on.ev.call("start_charging", order)).toBe(true);
    expect(await car.heard()).toContain("ev.v2g_session_finished null");
    expect(car.logged.at(-1)).toContain("by our own fault");
    await car.station.stop();
  });

  it("keys of the configuration without effect are named", async () => {
    const car = await start({ config: { supported_ISO15118_20_DC: true, enable_tls_1_3: true } });
    expect(car.logged).toEqual([
      expect.stringContaining("supported_ISO15118_20_DC"),
      expect.stringContaining("enable_tls_1_3"),
    ]);
  });

  it("an interface that does not exist starts nothing", async () => {
    await expect(start({ config: { device: "nosuch0" } })).rejects.toThrow("nosuch0 does not exist");
  });
});
