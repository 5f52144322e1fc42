import { describe, expect, it } from "vitest";
import type { FirmwareUpdateStatusEnum, LogStatusEnum } from "../../../src/interfaces/types/system.ts";
import { Car, type FakeStation } from "../fakeStation.ts";
import { type Bench, online } from "./bench.ts";

const withSystem = { prepare: (station: FakeStation) => station.withSystem() };
const plain = { location: "https://files.example/fw.bin", retrieveDate: "2026-01-02T00:00:00Z" };
const signed = {
  requestId: 7,
  firmware: {
    ...{ location: plain.location, retrieveDateTime: plain.retrieveDate, installDateTime: "2026-01-03T00:00:00Z" },
    ...{ signingCertificate: "-----BEGIN CERTIFICATE-----", signature: "c2ln" },
  },
};

const status = (at: Bench, firmware_update_status: FirmwareUpdateStatusEnum, request_id: number) => {
  at.chargePoint.onFirmwareStatus({ firmware_update_status, request_id });
  return at.settle();
};
const switched = (at: Bench) =>
  (at.station.of("enable_disable") as { cmd_source: { enable_state: string } }[]).map(
    ({ cmd_source }) => cmd_source.enable_state,
  );

describe("UpdateFirmware (5.19)", () => {
  it("goes to the system, which counts attempts and not retries", async () => {
    const at = await online(withSystem);
    expect(await at.ask("UpdateFirmware", { ...plain, retries: 2, retryInterval: 10 })).toEqual({});
    expect(at.station.of("update_firmware")).toEqual([
      {
        firmware_update_request: {
          ...{ request_id: -1, location: plain.location, retrieve_timestamp: "2026-01-02T00:00:00.000Z" },
          ...{ retries: 3, retry_interval_s: 10 },
        },
      },
    ]);
  });

  it.each<[FirmwareUpdateStatusEnum, string | undefined]>([
    ["Downloading", "Downloading"],
    ["Downloaded", "Downloaded"],
    ["DownloadFailed", "DownloadFailed"],
    ["Installing", "Installing"],
    ["InstallRebooting", "Installing"],
    ["Installed", "Installed"],
    ["InstallationFailed", "InstallationFailed"],
    ["InvalidSignature", "InstallationFailed"],
    ["DownloadScheduled", undefined],
    ["SignatureVerified", undefined],
  ])("that is %s is told as %s", async (state, said) => {
    const at = await online(withSystem);
    await status(at, state, -1);
    expect(at.csms.requests("FirmwareStatusNotification")).toEqual(said ? [{ status: said }] : []);
    expect(at.csms.requests("SignedFirmwareStatusNotification")).toEqual([]);
  });

  it("is installed when no connector is in use, and none is used meanwhile", async () => {
    const at = await online({ ...withSystem, evses: 2 });
    const car = new Car(at, "x", 2);
    await car.plugIn();
    await car.start();
    await status(at, "Downloaded", -1);
    expect(switched(at)).toEqual(["Disable"]);
    expect(at.station.of("allow_firmware_installation")).toEqual([]);
    await car.finish("Local");
    await car.unplug();
    expect(at.station.of("allow_firmware_installation")).toHaveLength(1);
    expect(new Set(switched(at))).toEqual(new Set(["Disable"]));
    await status(at, "InstallationFailed", -1);
    expect(switched(at).slice(-2)).toEqual(["Enable", "Enable"]);
  });

  it("puts back nothing that the CSMS wants out of service", async () => {
    const at = await online(withSystem);
    await at.ask("ChangeAvailability", { connectorId: 1, type: "Inoperative" });
    await status(at, "Downloaded", -1);
    await status(at, "Installed", -1);
    expect(switched(at)).not.toContain("Enable");
  });

  it.each(["file:///etc/passwd", "gopher://x/", "not a url", "sftp://files.example/fw.bin"])(
    "from %s is not fetched",
    async (location) => {
      const at = await online(withSystem);
      expect(await at.ask("UpdateFirmware", { ...plain, location })).toEqual({});
      expect(at.station.of("update_firmware")).toEqual([]);
      expect(at.csms.requests("FirmwareStatusNotification")).toEqual([{ status: "DownloadFailed" }]);
    },
  );

  it("is not supported where there is no system, or no FirmwareManagement", async () => {
    const none = await online();
    await expect(none.ask("UpdateFirmware", plain)).rejects.toThrow(/NotSupported/);
    const off = await online({ ...withSystem, values: { "Core.SupportedFeatureProfiles": "Core" } });
    await expect(off.ask("SignedUpdateFirmware", signed)).rejects.toThrow(/NotSupported/);
  });
});

