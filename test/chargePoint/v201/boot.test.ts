import { describe, expect, it } from "vitest";
import type { BootNotificationResponse } from "../../../src/ocpp/v201/messages.generated.ts";
import { CallTimeout, RpcError } from "../../../src/rpc/errors.ts";
import { errorReport } from "../fakeStation.ts";
import { type Bench, bench } from "../support.ts";

const answer = (status: BootNotificationResponse["status"], interval = 0): BootNotificationResponse => ({
  status,
  interval,
  currentTime: "2026-05-01T12:00:00Z",
});
const boots = ({ csms }: Bench) => csms.requests("BootNotification").length;

describe("boot (B01 to B03)", () => {
  it("introduces the station, takes the heartbeat interval over and tells of every connector", async () => {
    const at = bench({ values: { "InternalCtrlr.ICCID": "8949", "OCPPCommCtrlr.HeartbeatInterval": "10" }, evses: 2 });
    at.csms.script.BootNotification = () => answer("Accepted", 300);
    await at.connect();
    expect(at.csms.requests("BootNotification")).toEqual([
      {
        reason: "PowerUp",
        chargingStation: {
          model: "plugcharge",
          vendorName: "plugcharge",
          serialNumber: "012345678",
          firmwareVersion: "0.1.0",
          modem: { iccid: "8949" },
        },
      },
    ]);
    expect(at.csms.requests("StatusNotification")).toMatchObject([
      { evseId: 1, connectorId: 1, connectorStatus: "Available" },
      { evseId: 2, connectorId: 1, connectorStatus: "Available" },
    ]);
    expect(at.model.value("OCPPCommCtrlr.HeartbeatInterval")).toBe(300);
    await at.clock.advance(299_000);
    expect(at.csms.requests("Heartbeat")).toHaveLength(0);
    await at.clock.advance(1_000);
    expect(at.csms.requests("Heartbeat")).toHaveLength(1);
    expect(at.station.published("boot_notification_response")).toMatchObject([{ status: "Accepted", interval: 300 }]);
  });

  it.each(["Pending", "Rejected"] as const)(
    "Given %s, then it asks again after the interval and sends nothing else",
    async (status) => {
      const at = bench();
      at.csms.script.BootNotification = () => answer(status, 40);
      await at.connect();
      await at.clock.advance(39_999);
      expect(at.csms.calls.map(({ action }) => action)).toEqual(["BootNotification"]);
      at.csms.script.BootNotification = () => answer("Accepted");
      await at.clock.advance(1);
      expect(at.chargePoint.online).toBe(true);
      const fix = at.timeline.entries.find(({ outcome }) => outcome === "refused")?.fix;
      expect(fix).toMatch(/Register the station/);
    },
  );

  it("Given Rejected without an interval, then it chooses one itself", async () => {
    const at = bench();
    at.csms.script.BootNotification = () => answer("Rejected");
    await at.connect();
    await at.clock.advance(29_999);
    expect(boots(at)).toBe(1);
    await at.clock.advance(1);
    expect(boots(at)).toBe(2);
  });

  it("Given the CSMS fails to answer, then it backs off: 1, 2, 4, 4 … times the wait", async () => {
    const values = { "OCPPCommCtrlr.RetryBackOffWaitMinimum": "10", "OCPPCommCtrlr.RetryBackOffRandomRange": "0" };
    const at = bench({ values });
    at.csms.script.BootNotification = () => new CallTimeout("BootNotification", 60_000);
    await at.connect();
    for (const [wait, index] of [10, 20, 40, 40].map((wait, index) => [wait, index] as const)) {
      await at.clock.advance(wait * 1000 - 1);
      expect(boots(at)).toBe(index + 1);
      await at.clock.advance(1);
      expect(boots(at)).toBe(index + 2);
    }
  });

  it("Given the connection is lost while it waits, then the next connection boots at once", async () => {
    const at = bench();
    at.csms.script.BootNotification = () => new RpcError("InternalError");
    await at.connect();
    await at.disconnect();
    await at.clock.advance(3_600_000);
    expect(boots(at)).toBe(1);
    await at.connect();
    expect(boots(at)).toBe(2);
  });

  it("sets the clock by the CSMS only where TimeSource says so", async () => {
    for (const [source, times] of [
      ["Heartbeat", 1],
      ["NTP", 0],
    ] as const) {
      const set: string[] = [];
      const at = bench({
        values: { "ClockCtrlr.TimeSource": source },
        prepare: (station) => {
          station.withSystem();
          Object.assign(station.system ?? {}, {
            set_system_time: ({ timestamp }: { timestamp: string }) => set.push(timestamp) > 0,
          });
        },
      });
      at.csms.script.BootNotification = () => answer("Accepted");
      await at.connect();
      expect(set).toEqual(times ? ["2026-05-01T12:00:00.000Z"] : []);
    }
  });

  it("does not take the CSMS's orders before it is accepted, except to boot", async () => {
    const at = bench();
    at.csms.script.BootNotification = () => answer("Rejected", 1000);
    await at.connect();
    const getVariableData = [{ component: { name: "TxCtrlr" }, variable: { name: "TxStartPoint" } }];
    await expect(at.ask("GetVariables", { getVariableData })).rejects.toMatchObject({ code: "SecurityError" });
    expect(await at.ask("TriggerMessage", { requestedMessage: "BootNotification" })).toEqual({ status: "Accepted" });
    expect(at.csms.requests("BootNotification").map(({ reason }) => reason)).toEqual(["PowerUp", "Triggered"]);
    at.csms.script.BootNotification = () => answer("Pending", 1000);
    await at.ask("TriggerMessage", { requestedMessage: "BootNotification" });
    expect(await at.ask("GetVariables", { getVariableData })).toMatchObject({ getVariableResult: [{}] });
    await expect(at.ask("GetBaseReport", { requestId: 1, reportBase: "FullInventory" })).resolves.toEqual({
      status: "Accepted",
    });
    expect(at.csms.requests("NotifyReport").length).toBeGreaterThan(0);
  });
});

