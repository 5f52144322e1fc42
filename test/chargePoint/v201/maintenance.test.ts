/** Firmware, logs, what is known of customers, reservations and network profiles of OCPP 2.0.1 (L, N01, N09, H, B09). */
import { describe, expect, it } from "vitest";
import { networkProfiles } from "../../../src/chargePoint/v201/networkProfiles.ts";
import type { FirmwareUpdateStatus } from "../../../src/interfaces/types/system.ts";
import type { NetworkConnectionProfileType } from "../../../src/ocpp/v201/messages.generated.ts";
import { Car, type FakeStation } from "../fakeStation.ts";
import { type Bench, bench } from "../support.ts";

async function online(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const at = bench({ prepare: (station) => station.withSystem(), ...options });
  await at.connect();
  return at;
}

const raised = ({ csms }: Bench) => csms.requests("SecurityEventNotification").map(({ type }) => type);

describe("UpdateFirmware (L01, L02)", () => {
  const firmware = { location: "https://csms/firmware", retrieveDateTime: "2026-01-02T00:00:00Z" };
  const signed = { ...firmware, signingCertificate: "pem", signature: "c2ln" };

  async function report(at: Bench, ...states: FirmwareUpdateStatus["firmware_update_status"][]): Promise<void> {
    for (const firmware_update_status of states) {
      at.chargePoint.onFirmwareStatus({ firmware_update_status, request_id: 3 });
      await at.settle();
    }
  }

  it("goes to the system, is told of step by step, and waits for the last car before it is installed", async () => {
    const at = await online();
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    const request = { requestId: 3, retries: 2, retryInterval: 10, firmware: signed };
    expect(await at.ask("UpdateFirmware", request)).toEqual({ status: "Accepted" });
    expect(at.station.of("update_firmware")).toEqual([
      {
        firmware_update_request: {
          ...{ request_id: 3, location: firmware.location, retries: 3, retry_interval_s: 10 },
          ...{ retrieve_timestamp: "2026-01-02T00:00:00.000Z", signing_certificate: "pem", signature: "c2ln" },
        },
      },
    ]);
    await report(at, "Downloading", "Downloaded", "SignatureVerified");
    expect(at.station.of("allow_firmware_installation")).toEqual([]);
    await car.finish("Local");
    expect(at.station.of("allow_firmware_installation")).toHaveLength(1);
    expect(at.station.of("enable_disable")).toMatchObject([{ cmd_source: { enable_state: "Disable" } }]);
    await report(at, "Installing", "Installed");
    expect(at.station.of("enable_disable").at(-1)).toMatchObject({ cmd_source: { enable_state: "Enable" } });
    expect(at.csms.requests("FirmwareStatusNotification")).toEqual(
      ["Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed"].map((status) => {
        return { status, requestId: 3 };
      }),
    );
    await at.ask("TriggerMessage", { requestedMessage: "FirmwareStatusNotification" });
    expect(at.csms.requests("FirmwareStatusNotification").at(-1)).toEqual({ status: "Idle" });
    expect(raised(at)).toContain("FirmwareUpdated");
  });

  it("bad case: a certificate that is not the manufacturer's, and a signature that is wrong, are security events", async () => {
    const foreign = (station: FakeStation) => {
      station.withSystem();
      Object.assign(station.security, { verify_certificate: () => "IssuerNotFound" });
    };
    const at = await online({ prepare: foreign });
    expect(await at.ask("UpdateFirmware", { requestId: 3, firmware: signed })).toEqual({
      status: "InvalidCertificate",
    });
    expect(at.station.of("update_firmware")).toEqual([]);
    expect(raised(at)).toContain("InvalidFirmwareSigningCertificate");
    await report(at, "InvalidSignature");
    expect(raised(at)).toContain("InvalidFirmwareSignature");
  });

  it.each([
    ["a signature without a certificate", { ...firmware, signature: "c2ln" }],
    ["a file of the station's own", { ...firmware, location: "file:///etc/passwd" }],
    ["no URL", { ...firmware, location: "firmware.bin" }],
  ])("bad case: %s is rejected", async (_name, wrong) => {
    const at = await online();
    expect(await at.ask("UpdateFirmware", { requestId: 3, firmware: wrong })).toMatchObject({ status: "Rejected" });
    expect(at.station.of("update_firmware")).toEqual([]);
  });

  it("is not supported where nothing can install it; nor are logs", async () => {
    const at = await online({ prepare: () => {} });
    await expect(at.ask("UpdateFirmware", { requestId: 3, firmware })).rejects.toMatchObject({ code: "NotSupported" });
    const log = { remoteLocation: "https://csms/logs" };
    await expect(at.ask("GetLog", { requestId: 3, logType: "SecurityLog", log })).rejects.toMatchObject({
      code: "NotSupported",
    });
  });
});

