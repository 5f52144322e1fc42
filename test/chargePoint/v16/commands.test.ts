import { describe, expect, it } from "vitest";
import { Car, cardToken, errorReport, type FakeStation } from "../fakeStation.ts";
import { type Bench, type BenchOptions, online } from "./bench.ts";

async function charging(options: BenchOptions = {}): Promise<{ at: Bench; car: Car }> {
  const at = await online(options);
  const car = new Car(at);
  await car.plugIn();
  await car.start(cardToken);
  await car.charge();
  return { at, car };
}

const told = (at: Bench) =>
  at.csms.requests("StatusNotification").map(({ connectorId, status }) => `${connectorId} ${status}`);

describe("RemoteStartTransaction (5.11)", () => {
  it("hands the tag to Auth, checked where AuthorizeRemoteTxRequests says so", async () => {
    for (const check of [true, false]) {
      const at = await online({ values: { "Core.AuthorizeRemoteTxRequests": check } });
      expect(await at.ask("RemoteStartTransaction", { idTag: "TAG", connectorId: 1 })).toEqual({ status: "Accepted" });
      expect(at.station.tokens).toEqual([
        {
          ...{ id_token: { value: "TAG", type: "Central" }, authorization_type: "OCPP", connectors: [1] },
          prevalidated: !check,
        },
      ]);
    }
  });

  it("without a connector is for every free one, for the first, or refused, as configured", async () => {
    const start = async (values: Record<string, unknown>) => {
      const at = await online({ evses: 3, values });
      const car = new Car(at, "first", 1);
      await car.plugIn();
      await car.start();
      const { status } = await at.ask("RemoteStartTransaction", { idTag: "TAG" });
      return status === "Accepted" ? at.station.tokens[0]?.connectors : status;
    };
    expect(await start({})).toEqual([2, 3]);
    expect(await start({ "Internal.RemoteStartTransactionWithoutConnectorIdFindFirst": true })).toEqual([2]);
    expect(await start({ "Internal.RejectRemoteStartTransactionWithoutConnectorId": true })).toBe("Rejected");
  });

  it.each<[string, (at: Bench) => Promise<unknown>]>([
    [
      "a transaction runs",
      async (at) => {
        const car = new Car(at);
        await car.plugIn();
        await car.start();
      },
    ],
    [
      "the connector is out of service",
      async (at) => {
        await at.ask("ChangeAvailability", { connectorId: 1, type: "Inoperative" });
        await new Car(at).other("Disabled");
      },
    ],
    [
      "the connector is broken",
      async (at) => at.chargePoint.onError(1, errorReport("evse_manager/Inoperative", "Active")),
    ],
    [
      "the last car still stands there",
      async (at) => {
        const car = new Car(at);
        await car.plugIn();
        await car.start();
        await car.finish("Local");
      },
    ],
  ])("is refused while %s", async (_name, scene) => {
    const at = await online();
    await scene(at);
    expect(await at.ask("RemoteStartTransaction", { idTag: "TAG", connectorId: 1 })).toEqual({ status: "Rejected" });
    expect(at.station.tokens).toEqual([]);
  });

  it("is refused at connectors that there are not, and at one reserved for another tag", async () => {
    const prepare = (station: FakeStation) => {
      station.withReservation();
      Object.assign(station.reservation ?? {}, { exists_reservation: () => "ReservedForOtherToken" });
    };
    const at = await online({ prepare });
    for (const connectorId of [0, 2]) {
      expect(await at.ask("RemoteStartTransaction", { idTag: "TAG", connectorId })).toEqual({ status: "Rejected" });
    }
    await new Car(at).other("ReservationStart");
    expect(told(at).at(-1)).toBe("1 Reserved");
    expect(await at.ask("RemoteStartTransaction", { idTag: "TAG", connectorId: 1 })).toEqual({ status: "Rejected" });
    Object.assign(at.station.reservation ?? {}, { exists_reservation: () => "ReservedForToken" });
    expect(await at.ask("RemoteStartTransaction", { idTag: "TAG", connectorId: 1 })).toEqual({ status: "Accepted" });
  });
});

describe("RemoteStopTransaction (5.12)", () => {
  it("stops the transaction with that number, and no other", async () => {
    const { at } = await charging();
    expect(await at.ask("RemoteStopTransaction", { transactionId: 99 })).toEqual({ status: "Rejected" });
    expect(at.station.of("stop_transaction")).toEqual([]);
    expect(await at.ask("RemoteStopTransaction", { transactionId: 1 })).toEqual({ status: "Accepted" });
    expect(at.station.of("stop_transaction")).toEqual([{ id: 1, request: { reason: "Remote" } }]);
  });
});

