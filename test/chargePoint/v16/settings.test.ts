import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Configuration } from "../../../src/chargePoint/v16/configuration/configuration.ts";
import { openConfiguration } from "../../../src/chargePoint/v16/configuration/open.ts";
import { keySpecs } from "../../../src/chargePoint/v16/configuration/schema.ts";
import { ConfigError } from "../../../src/framework/config/faults.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { temporaryFolder } from "../folder.ts";
import { makeConfig, online } from "./bench.ts";

const shippedFile = resolve(import.meta.dirname, "../../../config/ocpp16/ocpp-config-pnc.json");

describe("GetConfiguration (5.8)", () => {
  it("tells of every key that has a value and is not secret, with whether it may be written", async () => {
    const at = await online();
    const { configurationKey = [], unknownKey } = await at.ask("GetConfiguration", {});
    const keys = new Map(
      configurationKey.map(({ key, readonly, value }) => [key, `${readonly ? "R" : "RW"} ${value}`]),
    );
    expect(unknownKey).toBeUndefined();
    expect(keys.get("HeartbeatInterval")).toBe("RW 86400");
    expect(keys.get("NumberOfConnectors")).toBe("R 1");
    expect(keys.get("ISO15118PnCEnabled")).toBe("RW true");
    expect(keys.get("SecurityProfile")).toBe("RW 1");
    expect(keys.get("LogMessagesFormat")).toBe("R log,html,session_logging,security");
    expect(keys.has("AuthorizationKey")).toBe(false);
    expect(keys.has("SeccLeafSubjectCountry")).toBe(true);
    expect(keys.has("MeterType")).toBe(false);
  });

  it("tells of some, in any case of letters, and names those it does not know", async () => {
    const at = await online();
    const key = ["heartbeatinterval", "AuthorizationKey", "NoSuchKey", "MeterType"];
    expect(await at.ask("GetConfiguration", { key })).toEqual({
      configurationKey: [{ key: "HeartbeatInterval", readonly: false, value: "86400" }],
      unknownKey: ["AuthorizationKey", "NoSuchKey", "MeterType"],
    });
  });

  it("answers no more at once than GetConfigurationMaxKeys", async () => {
    const at = await online({ values: { "Core.GetConfigurationMaxKeys": 2 } });
    const key = ["HeartbeatInterval", "ResetRetries"];
    expect((await at.ask("GetConfiguration", { key })).configurationKey).toHaveLength(2);
    await expect(at.ask("GetConfiguration", { key: [...key, "BlinkRepeat"] })).rejects.toThrow(/at most 2 keys/);
  });

  it("shows who looks after certificates also where only ISO15118PnCEnabled says so", async () => {
    const values = { "PnC.ISO15118CertificateManagementEnabled": undefined, "PnC.ISO15118PnCEnabled": false };
    const at = await online({ values });
    const key = ["ISO15118CertificateManagementEnabled"];
    expect((await at.ask("GetConfiguration", { key })).configurationKey).toMatchObject([{ value: "false" }]);
  });

  it("has the public keys of the meters by number, and the operator's own keys", async () => {
    const at = await online({ values: { "Internal.MeterPublicKeys": ["AA", "BB"], "Custom.Color": "blue" } });
    const key = ["MeterPublicKey2", "MeterPublicKey3", "color"];
    expect(await at.ask("GetConfiguration", { key })).toEqual({
      configurationKey: [
        { key: "MeterPublicKey2", readonly: true, value: "BB" },
        { key: "Color", readonly: false, value: "blue" },
      ],
      unknownKey: ["MeterPublicKey3"],
    });
  });
});

describe("NumberOfConnectors", () => {
  it("is what there are, whatever the file says", async () => {
    const at = await online({ evses: 3 });
    expect(at.config.get("NumberOfConnectors")?.value).toBe("3");
    expect(await at.ask("ChangeConfiguration", { key: "ConnectorPhaseRotation", value: "3.RST" })).toEqual({
      status: "Accepted",
    });
  });
});