describe("GetLog (N01)", () => {
  it("has the system upload, and tells how far that is", async () => {
    const at = await online();
    const log = { remoteLocation: "https://csms/logs", oldestTimestamp: "2026-01-01T00:00:00+01:00" };
    const answer = await at.ask("GetLog", { requestId: 8, logType: "DiagnosticsLog", log, retries: 0 });
    expect(answer).toEqual({ status: "Accepted", filename: "log.zip" });
    expect(at.station.of("upload_logs")).toEqual([
      {
        upload_logs_request: {
          ...{ location: "https://csms/logs", type: "DiagnosticsLog", request_id: 8, retries: 1 },
          oldest_timestamp: "2025-12-31T23:00:00.000Z",
        },
      },
    ]);
    at.chargePoint.onLogStatus({ log_status: "Uploading", request_id: 8 });
    await at.ask("TriggerMessage", { requestedMessage: "LogStatusNotification" });
    at.chargePoint.onLogStatus({ log_status: "Uploaded", request_id: 8 });
    await at.ask("TriggerMessage", { requestedMessage: "LogStatusNotification" });
    const [uploading, uploaded] = ["Uploading", "Uploaded"].map((status) => ({ status, requestId: 8 }));
    expect(at.csms.requests("LogStatusNotification")).toEqual([uploading, uploading, uploaded, { status: "Idle" }]);
  });
});

describe("CustomerInformation (N09, N10)", () => {
  const idToken = { idToken: "04AABBCCDD", type: "ISO14443" } as const;
  const token = { id_token: { value: idToken.idToken, type: idToken.type }, authorization_type: "RFID" } as const;

  it("tells what is known of a token, and forgets it", async () => {
    const at = await online();
    await at.chargePoint.validateToken(token);
    const request = { requestId: 2, report: true, clear: true, idToken };
    expect(await at.ask("CustomerInformation", request)).toEqual({ status: "Accepted" });
    await at.ask("CustomerInformation", { ...request, requestId: 3 });
    const told = at.csms
      .requests("NotifyCustomerInformation")
      .map(({ requestId, data, tbc }) => [requestId, data, tbc]);
    expect(told).toEqual([
      [2, "authorization cache: Accepted", false],
      [3, "", false],
    ]);
    await at.chargePoint.validateToken(token);
    expect(at.csms.requests("Authorize")).toHaveLength(2);
  });

  it("bad case: nobody is meant, or two, or nothing is to be done", async () => {
    const at = await online();
    const ask = (more: object) => at.ask("CustomerInformation", { requestId: 1, report: true, clear: false, ...more });
    expect(await ask({})).toMatchObject({ status: "Invalid" });
    expect(await ask({ idToken, customerIdentifier: "Bob" })).toMatchObject({ status: "Invalid" });
    expect(await ask({ idToken, report: false })).toMatchObject({ status: "Rejected" });
  });
});

