/** Faults of the CSMS, and our own stations under them: nothing is lost, nothing comes twice. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Csms } from "../../src/csms/csms.ts";
import { type FaultName, faultFacts, faultNames } from "../../src/csms/faults/catalogue.ts";
import { Faults } from "../../src/csms/faults/faults.ts";
import { innerRejection, rejection } from "../../src/csms/faults/rejections.ts";
import { type Decision, Reporter } from "../../src/csms/report.ts";
import { isPncAction, readPnc } from "../../src/ocpp/pnc16.ts";
import { validator as validator16 } from "../../src/ocpp/v16/validator.ts";
import { validator as validator21 } from "../../src/ocpp/v21/validator.ts";
import { validator as validator201 } from "../../src/ocpp/v201/validator.ts";
import type { TestPki } from "../../src/pki/index.ts";
import { silentLogger } from "../../src/util/log.ts";
import { silentTracer } from "../../src/util/trace.ts";
import { startTestStation as startStation16 } from "../modules/OCPP/support.ts";
import { startTestStation as startStation201, startTestCsms } from "../modules/OCPP201/support.ts";
import type { Probe } from "../modules/ocppCommon/probe.ts";
import { contractOf, session } from "../modules/ocppCommon/scenes.ts";
import { connectStation, startTestCsms as plainCsms } from "./support.ts";

describe("the catalogue", () => {
  it("has words for every fault, and what is due", () => {
    for (const name of faultNames) {
      expect(faultFacts[name].about).toMatch(/^[a-z].*[^.]$/);
      expect(faultFacts[name].due).toMatch(/^[a-z].*[^.]$/);
    }
  });

  it.each([
    ["ocpp1.6", validator16, ["Authorize", "BootNotification", "DataTransfer", "SignCertificate"]],
    [
      "ocpp2.0.1",
      validator201,
      ["Authorize", "BootNotification", "Get15118EVCertificate", "GetCertificateStatus", "SignCertificate"],
    ],
    ["ocpp2.1", validator21, ["Authorize", "BootNotification", "SignCertificate"]],
  ] as const)("refuses in %s by the schemas", (protocol, validator, actions) => {
    for (const action of actions) {
      expect(validator.validate(action, "response", rejection(protocol, action, 0)), action).toEqual({ ok: true });
    }
    expect(rejection(protocol, "Heartbeat", 0)).toBeUndefined();
  });

  it("refuses inside of DataTransfer by the extension", () => {
    for (const action of ["Authorize", "SignCertificate", "GetCertificateStatus", "Get15118EVCertificate"]) {
      const answer = innerRejection(action, 0) as { status: string; data: string };
      expect(answer.status).toBe("Accepted");
      expect(isPncAction(action) && readPnc(action, "response", answer.data)).toMatchObject({ ok: true });
    }
    expect(innerRejection("Heartbeat", 0)).toBeUndefined();
  });
});

describe("a fault", () => {
  const decided: Decision[] = [];
  const reporter = new Reporter(silentTracer, silentLogger);
  reporter.subscribe((event) => event.type === "decision" && decided.push(event.decision));
  const all: readonly FaultName[] = faultNames;
  const at = (action: string, station = "CP001", payload: unknown = {}) => ({ action, station, payload });

  it("strikes for its station and its message only, so often as it is set for, and is told", () => {
    const faults = new Faults(reporter);
    faults.set({ fault: "silent", station: "CP001", action: "Authorize", times: 2 });
    expect(faults.strike(all, at("Heartbeat"))).toBeUndefined();
    expect(faults.strike(all, at("Authorize", "CP002"))).toBeUndefined();
    expect(faults.strike(["reject"], at("Authorize"))).toBeUndefined();
    for (let i = 0; i < 2; i++) expect(faults.strike(all, at("Authorize"))).toMatchObject({ fault: "silent" });
    expect(faults.strike(all, at("Authorize"))).toBeUndefined();
    expect(faults.list()).toEqual([]);
    expect(decided.map(({ title }) => title)).toEqual(
      Array(2).fill(`on purpose, silent at Authorize: ${faultFacts.silent.about}`),
    );
  });

  it("strikes messages inside of a DataTransfer by their name", () => {
    const faults = new Faults(reporter);
    const { id } = faults.set({ fault: "reject", action: "Get15118EVCertificate" });
    expect(faults.strike(all, at("DataTransfer", "CP001", { messageId: "Authorize" }))).toBeUndefined();
    expect(faults.strike(all, at("DataTransfer", "CP001", { messageId: "Get15118EVCertificate" }))?.id).toBe(id);
    expect(faults.list()).toMatchObject([{ id, struck: 1 }]);
    expect([faults.remove(id), faults.remove(id)]).toEqual([true, false]);
  });

  it("is one of few: the oldest goes when somebody sets ever more", () => {
    const faults = new Faults(reporter);
    for (let i = 0; i < 150; i++) faults.set({ fault: "slow" });
    expect(faults.list()).toHaveLength(100);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });
});

describe("on the wire", () => {
  it("garbage is no JSON, silence is none, and twice is twice; the next answer is as it should be", async () => {
    const frames: string[] = [];
    const test = await plainCsms({
      onFrame: (_, direction, text) => void (direction === "out" && frames.push(text)),
      faults: [
        { fault: "garbage", action: "Heartbeat", times: 1 },
        { fault: "silent", action: "Heartbeat", times: 1 },
        { fault: "duplicate", action: "Heartbeat", times: 1 },
      ],
    });
    const { link } = await connectStation(test);
    frames.length = 0;
    const beat = (timeoutMs = 10_000) => link.call("Heartbeat", {}, { timeoutMs });
    await expect(beat(50)).rejects.toThrow("no answer");
    await vi.waitFor(() => expect(frames).toHaveLength(1));
    expect(() => JSON.parse(frames.splice(0)[0] ?? "")).toThrow();
    await expect(beat(50)).rejects.toThrow("no answer");
    expect(frames).toEqual([]);
    await beat();
    await vi.waitFor(() => expect(frames).toHaveLength(2));
    expect(frames[0]).toBe(frames[1]);
    expect(await beat()).toMatchObject({ currentTime: expect.any(String) });
  });

  it("slow waits so long as it is told, and no longer than the CSMS is open", async () => {
    const test = await plainCsms({ faults: [{ fault: "slow", action: "Heartbeat", delayMs: 3_600_000 }] });
    const { link } = await connectStation(test);
    const late = expect(link.call("Heartbeat", {})).resolves.toBeDefined();
    await expect.poll(() => test.csms.faults.list()[0]?.struck).toBe(1);
    await test.csms.close();
    await late;
  });
});

const folder = mkdtempSync(join(tmpdir(), "plugcharge-faults-"));
let csms: Csms;
let pki: TestPki;
beforeAll(async () => {
  ({ csms, pki } = await startTestCsms(folder));
});
afterAll(async () => {
  await csms.close();
  rmSync(folder, { recursive: true });
});

interface Station {
  readonly hands: Probe;
}

/** Each waits a second for answers, and not at all between attempts. */
const stations: Readonly<Record<string, { events: number; begin(dir: string): Promise<Station> }>> = {
  "2.0.1": {
    events: 3,
    begin: (dir) =>
      startStation201({
        ...{ folder: dir, csms, pki },
        values: {
          "OCPPCommCtrlr.MessageTimeout[Default]": "1",
          "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": "0",
          "ISO15118Ctrlr.V2GCertificateInstallationEnabled": "true",
          "ISO15118Ctrlr.SeccId": "SECCCert",
          "ISO15118Ctrlr.CountryName": "DE",
          "ISO15118Ctrlr.OrganizationName": "plugcharge",
        },
      }),
  },
  "1.6": {
    events: 2,
    begin: (dir) =>
      startStation16({
        ...{ folder: dir, url: csms.url, pki },
        values: { Core: { TransactionMessageRetryInterval: 0 }, Internal: { SeccLeafSubjectCommonName: "SECCCert" } },
      }),
  },
};

