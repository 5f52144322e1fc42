/** OCPP201 at a CSMS that is not ours: ocpp-rpc, which checks every message against the schemas (strict mode). */
import { RPCServer } from "ocpp-rpc";
import { expect, it, onTestFinished, vi } from "vitest";
import type { Calls } from "../../../src/ocpp/v201/messages.generated.ts";
import { makePki } from "../OCPP/support.ts";
import { contractOf, session } from "../ocppCommon/scenes.ts";
import { startTestStation, temporaryFolder } from "./support.ts";

interface Heard {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

interface Client {
  handle(handler: (call: Heard) => object): void;
  call(method: string, params: object): Promise<unknown>;
  on(event: "strictValidationFailure", listener: (failure: { error: Error }) => void): void;
}

const timestamp = "2026-01-01T00:00:00Z";
const component = { name: "OCPPCommCtrlr" };
const variable = { name: "HeartbeatInterval" };
const hash = { hashAlgorithm: "SHA256", issuerNameHash: "00", issuerKeyHash: "00", serialNumber: "1" } as const;
const chargingSchedulePeriod = [{ startPeriod: 0, limit: 16 }];
const chargingProfile: Calls["SetChargingProfile"]["request"]["chargingProfile"] = {
  ...{ id: 1, stackLevel: 0 },
  chargingProfilePurpose: "TxDefaultProfile",
  chargingProfileKind: "Absolute",
  chargingSchedule: [{ id: 1, startSchedule: timestamp, chargingRateUnit: "A", chargingSchedulePeriod }],
};
const connectionData: Calls["SetNetworkProfile"]["request"]["connectionData"] = {
  ocppVersion: "OCPP20",
  ocppTransport: "JSON",
  ocppInterface: "Wired0",
  ...{ ocppCsmsUrl: "wss://example.org", messageTimeout: 30, securityProfile: 2 },
};

/** Whatever a CSMS can ask, once. */
const asked: { [A in keyof Calls]?: Calls[A]["request"] } = {
  CertificateSigned: { certificateChain: "no certificate", certificateType: "V2GCertificate" },
  ChangeAvailability: { operationalStatus: "Operative" },
  ClearCache: {},
  ClearChargingProfile: { chargingProfileId: 99 },
  ClearVariableMonitoring: { id: [99] },
  CustomerInformation: { requestId: 1, report: false, clear: false },
  DataTransfer: { vendorId: "com.example" },
  DeleteCertificate: { certificateHashData: hash },
  GetBaseReport: { requestId: 2, reportBase: "ConfigurationInventory" },
  GetChargingProfiles: { requestId: 3, chargingProfile: { chargingProfilePurpose: "TxProfile" } },
  GetCompositeSchedule: { duration: 600, evseId: 1 },
  GetInstalledCertificateIds: {},
  GetLocalListVersion: {},
  GetLog: { logType: "SecurityLog", requestId: 4, log: { remoteLocation: "https://files.example/" } },
  GetMonitoringReport: { requestId: 5 },
  GetReport: { requestId: 6, componentVariable: [{ component, variable }] },
  GetTransactionStatus: {},
  GetVariables: { getVariableData: [{ component, variable }] },
  InstallCertificate: { certificateType: "MORootCertificate", certificate: "no certificate" },
  RequestStartTransaction: { remoteStartId: 1, idToken: { idToken: "TAG", type: "Central" }, evseId: 1 },
  RequestStopTransaction: { transactionId: "unknown" },
  ReserveNow: {
    id: 1,
    expiryDateTime: "2030-01-01T00:00:00Z",
    idToken: { idToken: "TAG", type: "Central" },
    evseId: 1,
  },
  CancelReservation: { reservationId: 1 },
  SendLocalList: { versionNumber: 1, updateType: "Full" },
  SetChargingProfile: { evseId: 1, chargingProfile },
  SetMonitoringBase: { monitoringBase: "HardWiredOnly" },
  SetMonitoringLevel: { severity: 5 },
  SetNetworkProfile: { configurationSlot: 2, connectionData },
  SetVariableMonitoring: { setMonitoringData: [{ component, variable, type: "Delta", severity: 5, value: 1 }] },
  SetVariables: { setVariableData: [{ component, variable, attributeValue: "200" }] },
  TriggerMessage: { requestedMessage: "StatusNotification", evse: { id: 1, connectorId: 1 } },
  UnlockConnector: { evseId: 1, connectorId: 1 },
  UpdateFirmware: { requestId: 7, firmware: { location: "https://files.example/", retrieveDateTime: timestamp } },
  ClearDisplayMessage: { id: 1 },
  CostUpdated: { totalCost: 1, transactionId: "unknown" },
  GetDisplayMessages: { requestId: 8 },
  PublishFirmware: { location: "https://files.example/", checksum: "00", requestId: 9 },
  SetDisplayMessage: { message: { id: 1, priority: "NormalCycle", message: { format: "ASCII", content: "hello" } } },
  UnpublishFirmware: { checksum: "00" },
  Reset: { type: "OnIdle", evseId: 1 },
};

it("a strict CSMS finds nothing wrong with the messages of a session, nor with any of our answers", {
  timeout: 30_000,
}, async () => {
  const heard: Heard[] = [];
  const failures: string[] = [];
  const answers: Record<string, object> = {
    BootNotification: { status: "Accepted", interval: 300, currentTime: new Date().toISOString() },
    Heartbeat: { currentTime: new Date().toISOString() },
    Authorize: { idTokenInfo: { status: "Accepted" }, certificateStatus: "Accepted" },
    SignCertificate: { status: "Accepted" },
    GetCertificateStatus: { status: "Failed" },
    Get15118EVCertificate: { status: "Accepted", exiResponse: "gJgA" },
  };
  const server = new RPCServer({ protocols: ["ocpp2.0.1"], strictMode: true });
  const arrived = new Promise<Client>((resolve) =>
    server.on("client", (client: Client) => {
      client.on("strictValidationFailure", ({ error }) => failures.push(error.message));
      client.handle((call) => {
        heard.push(call);
        return answers[call.method] ?? {};
      });
      resolve(client);
    }),
  );
  const listening = (await server.listen(0, "127.0.0.1")) as { address(): { port: number } };
  onTestFinished(() => server.close({ force: true }));
  const folder = temporaryFolder();
  const pki = await makePki(`${folder}/pki`);
  const url = `ws://127.0.0.1:${listening.address().port}`;
  const { hands } = await startTestStation({ folder, csms: { url }, pki });
  const client = await arrived;
  await hands.booted;

  const token = contractOf(pki);
  expect(await hands.validate(token)).toMatchObject({ authorization_status: "Accepted" });
  for (const event of session("strict", token)) hands.sessionEvent(event);
  const exi = { exi_request: "gJgA", iso15118_schema_version: "urn:iso:15118:2:2013:MsgDef" } as const;
  expect(await hands.askForContract({ ...exi, certificate_action: "Install" })).toMatchObject({ status: "Accepted" });
  const events = () =>
    heard.filter(({ method }) => method === "TransactionEvent").map(({ params }) => params.eventType);
  await vi.waitFor(() => expect(events()).toEqual(["Started", "Updated", "Ended"]), { timeout: 5000 });

  const unsupported: string[] = [];
  for (const [action, request] of Object.entries(asked)) {
    await client.call(action, request).catch(({ rpcErrorCode }: { rpcErrorCode?: string }) => {
      unsupported.push(`${action} ${rpcErrorCode}`);
    });
  }
  // This station has no module for files and none for reservations; blocks O (messages to drivers), I (costs) and the
  // publishing of firmware are no station's duty.
  expect(unsupported.filter((answer) => !/^\w+ NotSupported$/.test(answer))).toEqual([]);
  expect(unsupported.map((answer) => answer.split(" ")[0])).toEqual([
    ...["GetLog", "ReserveNow", "CancelReservation", "UpdateFirmware"],
    "ClearDisplayMessage",
    "CostUpdated",
    "GetDisplayMessages",
    "PublishFirmware",
    "SetDisplayMessage",
    "UnpublishFirmware",
  ]);
  await vi.waitFor(() => expect(heard.map(({ method }) => method)).toContain("NotifyReport"));
  expect(failures).toEqual([]);
});