describe("ChangeConfiguration (5.3)", () => {
  /** Every key: what a change of it is answered. What is to be read only is refused, what is not there is not supported. */
  it("obeys the access of every key", async () => {
    const at = await online();
    for (const { key, access, section } of keySpecs.values()) {
      if (key === "SecurityProfile" || key === "AuthorizationKey") continue;
      const present = at.config.get(key)?.value;
      const { status } = await at.ask("ChangeConfiguration", { key, value: present ?? "1" });
      const expected = present === undefined ? "NotSupported" : access === "R" ? "Rejected" : "Accepted";
      expect(`${section}.${key} ${status}`).toBe(`${section}.${key} ${expected}`);
    }
  });

  it.each([
    ["HeartbeatInterval", "60", "Accepted"],
    ["heartbeatinterval", "60", "Accepted"],
    ["HeartbeatInterval", "-1", "Rejected"],
    ["HeartbeatInterval", "1.5", "Rejected"],
    ["HeartbeatInterval", "many", "Rejected"],
    ["HeartbeatInterval", "", "Rejected"],
    ["HeartbeatInterval", "0x10", "Rejected"],
    ["HeartbeatInterval", "1e3", "Rejected"],
    ["LocalPreAuthorize", "TRUE", "Accepted"],
    ["LocalPreAuthorize", "yes", "Rejected"],
    ["MeterValuesSampledData", "Energy.Active.Import.Register,Voltage", "Accepted"],
    ["MeterValuesSampledData", "", "Accepted"],
    ["MeterValuesSampledData", "RPM", "Rejected"],
    ["ConnectorPhaseRotation", "0.RST, 1.TSR", "Accepted"],
    ["ConnectorPhaseRotation", "2.RST", "Rejected"],
    ["ConnectorPhaseRotation", "1.RSR", "Rejected"],
    ["OcspRequestInterval", "86400", "Accepted"],
    ["OcspRequestInterval", "86399", "Rejected"],
    ["SeccLeafSubjectCountry", "DEU", "Rejected"],
    ["NumberOfConnectors", "2", "Rejected"],
    ["SupportedFeatureProfiles", "Core", "Rejected"],
    ["NoSuchKey", "1", "NotSupported"],
    ["BlinkRepeat", "1", "NotSupported"],
    ["ISO15118PnCEnabled", "false", "Accepted"],
  ])("of %s to %j is %s", async (key, value, status) => {
    const at = await online();
    expect(await at.ask("ChangeConfiguration", { key, value })).toEqual({ status });
  });

  it("hands on what other modules go by", async () => {
    const at = await online();
    for (const key of ["ConnectionTimeOut", "ISO15118PnCEnabled", "CentralContractValidationAllowed"]) {
      const before = at.station.settingsApplied;
      await at.ask("ChangeConfiguration", { key, value: at.config.get(key)?.value ?? "" });
      expect(at.station.settingsApplied).toBe(before + 1);
    }
    await at.ask("ChangeConfiguration", { key: "ResetRetries", value: "3" });
    expect(at.station.settingsApplied).toBe(3);
  });

  it("of the password connects once more, in profiles 1 and 2 only, and never shows it", async () => {
    for (const [profile, times] of [
      [0, 0],
      [1, 1],
      [2, 1],
      [3, 0],
    ] as const) {
      const at = await online({ values: { "Security.SecurityProfile": profile } });
      const change = { key: "AuthorizationKey", value: "0123456789abcdef" };
      expect(await at.ask("ChangeConfiguration", change)).toEqual({ status: "Accepted" });
      expect(at.station.of("reconnect")).toHaveLength(times);
      expect(at.config.value("AuthorizationKey")).toBe("0123456789abcdef");
      expect(JSON.stringify(at.timeline.entries)).not.toContain("0123456789abcdef");
    }
  });

  it.each(["short", "x".repeat(41)])("of the password to %j is rejected", async (value) => {
    const at = await online();
    expect(await at.ask("ChangeConfiguration", { key: "AuthorizationKey", value })).toEqual({ status: "Rejected" });
  });
});

