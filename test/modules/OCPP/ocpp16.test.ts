import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Calls } from "../../../src/ocpp/v16/messages.generated.ts";
import type { TestPki } from "../../../src/pki/index.ts";
import { cardToken } from "../../chargePoint/fakeStation.ts";
import { contractOf, session } from "../ocppCommon/scenes.ts";
import {
  type ForeignCsms,
  hears,
  makePki,
  type StationOptions,
  soon,
  startForeignCsms,
  startTestStation,
  type TestStation,
  temporaryFolder,
} from "./support.ts";

/** Making certificates takes most of the time. */
let pki: TestPki;
const pkiFolder = mkdtempSync(join(tmpdir(), "plugcharge-OCPP-pki-"));
beforeAll(async () => {
  pki = await makePki(pkiFolder);
});
afterAll(() => rmSync(pkiFolder, { recursive: true }));

interface Scene extends TestStation {
  readonly csms: ForeignCsms;
  readonly folder: string;
}

async function started(options: Partial<StationOptions> = {}): Promise<Scene> {
  const csms = await startForeignCsms();
  const folder = options.folder ?? temporaryFolder();
  const station = await startTestStation({ folder, url: csms.url, pki, ...options });
  await station.hands.booted;
  return { ...station, csms, folder };
}

const transactional = ["StartTransaction", "MeterValues", "StopTransaction"];
const transaction = ({ heard }: ForeignCsms) =>
  heard
    .filter(({ method }) => transactional.includes(method))
    .map(({ method, params }) =>
      [method, params.transactionId, params.meterStart ?? params.meterStop]
        .filter((part) => part !== undefined)
        .join(" "),
    );

