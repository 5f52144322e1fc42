import { describe, expect, it } from "vitest";
import { RpcError } from "../../../src/rpc/errors.ts";
import { Car, errorReport } from "../fakeStation.ts";
import { bench, FakeCsms, online } from "./bench.ts";

describe("a boot (4.2)", () => {
  it("tells who the station is, then of every connector", async () => {
    const at = await online({ evses: 2, values: { "Internal.MeterType": "MT", "Internal.ICCID": "89490200" } });
    expect(at.csms.requests("BootNotification")).toEqual([
      {
        ...{ chargePointVendor: "plugcharge", chargePointModel: "Virtual AC 11", chargeBoxSerialNumber: "cp001" },
        ...{ firmwareVersion: "0.1.0", meterType: "MT", iccid: "89490200" },
      },
    ]);
    const statuses = at.csms.requests("StatusNotification");
    expect(statuses.map(({ connectorId, status, errorCode }) => [connectorId, status, errorCode])).toEqual(
      [0, 1, 2].map((id) => [id, "Available", "NoError"]),
    );
  });

  it("takes the interval of the CSMS and beats with it", async () => {
    const csms = new FakeCsms();
    csms.script.BootNotification = () => ({ status: "Accepted", currentTime: "2026-01-01T00:00:00Z", interval: 200 });
    const at = await online({ csms });
    expect(at.config.value("HeartbeatInterval")).toBe(200);
    await at.clock.advance(600_000);
    expect(at.csms.requests("Heartbeat")).toHaveLength(3);
    await at.ask("ChangeConfiguration", { key: "HeartbeatInterval", value: "60" });
    await at.clock.advance(120_000);
    expect(at.csms.requests("Heartbeat")).toHaveLength(5);
  });

  it("sets the clock by the CSMS", async () => {
    const at = await online({ prepare: (station) => station.withSystem() });
    expect(at.station.of("set_system_time")).toEqual([{ timestamp: "2026-01-01T00:00:00.000Z" }]);
  });

  it.each(["Pending", "Rejected"] as const)(
    "that is %s is tried again in the CSMS's time, and nothing else is said before",
    async (status) => {
      const csms = new FakeCsms();
      csms.script.BootNotification = () => ({ status, currentTime: "2026-01-01T00:00:00Z", interval: 100 });
      const at = await online({ csms });
      const car = new Car(at);
      await car.plugIn();
      await car.start();
      await at.clock.advance(99_000);
      expect(csms.calls.map(({ action }) => action)).toEqual(["BootNotification"]);
      csms.script.BootNotification = () => ({ status: "Accepted", currentTime: "2026-01-01T00:00:00Z", interval: 300 });
      await at.clock.advance(2_000);
      expect(csms.requests("BootNotification")).toHaveLength(2);
      expect(csms.requests("StartTransaction")).toHaveLength(1);
    },
  );

  it("while Pending the CSMS may set the station up and ask for messages; while Rejected only for a boot", async () => {
    const csms = new FakeCsms();
    csms.script.BootNotification = () => ({ status: "Pending", currentTime: "2026-01-01T00:00:00Z", interval: 100 });
    const at = await online({ csms });
    expect(await at.ask("ChangeConfiguration", { key: "ResetRetries", value: "2" })).toEqual({ status: "Accepted" });
    expect(await at.ask("TriggerMessage", { requestedMessage: "StatusNotification", connectorId: 1 })).toEqual({
      status: "Accepted",
    });
    expect(csms.requests("StatusNotification")).toHaveLength(1);
    expect(await at.ask("RemoteStartTransaction", { idTag: "A", connectorId: 1 })).toEqual({ status: "Rejected" });
    csms.script.BootNotification = () => ({ status: "Rejected", currentTime: "2026-01-01T00:00:00Z", interval: 100 });
    await at.clock.advance(100_000);
    await expect(at.ask("GetConfiguration", {})).rejects.toThrow(/not accepted yet/);
  });

  it("that fails is tried again with the back-off of the configuration", async () => {
    const csms = new FakeCsms();
    csms.script.BootNotification = () => new RpcError("InternalError", "no");
    const values = { "Internal.RetryBackoffWaitMinimum": 10, "Internal.RetryBackoffRandomRange": 0 };
    const at = await online({ csms, values });
    await at.clock.advance(10_000 + 20_000 + 40_000);
    expect(csms.requests("BootNotification")).toHaveLength(4);
  });

  it("is not repeated after a lost connection, but the connectors are told of again", async () => {
    const at = await online();
    await at.disconnect();
    await at.connect();
    expect(at.csms.requests("BootNotification")).toHaveLength(1);
    expect(at.csms.requests("StatusNotification")).toHaveLength(4);
  });

  it.each([
    ["PowerUp", "StartupOfTheDevice"],
    ["RemoteReset", "ResetOrReboot"],
    ["ScheduledReset", "ResetOrReboot"],
    ["FirmwareUpdate", "FirmwareUpdated"],
  ] as const)("after %s tells of the security event %s", async (bootReason, type) => {
    const at = await online({ options: { bootReason } });
    await at.clock.advance(1000);
    expect(at.csms.requests("SecurityEventNotification")).toMatchObject([{ type }]);
  });

  it("tells of no security event where they are switched off, but the station does", async () => {
    const at = await online({ values: { "Security.DisableSecurityEventNotifications": true } });
    await at.clock.advance(1000);
    expect(at.csms.requests("SecurityEventNotification")).toEqual([]);
    expect(at.station.published("security_event")).toMatchObject([{ type: "StartupOfTheDevice" }]);
  });

  it("lets the CSMS speak first where the queue has a delay", async () => {
    const at = bench({ options: { resumeDelayMs: 5_000 } });
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    await at.connect();
    await at.clock.advance(4_000);
    expect(at.csms.requests("StartTransaction")).toEqual([]);
    await at.clock.advance(1_000);
    expect(at.csms.requests("StartTransaction")).toHaveLength(1);
  });
});

