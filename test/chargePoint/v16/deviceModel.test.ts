/** The keys of OCPP 1.6 in a device model of 2.0.1: taken over once, read, changed, and kept. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { variableAddress } from "../../../src/chargePoint/deviceModel/address.ts";
import { copyComponentConfig } from "../../../src/chargePoint/deviceModel/copyConfig.ts";
import { deviceModelMigrations } from "../../../src/chargePoint/deviceModel/schema.ts";
import type { Configuration } from "../../../src/chargePoint/v16/configuration/configuration.ts";
import { openConfiguration } from "../../../src/chargePoint/v16/configuration/open.ts";
import { keySpecs } from "../../../src/chargePoint/v16/configuration/schema.ts";
import { readCustomMappings } from "../../../src/chargePoint/v16/deviceModel/customMappings.ts";
import { addressOf } from "../../../src/chargePoint/v16/deviceModel/mapping.ts";
import { type ModelOptions, openModelConfiguration } from "../../../src/chargePoint/v16/deviceModel/open.ts";
import { type Database, openDatabase } from "../../../src/util/database.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { temporaryFolder } from "../folder.ts";
import { configFolder } from "../support.ts";

const shippedJson = resolve(import.meta.dirname, "../../../config/ocpp16/ocpp-config-pnc.json");
const memory = () => openDatabase(":memory:", deviceModelMigrations);

function open(database: Database = memory(), more: Partial<ModelOptions> = {}) {
  return openModelConfiguration({
    ...{ files: nodeFiles, folder: configFolder, database, slot: 1, custom: new Map() },
    ...more,
  });
}

/** The shipped JSON file with some sections changed. */
async function json(changes: Record<string, object> = {}): Promise<Configuration> {
  const folder = temporaryFolder();
  const values = JSON.parse(readFileSync(shippedJson, "utf8"));
  for (const [section, keys] of Object.entries(changes)) values[section] = { ...values[section], ...keys };
  writeFileSync(join(folder, "base.json"), JSON.stringify(values));
  return openConfiguration(nodeFiles, { base: join(folder, "base.json"), user: join(folder, "user.json") });
}