describe("OCPP at a strict CSMS that is not ours", () => {
  it("finds nothing wrong with the messages of a whole session, and nothing with our answers", async () => {
    const { csms, hands } = await started();
    expect(hands.commands).toContain('set_connection_timeout {"connection_timeout":120}');
    expect(hands.commands).toContain(
      'set_plug_and_charge_configuration {"plug_and_charge_configuration":{"pnc_enabled":true,"central_contract_validation_allowed":true}}',
    );
    const contract = contractOf(pki);
    expect(await hands.validate(contract)).toMatchObject({
      authorization_status: "Accepted",
      certificate_status: "Accepted",
    });
    expect(csms.pnc("Authorize")).toMatchObject([
      { idToken: { idToken: pki.eMAID }, iso15118CertificateHashData: [{ responderURL: "http://ocsp" }, {}, {}] },
    ]);
    for (const event of session("foreign", contract)) hands.sessionEvent(event);
    await hears(csms, "StopTransaction");
    expect(transaction(csms)).toEqual(["StartTransaction 1000", "StopTransaction 1 4200"]);
    const asked: { [A in keyof Calls]?: Calls[A]["request"] } = {
      ChangeAvailability: { connectorId: 1, type: "Operative" },
      ChangeConfiguration: { key: "HeartbeatInterval", value: "200" },
      ClearCache: {},
      ClearChargingProfile: {},
      DataTransfer: { vendorId: "acme", messageId: "hi" },
      GetCompositeSchedule: { connectorId: 1, duration: 600 },
      GetConfiguration: {},
      GetDiagnostics: { location: "https://files.example/" },
      GetInstalledCertificateIds: { certificateType: "ManufacturerRootCertificate" },
      GetLocalListVersion: {},
      GetLog: { logType: "SecurityLog", requestId: 1, log: { remoteLocation: "https://files.example/" } },
      RemoteStartTransaction: { idTag: "TAG", connectorId: 1 },
      RemoteStopTransaction: { transactionId: 77 },
      ReserveNow: { connectorId: 1, expiryDate: "2030-01-01T00:00:00Z", idTag: "TAG", reservationId: 1 },
      CancelReservation: { reservationId: 1 },
      Reset: { type: "Soft" },
      SendLocalList: { listVersion: 1, updateType: "Full" },
      TriggerMessage: { requestedMessage: "StatusNotification" },
      ExtendedTriggerMessage: { requestedMessage: "LogStatusNotification" },
      UnlockConnector: { connectorId: 1 },
    };
    for (const [action, request] of Object.entries(asked)) await csms.call(action as keyof Calls, request as never);
    const profile = { chargingProfileId: 1, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile" } as const;
    const chargingSchedulePeriod = [{ startPeriod: 0, limit: 15.5 }];
    const chargingSchedule = { chargingRateUnit: "A" as const, chargingSchedulePeriod };
    const csChargingProfiles = { ...profile, chargingProfileKind: "Relative" as const, chargingSchedule };
    expect(await csms.call("SetChargingProfile", { connectorId: 1, csChargingProfiles })).toEqual({
      status: "Accepted",
    });
    expect(await csms.call("GetCompositeSchedule", { connectorId: 1, duration: 600 })).toMatchObject({
      chargingSchedule: { chargingSchedulePeriod: [{ startPeriod: 0, limit: 15.5 }] },
    });
    const ids = await csms.callPnc("GetInstalledCertificateIds", {});
    expect(ids).toMatchObject({ status: "Accepted" });
    expect(csms.failures).toEqual([]);
    expect(csms.handshakes).toMatchObject([{ identity: "cp001" }]);
    expect(Buffer.from(csms.handshakes[0]?.password ?? []).toString()).toBe("DEADBEEFDEADBEEF");
    expect(hands.tokens).toMatchObject([{ id_token: { value: "TAG" }, connectors: [1], prevalidated: false }]);
  });

  it("Given the connection is cut, then a contract is checked here, and the transaction arrives later, whole", async () => {
    const { csms, hands } = await started();
    expect(await hands.control("stop")).toBe(true);
    const contract = contractOf(pki);
    // Its eMAID is in no list here, so a good contract is not enough (everest-behaviour.md, 5).
    expect(await hands.validate(contract)).toMatchObject({ authorization_status: "Invalid" });
    for (const event of session("offline", contract)) hands.sessionEvent(event);
    expect(await hands.control("restart")).toBe(true);
    await hears(csms, "StopTransaction");
    expect(transaction(csms)).toEqual(["StartTransaction 1000", "StopTransaction 1 4200"]);
    expect(hands.status).toEqual([true, false, true]);
    expect(csms.failures).toEqual([]);
  });

  it("Given a restart in a transaction, then the next run delivers what was queued and ends it", async () => {
    const folder = temporaryFolder();
    const first = await started({ folder });
    await first.hands.control("stop");
    const events = session("restarted", contractOf(pki));
    for (const event of events.slice(0, 3)) first.hands.sessionEvent(event);
    await soon(() => expect(first.hands.status.at(-1)).toBe(false));
    await first.stop();
    const { csms } = await started({ folder });
    await hears(csms, "StopTransaction");
    expect(csms.requests("StopTransaction")).toMatchObject([
      { transactionId: 1, meterStop: 1000, reason: "PowerLoss" },
    ]);
    expect(csms.failures).toEqual([]);
  });

  it("keeps a new password, and proves it at once", async () => {
    const { csms, folder, stop } = await started();
    const change = { key: "AuthorizationKey", value: "000102030405060708090a0b0c0d0e0f" };
    expect(await csms.call("ChangeConfiguration", change)).toEqual({ status: "Accepted" });
    await soon(() => expect(csms.handshakes).toHaveLength(2));
    expect([...(csms.handshakes[1]?.password ?? [])]).toEqual(Array.from({ length: 16 }, (_, index) => index));
    await hears(csms, "StatusNotification", 4);
    await stop();
    const user = join(folder, "user_config.json");
    expect(JSON.parse(readFileSync(user, "utf8"))).toMatchObject({ Security: { AuthorizationKey: change.value } });
    expect(statSync(user).mode & 0o777).toBe(0o600);
    const log = readFileSync(join(folder, "logs", "libocpp.log"), "utf8");
    expect(log).toMatch(/CentralSystem>ChargePoint ChangeConfiguration\n.*"value":"\*\*\*"/);
    expect(log).toMatch(
      /ChargePoint>CentralSystem BootNotification\n\[2,.*\n\n.*CentralSystem>ChargePoint BootNotification.conf/s,
    );
    expect(log).not.toContain(change.value);
  });

  it("Given the CSMS refuses the password, then that is a security event once, and it connects when it may", async () => {
    const csms = await startForeignCsms();
    let refused = 0;
    csms.accept = () => ++refused > 4;
    const { hands, timeline } = await startTestStation({ folder: temporaryFolder(), url: csms.url, pki });
    await hands.booted;
    const titles = timeline.entries.map(({ title }) => title).filter((title) => title.startsWith("no connection"));
    expect(titles.length).toBe(4);
    expect(hands.events.filter((type) => type === "FailedToAuthenticateAtCsms")).toHaveLength(1);
  });

  it("signs a new leaf in the words of the extension", async () => {
    const { csms } = await started();
    expect(await csms.callPnc("TriggerMessage", { requestedMessage: "SignV2GCertificate" })).toEqual({
      status: "Accepted",
    });
    await soon(() => expect(csms.pnc("SignCertificate")).toHaveLength(1));
    expect(csms.pnc("SignCertificate")).toMatchObject([
      { certificateType: "V2GCertificate", csr: expect.stringMatching(/^-----BEGIN CERTIFICATE REQUEST-----/) },
    ]);
    expect(await csms.callPnc("CertificateSigned", { certificateChain: "no certificate" })).toEqual({
      status: "Rejected",
    });
    expect(csms.failures).toEqual([]);
  });
});

describe("a car that asks for a contract", () => {
  it("is answered by the CSMS, through the extension", async () => {
    const { csms, hands } = await started();
    const request = {
      ...{ exi_request: "gJgA", iso15118_schema_version: "urn:iso:15118:2:2013:MsgDef" },
      certificate_action: "Install",
    } as const;
    expect(await hands.askForContract(request)).toEqual({
      ...{ status: "Accepted", exi_response: "gJgA", certificate_action: "Install" },
    });
    expect(csms.pnc("Get15118EVCertificate")).toEqual([
      { exiRequest: "gJgA", iso15118SchemaVersion: "urn:iso:15118:2:2013:MsgDef", action: "Install" },
    ]);
    await hands.control("stop");
    expect(await hands.askForContract(request)).toEqual({ status: "Failed", certificate_action: "Install" });
    expect(csms.failures).toEqual([]);
  });
});

describe("EVerest's interfaces on top", () => {
  it("read, set and follow configuration keys as variables", async () => {
    const { hands } = await started();
    const followed: (string | undefined)[] = [];
    hands.generic.subscribe("event_data", ({ actual_value }) => void followed.push(actual_value));
    const variable = (name: string) => ({ component_variable: { component: { name: "" }, variable: { name } } });
    await hands.generic.call("monitor_variables", {
      component_variables: [variable("ResetRetries").component_variable],
    });
    const set = (name: string, value: string) =>
      hands.generic.call("set_variables", { requests: [{ ...variable(name), value }], source: "test" });
    expect(await set("ResetRetries", "7")).toMatchObject([{ status: "Accepted" }]);
    expect(await set("NumberOfConnectors", "7")).toMatchObject([{ status: "Rejected" }]);
    expect(await set("Dance", "7")).toMatchObject([{ status: "UnknownVariable" }]);
    const requests = [variable("resetretries"), variable("AuthorizationKey")];
    expect(await hands.generic.call("get_variables", { requests })).toMatchObject([
      { status: "Accepted", value: "7" },
      { status: "UnknownVariable" },
    ]);
    await soon(() => expect(followed).toEqual(["7"]));
  });

  it("take EVSEs out of service", async () => {
    const { hands } = await started();
    const change = (evse?: { id: number }) =>
      hands.generic.call("change_availability", {
        request: { operational_status: "Inoperative", ...(evse ? { evse } : {}) },
      });
    expect(await change({ id: 1 })).toEqual({ status: "Accepted" });
    expect(await change()).toEqual({ status: "Accepted" });
    expect(await change({ id: 2 })).toEqual({ status: "Rejected" });
    await soon(() => expect(hands.commands.filter((command) => command.startsWith("enable_disable"))).toHaveLength(2));
  });

  it("validate cards too, and answer while there is no CSMS", async () => {
    const { hands } = await startTestStation({ folder: temporaryFolder(), url: "127.0.0.1:9", pki });
    expect(
      await soon(async () => {
        const result = await hands.validate(cardToken);
        expect(result.authorization_status).toBe("Invalid");
        return result;
      }),
    ).toMatchObject({ tariff_messages: [] });
  });
});

describe("what is wrong with the configuration", () => {
  it.each<[string, StationOptions["values"], RegExp]>([
    ["no password", { Security: { AuthorizationKey: undefined, SecurityProfile: 1 } }, /needs a password/],
    ["an address that is none", { Internal: { CentralSystemURI: "http://csms.example" } }, /no address of a CSMS/],
    [
      "profile 2 without a root",
      { Security: { SecurityProfile: 2 }, Internal: { UseSslDefaultVerifyPaths: false } },
      /CSMS root/,
    ],
    ["TLS keys to be written", { Internal: { EnableTLSKeylog: true } }, /EnableTLSKeylog/],
    ["an interface to bind to", { Internal: { IFace: "eth0" } }, /bound to an interface/],
    [
      "a root check that is not here",
      { Security: { AdditionalRootCertificateCheck: true } },
      /AdditionalRootCertificateCheck/,
    ],
  ])("Given %s, then the start says so", async (_what, values, words) => {
    const stationCerts = join(temporaryFolder(), "nothing");
    const url = "127.0.0.1:9";
    const start = startTestStation({
      folder: temporaryFolder(),
      pki: { stationCerts },
      url,
      ...(values ? { values } : {}),
    });
    await expect(start).rejects.toThrow(words);
  });

  it("Given a device model that cannot be used, then the start ends, or the JSON files are used where that is wanted", async () => {
    const config = { ConfigBackend: "device_model", DeviceModelConfigPath: "nothing" };
    const start = startTestStation({ folder: temporaryFolder(), pki, url: "127.0.0.1:9", config });
    await expect(start).rejects.toThrow(/no component is described here/);
    const { csms } = await started({ config: { ...config, EnableDeviceModelFallbackToLegacyJson: true } });
    expect(csms.requests("BootNotification")).toMatchObject([{ chargePointVendor: "plugcharge" }]);
  });
});
