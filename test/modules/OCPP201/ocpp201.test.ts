import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { bodyOf, iso2 } from "../../../src/iso15118/iso2/index.ts";
import { checkEvses } from "../../../src/modules/OCPP201/storage.ts";
import { fromBase64, toBase64 } from "../../../src/util/bytes.ts";
import { makeModel } from "../../chargePoint/support.ts";
import { garbage, installation } from "../../csms/clearingHouse/carRequests.ts";
import { contractOf, session } from "../ocppCommon/scenes.ts";
import { type StationOptions, startTestCsms, startTestStation, type TestStation, temporaryFolder } from "./support.ts";

/** Making certificates takes most of the time, so the tests with a good contract share one CSMS. */
let shared: Awaited<ReturnType<typeof startTestCsms>>;
const sharedFolder = mkdtempSync(join(tmpdir(), "plugcharge-OCPP201-"));
beforeAll(async () => {
  shared = await startTestCsms(sharedFolder);
});
afterAll(async () => {
  await shared.csms.close();
  rmSync(sharedFolder, { recursive: true });
});

async function started(options: Partial<StationOptions> = {}): Promise<TestStation> {
  const station = await startTestStation({ folder: temporaryFolder(), ...shared, ...options });
  await station.hands.booted;
  return station;
}

/** The transaction, when the CSMS has all of it. */
async function wholeTransaction({ csms }: Pick<TestStation, "csms">, uuid: string) {
  return vi.waitFor(
    () => {
      const found = csms.transactions.filter(({ transactionId }) => transactionId === uuid);
      expect(found).toHaveLength(1);
      expect(found[0]?.endedAt).toBeDefined();
      return found[0];
    },
    { timeout: 5000 },
  );
}

