import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyComponentConfig } from "../../../src/chargePoint/deviceModel/copyConfig.ts";
import { DeviceModelError } from "../../../src/chargePoint/deviceModel/deviceModel.ts";
import { openDeviceModel } from "../../../src/chargePoint/deviceModel/open.ts";
import { deviceModelMigrations } from "../../../src/chargePoint/deviceModel/schema.ts";
import { expectedInstead } from "../../../src/chargePoint/deviceModel/values.ts";
import { networkProfiles } from "../../../src/chargePoint/v201/networkProfiles.ts";
import type { DataEnumType } from "../../../src/ocpp/v201/messages.generated.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { temporaryFolder } from "../folder.ts";
import { configFolder, makeModel } from "../support.ts";

const memory = () => openDatabase(":memory:", deviceModelMigrations);
const open = (folder: string, database = memory()) => openDeviceModel(nodeFiles, folder, database);

/** A copy of the shipped files in which some are replaced. */
function configWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, "standardized"), { recursive: true });
    writeFileSync(join(folder, "standardized", name), content);
  }
  return folder;
}

async function faultsOf(files: Readonly<Record<string, string>>) {
  const error = await open(configWith(files)).catch((thrown: unknown) => thrown);
  if (!(error instanceof DeviceModelError)) expect.unreachable("no fault was found");
  return error.faults.map(({ file, key, message }) => `${file.split("/").at(-1)} ${key}: ${message}`);
}

const integer = { dataType: "integer", supportsMonitoring: false };
const property = (attribute: object, characteristics: object = integer) => ({
  variable_name: "Wait",
  characteristics,
  attributes: [attribute],
});
const component = (parts: object) => JSON.stringify({ name: "TestCtrlr", type: "object", ...parts });

describe("component config files", () => {
  it("shipped: they make a model with the values of EVerest's", async () => {
    const model = await open(configFolder);
    expect(model.value("TxCtrlr.TxStartPoint")).toEqual(["PowerPathClosed"]);
    expect(model.value("TxCtrlr.TxStopPoint")).toEqual(["EVConnected", "Authorized"]);
    expect(model.value("OCPPCommCtrlr.MessageAttempts[TransactionEvent]")).toBe(5);
    expect(model.value("ISO15118Ctrlr.ContractValidationOffline")).toBe(true);
    expect(model.value("ISO15118Ctrlr.CentralContractValidationAllowed")).toBeUndefined();
    expect(model.value("AuthCtrlr.OfflineTxForUnknownIdEnabled")).toBe(true);
  });

  it("bad case: every fault of every file is named at once, with file and key", async () => {
    const faults = await faultsOf({
      "A.json": "{ not JSON",
      "B.json": component({ properties: { Wait: { ...property({ type: "Sometimes" }) } } }),
      "C.json": component({ properties: { Wait: property({ type: "Actual", value: "soon" }) }, required: ["Other"] }),
    });
    expect(faults).toEqual([
      "A.json : this is not JSON",
      expect.stringMatching(/^B\.json properties\.Wait\.attributes\.0\.type: /),
      "C.json required: Other is required but not described in properties",
      "C.json properties.Wait.attributes.0.value: the value does not fit the variable",
    ]);
  });

  it("bad case: required variables without a value, and variables that the charge point needs", async () => {
    const faults = await faultsOf({
      "A.json": component({ properties: { Wait: property({ type: "Actual" }) }, required: ["Wait"] }),
    });
    expect(faults).toContain("A.json properties.Wait: TestCtrlr.Wait is required and has no value");
    expect(faults).toContain("TxCtrlr.json properties: TxCtrlr.TxStartPoint is not described");
  });

  it("bad case: an empty folder", async () => {
    await expect(open(temporaryFolder())).rejects.toThrow(/no component is described here/);
  });

  it("takes a default for Actual only, and lets an unused network slot be empty", async () => {
    const folder = temporaryFolder();
    await copyComponentConfig(nodeFiles, configFolder, folder, {});
    const slot = (instance: string) => ({
      name: "NetworkConfiguration",
      instance,
      properties: {
        Url: {
          variable_name: "OcppCsmsUrl",
          characteristics: { dataType: "string", supportsMonitoring: false },
          attributes: [{ type: "Actual" }, { type: "Target" }],
          ...(instance === "1" ? { default: "ws://here" } : {}),
        },
      },
      required: ["Url"],
    });
    for (const name of ["1", "2"]) {
      writeFileSync(join(folder, "standardized", `NetworkConfiguration_${name}.json`), JSON.stringify(slot(name)));
    }
    const model = await open(folder);
    const found = model.find({ name: "NetworkConfiguration", instance: "1" }, { name: "OcppCsmsUrl" });
    if (found.status !== "Accepted") expect.unreachable();
    expect([model.text(found.place, "Actual"), model.text(found.place, "Target")]).toEqual(["ws://here", undefined]);
  });

  it("are copied with values of one's own", async () => {
    const folder = temporaryFolder();
    const profiles = JSON.stringify([
      { configurationSlot: 1, connectionData: { ocppCsmsUrl: "ws://127.0.0.1:4321", securityProfile: 1 } },
    ]);
    await copyComponentConfig(nodeFiles, configFolder, folder, {
      "SecurityCtrlr.Identity": "cp002",
      "internalctrlr.networkconnectionprofiles": profiles,
    });
    const model = await open(folder);
    expect(networkProfiles(model)).toMatchObject([{ url: "ws://127.0.0.1:4321", identity: "cp002", slot: 1 }]);
    await expect(copyComponentConfig(nodeFiles, configFolder, folder, { "TxCtrlr.Nothing": "1" })).rejects.toThrow(
      /no variable txctrlr\.nothing/,
    );
  });
});