/** All keys that have a value. */
function valuesOf(config: Configuration): Record<string, unknown> {
  const all = [...keySpecs.values()].map(({ key }) => [key, config.value(key)] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

describe("the keys of OCPP 1.6 in a device model", () => {
  it("have a place each", () => {
    const places = [...keySpecs.values()].map(({ key }) => {
      const { component, variable } = addressOf(key, 1);
      return variableAddress(component, variable).toLowerCase();
    });
    expect(places).not.toContain(".");
    expect(new Set(places).size).toBe(places.length);
  });

  it("are taken over from the JSON files, every one with its value, and only once", async () => {
    const database = memory();
    const legacy = await json({ Custom: { Colour: "blue" }, Internal: { SupportedCiphers12: ["A", "B"] } });
    const first = await open(database, { legacy: async () => legacy });
    // Where the JSON files say nothing, the files of 2.0.1 hold.
    const filled = { ...valuesOf(legacy), AdditionalRootCertificateCheck: false, MaxEnergyOnInvalidId: 1000 };
    expect(valuesOf(first.config)).toEqual(filled);
    expect(first.config.custom).toEqual({ Colour: "blue" });
    for (const shown of legacy.all()) expect(first.config.all()).toContainEqual(shown);
    const again = await open(database, { legacy: () => expect.unreachable() });
    expect(valuesOf(again.config)).toEqual(filled);
    expect(again.config.custom).toEqual({ Colour: "blue" });
  });

  it("lie where EVerest has them", async () => {
    const { model } = await open(memory(), { legacy: () => json() });
    const at = (component: string, variable: string, instance?: string) => {
      const found = model.find({ name: component, ...(instance ? { instance } : {}) }, { name: variable });
      return found.status === "Accepted" ? model.text(found.place, "Actual") : found.status;
    };
    expect(at("ISO15118Ctrlr", "PnCEnabled")).toBe("true");
    expect(at("ISO15118Ctrlr", "SeccId")).toBe("SECCCert");
    expect(at("NetworkConfiguration", "OcppCsmsUrl", "1")).toBe("127.0.0.1:9000");
    expect(at("NetworkConfiguration", "BasicAuthPassword", "1")).toBe("DEADBEEFDEADBEEF");
    expect(at("OCPP16LegacyCtrlr", "ISO15118CertificateManagementEnabled")).toBe("true");
    expect(at("SecurityCtrlr", "OrganizationName")).toBe("plugcharge");
    expect(at("SmartChargingCtrlr", "RateUnit")).toBe("A,W");
  });

  it("are changed there, and stay so after a restart", async () => {
    const database = memory();
    const { config, model } = await open(database, { legacy: () => json() });
    expect(await config.set("HeartbeatInterval", "42")).toBe("Accepted");
    expect(await config.set("AuthorizationKey", "0123456789abcdef0123456789abcdef01234567")).toBe("Accepted");
    await config.put("SecurityProfile", 2);
    const { config: again } = await open(database);
    expect([again.value("HeartbeatInterval"), again.value("SecurityProfile")]).toEqual([42, 2]);
    expect(again.value("AuthorizationKey")).toBe("0123456789abcdef0123456789abcdef01234567");
    expect(model.value("OCPPCommCtrlr.HeartbeatInterval")).toBe(42);
  });

  it("come from the files of 2.0.1 alone, the connection from the profile of the slot", async () => {
    const { config, keyAt } = await open();
    expect(config.value("CentralSystemURI")).toBe("ws://localhost:9000");
    expect([config.value("ChargePointId"), config.value("AuthorizationKey")]).toEqual(["cp001", "DEADBEEFDEADBEEF"]);
    expect([config.value("SecurityProfile"), config.value("HeartbeatInterval")]).toEqual([1, 1800]);
    expect([config.has("PnC"), config.value("ISO15118PnCEnabled"), config.certificatesManaged]).toEqual([
      true,
      true,
      true,
    ]);
    expect(config.value("MeterValuesSampledData")).toContain("Energy.Active.Import.Register");
    expect(config.value("SupportedMeasurands").split(",")).toContain("Power.Reactive.Import");
    // What 2.0.1 says of these is not all that 1.6 must know.
    expect([config.has("LocalAuthListManagement"), config.value("LocalAuthListEnabled")]).toEqual([false, undefined]);
    expect([config.has("SmartCharging"), config.value("ChargingScheduleMaxPeriods")]).toEqual([true, 1024]);
    expect(config.has("RemoteTrigger")).toBe(true);
    const variable = { component: { name: "isO15118Ctrlr" }, variable: { name: "PnCEnabled" } };
    expect(keyAt(variable)).toBe("ISO15118PnCEnabled");
    expect(keyAt({ component: { name: "TxCtrlr" }, variable: { name: "TxStartPoint" } })).toBeUndefined();
  });

  it("Given a slot that the JSON files shall not go to, then the connection is that of the device model", async () => {
    const { config } = await open(memory(), { slot: 0, legacy: () => json({ Internal: { ChargePointId: "other" } }) });
    expect([config.value("ChargePointId"), config.value("CentralSystemURI")]).toEqual(["cp001", "ws://localhost:9000"]);
    expect(config.value("ChargePointVendor")).toBe("plugcharge");
  });

  it("Given values that a CSMS has set before, then the JSON files are not read any more", async () => {
    const database = memory();
    database.run("INSERT INTO variable_value VALUES ('OCPPCommCtrlr.HeartbeatInterval', 'Actual', '77', 'csms')");
    const { config } = await open(database, { legacy: () => expect.unreachable() });
    expect(config.value("HeartbeatInterval")).toBe(77);
  });

  it("Given JSON files with a fault, then nothing has been taken over", async () => {
    const database = memory();
    const legacy = () => json({ Core: { HeartbeatInterval: "often" } });
    await expect(open(database, { legacy })).rejects.toThrow(/HeartbeatInterval/);
    expect(database.all("SELECT * FROM variable_value")).toEqual([]);
    await expect(open(database, { legacy: () => json() })).resolves.toBeDefined();
  });

  it.each([
    ["no value for a key that must have one", { "OCPPCommCtrlr.ResetRetries": "" }, /Core.ResetRetries/],
    [
      "a value that 1.6 does not take",
      { "ISO15118Ctrlr.SeccId": "short" },
      /'short' is nothing .* SeccLeafSubjectCommonName/,
    ],
  ])("bad case: %s", async (_name, values, message) => {
    const folder = temporaryFolder();
    await copyComponentConfig(nodeFiles, configFolder, folder, values);
    await expect(open(memory(), { folder })).rejects.toThrow(message);
  });

  it("bad case: a password that is too short is not shown", async () => {
    const database = memory();
    database.run(
      "INSERT INTO variable_value VALUES ('NetworkConfiguration[1].BasicAuthPassword', 'Actual', 'hush', 'x')",
    );
    const failure = await open(database).catch((error: Error) => error);
    expect(String(failure)).toMatch(/AuthorizationKey/);
    expect(String(failure)).not.toMatch(/hush/);
  });
});

describe("mappings of custom keys", () => {
  const mapping = (key: string, component: string, variable: string) =>
    `  - {ocpp16_key: ${key}, component: {name: ${component}}, variable: {name: ${variable}}}\n`;
  async function read(text: string) {
    const path = join(temporaryFolder(), "mappings.yaml");
    writeFileSync(path, text);
    return readCustomMappings(nodeFiles, path);
  }

  it("say where a key of the section Custom is, when it is taken over and after", async () => {
    const database = memory();
    const custom = await read(`mappings:\n${mapping("Colour", "Paint", "Shade")}`);
    const first = await open(database, { custom, legacy: () => json({ Custom: { Colour: "blue", Other: 3 } }) });
    expect(first.config.custom).toEqual({ Colour: "blue", Other: "3" });
    await first.config.set("colour", "red");
    const again = await open(database, { custom });
    expect(again.config.custom).toEqual({ Colour: "red", Other: "3" });
    const rows = database.all("SELECT value FROM variable_value WHERE address = 'Paint.Shade'");
    expect(rows).toEqual([{ value: "red" }]);
  });

  it.each([
    ["no list", "mappings: 3\n", /'mappings' cannot be 3/],
    ["an unknown key", "mappings: []\nmaps: []\n", /unknown key 'maps'/],
    ["a key twice", `mappings:\n${mapping("A", "X", "Y")}${mapping("A", "X", "Z")}`, /'A' is mapped twice/],
    ["a key of 1.6", `mappings:\n${mapping("HeartbeatInterval", "X", "Y")}`, /has its place already/],
    ["the connection", `mappings:\n${mapping("A", "SecurityCtrlr", "Identity")}`, /would change the connection/],
    ["the slots", `mappings:\n${mapping("A", "NetworkConfiguration", "OcppCsmsUrl")}`, /would change the connection/],
  ])("bad case: %s", async (_name, text, message) => {
    const failure = await read(text).catch((error: { describe(): string }) => error);
    expect((failure as { describe(): string }).describe()).toMatch(message);
    expect((failure as { describe(): string }).describe()).toMatch(/mappings\.yaml:\d/);
  });

  it("bad case: no such file", async () => {
    await expect(readCustomMappings(nodeFiles, "/nowhere.yaml")).rejects.toThrow(/no such file of mappings/);
  });
});