describe("OCPP201 with a real CSMS", () => {
  it("boots, hands its settings on, and has a good contract charge to the end", async () => {
    const station = await started();
    const { hands } = station;
    const token = contractOf(station.pki);
    expect(hands.commands).toContain('set_connection_timeout {"connection_timeout":120}');
    expect(hands.commands).toContain('set_master_pass_group_id {"master_pass_group_id":"123"}');
    expect(hands.commands).toContain(
      'set_plug_and_charge_configuration {"plug_and_charge_configuration":{"pnc_enabled":true,"contract_certificate_installation_enabled":true}}',
    );
    const accepted = { authorization_status: "Accepted", certificate_status: "Accepted" };
    expect(await hands.validate(token)).toMatchObject(accepted);
    for (const event of session("online", token)) hands.sessionEvent(event);
    expect(await wholeTransaction(station, "online")).toMatchObject({
      idToken: { idToken: station.pki.eMAID, type: "eMAID" },
      meterStartWh: 1000,
      meterEndWh: 4200,
      lastSeqNo: 2,
      stoppedReason: "EVDisconnected",
      problems: [],
    });
    const log = readFileSync(join(station.folder, "logs/libocpp.log"), "utf8");
    expect(log).toMatch(/Z: ChargePoint>CentralSystem BootNotification\n\[2,/);
    expect(log).toMatch(/Z: CentralSystem>ChargePoint Authorize\.conf\n\[3,/);
    const titles = station.timeline.entries.map(({ title }) => title);
    for (const title of ["BootNotification.req", "StatusNotification.req", "Authorize.conf", "TransactionEvent.req"]) {
      expect(titles).toContain(title);
    }
  });

  it("Given a revoked contract, then it is refused in the CSMS's words", async () => {
    const folder = temporaryFolder();
    const { csms, pki } = await startTestCsms(folder, "revoked");
    onTestFinished(() => csms.close());
    const station = await started({ folder, csms, pki });
    const { authorization_status, certificate_status } = await station.hands.validate(contractOf(station.pki));
    expect([authorization_status === "Accepted", certificate_status]).toEqual([false, "CertificateRevoked"]);
    const refusal = station.timeline.entries.find(({ outcome }) => outcome === "refused");
    expect(refusal?.title).toMatch(/revoked/);
  });

  it("Given the MO root is missing, then the rule and the two ways out are on the timeline", async () => {
    const folder = temporaryFolder();
    const station = await started({ folder, pki: { ...shared.pki, stationCerts: join(folder, "nothing") } });
    expect(await station.hands.validate(contractOf(station.pki))).toMatchObject({ authorization_status: "Invalid" });
    const decision = station.timeline.entries.find(({ outcome }) => outcome === "refused");
    expect(decision?.title).toMatch(/MO root missing/);
    expect(decision?.fix).toMatch(/CentralContractValidationAllowed/);
    expect(station.timeline.entries.map(({ title }) => title)).not.toContain("Authorize.req");
  });

  it("Given the MO root is missing and the CSMS may check, then the chain goes there and is accepted", async () => {
    const folder = temporaryFolder();
    const pki = { ...shared.pki, stationCerts: join(folder, "nothing") };
    const values = { "ISO15118Ctrlr.CentralContractValidationAllowed": "true" };
    const station = await started({ folder, pki, values });
    expect(await station.hands.validate(contractOf(station.pki))).toMatchObject({ authorization_status: "Accepted" });
    const sent = station.timeline.entries.find(({ title }) => title === "Authorize.req");
    expect(sent?.detail?.certificate).toMatch(/characters/);
  });

  it("Given the connection is cut, then a contract is checked here, and the transaction arrives later, whole", async () => {
    const station = await started();
    const { hands } = station;
    expect(await hands.control("stop")).toBe(true);
    const token = contractOf(station.pki);
    expect(await hands.validate(token)).toMatchObject({ authorization_status: "Accepted" });
    for (const event of session("offline", token)) hands.sessionEvent(event);
    expect(await hands.control("restart")).toBe(true);
    expect(await wholeTransaction(station, "offline")).toMatchObject({ lastSeqNo: 2, problems: [] });
    expect(hands.status).toEqual([true, false, true]);
  });

  it("Given a restart in a transaction, then the next run delivers what was queued and ends it", async () => {
    const folder = temporaryFolder();
    const first = await started({ folder });
    await first.hands.control("stop");
    const events = session("restarted", contractOf(first.pki));
    for (const event of events.slice(0, 3)) first.hands.sessionEvent(event);
    await vi.waitFor(() => expect(first.hands.status.at(-1)).toBe(false));
    await first.stop();
    const second = await started({ folder });
    expect(await wholeTransaction(second, "restarted")).toMatchObject({
      lastSeqNo: 2,
      stoppedReason: "PowerLoss",
      problems: [],
    });
  });

  it("Given the CSMS asks, then it is answered: variables, reports, remote start", async () => {
    const { csms, hands } = await started();
    const timeout = { component: { name: "TxCtrlr" }, variable: { name: "EVConnectionTimeOut" } };
    expect(await csms.call("cp001", "GetVariables", { getVariableData: [timeout] })).toEqual({
      getVariableResult: [{ ...timeout, attributeType: "Actual", attributeStatus: "Accepted", attributeValue: "120" }],
    });
    await csms.call("cp001", "SetVariables", { setVariableData: [{ ...timeout, attributeValue: "45" }] });
    await vi.waitFor(() => expect(hands.commands).toContain('set_connection_timeout {"connection_timeout":45}'));
    const report = await csms.call("cp001", "GetBaseReport", { requestId: 5, reportBase: "FullInventory" });
    expect(report).toEqual({ status: "Accepted" });
    const idToken = { idToken: "DE8AA1A2B3C4D59", type: "eMAID" } as const;
    const start = await csms.call("cp001", "RequestStartTransaction", { remoteStartId: 9, idToken, evseId: 1 });
    expect(start).toEqual({ status: "Accepted" });
    const token = { request_id: 9, connectors: [1], prevalidated: false };
    await vi.waitFor(() => expect(hands.tokens).toMatchObject([token]));
  });

  it("Given the CSMS sets another password, then the next connection shows it", async () => {
    const { csms, hands, folder } = await started();
    const next = "another-password-of-the-station";
    const password = { component: { name: "SecurityCtrlr" }, variable: { name: "BasicAuthPassword" } };
    csms.setStations([{ identity: "cp001", profile: 1, password: next }]);
    onTestFinished(() => csms.setStations([{ identity: "cp001", profile: 1, password: "DEADBEEFDEADBEEF" }]));
    await csms.call("cp001", "SetVariables", { setVariableData: [{ ...password, attributeValue: next }] });
    await vi.waitFor(() => expect(hands.status).toEqual([true, false, true]), { timeout: 5000 });
    expect(csms.connected).toEqual(["cp001"]);
    const log = readFileSync(join(folder, "logs/libocpp.log"), "utf8");
    expect(log).toContain('"attributeValue":"***"');
    expect(log).not.toContain(next);
  });

  it("Given the CSMS asks for what does not exist, then it gets the right error", async () => {
    const { csms } = await started();
    await expect(
      csms.call("cp001", "GetLog", { logType: "SecurityLog", requestId: 1, log: { remoteLocation: "ftp://x" } }),
    ).rejects.toThrow(/NotSupported/);
  });
});

describe("OCPP201 that cannot start", () => {
  it("bad case: no network connection profile", async () => {
    const values = { "InternalCtrlr.NetworkConnectionProfiles": "[]" };
    await expect(started({ values })).rejects.toThrow(/no network connection profile/);
  });

  it("bad case: security profile 2 without a root of the CSMS", async () => {
    const folder = temporaryFolder();
    const profile = { configurationSlot: 1, connectionData: { ocppCsmsUrl: "wss://csms", securityProfile: 2 } };
    const values = { "InternalCtrlr.NetworkConnectionProfiles": JSON.stringify([profile]) };
    const pki = { ...shared.pki, stationCerts: join(folder, "nothing") };
    await expect(started({ folder, pki, values })).rejects.toThrow(/CSMS root/);
  });

  it("bad case: a device model with an EVSE that the station has not", async () => {
    const model = makeModel();
    expect(() => checkEvses(model, [{ id: 1, connectors: [1] }])).not.toThrow();
    expect(() =>
      checkEvses(model, [
        { id: 1, connectors: [1, 2] },
        { id: 2, connectors: [1] },
      ]),
    ).toThrow(/does not describe Connector 1\.2, EVSE 2, Connector 2\.1/);
    expect(() => checkEvses(model, [])).toThrow(/there is no Connector 1\.1, EVSE 1/);
  });
});

describe("a car that asks for a contract", () => {
  const ask = (exi: Uint8Array) => ({
    exi_request: toBase64(exi),
    iso15118_schema_version: "urn:iso:15118:2:2013:MsgDef",
    certificate_action: "Install" as const,
  });

  it("gets it from the CSMS, or hears why not; offline it hears at once that there is none", async () => {
    const station = await started();
    const { pki } = station.pki;
    const answer = await station.hands.askForContract(ask(installation(pki)));
    expect(answer).toMatchObject({ status: "Accepted", certificate_action: "Install" });
    const { value } = iso2.decode(fromBase64(answer.exi_response ?? "")) as never;
    expect(bodyOf(value)).toMatchObject({ name: "CertificateInstallationRes", message: { ResponseCode: "OK" } });
    expect(await station.hands.askForContract(ask(garbage))).toEqual({
      status: "Failed",
      certificate_action: "Install",
    });
    await station.hands.control("stop");
    const began = performance.now();
    expect(await station.hands.askForContract(ask(installation(pki)))).toEqual({
      status: "Failed",
      certificate_action: "Install",
    });
    expect(performance.now() - began).toBeLessThan(1000);
    expect(station.timeline.entries.at(-1)).toMatchObject({
      outcome: "refused",
      title: expect.stringContaining("no connection"),
    });
  });
});