describe("the files", () => {
  const open = (folder: string, base = shippedFile): Promise<Configuration> =>
    openConfiguration(nodeFiles, { base, user: join(folder, "user_config.json") });

  it("are the operator's, never written, and what was changed since, which wins", async () => {
    const folder = temporaryFolder();
    const before = readFileSync(shippedFile, "utf8");
    const first = await open(folder);
    expect(await first.set("HeartbeatInterval", "77")).toBe("Accepted");
    await first.put("SecurityProfile", 2);
    const again = await open(folder);
    expect(again.value("HeartbeatInterval")).toBe(77);
    expect(again.value("SecurityProfile")).toBe(2);
    expect(await again.set("ResetRetries", "9")).toBe("Accepted");
    expect(JSON.parse(readFileSync(join(folder, "user_config.json"), "utf8"))).toEqual({
      Core: { HeartbeatInterval: 77, ResetRetries: 9 },
      Security: { SecurityProfile: 2 },
    });
    expect(statSync(join(folder, "user_config.json")).mode & 0o777).toBe(0o600);
    expect(readFileSync(shippedFile, "utf8")).toBe(before);
  });

  it("Given changes at the same time, then all of them are kept", async () => {
    const folder = temporaryFolder();
    const config = await open(folder);
    await Promise.all([
      config.set("ResetRetries", "4"),
      config.set("HeartbeatInterval", "5"),
      config.set("ConnectionTimeOut", "6"),
    ]);
    const again = await open(folder);
    expect(["ResetRetries", "HeartbeatInterval", "ConnectionTimeOut"].map((key) => again.get(key)?.value)).toEqual([
      "4",
      "5",
      "6",
    ]);
  });

  it("Given EVerest's own, then it is taken as it is", async () => {
    const folder = temporaryFolder();
    const base = join(folder, "everest.json");
    writeFileSync(base, JSON.stringify(everests));
    const config = await open(folder, base);
    expect(config.value("RetryBackoffWaitMinimum")).toBe(3);
    expect(config.certificatesManaged).toBe(true);
    expect(config.get("ExampleConfigurationKey")).toEqual({
      key: "ExampleConfigurationKey",
      readonly: false,
      value: "example",
    });
  });

  it("Given a password that does not fit, then the fault does not show it", async () => {
    const folder = temporaryFolder();
    const base = join(folder, "base.json");
    for (const password of ["hush", 31415926]) {
      const keys = JSON.parse(readFileSync(shippedFile, "utf8"));
      keys.Security.AuthorizationKey = password;
      writeFileSync(base, JSON.stringify(keys));
      const fault = await openConfiguration(nodeFiles, { base, user: join(folder, "user.json") }).catch(
        (error) => error,
      );
      expect(fault.describe()).toMatch(/base\.json:1.*'AuthorizationKey' cannot be what it is/);
      expect(fault.describe()).not.toContain(String(password));
    }
  });

  it.each<[string, string, RegExp]>([
    ["a wrong type", '{"Core":{"HeartbeatInterval":"often"}}', /Core\.HeartbeatInterval/],
    ["an unknown key", '{"Internal":{"ChargePointColor":"blue"}}', /ChargePointColor/],
    ["a measurand that there is not", '{"Core":{"MeterValuesSampledData":"RPM"}}', /measurands out of/],
    [
      "a feature without its section",
      '{"Core":{"SupportedFeatureProfiles":"Core,SmartCharging"},"SmartCharging":null}',
      /SmartCharging/,
    ],
    ["a short OCSP interval", '{"Internal":{"OcspRequestInterval":60}}', /OcspRequestInterval/],
    ["no JSON", '{"Core":', /user_config\.json/],
  ])("Given %s, then all is refused with file, line and key", async (_name, user, words) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "user_config.json"), user);
    const error = await open(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String((error as ConfigError).message) + JSON.stringify((error as ConfigError).faults)).toMatch(words);
  });

  it("Given none, then it says which key names it", async () => {
    await expect(open(temporaryFolder(), "/nowhere/config.json")).rejects.toMatchObject({
      details: { key: "ChargePointConfigPath", file: "/nowhere/config.json" },
    });
  });
});