describe("status notifications (4.9)", () => {
  const told = (csms: FakeCsms) =>
    csms
      .requests("StatusNotification")
      .map(({ connectorId, status, info }) =>
        [connectorId, status, info].filter((part) => part !== undefined).join(" "),
      );

  it("follow a session, once a change", async () => {
    const at = await online();
    at.csms.calls.length = 0;
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    await car.charge();
    await car.pause();
    await car.charge();
    await car.pauseByEvse();
    await car.pauseByEvse();
    await car.charge();
    await car.finish("Local");
    await car.unplug();
    expect(told(at.csms)).toEqual(
      [
        "Preparing EVConnected",
        "Charging",
        "SuspendedEV",
        "Charging",
        "SuspendedEVSE",
        "Charging",
        "Finishing",
        "Available",
      ].map((status) => `1 ${status}`),
    );
  });

  it("wait until a status has lasted (MinimumStatusDuration), but an error does not", async () => {
    const at = await online({ values: { "Core.MinimumStatusDuration": 5 } });
    at.csms.calls.length = 0;
    const car = new Car(at);
    await car.plugIn();
    await at.clock.advance(4_000);
    await car.unplug();
    await at.clock.advance(4_000);
    expect(told(at.csms)).toEqual([]);
    at.chargePoint.onError(1, errorReport("evse_board_support/MREC6UnderVoltage", "Active"));
    await at.settle();
    expect(at.csms.requests("StatusNotification")).toMatchObject([{ connectorId: 1, errorCode: "UnderVoltage" }]);
  });

  it("tell of a fault and of its end", async () => {
    const at = await online();
    at.csms.calls.length = 0;
    at.chargePoint.onError(1, errorReport("evse_manager/Inoperative", "Active"));
    at.chargePoint.onError(1, errorReport("evse_manager/Inoperative", "ClearedByModule"));
    await at.settle();
    expect(at.csms.requests("StatusNotification").map(({ status, errorCode }) => [status, errorCode])).toEqual([
      ["Faulted", "OtherError"],
      ["Available", "NoError"],
    ]);
  });

  it("of a station error are of connector 0", async () => {
    const at = await online();
    at.csms.calls.length = 0;
    at.chargePoint.onError(0, errorReport("generic/VendorWarning", "Active", { severity: "Low" }));
    await at.settle();
    expect(at.csms.requests("StatusNotification")).toMatchObject([{ connectorId: 0 }]);
  });

  it("are not kept while there is no CSMS, unless the configuration wants it so", async () => {
    for (const [keep, count] of [
      [false, 2],
      [true, 3],
    ] as const) {
      const at = await online({ values: { "Internal.QueueAllMessages": keep } });
      await at.disconnect();
      at.csms.calls.length = 0;
      await new Car(at).plugIn();
      await at.connect();
      await at.clock.advance(1_000);
      expect(told(at.csms)).toHaveLength(count);
    }
  });
});
