import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MessageLog, type MessageLogOptions } from "../../../src/modules/ocppCommon/messageLog.ts";
import { redacted } from "../../../src/modules/ocppCommon/redact.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { temporaryFolder } from "../../chargePoint/folder.ts";

const out = (message: string) => ({ message, direction: "ChargingStationToCSMS" as const, version: "1.6" });
const back = (message: string) => ({ message, direction: "CSMSToChargingStation" as const, version: "1.6" });

function open(options: Partial<MessageLogOptions> = {}) {
  const folder = join(temporaryFolder(), "logs");
  const ports = { clock: new ManualClock(), files: nodeFiles, log: silentLogger };
  const log = new MessageLog({ ...ports, folder, maxBytes: 0, maxFiles: 0, ...options });
  const read = (name = "libocpp.log") => readFileSync(join(folder, name), "utf8");
  return { folder, log, read };
}

describe("the message log", () => {
  it("has time, direction and name of every message, also of the answers", async () => {
    const { log, read } = open();
    log.add(out('[2,"1","Heartbeat",{}]'));
    log.add(back('[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]'));
    log.add(back('[2,"2","Reset",{"type":"Soft"}]'));
    log.add(out('[4,"2","NotSupported","",{}]'));
    log.add(back("not a message"));
    await log.settled();
    const time = "2026-01-01T00:00:00.000Z";
    expect(
      read()
        .split("\n\n")
        .map((entry) => entry.split("\n")[0]),
    ).toEqual([
      `${time}: ChargePoint>CentralSystem Heartbeat`,
      `${time}: CentralSystem>ChargePoint Heartbeat.conf`,
      `${time}: CentralSystem>ChargePoint Reset`,
      `${time}: ChargePoint>CentralSystem Reset.error`,
      `${time}: CentralSystem>ChargePoint unknown.error`,
      "",
    ]);
  });

  it("begins a new file when one is full, and keeps so many", async () => {
    const { folder, log, read } = open({ maxBytes: 1, maxFiles: 3 });
    for (const id of ["a", "b", "c", "d", "e"]) log.add(out(`[2,"${id}","Heartbeat",{}]`));
    await log.settled();
    expect(readdirSync(folder).sort()).toEqual(["libocpp.log", "libocpp.log.0", "libocpp.log.1"]);
    expect(["libocpp.log", "libocpp.log.0", "libocpp.log.1"].map((name) => /"([a-e])"/.exec(read(name))?.[1])).toEqual([
      "e",
      "d",
      "c",
    ]);
  });

  it("Given a disk that fails, then nothing else does", async () => {
    const files = { ...nodeFiles, append: () => Promise.reject(new RangeError("full")) };
    const { log } = open({ files });
    log.add(out('[2,"1","Heartbeat",{}]'));
    await expect(log.settled()).resolves.toBeUndefined();
  });
});

describe("what is published and kept", () => {
  it.each([
    [
      '[2,"1","ChangeConfiguration",{"key":"authorizationKEY","value":"secret"}]',
      '[2,"1","ChangeConfiguration",{"key":"authorizationKEY","value":"***"}]',
    ],
    [
      '[2,"1","SetVariables",{"setVariableData":[{"variable":{"name":"BasicAuthPassword"},"attributeValue":"secret"},{"variable":{"name":"X"},"attributeValue":"1"}]}]',
      '[2,"1","SetVariables",{"setVariableData":[{"variable":{"name":"BasicAuthPassword"},"attributeValue":"***"},{"variable":{"name":"X"},"attributeValue":"1"}]}]',
    ],
    [
      '[2,"1","GetConfiguration",{"key":["AuthorizationKey"]}]',
      '[2,"1","GetConfiguration",{"key":["AuthorizationKey"]}]',
    ],
    [
      '[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"60"}]',
      '[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"60"}]',
    ],
    [
      '[2,"1","Change\\u0043onfiguration",{"key":"\\u0041uthorizationKey","value":"secret"}]',
      '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"***"}]',
    ],
    ["AuthorizationKey", "AuthorizationKey"],
    [
      '[2,"1","SetVariables",{"setVariableData":[{"component":{"name":"NetworkConfiguration","instance":"1"},"variable":{"name":"VpnKey"},"attributeValue":"secret"}]}]',
      '[2,"1","SetVariables",{"setVariableData":[{"component":{"name":"NetworkConfiguration","instance":"1"},"variable":{"name":"VpnKey"},"attributeValue":"***"}]}]',
    ],
    [
      '[2,"1","SetNetworkProfile",{"configurationSlot":1,"connectionData":{"basicAuthPassword":"a","vpn":{"user":"u","password":"b","key":"c"},"apn":{"apnPassword":"d","simPin":1}}}]',
      '[2,"1","SetNetworkProfile",{"configurationSlot":1,"connectionData":{"basicAuthPassword":"***","vpn":{"user":"u","password":"***","key":"***"},"apn":{"apnPassword":"***","simPin":"***"}}}]',
    ],
    [
      '[2,"1","GetLog",{"log":{"remoteLocation":"ftp://user:secret@host/logs"}}]',
      '[2,"1","GetLog",{"log":{"remoteLocation":"ftp://user:***@host/logs"}}]',
    ],
    ['[2,"1","DataTransfer",{"vendorId":"a@b"}]', '[2,"1","DataTransfer",{"vendorId":"a@b"}]'],
  ])("of %s is %s", (text, shown) => {
    expect(redacted(text)).toBe(shown);
  });
});