/** One session under a fault of its messages; the CSMS then has it whole. */
async function wholeUnder(fault: FaultName, version: string, { hands }: Station): Promise<void> {
  const known = csms.transactions.length;
  const actions = version === "1.6" ? ["StartTransaction", "StopTransaction"] : ["TransactionEvent"];
  for (const action of actions) csms.faults.set({ fault, action, times: 1, delayMs: 50 });
  for (const event of session(`${version} ${fault}`, contractOf(pki))) hands.sessionEvent(event);
  const record = await vi.waitFor(
    () => {
      const found = csms.transactions.slice(known);
      expect(found, fault).toHaveLength(1);
      expect(found[0]?.endedAt, fault).toBeDefined();
      expect(csms.faults.list(), fault).toEqual([]);
      return found[0];
    },
    { timeout: 15_000 },
  );
  const whole = { problems: [], events: stations[version]?.events, meterStartWh: 1000, meterEndWh: 4200 };
  expect(record, fault).toMatchObject(whole);
}

/** A token that is refused on purpose gets no energy; after that the station asks again. */
async function refusedOnce({ hands }: Station): Promise<void> {
  csms.faults.set({ fault: "reject", action: "Authorize", times: 1 });
  const token = contractOf(pki);
  expect(await hands.validate(token)).not.toMatchObject({ authorization_status: "Accepted" });
  expect(await hands.validate(token)).toMatchObject({ authorization_status: "Accepted" });
}

