import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handlers } from "../../src/csms/handlers/v201.ts";
import { createCertificateSigningRequest, generateKey } from "../../src/x509/index.ts";
import { ForeignClient } from "../ocpp/ocppRpc.ts";
import { emaid, hashDataOf, password, startTestCsms, type TestCsms, withPki } from "./support.ts";

const timestamp = "2026-01-01T12:00:00Z";
let test: TestCsms;
let station: ForeignClient;
let requests: Record<string, [request: object, answer: object]>;

beforeAll(async () => {
  test = await startTestCsms();
  const pki = await withPki(test);
  const [ocspRequestData] = hashDataOf(pki, test.csms.ocspUrl);
  const { privateKey } = await generateKey("P-256");
  const csr = createCertificateSigningRequest({ subject: { CN: "SECC1" }, privateKey, extensions: [] });
  const event = { generatedAt: timestamp, seqNo: 0, eventData: [eventData] };
  requests = {
    BootNotification: [
      { reason: "PowerUp", chargingStation: { vendorName: "Acme", model: "One" } },
      { status: "Accepted", interval: 300 },
    ],
    Authorize: [
      { idToken: { idToken: emaid, type: "eMAID" }, iso15118CertificateHashData: hashDataOf(pki, test.csms.ocspUrl) },
      { idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" },
    ],
    FirmwareStatusNotification: [{ status: "Idle" }, {}],
    Get15118EVCertificate: [
      { iso15118SchemaVersion: "urn:iso:15118:2:2013:MsgDef", action: "Install", exiRequest: "gA==" },
      { status: "Failed" },
    ],
    GetCertificateStatus: [{ ocspRequestData }, { status: "Accepted", ocspResult: expect.any(String) }],
    Heartbeat: [{}, { currentTime: expect.any(String) }],
    LogStatusNotification: [{ status: "Idle" }, {}],
    MeterValues: [{ evseId: 1, meterValue: [{ timestamp, sampledValue: [{ value: 1 }] }] }, {}],
    NotifyEvent: [event, {}],
    NotifyReport: [{ requestId: 1, generatedAt: timestamp, seqNo: 0, reportData: [reportData] }, {}],
    SecurityEventNotification: [{ type: "StartupOfTheDevice", timestamp }, {}],
    SignCertificate: [{ csr, certificateType: "V2GCertificate" }, { status: "Accepted" }],
    StatusNotification: [{ timestamp, connectorStatus: "Available", evseId: 1, connectorId: 1 }, {}],
    TransactionEvent: [
      {
        eventType: "Started",
        timestamp,
        triggerReason: "Authorized",
        seqNo: 0,
        transactionInfo: { transactionId: "tx-1" },
        idToken: { idToken: emaid, type: "eMAID" },
      },
      { idTokenInfo: { status: "Accepted" } },
    ],
  };
  station = new ForeignClient({
    endpoint: test.csms.url,
    identity: "CP001",
    password,
    protocols: ["ocpp2.0.1"],
    strictMode: true,
    reconnect: false,
  });
  station.handle("CertificateSigned", () => ({ status: "Accepted" }));
  station.handle("GetBaseReport", () => ({ status: "Accepted" }));
  await station.connect();
  await station.call("BootNotification", requests.BootNotification?.[0]);
});

afterAll(() => station.close());

const component = { name: "OCPPCommCtrlr" };
const variable = { name: "HeartbeatInterval" };
const eventData = {
  eventId: 1,
  timestamp,
  trigger: "Alerting",
  actualValue: "1",
  eventNotificationType: "HardWiredNotification",
  component,
  variable,
};
const reportData = { component, variable, variableAttribute: [{ value: "300", mutability: "ReadWrite" }] };

describe("ocpp-rpc, strict, as a station at our CSMS", () => {
  it.each(Object.keys(handlers))("%s", async (action) => {
    const [request, answer] = requests[action] ?? [];
    expect(await station.call(action, request)).toMatchObject(answer ?? { missing: action });
  });

  it("answers what the CSMS asks", async () => {
    const request = { requestId: 7, reportBase: "FullInventory" } as const;
    expect(await test.csms.call("CP001", "GetBaseReport", request)).toEqual({ status: "Accepted" });
    await expect(test.csms.call("CP001", "ClearCache", {})).rejects.toMatchObject({ code: "NotImplemented" });
  });

  it("took the certificate that it had asked for", async () => {
    await expect
      .poll(() => test.decisions.map(({ title }) => title))
      .toContain("the station's answer to its certificate: Accepted");
  });
});
