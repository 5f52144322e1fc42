import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { ProvidedIdToken } from "../../../src/interfaces/types/authorization.ts";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import { toPem } from "../../../src/x509/index.ts";
import { startTestCsms, startTestStation, type TestStation, temporaryFolder } from "./support.ts";

const uuid = "11111111-2222-4333-8444-555555555555";

function contractOf({ pki }: Pick<TestStation, "pki">): ProvidedIdToken {
  const { members, chain } = { members: pki.pki.members, chain: pki.pki.chain("contract") };
  return {
    id_token: { value: pki.eMAID, type: "eMAID" },
    authorization_type: "PlugAndCharge",
    connectors: [1],
    certificate: toPem(members.contract.certificate, ...chain),
  };
}

function session(token: ProvidedIdToken): SessionEvent[] {
  const meter = (total: number) => ({ timestamp: new Date().toISOString(), energy_Wh_import: { total } });
  const event = (name: SessionEvent["event"], parts: Partial<SessionEvent>): SessionEvent => ({
    uuid,
    timestamp: new Date().toISOString(),
    event: name,
    ...parts,
  });
  return [
    event("SessionStarted", { session_started: { reason: "EVConnected", meter_value: meter(1000) } }),
    event("TransactionStarted", { transaction_started: { id_tag: token, meter_value: meter(1000) } }),
    event("ChargingStarted", { charging_state_changed_event: { meter_value: meter(1000) } }),
    event("TransactionFinished", { transaction_finished: { reason: "EVDisconnected", meter_value: meter(4200) } }),
    event("SessionFinished", { session_finished: { meter_value: meter(4200) } }),
  ];
}

async function started(contract?: string, values?: Record<string, string>): Promise<TestStation> {
  const folder = temporaryFolder();
  const { csms, pki } = await startTestCsms(folder, contract);
  const station = await startTestStation({ folder, csms, pki, ...(values ? { values } : {}) });
  await station.hands.booted;
  return station;
}