/** A certificate by the wrong CA is refused and told, and the old one stays. */
async function keepsItsLeaf({ hands }: Station, version: string, told: readonly string[]): Promise<void> {
  csms.faults.set({ fault: "wrong-chain", times: 1 });
  const pnc = version === "1.6" ? { pnc: true } : {};
  const ask = (action: string, payload: object) => csms.request("cp001", { action, payload, ...pnc });
  const installed = () => ask("GetInstalledCertificateIds", { certificateType: ["V2GCertificateChain"] });
  const before = await installed();
  expect(before).toMatchObject({ status: "Accepted" });
  expect(await ask("TriggerMessage", { requestedMessage: "SignV2GCertificate" })).toEqual({ status: "Accepted" });
  const refused = () => expect(told).toContain("the station's answer to its certificate: Rejected");
  await vi.waitFor(refused, { timeout: 10_000 });
  // In OCPP 1.6 it stays in the station.
  const type = version === "1.6" ? "InvalidChargePointCertificate" : "InvalidChargingStationCertificate";
  await vi.waitFor(() => expect(hands.events).toContain(type), { timeout: 10_000 });
  expect(await installed()).toEqual(before);
}

describe("our own station stays whole", () => {
  it.each(Object.keys(stations))("in OCPP %s", { timeout: 60_000 }, async (version) => {
    const dir = mkdtempSync(join(tmpdir(), "plugcharge-faults-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const told: string[] = [];
    const cuts: Promise<unknown>[] = [];
    const unsubscribe = csms.subscribe((event) => {
      if (event.type !== "decision") return;
      told.push(event.decision.title);
      // OCPP 1.6 has no key for the time-out, which is a minute: the connection goes first.
      const mute = /^on purpose, (silent|garbage)/.test(event.decision.title);
      if (mute && version === "1.6") cuts.push(setImmediate().then(() => csms.disconnect("cp001")));
    });
    onTestFinished(unsubscribe);
    csms.faults.clear();
    csms.faults.set({ fault: "reject", action: "BootNotification", times: 1 });
    const station = await stations[version]?.begin(dir);
    if (!station) throw new TypeError("no such version");
    // It boots again after the interval of the refusal.
    await station.hands.booted;
    for (const fault of ["slow", "duplicate", "reject", "silent", "garbage"] as const) {
      await wholeUnder(fault, version, station);
    }
    // The last cut may come when the transaction is whole already; offline the station would decide by itself.
    await Promise.all(cuts);
    await vi.waitFor(() => csms.request("cp001", { action: "GetLocalListVersion", payload: {} }), { timeout: 10_000 });
    await refusedOnce(station);
    await keepsItsLeaf(station, version, told);
  });
});
