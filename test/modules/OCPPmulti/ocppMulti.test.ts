/** The module OCPPmulti in both generations, at a strict CSMS of another maker (1.6) and at our own (2.0.1). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { copyComponentConfig } from "../../../src/chargePoint/deviceModel/copyConfig.ts";
import { sharedFiles } from "../../../src/modules/OCPPmulti/sharedFiles.ts";
import type { TestPki } from "../../../src/pki/index.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { configFolder } from "../../chargePoint/support.ts";
import {
  type ForeignCsms,
  hears,
  makePki,
  type StationOptions,
  soon,
  startForeignCsms,
  startTestStation,
  temporaryFolder,
} from "../OCPP/support.ts";
import { startTestStation as start201, startTestCsms } from "../OCPP201/support.ts";
import { contractOf, session } from "../ocppCommon/scenes.ts";

let pki: TestPki;
const pkiFolder = mkdtempSync(join(tmpdir(), "plugcharge-OCPPmulti-"));
beforeAll(async () => {
  pki = await makePki(pkiFolder);
});
afterAll(() => rmSync(pkiFolder, { recursive: true }));

/** A station of OCPP 1.6 whose keys are in a device model. */
async function started16(config: object, values: Readonly<Record<string, string>> = {}) {
  const csms = await startForeignCsms();
  return { ...(await startedAt(csms, temporaryFolder(), config, values)), csms };
}

async function startedAt(
  csms: Pick<ForeignCsms, "url">,
  folder: string,
  config: object,
  values: Readonly<Record<string, string>> = {},
  keys: StationOptions["values"] = {},
) {
  await copyComponentConfig(nodeFiles, configFolder, join(folder, "component_config"), {
    "InternalCtrlr.NetworkConnectionProfiles": JSON.stringify([
      { configurationSlot: 1, connectionData: { ocppCsmsUrl: `ws://${csms.url}`, securityProfile: 1 } },
    ]),
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": "0",
    "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
    ...values,
  });
  const multi = { module: "OCPPmulti", config: { Mode: "Only1.6", ...config } } as const;
  const station = await startTestStation({ folder, url: csms.url, pki, values: keys, ...multi });
  await station.hands.booted;
  return { ...station, folder };
}

const variable = (component: string, name: string) => ({
  component_variable: { component: { name: component }, variable: { name } },
});