describe("values set", () => {
  const set = (model: ReturnType<typeof makeModel>, value: string, source = "csms") =>
    model.set({ name: "TxCtrlr" }, { name: "EVConnectionTimeOut" }, "Actual", value, source);

  it("survive a restart and win over the files, which others follow", async () => {
    const folder = temporaryFolder();
    await copyComponentConfig(nodeFiles, configFolder, folder, {});
    const path = join(folder, "model.db");
    const database = openDatabase(path, deviceModelMigrations);
    const model = await open(folder, database);
    expect(set(model, "90")).toEqual({ status: "Accepted" });
    database.close();
    await copyComponentConfig(nodeFiles, configFolder, folder, {
      "TxCtrlr.EVConnectionTimeOut": "50",
      "TxCtrlr.MaxEnergyOnInvalidId": "7",
    });
    const again = openDatabase(path, deviceModelMigrations);
    const restarted = await open(folder, again);
    expect(restarted.value("TxCtrlr.EVConnectionTimeOut")).toBe(90);
    expect(restarted.value("TxCtrlr.MaxEnergyOnInvalidId")).toBe(7);
    again.close();
  });

  it("that no longer fit the variable give way to the file's", async () => {
    const database = memory();
    database.run("INSERT INTO variable_value VALUES ('TxCtrlr.EVConnectionTimeOut', 'Actual', 'long', 'csms')");
    database.run("INSERT INTO variable_value VALUES ('Gone.Away', 'Actual', '1', 'csms')");
    expect(makeModel({}, database).value("TxCtrlr.EVConnectionTimeOut")).toBe(120);
  });

  it("are told to listeners with their address", () => {
    const model = makeModel();
    const heard: string[] = [];
    model.onChange(({ address, value }) => heard.push(`${address}=${value}`));
    set(model, "33");
    expect(heard).toEqual(["TxCtrlr.EVConnectionTimeOut=33"]);
  });

  it("bad case: an unreadable database is a user's fault", () => {
    const path = join(temporaryFolder(), "model.db");
    writeFileSync(path, "this is no database, but it is long enough to be taken for one".repeat(20));
    expect(() => openDatabase(path, deviceModelMigrations)).toThrow(/cannot be used/);
    expect(readFileSync(path, "utf8")).toMatch(/no database/);
  });
});

describe("what a value may be", () => {
  const cases: readonly [DataEnumType, object, string, boolean][] = [
    ["boolean", {}, "true", true],
    ["boolean", {}, "True", false],
    ["integer", { minLimit: 1, maxLimit: 5 }, "5", true],
    ["integer", { minLimit: 1, maxLimit: 5 }, "6", false],
    ["integer", {}, "1.5", false],
    ["integer", {}, "", false],
    ["decimal", { minLimit: 0 }, "0.25", true],
    ["decimal", { minLimit: 0 }, "-0.25", false],
    ["dateTime", {}, "2026-01-01T00:00:00Z", true],
    ["dateTime", {}, "yesterday", false],
    ["string", { minLimit: 16, maxLimit: 40 }, "DEADBEEFDEADBEEF", true],
    ["string", { minLimit: 16, maxLimit: 40 }, "short", false],
    ["OptionList", { valuesList: "A,B" }, "B", true],
    ["OptionList", { valuesList: "A,B" }, "A,B", false],
    ["MemberList", { valuesList: "A, B" }, "B,A", true],
    ["MemberList", { valuesList: "A,B" }, "A,C", false],
    ["SequenceList", { valuesList: "1,2" }, "", true],
    ["SequenceList", {}, "anything", true],
  ];
  it.each(cases)("%s %o %s: %s", (dataType, limits, value, fits) => {
    expect(expectedInstead(value, { dataType, supportsMonitoring: false, ...limits }) === undefined).toBe(fits);
  });

  it("takes every integer inside its limits and none outside", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.nat(), (value, minLimit, width) => {
        const characteristics = {
          dataType: "integer",
          supportsMonitoring: false,
          minLimit,
          maxLimit: minLimit + width,
        } as const;
        const inside = value >= minLimit && value <= minLimit + width;
        return (expectedInstead(String(value), characteristics) === undefined) === inside;
      }),
    );
  });
});

describe("network profiles", () => {
  const withProfiles = (text: string, values: Record<string, string> = {}) =>
    makeModel({ "InternalCtrlr.NetworkConnectionProfiles": text, ...values });
  const slot = (configurationSlot: number, securityProfile = 1) => ({
    configurationSlot,
    connectionData: { ocppCsmsUrl: `ws://csms${configurationSlot}`, securityProfile },
  });

  it("come in the order of their priority", () => {
    const model = withProfiles(JSON.stringify([slot(1), slot(2)]), {
      "OCPPCommCtrlr.NetworkConfigurationPriority": "2,1",
    });
    expect(networkProfiles(model).map(({ url }) => url)).toEqual(["ws://csms2", "ws://csms1"]);
  });

  it.each([
    ["no JSON", "{", /it is no JSON/],
    ["no list", "{}", /cannot be read/],
    ["an empty slot in use", JSON.stringify([slot(2)]), /no network connection profile for slot 1/],
    ["profile 0", JSON.stringify([slot(1, 0)]), /profile 0 of slot 1 is not allowed/],
  ])("bad case: %s", (_name, text, message) => {
    expect(() => networkProfiles(withProfiles(text))).toThrow(message);
  });
});