describe("UnlockConnector (5.18)", () => {
  it("says whether it did", async () => {
    const at = await online();
    expect(await at.ask("UnlockConnector", { connectorId: 1 })).toEqual({ status: "Unlocked" });
    expect(at.station.of("force_unlock")).toEqual([{ id: 1, connector_id: 1 }]);
    expect(await at.ask("UnlockConnector", { connectorId: 7 })).toEqual({ status: "NotSupported" });
  });

  it("stops the transaction instead, where it cannot unlock and the configuration wants it", async () => {
    const values = { "Internal.StopTransactionIfUnlockNotSupported": true };
    const { at } = await charging({ values });
    Object.assign(at.station.evses[0] ?? {}, { force_unlock: async () => false });
    expect(await at.ask("UnlockConnector", { connectorId: 1 })).toEqual({ status: "NotSupported" });
    expect(at.station.of("stop_transaction")).toEqual([{ id: 1, request: { reason: "UnlockCommand" } }]);
  });
});

describe("ChangeAvailability (5.2)", () => {
  const commands = (at: Bench) =>
    (at.station.of("enable_disable") as { id: number; cmd_source: { enable_state: string } }[]).map(
      ({ id, cmd_source }) => `${id} ${cmd_source.enable_state}`,
    );

  it("takes a connector out of service and back", async () => {
    const at = await online();
    expect(await at.ask("ChangeAvailability", { connectorId: 1, type: "Inoperative" })).toEqual({ status: "Accepted" });
    await new Car(at).other("Disabled");
    expect(await at.ask("ChangeAvailability", { connectorId: 1, type: "Operative" })).toEqual({ status: "Accepted" });
    await new Car(at).other("Enabled");
    expect(commands(at)).toEqual(["1 Disable", "1 Enable"]);
    expect(told(at).slice(-2)).toEqual(["1 Unavailable", "1 Available"]);
  });

  it("waits for the end of a transaction", async () => {
    const { at, car } = await charging();
    expect(await at.ask("ChangeAvailability", { connectorId: 1, type: "Inoperative" })).toEqual({
      status: "Scheduled",
    });
    expect(commands(at)).toEqual([]);
    await car.finish("Local");
    expect(commands(at)).toEqual(["1 Disable"]);
  });

  it("of connector 0 is of the station and of all connectors; busy ones follow", async () => {
    const at = await online({ evses: 2 });
    const car = new Car(at, "x", 2);
    await car.plugIn();
    await car.start();
    expect(await at.ask("ChangeAvailability", { connectorId: 0, type: "Inoperative" })).toEqual({
      status: "Scheduled",
    });
    expect(commands(at)).toEqual(["1 Disable"]);
    expect(told(at)).toContain("0 Unavailable");
    await car.finish("Local");
    expect(commands(at)).toEqual(["1 Disable", "2 Disable"]);
  });

  it("survives a restart", async () => {
    const at = await online();
    await at.ask("ChangeAvailability", { connectorId: 1, type: "Inoperative" });
    const again = await online({ database: at.database });
    expect(commands(again)).toEqual(["1 Disable"]);
  });

  it("is refused for connectors that there are not", async () => {
    const at = await online();
    expect(await at.ask("ChangeAvailability", { connectorId: 2, type: "Inoperative" })).toEqual({ status: "Rejected" });
  });
});

describe("Reset (5.14)", () => {
  it("ends what runs, tells the CSMS, and resets then", async () => {
    const { at, car } = await charging({ prepare: (station) => station.withSystem() });
    expect(await at.ask("Reset", { type: "Soft" })).toEqual({ status: "Accepted" });
    expect(at.station.of("stop_transaction")).toEqual([{ id: 1, request: { reason: "SoftReset" } }]);
    expect(at.station.of("reset")).toEqual([]);
    await car.finish("SoftReset");
    await at.clock.advance(100);
    expect(at.csms.requests("StopTransaction")).toMatchObject([{ reason: "SoftReset" }]);
    expect(at.station.of("reset")).toEqual([{ type: "Soft", scheduled: false }]);
    expect(at.csms.requests("SecurityEventNotification").map(({ type }) => type)).toContain("ResetOrReboot");
  });

  it("does not wait for ever (WaitForStopTransactionsOnResetTimeout)", async () => {
    const { at } = await charging({ prepare: (station) => station.withSystem() });
    await at.ask("Reset", { type: "Hard" });
    await at.clock.advance(59_000);
    expect(at.station.of("reset")).toEqual([]);
    await at.clock.advance(1_000);
    expect(at.station.of("reset")).toEqual([{ type: "Hard", scheduled: false }]);
  });

  it("is refused where there is no system, or where it does not allow it", async () => {
    const none = await online();
    expect(await none.ask("Reset", { type: "Soft" })).toEqual({ status: "Rejected" });
    const busy = await online({
      prepare: (station) => {
        station.withSystem();
        Object.assign(station.system ?? {}, { is_reset_allowed: () => false });
      },
    });
    expect(await busy.ask("Reset", { type: "Soft" })).toEqual({ status: "Rejected" });
    await busy.clock.advance(100_000);
    expect(busy.station.of("reset")).toEqual([]);
  });
});