describe("OCPPmulti in OCPP 1.6", () => {
  it("takes the JSON files over, charges by a contract, and keeps what the CSMS changes", async () => {
    const migration = { EnableLegacyConfigMigration: true };
    const first = await started16(migration);
    const { csms, hands } = first;
    const contract = contractOf(pki);
    expect(await hands.validate(contract)).toMatchObject({ authorization_status: "Accepted" });
    for (const event of session("multi", contract)) hands.sessionEvent(event);
    await hears(csms, "StopTransaction");
    expect(csms.requests("BootNotification")).toMatchObject([{ chargePointVendor: "plugcharge" }]);
    expect(csms.failures).toEqual([]);
    const key = { key: "ResetRetries", value: "3" };
    expect(await csms.call("ChangeConfiguration", key)).toEqual({ status: "Accepted" });
    await first.stop();
    // Whoever read the JSON file once more would not start.
    await startedAt(csms, first.folder, migration, {}, { Core: { HeartbeatInterval: "often" } });
    await hears(csms, "BootNotification", 2);
    expect(await csms.call("GetConfiguration", { key: ["ResetRetries", "AuthorizationKey"] })).toEqual({
      configurationKey: [{ key: "ResetRetries", readonly: false, value: "3" }],
      unknownKey: ["AuthorizationKey"],
    });
  });

  it("lives by the device model alone, and hands its switches on", async () => {
    const { csms, hands } = await started16(
      {},
      {
        "ISO15118Ctrlr.CentralContractValidationAllowed": "true",
      },
    );
    expect(hands.commands).toContain(
      'set_plug_and_charge_configuration {"plug_and_charge_configuration":{"pnc_enabled":true,"central_contract_validation_allowed":true}}',
    );
    expect(csms.requests("BootNotification")).toMatchObject([{ chargePointVendor: "plugcharge" }]);
    expect(csms.handshakes).toMatchObject([{ identity: "cp001" }]);
    expect(Buffer.from(csms.handshakes[0]?.password ?? []).toString()).toBe("DEADBEEFDEADBEEF");
    const off = { key: "ISO15118PnCEnabled", value: "false" };
    expect(await csms.call("ChangeConfiguration", off)).toEqual({ status: "Accepted" });
    await soon(() => expect(hands.commands.at(-1)).toMatch(/"pnc_enabled":false/));
    expect(await hands.validate(contractOf(pki))).toMatchObject({ authorization_status: "Invalid" });
  });

  it("gives and sets variables of the device model by key or by component, and never a password", async () => {
    const { csms, hands } = await started16({});
    const got = await hands.generic.call("get_variables", {
      requests: [
        variable("TxCtrlr", "EVConnectionTimeOut"),
        variable("", "ConnectionTimeOut"),
        variable("TxCtrlr", "TxStartPoint"),
        variable("SecurityCtrlr", "BasicAuthPassword"),
        variable("Nothing", "Here"),
      ],
    });
    expect(got.map(({ status, value }) => [status, value])).toEqual([
      ["Accepted", "120"],
      ["Accepted", "120"],
      ["Accepted", "PowerPathClosed"],
      ["Rejected", undefined],
      ["UnknownComponent", undefined],
    ]);
    await hands.generic.call("monitor_variables", {
      component_variables: [variable("TxCtrlr", "EVConnectionTimeOut").component_variable],
    });
    const set = await hands.generic.call("set_variables", {
      source: "test",
      requests: [
        { ...variable("TxCtrlr", "EVConnectionTimeOut"), value: "60" },
        { ...variable("TxCtrlr", "EVConnectionTimeOut"), value: "often" },
        { ...variable("TxCtrlr", "TxStartPoint"), value: "Authorized" },
        { ...variable("TxCtrlr", "TxStartPoint"), value: "Never" },
      ],
    });
    expect(set.map(({ status }) => status)).toEqual(["Accepted", "Rejected", "Accepted", "Rejected"]);
    expect(await csms.call("GetConfiguration", { key: ["ConnectionTimeOut"] })).toMatchObject({
      configurationKey: [{ value: "60" }],
    });
  });
});

describe("OCPPmulti in OCPP 2.0.1", () => {
  it.each(["Only2", "Prefer2"])("charges by a contract (%s)", async (mode) => {
    const folder = temporaryFolder();
    const { csms, pki: own } = await startTestCsms(folder);
    onTestFinished(() => csms.close());
    const { hands } = await start201({ folder, csms, pki: own, module: "OCPPmulti", config: { Mode: mode } });
    await hands.booted;
    expect(await hands.validate(contractOf(own))).toMatchObject({ authorization_status: "Accepted" });
    for (const event of session("multi", contractOf(own))) hands.sessionEvent(event);
    await soon(() => {
      expect(csms.transactions).toMatchObject([{ transactionId: "multi", stoppedReason: "EVDisconnected" }]);
    });
    expect(readFileSync(join(folder, "logs/libocpp.log"), "utf8")).toContain("BootNotification");
  });
});

describe("the paths of OCPPmulti", () => {
  it("lead to its own folder first, then to those of one version", async () => {
    const folder = temporaryFolder();
    for (const name of ["own", "ocpp16", "ocpp201"]) await nodeFiles.makeFolder(join(folder, name));
    writeFileSync(join(folder, "own.json"), "");
    writeFileSync(join(folder, "ocpp16/own.json"), "");
    writeFileSync(join(folder, "ocpp16/old.json"), "");
    writeFileSync(join(folder, "ocpp201/new.json"), "");
    const config = { A: "own.json", B: "old.json", C: "new.json", D: "none.db", E: "", F: "/abs", G: 3 };
    const at = await sharedFiles(nodeFiles, folder, config);
    expect(["own.json", "old.json", "new.json", "none.db", "/abs"].map(at)).toEqual([
      join(folder, "own.json"),
      join(folder, "ocpp16/old.json"),
      join(folder, "ocpp201/new.json"),
      join(folder, "none.db"),
      "/abs",
    ]);
  });
});