describe("while the CSMS hesitates (B02)", () => {
  it("gets what it asks for, and nothing else", async () => {
    const at = bench();
    at.csms.script.BootNotification = () => answer("Pending", 1000);
    await at.connect();
    expect(await at.chargePoint.sendDataTransfer({ vendor_id: "org.example" })).toEqual({ status: "Offline" });
    await at.ask("TriggerMessage", { requestedMessage: "StatusNotification", evse: { id: 1, connectorId: 1 } });
    expect(at.csms.calls.map(({ action }) => action)).toEqual(["BootNotification", "StatusNotification"]);
  });
});

describe("a connection that comes back (B04)", () => {
  it("tells of all connectors after a long silence, of the changed ones after a short one, and does not boot again", async () => {
    const at = bench({ evses: 2 });
    await at.connect();
    const told = () => at.csms.requests("StatusNotification").length;
    expect(told()).toBe(2);
    await at.disconnect();
    at.chargePoint.onError(2, errorReport("evse_manager/Inoperative", "Active"));
    await at.clock.advance(30_000);
    await at.connect();
    expect(at.csms.requests("StatusNotification").slice(2)).toMatchObject([{ evseId: 2, connectorStatus: "Faulted" }]);
    await at.disconnect();
    await at.clock.advance(61_000);
    await at.connect();
    expect(told()).toBe(5);
    expect(boots(at)).toBe(1);
  });
});

describe("before and after", () => {
  it("leaves no timer behind when it is stopped", async () => {
    const at = bench();
    await at.connect();
    expect(at.clock.pending).toBeGreaterThan(0);
    await at.chargePoint.stop();
    expect(at.clock.pending).toBe(0);
  });

  it("tells of its start as a security event, also when it was offline then (A04)", async () => {
    const at = bench();
    expect(at.csms.calls).toEqual([]);
    await at.connect();
    expect(at.csms.requests("SecurityEventNotification")).toMatchObject([{ type: "StartupOfTheDevice" }]);
  });

  it("holds queued messages back for as long as it is told, so that the CSMS can speak first", async () => {
    const at = bench({ options: { resumeDelayMs: 5000 } });
    await at.connect();
    await at.clock.advance(4_999);
    expect(at.csms.requests("SecurityEventNotification")).toEqual([]);
    await at.clock.advance(1);
    expect(at.csms.requests("SecurityEventNotification")).toHaveLength(1);
  });
});
