/** OCPP 1.6 with its Plug & Charge extension at our CSMS; the station is ocpp-rpc, which checks every message against the schemas. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handlers } from "../../src/csms/handlers/v16/index.ts";
import { pncVendorId } from "../../src/ocpp/pnc16.ts";
import type { Pki } from "../../src/pki/index.ts";
import { fromBase64 } from "../../src/util/bytes.ts";
import {
  checkOcspResponse,
  createCertificateSigningRequest,
  generateKey,
  ocspCertId,
  parsePemChain,
  validatePath,
} from "../../src/x509/index.ts";
import { ForeignClient } from "../ocpp/ocppRpc.ts";
import { contractPem, emaid, hashDataOf, password, startTestCsms, type TestCsms, withPki } from "./support.ts";

const timestamp = "2026-01-01T12:00:00Z";
const boot = { chargePointVendor: "Acme", chargePointModel: "One", firmwareVersion: "1.0" };

let test: TestCsms;
let pki: Pki;
let station: ForeignClient;
/** What the CSMS has asked, by its action or by the message inside. */
const asked: { action: string; payload: Record<string, unknown> }[] = [];
/** What the station answers to the next DataTransfer. */
let transfer: { status: string; data?: string } = { status: "Accepted", data: "{}" };

async function connect(identity = "CP001"): Promise<ForeignClient> {
  const client = new ForeignClient({
    ...{ endpoint: test.csms.url, identity, password, protocols: ["ocpp1.6"], strictMode: true, reconnect: false },
  });
  const kept = (action: string, answer: () => object) =>
    client.handle(action, ({ params }) => {
      asked.push({ action, payload: params as Record<string, unknown> });
      return answer();
    });
  kept("CertificateSigned", () => ({ status: "Accepted" }));
  kept("RemoteStartTransaction", () => ({ status: "Accepted" }));
  kept("DataTransfer", () => transfer);
  await client.connect();
  return client;
}

beforeAll(async () => {
  test = await startTestCsms({
    stations: ["CP001", "CP002"].map((identity) => ({ identity, profile: 1 as const, password })),
    tokens: [
      { idToken: "CAFE", type: "ISO14443", groupIdToken: { idToken: "FLEET", type: "Central" } },
      { idToken: "SPENT", type: "ISO14443", status: "NoCredit" },
    ],
  });
  pki = await withPki(test);
  station = await connect();
  await expect(station.call("Heartbeat", {})).rejects.toMatchObject({ rpcErrorCode: "SecurityError" });
  await station.call("BootNotification", boot);
});
afterAll(() => station.close());

async function pnc(messageId: string, message: object) {
  const answer = (await station.call("DataTransfer", {
    ...{ vendorId: pncVendorId, messageId, data: JSON.stringify(message) },
  })) as { status: string; data?: string };
  return answer.data === undefined ? answer.status : JSON.parse(answer.data);
}

async function csr(CN: string): Promise<string> {
  const { privateKey } = await generateKey("P-256");
  return createCertificateSigningRequest({ subject: { CN }, privateKey, extensions: [] });
}

const start = (change: object = {}) => ({ connectorId: 1, idTag: "CAFE", meterStart: 100, timestamp, ...change });
const meter = (transactionId: number, value: string) => ({
  ...{ connectorId: 1, transactionId },
  meterValue: [{ timestamp, sampledValue: [{ value, unit: "kWh" }] }],
});

describe("ocpp-rpc, strict, as a station of OCPP 1.6", () => {
  const requests: Record<string, [request: object, answer: object]> = {
    Authorize: [{ idTag: "cafe" }, { idTagInfo: { status: "Accepted", parentIdTag: "FLEET" } }],
    BootNotification: [boot, { status: "Accepted", interval: 300 }],
    DataTransfer: [{ vendorId: "com.example" }, { status: "UnknownVendorId" }],
    DiagnosticsStatusNotification: [{ status: "Idle" }, {}],
    FirmwareStatusNotification: [{ status: "Idle" }, {}],
    Heartbeat: [{}, { currentTime: expect.any(String) }],
    LogStatusNotification: [{ status: "Idle" }, {}],
    MeterValues: [{ connectorId: 0, meterValue: [{ timestamp, sampledValue: [{ value: "1" }] }] }, {}],
    SecurityEventNotification: [{ type: "StartupOfTheDevice", timestamp }, {}],
    SignCertificate: [{ csr: "no request" }, { status: "Rejected" }],
    SignedFirmwareStatusNotification: [{ status: "Idle" }, {}],
    StartTransaction: [start({ connectorId: 2 }), { idTagInfo: { status: "Accepted" }, transactionId: 1 }],
    StatusNotification: [{ connectorId: 1, errorCode: "NoError", status: "Available" }, {}],
    StopTransaction: [
      { transactionId: 1, idTag: "SPENT", meterStop: 100, timestamp },
      { idTagInfo: { status: "Invalid" } },
    ],
  };

  it.each(Object.keys(handlers))("%s", async (action) => {
    const [request, answer] = requests[action] ?? [];
    expect(await station.call(action, request)).toMatchObject(answer ?? { missing: action });
  });

  it("is known with what it has told", () => {
    expect(test.csms.stations).toMatchObject([
      { identity: "CP001", protocol: "ocpp1.6", vendor: "Acme", model: "One", firmware: "1.0", serial: null },
    ]);
  });

  it("has its client certificate signed, and gets it afterwards", async () => {
    expect(await station.call("SignCertificate", { csr: await csr("CP001") })).toEqual({ status: "Accepted" });
    await expect.poll(() => asked.at(-1)?.action).toBe("CertificateSigned");
    const [leaf] = parsePemChain(String(asked.at(-1)?.payload.certificateChain));
    expect(leaf?.subject.CN).toBe("CP001");
  });

  it("is asked in 1.6, and not for what 1.6 does not have", async () => {
    const request = { idTag: "CAFE" };
    expect(await test.csms.call16("CP001", "RemoteStartTransaction", request)).toEqual({ status: "Accepted" });
    const wrong = test.csms.request("CP001", { action: "RequestStartTransaction", payload: {} });
    await expect(wrong).rejects.toThrow("OCPP 1.6 has no such action");
    const bad = test.csms.request("CP001", { action: "RemoteStartTransaction", payload: { idTag: 7 } });
    await expect(bad).rejects.toThrow("idTag must be of type string");
  });
});