describe("ReserveNow and CancelReservation (5.13, 5.1)", () => {
  const request = { connectorId: 1, expiryDate: "2026-01-01T01:00:00Z", idTag: "TAG", reservationId: 5 };
  const withReservation = { prepare: (station: FakeStation) => station.withReservation() };

  it("go to Auth", async () => {
    const at = await online(withReservation);
    expect(await at.ask("ReserveNow", { ...request, parentIdTag: "FLEET" })).toEqual({ status: "Accepted" });
    expect(at.station.of("reserve_now")).toEqual([
      {
        request: {
          ...{ evse_id: 1, reservation_id: 5, id_token: "TAG", parent_id_token: "FLEET" },
          expiry_time: "2026-01-01T01:00:00.000Z",
        },
      },
    ]);
    expect(await at.ask("CancelReservation", { reservationId: 5 })).toEqual({ status: "Accepted" });
    expect(at.station.of("cancel_reservation")).toEqual([{ reservation_id: 5 }]);
  });

  it("start a transaction that names the reservation", async () => {
    const at = await online(withReservation);
    const uuid = "reserved";
    const meter_value = { timestamp: "2026-01-01T00:00:00Z", energy_Wh_import: { total: 0 } };
    at.chargePoint.onSessionEvent(1, {
      ...{ uuid, timestamp: "2026-01-01T00:00:00Z", event: "TransactionStarted" },
      transaction_started: { id_tag: cardToken, meter_value, reservation_id: 5 },
    });
    await at.settle();
    expect(at.csms.requests("StartTransaction")).toMatchObject([{ reservationId: 5 }]);
  });

  it.each<[string, object, Record<string, unknown>, string]>([
    ["no such connector", { connectorId: 9 }, {}, "Rejected"],
    ["connector 0 where that is not supported", { connectorId: 0 }, {}, "Rejected"],
    ["connector 0 where it is", { connectorId: 0 }, { "Reservation.ReserveConnectorZeroSupported": true }, "Accepted"],
    ["no reservations", {}, { "Core.SupportedFeatureProfiles": "Core" }, "Rejected"],
  ])("Given %s, then the answer fits", async (_name, more, values, status) => {
    const at = await online({ ...withReservation, values });
    expect(await at.ask("ReserveNow", { ...request, ...more })).toEqual({ status });
  });

  it("are answered by what the connector is", async () => {
    const at = await online(withReservation);
    await new Car(at).plugIn();
    expect(await at.ask("ReserveNow", request)).toEqual({ status: "Occupied" });
    at.chargePoint.onError(1, errorReport("evse_manager/Inoperative", "Active"));
    expect(await at.ask("ReserveNow", request)).toEqual({ status: "Faulted" });
    Object.assign(at.station.reservation ?? {}, { cancel_reservation: () => false });
    expect(await at.ask("CancelReservation", { reservationId: 6 })).toEqual({ status: "Rejected" });
  });
});