describe("OCPP201 with a real CSMS", () => {
  it("boots, hands its settings on, and has a good contract charge to the end", async () => {
    const station = await started();
    const { hands, csms } = station;
    const token = contractOf(station);
    expect(hands.commands).toContain('set_connection_timeout {"connection_timeout":120}');
    expect(hands.commands).toContain('set_master_pass_group_id {"master_pass_group_id":"123"}');
    expect(hands.commands).toContain(
      'set_plug_and_charge_configuration {"plug_and_charge_configuration":{"pnc_enabled":true,"contract_certificate_installation_enabled":true}}',
    );
    expect(await hands.validate(token)).toMatchObject({
      authorization_status: "Accepted",
      certificate_status: "Accepted",
    });
    for (const event of session(token)) hands.sessionEvent(event);
    await vi.waitFor(() => expect(csms.transactions[0]?.endedAt).toBeDefined(), { timeout: 5000 });
    expect(csms.transactions).toHaveLength(1);
    const titles = station.timeline.entries.map(({ title }) => title);
    for (const title of ["BootNotification.req", "StatusNotification.req", "Authorize.conf", "TransactionEvent.req"]) {
      expect(titles).toContain(title);
    }
  });

  it("Given a revoked contract, then it is refused in the CSMS's words", async () => {
    const station = await started("revoked");
    expect(await station.hands.validate(contractOf(station))).toMatchObject({
      authorization_status: expect.not.stringMatching("Accepted"),
      certificate_status: "CertificateRevoked",
    });
    const refusal = station.timeline.entries.find(({ outcome, from }) => outcome === "refused" && from === "CSMS");
    expect(refusal?.title).toMatch(/revoked/);
  });

  it("Given the MO root is missing, then the rule and the two ways out are on the timeline", async () => {
    const station = await started("unknown-root");
    expect(await station.hands.validate(contractOf(station))).toMatchObject({ authorization_status: "Invalid" });
    const decision = station.timeline.entries.find(({ outcome }) => outcome === "refused");
    expect(decision?.title).toMatch(/MO root missing/);
    expect(decision?.fix).toMatch(/CentralContractValidationAllowed/);
    expect(station.timeline.entries.map(({ title }) => title)).not.toContain("Authorize.req");
  });

  it("Given the connection is cut, then a contract is checked here, and the transaction arrives later, whole", async () => {
    const station = await started();
    const { hands, csms } = station;
    expect(await hands.control("stop")).toBe(true);
    const token = contractOf(station);
    expect(await hands.validate(token)).toMatchObject({ authorization_status: "Accepted" });
    for (const event of session(token)) hands.sessionEvent(event);
    expect(csms.transactions).toEqual([]);
    expect(await hands.control("restart")).toBe(true);
    await vi.waitFor(() => expect(csms.transactions[0]?.endedAt).toBeDefined(), { timeout: 5000 });
    expect(hands.status).toEqual([true, false, true]);
  });

  it("Given a restart while offline, then what was queued is delivered by the next run", async () => {
    const folder = temporaryFolder();
    const { csms, pki } = await startTestCsms(folder);
    const first = await startTestStation({ folder, csms, pki });
    await first.hands.booted;
    await first.hands.control("stop");
    const events = session(contractOf(first));
    for (const event of events.slice(0, 3)) first.hands.sessionEvent(event);
    await vi.waitFor(() => expect(first.hands.status.at(-1)).toBe(false));
    await first.stop();
    const second = await startTestStation({ folder, csms, pki });
    await second.hands.booted;
    await vi.waitFor(() => expect(csms.transactions[0]?.endedAt).toBeDefined(), { timeout: 5000 });
    expect(csms.transactions).toHaveLength(1);
  });

  it("Given the CSMS asks, then it is answered: variables, reports, remote start", async () => {
    const { csms, hands } = await started();
    const variable = (name: string) => ({ component: { name: "TxCtrlr" }, variable: { name } });
    expect(await csms.call("cp001", "GetVariables", { getVariableData: [variable("EVConnectionTimeOut")] })).toEqual({
      getVariableResult: [
        {
          ...variable("EVConnectionTimeOut"),
          attributeType: "Actual",
          attributeStatus: "Accepted",
          attributeValue: "120",
        },
      ],
    });
    const setVariableData = [{ ...variable("EVConnectionTimeOut"), attributeValue: "45" }];
    await csms.call("cp001", "SetVariables", { setVariableData });
    await vi.waitFor(() => expect(hands.commands).toContain('set_connection_timeout {"connection_timeout":45}'));
    expect(await csms.call("cp001", "GetBaseReport", { requestId: 5, reportBase: "FullInventory" })).toEqual({
      status: "Accepted",
    });
    const idToken = { idToken: "DE8AA1A2B3C4D59", type: "eMAID" } as const;
    const start = await csms.call("cp001", "RequestStartTransaction", { remoteStartId: 9, idToken, evseId: 1 });
    expect(start).toEqual({ status: "Accepted" });
    await vi.waitFor(() =>
      expect(hands.tokens).toMatchObject([{ request_id: 9, connectors: [1], prevalidated: false }]),
    );
  });

  it("keeps its databases to itself", async () => {
    const folder = temporaryFolder();
    const { csms, pki } = await startTestCsms(folder);
    const station = await startTestStation({ folder, csms, pki });
    await station.hands.booted;
    await station.stop();
    expect(
      readFileSync(join(folder, "core", "cp.db"))
        .subarray(0, 15)
        .toString(),
    ).toBe("SQLite format 3");
  });
});

describe("OCPP201 that cannot start", () => {
  it("bad case: a device model for another station names what is too many", async () => {
    const folder = temporaryFolder();
    const { csms, pki } = await startTestCsms(folder);
    const values = { "InternalCtrlr.NetworkConnectionProfiles": "[]" };
    await expect(startTestStation({ folder, csms, pki, values })).rejects.toThrow(/no network connection profile/);
  });

  it("bad case: security profile 2 without a root of the CSMS", async () => {
    const folder = temporaryFolder();
    const { csms, pki } = await startTestCsms(folder);
    const profile = { configurationSlot: 1, connectionData: { ocppCsmsUrl: "wss://csms", securityProfile: 2 } };
    const values = { "InternalCtrlr.NetworkConnectionProfiles": JSON.stringify([profile]) };
    const noRoot = { ...pki, stationCerts: join(folder, "empty") };
    await expect(startTestStation({ folder, csms, pki: noRoot, values })).rejects.toThrow(/CSMS root/);
  });
});