describe("an idTag", () => {
  it.each([
    ["of a card", "CAFE", "Accepted"],
    ["without credit, for which 1.6 has no word", "SPENT", "Invalid"],
    ["of a contract, in whatever spelling", "de-abc-c1b2c3d4e-5", "Accepted"],
    ["of nobody", "BEEF", "Invalid"],
  ])("%s", async (_, idTag, status) => {
    expect(await station.call("Authorize", { idTag })).toMatchObject({ idTagInfo: { status } });
  });
});

describe("transactions", () => {
  it("Given a start that comes again, its answer lost, then there is one transaction, whole and with its energy", async () => {
    const answer = await station.call("StartTransaction", start());
    const { transactionId } = answer as { transactionId: number };
    expect(await station.call("StartTransaction", start())).toEqual(answer);
    await station.call("MeterValues", meter(transactionId, "0.15"));
    await station.call("MeterValues", meter(transactionId, "0.15"));
    const stop = { transactionId, meterStop: 300, timestamp, reason: "EVDisconnected" };
    await station.call("StopTransaction", stop);
    await station.call("StopTransaction", stop);
    const held = test.csms.transactions.filter((each) => each.transactionId === String(transactionId));
    expect(held).toMatchObject([
      {
        ...{ identity: "CP001", evseId: 1, idToken: { idToken: "CAFE" }, events: 3, problems: [] },
        ...{ meterStartWh: 100, meterEndWh: 300, startedAt: timestamp, endedAt: timestamp },
        stoppedReason: "EVDisconnected",
      },
    ]);
    const title = `transaction ${transactionId} ended: 200 Wh in 3 events, complete and in order`;
    expect(test.decisions.filter((decision) => decision.title === title)).toHaveLength(1);
  });

  it("never share a number, not even those of two stations that begin alike", async () => {
    const other = await connect("CP002");
    await other.call("BootNotification", boot);
    const same = start({ timestamp: "2026-02-01T00:00:00Z" });
    const [a, b] = [await station.call("StartTransaction", same), await other.call("StartTransaction", same)];
    expect(a).not.toEqual(b);
    await other.close();
  });

  it.each([
    ["a stop without a start", 900, { meterStop: 1 }, "begins with Ended"],
    ["a meter that runs backwards", undefined, { meterStop: 99 }, "the meter runs backwards: 99 Wh after 100 Wh"],
    [
      "a clock that does",
      undefined,
      { meterStop: 100, timestamp: "2025-01-01T00:00:00Z" },
      "2025-01-01T00:00:00Z foll",
    ],
  ])("bad case: %s is told", async (name, number, change, words) => {
    const begun = start({ timestamp: `2026-03-01T00:00:0${name.length % 10}Z` });
    const own = number ?? ((await station.call("StartTransaction", begun)) as { transactionId: number }).transactionId;
    await station.call("StopTransaction", { transactionId: own, timestamp: "2026-04-01T00:00:00Z", ...change });
    const record = test.csms.transactions.find(({ transactionId }) => transactionId === String(own));
    expect(record?.problems.join()).toContain(words);
  });
});