describe("SignedUpdateFirmware (L01)", () => {
  it("goes to the system with its signature, and its states are told with its number", async () => {
    const at = await online(withSystem);
    expect(await at.ask("SignedUpdateFirmware", signed)).toEqual({ status: "Accepted" });
    expect(at.station.of("update_firmware")).toMatchObject([
      {
        firmware_update_request: {
          ...{ request_id: 7, signature: "c2ln", signing_certificate: signed.firmware.signingCertificate },
          install_timestamp: "2026-01-03T00:00:00.000Z",
        },
      },
    ]);
    for (const state of ["DownloadScheduled", "Downloading", "SignatureVerified", "InstallRebooting"] as const)
      await status(at, state, 7);
    expect(at.csms.requests("SignedFirmwareStatusNotification")).toEqual(
      ["DownloadScheduled", "Downloading", "SignatureVerified", "InstallRebooting"].map((said) => ({
        status: said,
        requestId: 7,
      })),
    );
    expect(at.station.of("allow_firmware_installation")).toHaveLength(1);
  });

  it("leaves the connectors alone where the installation does not need them", async () => {
    const at = await online(withSystem);
    at.chargePoint.onFirmwareStatus({
      ...{ firmware_update_status: "SignatureVerified", request_id: 7 },
      firmware_update_metadata: { disable_connectors_during_install: false },
    });
    await at.settle();
    expect(switched(at)).toEqual([]);
  });

  it("with a certificate that is not the manufacturer's is refused, and that is a security event", async () => {
    const at = await online({
      prepare: (station) => {
        station.withSystem();
        Object.assign(station.security, { verify_certificate: () => "IssuerNotFound" });
      },
    });
    expect(await at.ask("SignedUpdateFirmware", signed)).toEqual({ status: "InvalidCertificate" });
    expect(at.station.of("update_firmware")).toEqual([]);
    expect(at.station.published("security_event")).toContainEqual(
      expect.objectContaining({ type: "InvalidFirmwareSigningCertificate", info: "IssuerNotFound" }),
    );
  });

  it("with a wrong signature is told to the CSMS as a security event", async () => {
    const at = await online(withSystem);
    await status(at, "InvalidSignature", 7);
    await at.clock.advance(1_000);
    expect(at.csms.requests("SignedFirmwareStatusNotification")).toEqual([
      { status: "InvalidSignature", requestId: 7 },
    ]);
    expect(at.csms.requests("SecurityEventNotification").map(({ type }) => type)).toContain("InvalidFirmwareSignature");
  });
});

describe("GetDiagnostics and GetLog (5.9, N01)", () => {
  const upload = (at: Bench, log_status: LogStatusEnum, request_id: number) => {
    at.chargePoint.onLogStatus({ log_status, request_id });
    return at.settle();
  };
  const log = { logType: "SecurityLog" as const, requestId: 3, log: { remoteLocation: "https://files.example/" } };

  it("go to the system", async () => {
    const at = await online(withSystem);
    const diagnostics = { location: "https://files.example/", startTime: "2025-12-31T00:00:00Z", retries: 1 };
    expect(await at.ask("GetDiagnostics", diagnostics)).toEqual({ fileName: "log.zip" });
    expect(await at.ask("GetLog", log)).toEqual({ status: "Accepted", filename: "log.zip" });
    expect(at.station.of("upload_logs")).toEqual([
      {
        upload_logs_request: {
          ...{ location: "https://files.example/", retries: 2, oldest_timestamp: "2025-12-31T00:00:00.000Z" },
        },
      },
      { upload_logs_request: { location: "https://files.example/", type: "SecurityLog", request_id: 3 } },
    ]);
  });

  it("are told of in the words of their request, and asked again there is nothing under way", async () => {
    const at = await online(withSystem);
    await upload(at, "Uploading", -1);
    await upload(at, "UploadFailure", -1);
    await upload(at, "Uploading", 3);
    await upload(at, "PermissionDenied", 3);
    await at.ask("TriggerMessage", { requestedMessage: "DiagnosticsStatusNotification" });
    await at.ask("ExtendedTriggerMessage", { requestedMessage: "LogStatusNotification" });
    expect(at.csms.requests("DiagnosticsStatusNotification").map((one) => one.status)).toEqual([
      "Uploading",
      "UploadFailed",
      "Idle",
    ]);
    expect(at.csms.requests("LogStatusNotification")).toEqual([
      { status: "Uploading", requestId: 3 },
      { status: "PermissionDenied", requestId: 3 },
      { status: "Idle" },
    ]);
  });

  it("to a place that the station does not go are refused", async () => {
    const at = await online(withSystem);
    expect(await at.ask("GetLog", { ...log, log: { remoteLocation: "file:///tmp" } })).toEqual({ status: "Rejected" });
    expect(await at.ask("GetDiagnostics", { location: "file:///tmp" })).toEqual({});
    expect(at.station.of("upload_logs")).toEqual([]);
  });
});