describe("TriggerMessage and ExtendedTriggerMessage (5.17)", () => {
  it.each([
    ["BootNotification", "BootNotification"],
    ["Heartbeat", "Heartbeat"],
    ["StatusNotification", "StatusNotification"],
    ["MeterValues", "MeterValues"],
    ["DiagnosticsStatusNotification", "DiagnosticsStatusNotification"],
    ["FirmwareStatusNotification", "FirmwareStatusNotification"],
  ] as const)("asks for %s", async (requestedMessage, action) => {
    const at = await online();
    new Car(at).measure(5);
    at.csms.calls.length = 0;
    expect(await at.ask("TriggerMessage", { requestedMessage, connectorId: 1 })).toEqual({ status: "Accepted" });
    expect(at.csms.calls[0]?.action).toBe(action);
  });

  it.each([
    ["LogStatusNotification", "LogStatusNotification", { status: "Idle" }],
    ["FirmwareStatusNotification", "SignedFirmwareStatusNotification", { status: "Idle" }],
    ["SignChargePointCertificate", "SignCertificate", { csr: "the CSR" }],
    ["Heartbeat", "Heartbeat", {}],
  ] as const)("asks for %s in the words of the whitepaper", async (requestedMessage, action, payload) => {
    const at = await online();
    at.csms.calls.length = 0;
    expect(await at.ask("ExtendedTriggerMessage", { requestedMessage })).toEqual({ status: "Accepted" });
    expect(at.csms.calls).toEqual([{ action, payload }]);
  });

  it("without a connector is of all", async () => {
    const at = await online({ evses: 2 });
    at.csms.calls.length = 0;
    await at.ask("TriggerMessage", { requestedMessage: "StatusNotification" });
    expect(at.csms.requests("StatusNotification").map(({ connectorId }) => connectorId)).toEqual([0, 1, 2]);
  });

  it("in a transaction measures it, with the context Trigger", async () => {
    const { at, car } = await charging();
    car.measure(1234);
    await at.ask("TriggerMessage", { requestedMessage: "MeterValues", connectorId: 1 });
    expect(at.csms.requests("MeterValues")).toMatchObject([
      { connectorId: 1, transactionId: 1, meterValue: [{ sampledValue: [{ context: "Trigger", value: "1234" }, {}] }] },
    ]);
  });

  it.each([
    [{ requestedMessage: "StatusNotification", connectorId: 9 }],
    [{ requestedMessage: "MeterValues", connectorId: 1 }],
    [{ requestedMessage: "MeterValues" }],
  ] as const)("%o is rejected", async (request) => {
    const at = await online();
    at.csms.calls.length = 0;
    expect(await at.ask("TriggerMessage", request)).toEqual({ status: "Rejected" });
    expect(at.csms.calls).toEqual([]);
  });

  it("cannot ask for a certificate without CpoName", async () => {
    const at = await online({ values: { "Security.CpoName": undefined } });
    const request = { requestedMessage: "SignChargePointCertificate" } as const;
    expect(await at.ask("ExtendedTriggerMessage", request)).toEqual({ status: "Rejected" });
  });
});

describe("DataTransfer of other vendors (4.3, 5.6)", () => {
  it("goes to the module that is connected for it, and is unknown without one", async () => {
    const none = await online();
    expect(await none.ask("DataTransfer", { vendorId: "acme" })).toEqual({ status: "UnknownVendorId" });
    const at = await online({
      prepare: (station) => {
        station.dataTransfer = {
          data_transfer: async ({ request }) =>
            request.vendor_id === "acme" ? { status: "Accepted", data: `${request.data}!` } : { status: "Offline" },
        };
      },
    });
    expect(await at.ask("DataTransfer", { vendorId: "acme", data: "hello" })).toEqual({
      status: "Accepted",
      data: "hello!",
    });
    expect(await at.ask("DataTransfer", { vendorId: "other" })).toEqual({ status: "Rejected" });
  });

  it("goes out too, and says when there is no CSMS", async () => {
    const at = await online();
    at.csms.script.DataTransfer = ({ data }) => ({ status: "Accepted", data: `${data}?` });
    const request = { vendor_id: "acme", message_id: "hi", data: "text" };
    expect(await at.chargePoint.sendDataTransfer(request)).toEqual({ status: "Accepted", data: "text?" });
    expect(at.csms.requests("DataTransfer")).toEqual([{ vendorId: "acme", messageId: "hi", data: "text" }]);
    await at.disconnect();
    expect(await at.chargePoint.sendDataTransfer(request)).toEqual({ status: "Offline" });
  });
});

describe("what is not known", () => {
  it("is NotSupported, what is wrong says what", async () => {
    const at = await online();
    await expect(at.chargePoint.answer("Authorize", { idTag: "A" }, () => {})).rejects.toThrow(/NotSupported/);
    await expect(at.chargePoint.answer("Dance", {}, () => {})).rejects.toThrow(/NotImplemented/);
    await expect(at.chargePoint.answer("Reset", { type: "Warm" }, () => {})).rejects.toThrow(/Violation|Constraint/);
  });
});