describe("Plug & Charge inside of DataTransfer", () => {
  const idToken = { idToken: emaid, type: "eMAID" };

  it("Authorize: a contract by its chain, by hash data, and revoked, each with the decision in words", async () => {
    const accepted = { idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" };
    expect(await pnc("Authorize", { idToken, certificate: contractPem(pki) })).toEqual(accepted);
    const hashData = hashDataOf(pki, test.csms.ocspUrl);
    expect(await pnc("Authorize", { idToken: emaid, iso15118CertificateHashData: hashData })).toEqual(accepted);
    expect(await pnc("Authorize", { idToken })).toEqual({ idTokenInfo: { status: "Accepted" } });
    test.csms.revoke(pki.members.contract.certificate, pki.members.moSub2.certificate);
    expect(await pnc("Authorize", { idToken, iso15118CertificateHashData: hashData })).toEqual({
      ...{ idTokenInfo: { status: "Invalid" }, certificateStatus: "CertificateRevoked" },
    });
    expect(test.decisions.at(-1)).toMatchObject({ step: 4, rule: "OCPP 1.6 Plug & Charge, C07.FR.16" });
  });

  it("SignCertificate: the leaf of the CPO comes by CertificateSigned", async () => {
    expect(await pnc("SignCertificate", { csr: await csr("SECC1") })).toEqual({ status: "Accepted" });
    await expect.poll(() => asked.at(-1)?.payload.messageId).toBe("CertificateSigned");
    const { certificateChain, certificateType } = JSON.parse(String(asked.at(-1)?.payload.data));
    const [leaf, ...intermediates] = parsePemChain(certificateChain);
    if (!leaf) throw new TypeError("no certificate");
    const anchors = [pki.members.v2gRoot.certificate];
    expect(validatePath({ leaf, intermediates, anchors, time: Date.now() })).toMatchObject({ ok: true });
    expect(certificateType).toBe("V2GCertificate");
    expect(await pnc("SignCertificate", { csr: "-" })).toEqual({ status: "Rejected" });
    const client = { csr: await csr("CP001"), certificateType: "ChargingStationCertificate" };
    expect(await pnc("SignCertificate", client)).toEqual({ status: "Rejected" });
  });

  it("GetCertificateStatus: the responder's answer", async () => {
    const [secc, issuer] = [pki.members.secc.certificate, pki.members.cpoSub2.certificate];
    const certId = ocspCertId(secc, issuer);
    const { status, ocspResult } = await pnc("GetCertificateStatus", {
      ocspRequestData: { ...certId, hashAlgorithm: "SHA256", responderURL: test.csms.ocspUrl },
    });
    expect(status).toBe("Accepted");
    const verdict = checkOcspResponse({ response: fromBase64(ocspResult), certId, issuer, time: Date.now() });
    expect(verdict).toMatchObject({ outcome: "good" });
  });

  it("Get15118EVCertificate: what is no request of a car gets no contract", async () => {
    const wish = { iso15118SchemaVersion: "urn:iso:15118:2:2013:MsgDef", action: "Install", exiRequest: "gA==" };
    expect(await pnc("Get15118EVCertificate", wish)).toMatchObject({ status: "Failed" });
  });

  it.each([
    ["InstallCertificate", { certificateType: "V2GRootCertificate", certificate: "PEM" }, { status: "Accepted" }],
    ["DeleteCertificate", { certificateHashData: hash() }, { status: "NotFound" }],
    ["GetInstalledCertificateIds", {}, { status: "NotFound" }],
    ["TriggerMessage", { requestedMessage: "SignV2GCertificate" }, { status: "Rejected" }],
  ])("asks the station: %s", async (action, payload, answer) => {
    transfer = { status: "Accepted", data: JSON.stringify(answer) };
    expect(await test.csms.request("CP001", { action, payload, pnc: true })).toEqual(answer);
    expect(asked.at(-1)?.payload).toMatchObject({ vendorId: pncVendorId, messageId: action });
  });

  it("bad case: what the station does not take, or answers wrongly, or 1.6 cannot say", async () => {
    const ask = (action: string, payload: object = {}) => test.csms.request("CP001", { action, payload, pnc: true });
    transfer = { status: "UnknownMessageId" };
    await expect(ask("GetInstalledCertificateIds")).rejects.toThrow("answered with UnknownMessageId");
    transfer = { status: "Accepted", data: '{"status":"Perhaps"}' };
    await expect(ask("GetInstalledCertificateIds")).rejects.toThrow("is wrong: status must be one of");
    await expect(ask("Reset", {})).rejects.toThrow("has no Reset");
    await expect(ask("TriggerMessage", {})).rejects.toThrow("lacks requestedMessage");
  });

  it.each([
    ["no data", { messageId: "Authorize" }, "Rejected"],
    ["data that is no JSON", { messageId: "Authorize", data: "<" }, "Rejected"],
    ["a message that only a CSMS sends", { messageId: "InstallCertificate", data: "{}" }, "UnknownMessageId"],
    ["no message at all", {}, "UnknownMessageId"],
  ])("bad case: %s", async (_, more, status) => {
    expect(await station.call("DataTransfer", { vendorId: pncVendorId, ...more })).toEqual({ status });
  });
});

function hash() {
  return { hashAlgorithm: "SHA256", issuerNameHash: "00", issuerKeyHash: "00", serialNumber: "1" };
}