describe("whoever looks after certificates", () => {
  it.each([
    [{}, true],
    [{ "PnC.ISO15118CertificateManagementEnabled": false }, false],
    [{ "PnC.ISO15118CertificateManagementEnabled": undefined }, true],
    [{ "PnC.ISO15118CertificateManagementEnabled": undefined, "PnC.ISO15118PnCEnabled": false }, false],
    [{ "PnC.ISO15118CertificateManagementEnabled": true, "PnC.ISO15118PnCEnabled": false }, true],
    [{ PnC: undefined }, false],
  ])("is by %o: %s", (values, managed) => {
    expect(makeConfig(values).certificatesManaged).toBe(managed);
  });
});

/** A configuration as EVerest's users have it: keys and values of its example. */
const everests = {
  Internal: {
    ...{ ChargePointId: "cp001", CentralSystemURI: "127.0.0.1:8180/steve/websocket/CentralSystemService/" },
    ...{
      ChargeBoxSerialNumber: "cp001",
      ChargePointModel: "Yeti",
      ChargePointVendor: "Pionix",
      FirmwareVersion: "0.1",
    },
    ...{ AllowChargingProfileWithoutStartSchedule: true, UseTPM: false, LogMessagesFormat: ["html", "security"] },
  },
  Core: {
    ...{ AuthorizeRemoteTxRequests: false, ClockAlignedDataInterval: 900, ConnectionTimeOut: 30 },
    ...{ ConnectorPhaseRotation: "0.RST,1.RST", GetConfigurationMaxKeys: 100, HeartbeatInterval: 86400 },
    ...{ LocalAuthorizeOffline: false, LocalPreAuthorize: false, MeterValueSampleInterval: 60 },
    ...{ MeterValuesAlignedData: "Energy.Active.Import.Register" },
    ...{ MeterValuesSampledData: "Energy.Active.Import.Register,SoC", NumberOfConnectors: 1, ResetRetries: 1 },
    ...{ StopTransactionOnInvalidId: true, StopTxnAlignedData: "Energy.Active.Import.Register" },
    ...{ StopTxnSampledData: "Energy.Active.Import.Register", TransactionMessageAttempts: 1 },
    SupportedFeatureProfiles: "Core,FirmwareManagement,RemoteTrigger,Reservation,LocalAuthListManagement,SmartCharging",
    ...{ TransactionMessageRetryInterval: 10, UnlockConnectorOnEVSideDisconnect: true, WebSocketPingInterval: 10 },
  },
  FirmwareManagement: { SupportedFileTransferProtocols: "FTP" },
  Security: { CpoName: "Pionix", AuthorizationKey: "AABBCCDDEEFFGGHH", SecurityProfile: 1 },
  LocalAuthListManagement: { LocalAuthListEnabled: true, LocalAuthListMaxLength: 42, SendLocalListMaxLength: 42 },
  SmartCharging: {
    ...{ ChargeProfileMaxStackLevel: 42, ChargingScheduleAllowedChargingRateUnit: "Current,Power" },
    ...{ ChargingScheduleMaxPeriods: 42, MaxChargingProfilesInstalled: 42 },
  },
  PnC: { ISO15118CertificateManagementEnabled: true, ISO15118PnCEnabled: true, ContractValidationOffline: true },
  CostAndPrice: { CustomDisplayCostAndPrice: false },
  Custom: { ExampleConfigurationKey: "example" },
};