describe("reservations (H)", () => {
  const request = {
    ...({ id: 4, expiryDateTime: "2026-01-01T01:00:00Z", evseId: 1, connectorType: "s309-1P-16A" } as const),
    idToken: { idToken: "04AABBCCDD", type: "ISO14443" },
  } as const;

  it("go to Auth; what becomes of them is told unless the CSMS has done it itself", async () => {
    const at = await online({ prepare: (station) => station.withReservation() });
    expect(await at.ask("ReserveNow", request)).toEqual({ status: "Accepted" });
    expect(at.station.of("reserve_now")).toEqual([
      {
        request: {
          ...{ reservation_id: 4, id_token: "04AABBCCDD", evse_id: 1, connector_type: "s309_1P_16A" },
          expiry_time: "2026-01-01T01:00:00.000Z",
        },
      },
    ]);
    expect(await at.ask("CancelReservation", { reservationId: 4 })).toEqual({ status: "Accepted" });
    for (const reservation_status of ["Placed", "Expired", "Used", "Removed", "Cancelled"] as const) {
      at.chargePoint.onReservationUpdate({ reservation_id: 4, reservation_status });
    }
    await at.settle();
    expect(at.csms.requests("ReservationStatusUpdate")).toEqual([
      { reservationId: 4, reservationUpdateStatus: "Expired" },
      { reservationId: 4, reservationUpdateStatus: "Removed" },
    ]);
  });

  it("bad case: one that is over already; and a station that takes none", async () => {
    const at = await online({ prepare: (station) => station.withReservation() });
    const past = { ...request, expiryDateTime: "2025-01-01T00:00:00Z" };
    expect(await at.ask("ReserveNow", past)).toMatchObject({ status: "Rejected" });
    const without = await online();
    await expect(without.ask("ReserveNow", request)).rejects.toMatchObject({ code: "NotSupported" });
  });
});

describe("SetNetworkProfile (B09)", () => {
  const connectionData: NetworkConnectionProfileType = {
    ...{ ocppVersion: "OCPP20", ocppTransport: "JSON", messageTimeout: 30, ocppInterface: "Wired0" },
    ...{ securityProfile: 2, ocppCsmsUrl: "wss://csms.example/ocpp" },
  };

  it("fills a slot, which then may have its turn", async () => {
    const at = await online();
    expect(await at.ask("SetNetworkProfile", { configurationSlot: 2, connectionData })).toEqual({ status: "Accepted" });
    const priority = { component: { name: "OCPPCommCtrlr" }, variable: { name: "NetworkConfigurationPriority" } };
    const set = (attributeValue: string) =>
      at.ask("SetVariables", { setVariableData: [{ ...priority, attributeValue }] });
    expect(await set("2,1")).toMatchObject({ setVariableResult: [{ attributeStatus: "Accepted" }] });
    expect(networkProfiles(at.model).map(({ slot, url, securityProfile }) => [slot, url, securityProfile])).toEqual([
      [2, "wss://csms.example/ocpp", 2],
      [1, "ws://localhost:9000", 1],
    ]);
    expect(await set("3")).toMatchObject({ setVariableResult: [{ attributeStatus: "Rejected" }] });
  });

  it("keeps no password of a modem or a VPN, which there are not", async () => {
    const at = await online();
    const vpn = { server: "vpn", user: "u", password: "hush", key: "hush", type: "IPSec" } as const;
    const apn = { apn: "net", apnAuthentication: "PAP", apnPassword: "hush", simPin: 987_654 } as const;
    const request = { configurationSlot: 2, connectionData: { ...connectionData, vpn, apn } };
    expect(await at.ask("SetNetworkProfile", request)).toEqual({ status: "Accepted" });
    await at.ask("GetBaseReport", { requestId: 1, reportBase: "FullInventory" });
    const reports = JSON.stringify(at.csms.requests("NotifyReport"));
    expect(reports).toContain("csms.example");
    expect(reports).not.toMatch(/hush|987654/);
    expect(JSON.stringify(at.timeline.entries)).not.toMatch(/hush|987654/);
  });

  it.each([
    ["NoSecurityDowngrade", { securityProfile: 0, ocppCsmsUrl: "ws://csms" }],
    ["InvalidURL", { securityProfile: 2, ocppCsmsUrl: "ws://csms" }],
    ["InvalidURL", { ocppCsmsUrl: "nowhere" }],
    ["InvalidNetworkConf", { ocppTransport: "SOAP" }],
    ["InvalidNetworkConf", { ocppVersion: "OCPP16" }],
    ["InvalidNetworkConf", { securityProfile: 4 }],
  ] as const)("bad case: %s", async (reasonCode, wrong) => {
    const at = await online();
    const before = networkProfiles(at.model);
    const request = { configurationSlot: 1, connectionData: { ...connectionData, ...wrong } };
    expect(await at.ask("SetNetworkProfile", request)).toMatchObject({
      status: "Rejected",
      statusInfo: { reasonCode },
    });
    expect(networkProfiles(at.model)).toEqual(before);
  });
});
