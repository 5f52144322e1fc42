/** What the CSMS asks of the station: availability, remote control, triggers, reset, data transfer, variables. */
import { describe, expect, it } from "vitest";
import { splitReport } from "../../../src/chargePoint/deviceModel/reports.ts";
import type { SetVariableDataType, TriggerMessageRequest } from "../../../src/ocpp/v201/messages.generated.ts";
import { Car, cardToken, emaid, errorReport } from "../fakeStation.ts";
import { type Bench, bench, FakeCsms } from "../support.ts";

async function online(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const at = bench(options);
  await at.connect();
  return at;
}
const statuses = ({ csms }: Bench) =>
  csms.requests("StatusNotification").map(({ evseId, connectorStatus }) => `${evseId} ${connectorStatus}`);
const withSystem =
  (resets: object[] = []) =>
  (station: Bench["station"]) => {
    station.withSystem();
    Object.assign(station.system ?? {}, {
      reset: (args: object) => {
        resets.push(args);
        return null;
      },
    });
  };

describe("connector status (G01)", () => {
  it("follows the session, once a change", async () => {
    const at = await online();
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    await car.charge();
    await car.finish("EVDisconnected");
    await car.unplug();
    expect(statuses(at)).toEqual(["1 Available", "1 Occupied", "1 Available"]);
  });

  it("is not told twice while the CSMS has not answered yet", async () => {
    const at = await online();
    const car = new Car(at);
    await Promise.all([car.plugIn(), car.other("AuthRequired"), car.other("AuthRequired")]);
    expect(statuses(at)).toEqual(["1 Available", "1 Occupied"]);
  });

  it("puts a fault before everything, then the EVSE's own word, then the car, then a reservation", async () => {
    const at = await online();
    const car = new Car(at);
    await car.other("ReservationStart");
    await car.plugIn();
    await car.other("Disabled");
    at.chargePoint.onError(1, errorReport("evse_manager/Inoperative", "Active"));
    await at.settle();
    at.chargePoint.onError(1, errorReport("evse_manager/Inoperative", "ClearedByModule"));
    await at.settle();
    await car.other("Enabled");
    await car.unplug();
    await car.other("ReservationEnd");
    expect(statuses(at)).toEqual(
      [
        "Available",
        "Reserved",
        "Occupied",
        "Unavailable",
        "Faulted",
        "Unavailable",
        "Occupied",
        "Reserved",
        "Available",
      ].map((status) => `1 ${status}`),
    );
    const asked = {
      component: { name: "Connector", evse: { id: 1, connectorId: 1 } },
      variable: { name: "AvailabilityState" },
    };
    const { getVariableResult } = await at.ask("GetVariables", { getVariableData: [asked] });
    expect(getVariableResult[0]?.attributeValue).toBe("Available");
  });

  it("a card alone does not occupy the connector", async () => {
    const at = await online();
    await new Car(at).present(cardToken);
    expect(statuses(at)).toEqual(["1 Available"]);
  });
});

describe("ChangeAvailability (G03, G04)", () => {
  const inoperative = { operationalStatus: "Inoperative" } as const;

  it("tells the EVSE in the name of the CSMS, at once when nothing runs", async () => {
    const at = await online({ evses: 2 });
    expect(await at.ask("ChangeAvailability", { ...inoperative, evse: { id: 2 } })).toEqual({ status: "Accepted" });
    const cmd_source = { enable_source: "CSMS", enable_state: "Disable", enable_priority: 5000 };
    expect(at.station.of("enable_disable")).toEqual([{ id: 2, connector_id: 0, cmd_source }]);
    expect(await at.ask("ChangeAvailability", { ...inoperative, evse: { id: 9 } })).toMatchObject({
      status: "Rejected",
    });
  });

  it("waits for the end of a transaction, and is forgotten when it was taken back", async () => {
    const at = await online({ evses: 2 });
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    expect(await at.ask("ChangeAvailability", inoperative)).toEqual({ status: "Scheduled" });
    expect(at.station.of("enable_disable")).toEqual([]);
    await car.finish("EVDisconnected");
    await car.unplug();
    expect(at.station.of("enable_disable")).toHaveLength(2);
    await car.plugIn();
    await car.start();
    await at.ask("ChangeAvailability", inoperative);
    expect(await at.ask("ChangeAvailability", { operationalStatus: "Operative" })).toEqual({ status: "Accepted" });
    await car.finish("EVDisconnected");
    expect(at.station.of("enable_disable")).toHaveLength(4);
    expect(at.station.of("enable_disable").at(-1)).toMatchObject({ cmd_source: { enable_state: "Enable" } });
  });

  it("outlives a restart", async () => {
    const at = await online();
    await at.ask("ChangeAvailability", { ...inoperative, evse: { id: 1, connectorId: 1 } });
    const again = bench({ database: at.database });
    await again.settle();
    expect(again.station.of("enable_disable")).toMatchObject([
      { connector_id: 1, cmd_source: { enable_state: "Disable" } },
    ]);
  });
});

describe("remote control (F)", () => {
  const idToken = { idToken: emaid, type: "eMAID" } as const;

  it("RequestStartTransaction gives the token to the station, checked or not as AuthorizeRemoteStart says", async () => {
    for (const [value, prevalidated] of [
      ["true", false],
      ["false", true],
    ] as const) {
      const at = await online({ values: { "AuthCtrlr.AuthorizeRemoteStart": value }, evses: 2 });
      const groupIdToken = { idToken: "FLEET", type: "Central" } as const;
      expect(await at.ask("RequestStartTransaction", { idToken, remoteStartId: 5, groupIdToken })).toEqual({
        status: "Accepted",
      });
      expect(at.station.tokens).toEqual([
        {
          id_token: { value: emaid, type: "eMAID" },
          authorization_type: "OCPP",
          request_id: 5,
          connectors: [1, 2],
          prevalidated,
          parent_id_token: { value: "FLEET", type: "Central" },
        },
      ]);
    }
  });

  it("RequestStartTransaction is rejected where nothing can start, and accepted where a car waits", async () => {
    const at = await online({ evses: 2 });
    at.chargePoint.onError(2, errorReport("evse_manager/Inoperative", "Active"));
    const start = (evseId?: number) =>
      at.ask("RequestStartTransaction", { idToken, remoteStartId: 5, ...(evseId === undefined ? {} : { evseId }) });
    expect(await start(2)).toMatchObject({ status: "Rejected", statusInfo: { reasonCode: "NoEvseAvailable" } });
    const car = new Car(at);
    await car.plugIn();
    expect(await start(1)).toEqual({ status: "Accepted" });
    await car.start();
    expect(await start()).toMatchObject({ status: "Rejected" });
  });

  it("RequestStopTransaction stops the very transaction", async () => {
    const at = await online();
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    expect(await at.ask("RequestStopTransaction", { transactionId: "another" })).toEqual({ status: "Rejected" });
    expect(await at.ask("RequestStopTransaction", { transactionId: car.uuid })).toEqual({ status: "Accepted" });
    expect(at.station.of("stop_transaction")).toEqual([{ id: 1, request: { reason: "Remote" } }]);
  });

  it("UnlockConnector, with every answer", async () => {
    const at = await online();
    const unlock = (evseId: number, connectorId: number) => at.ask("UnlockConnector", { evseId, connectorId });
    expect(await unlock(1, 1)).toEqual({ status: "Unlocked" });
    expect(await unlock(1, 2)).toEqual({ status: "UnknownConnector" });
    expect(await unlock(7, 1)).toEqual({ status: "UnknownConnector" });
    Object.assign(at.station.evses[0] ?? {}, { force_unlock: () => false });
    expect(await unlock(1, 1)).toEqual({ status: "UnlockFailed" });
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    expect(await unlock(1, 1)).toEqual({ status: "OngoingAuthorizedTransaction" });
  });
});

describe("TriggerMessage (F06)", () => {
  const trigger = (at: Bench, request: TriggerMessageRequest) => at.ask("TriggerMessage", request);

  it("sends what is asked for, after the answer", async () => {
    const at = await online();
    const car = new Car(at);
    car.measure(1234);
    await car.plugIn();
    await car.start();
    const sent = at.csms.calls.length;
    const evse = { id: 1, connectorId: 1 };
    for (const requestedMessage of ["Heartbeat", "StatusNotification", "MeterValues", "TransactionEvent"] as const) {
      expect(await trigger(at, { requestedMessage, evse })).toEqual({ status: "Accepted" });
    }
    expect(at.csms.calls.slice(sent).map(({ action }) => action)).toEqual([
      "Heartbeat",
      "StatusNotification",
      "MeterValues",
      "TransactionEvent",
    ]);
    expect(at.csms.transactionEvents().at(-1)).toBe("Updated 1 Trigger EVConnected");
    expect(at.csms.requests("TransactionEvent").at(-1)?.meterValue?.[0]?.sampledValue[0]?.context).toBe("Trigger");
  });

  it("is rejected where there is nothing to tell, and not implemented where there is no such message", async () => {
    const at = await online();
    const rejected = [
      "BootNotification",
      "StatusNotification",
      "MeterValues",
      "TransactionEvent",
      "SignV2GCertificate",
    ] as const;
    for (const requestedMessage of rejected) {
      expect(await trigger(at, { requestedMessage }), requestedMessage).toMatchObject({ status: "Rejected" });
    }
    for (const requestedMessage of ["SignCombinedCertificate", "PublishFirmwareStatusNotification"] as const) {
      expect(await trigger(at, { requestedMessage })).toEqual({ status: "NotImplemented" });
    }
  });
});

describe("Reset (B11, B12)", () => {
  it("is rejected without a system that can do it, and for a single EVSE", async () => {
    expect(await (await online()).ask("Reset", { type: "Immediate" })).toMatchObject({ status: "Rejected" });
    const at = await online({ prepare: withSystem() });
    expect(await at.ask("Reset", { type: "Immediate", evseId: 1 })).toMatchObject({ status: "Rejected" });
  });

  it("Immediate ends transactions first", async () => {
    const resets: object[] = [];
    const at = await online({ prepare: withSystem(resets) });
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    expect(await at.ask("Reset", { type: "Immediate" })).toEqual({ status: "Accepted" });
    expect(at.station.of("stop_transaction")).toEqual([{ id: 1, request: { reason: "HardReset" } }]);
    expect(resets).toEqual([{ type: "NotSpecified", scheduled: false }]);
  });

  it("OnIdle waits for the last transaction", async () => {
    const resets: object[] = [];
    const at = await online({ prepare: withSystem(resets) });
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    expect(await at.ask("Reset", { type: "OnIdle" })).toEqual({ status: "Scheduled" });
    await car.charge();
    expect(resets).toEqual([]);
    await car.finish("EVDisconnected");
    expect(resets).toEqual([{ type: "NotSpecified", scheduled: true }]);
    await car.unplug();
    expect(resets).toHaveLength(1);
    expect(at.csms.requests("SecurityEventNotification").map(({ type }) => type)).toContain("ResetOrReboot");
  });
});

describe("DataTransfer (P)", () => {
  it("goes to the station's own vendor handler, or to nobody", async () => {
    const request = { vendorId: "org.example", messageId: "hello", data: { a: 1 } };
    expect(await (await online()).ask("DataTransfer", request)).toEqual({ status: "UnknownVendorId" });
    const at = await online({
      prepare: (station) => {
        station.dataTransfer = {
          data_transfer: ({ request: { data } }) => ({ status: "Accepted", data: `[${data}]` }),
        };
      },
    });
    expect(await at.ask("DataTransfer", request)).toEqual({ status: "Accepted", data: [{ a: 1 }] });
  });

  it("goes to the CSMS, and says when that is not there", async () => {
    const at = await online();
    at.csms.script.DataTransfer = ({ data }) => ({ status: "Accepted", data });
    const sent = await at.chargePoint.sendDataTransfer({ vendor_id: "org.example", data: '{"a":1}' });
    expect(sent).toEqual({ status: "Accepted", data: '{"a":1}' });
    expect(at.csms.requests("DataTransfer")).toEqual([{ vendorId: "org.example", data: { a: 1 } }]);
    await at.disconnect();
    expect(await at.chargePoint.sendDataTransfer({ vendor_id: "org.example" })).toEqual({ status: "Offline" });
  });
});

describe("variables (B05 to B08)", () => {
  const set = async (
    at: Bench,
    component: string,
    variable: string,
    attributeValue: string,
    more: Partial<SetVariableDataType> = {},
  ) => {
    const data = { component: { name: component }, variable: { name: variable }, attributeValue, ...more };
    const { setVariableResult } = await at.ask("SetVariables", { setVariableData: [data] });
    const { attributeStatus, attributeStatusInfo } = setVariableResult[0] ?? {};
    return [attributeStatus, attributeStatusInfo?.reasonCode].filter(Boolean).join(" ");
  };

  it("are set by rule, each for itself", async () => {
    const at = await online();
    expect(await set(at, "txctrlr", "evconnectiontimeout", "30")).toBe("Accepted");
    expect(at.model.value("TxCtrlr.EVConnectionTimeOut")).toBe(30);
    expect(at.station.settingsApplied).toBe(1);
    expect(await set(at, "TxCtrlr", "EVConnectionTimeOut", "soon")).toBe("Rejected ValueOutOfRange");
    expect(await set(at, "TxCtrlr", "TxStartPoint", "Authorized,Nowhere")).toBe("Rejected ValueOutOfRange");
    expect(await set(at, "SecurityCtrlr", "SecurityProfile", "2")).toBe("Rejected");
    expect(await set(at, "SecurityCtrlr", "BasicAuthPassword", "short")).toBe("Rejected ValueOutOfRange");
    expect(await set(at, "SecurityCtrlr", "BasicAuthPassword", "a-password-long-enough")).toBe("Accepted");
    expect(await set(at, "Nowhere", "Nothing", "1")).toBe("UnknownComponent");
    expect(await set(at, "TxCtrlr", "Nothing", "1")).toBe("UnknownVariable");
    expect(await set(at, "TxCtrlr", "EVConnectionTimeOut", "30", { attributeType: "Target" })).toBe(
      "NotSupportedAttributeType",
    );
    expect(await set(at, "OCPPCommCtrlr", "NetworkConfigurationPriority", "2")).toBe("Rejected InvalidNetworkConf");
  });

  it("never show a password, neither to the CSMS nor on the timeline", async () => {
    const at = await online();
    await set(at, "SecurityCtrlr", "BasicAuthPassword", "a-password-long-enough");
    const asked = { component: { name: "SecurityCtrlr" }, variable: { name: "BasicAuthPassword" } };
    expect(await at.ask("GetVariables", { getVariableData: [asked] })).toMatchObject({
      getVariableResult: [{ attributeStatus: "Rejected" }],
    });
    await at.ask("GetBaseReport", { requestId: 1, reportBase: "FullInventory" });
    expect(JSON.stringify([at.timeline.entries, at.csms.calls])).not.toMatch(/a-password-long-enough|DEADBEEF/);
  });

  it("are told by attribute; the clock tells the time", async () => {
    const at = await online();
    const get = async (component: string, variable: string, attributeType?: "Target") => {
      const wanted = {
        component: { name: component },
        variable: { name: variable },
        ...(attributeType ? { attributeType } : {}),
      };
      const { getVariableResult } = await at.ask("GetVariables", { getVariableData: [wanted] });
      return `${getVariableResult[0]?.attributeStatus} ${getVariableResult[0]?.attributeValue}`;
    };
    expect(await get("ClockCtrlr", "DateTime")).toBe("Accepted 2026-01-01T00:00:00.000Z");
    expect(await get("ISO15118Ctrlr", "SeccId")).toBe("Accepted ");
    expect(await get("ISO15118Ctrlr", "SeccId", "Target")).toBe("NotSupportedAttributeType undefined");
    expect(await get("ISO15118Ctrlr", "None")).toBe("UnknownVariable undefined");
  });

  it("bad case: more at once than ItemsPerMessage", async () => {
    const at = await online({ values: { "DeviceDataCtrlr.ItemsPerMessage[GetVariables]": "1" } });
    const one = { component: { name: "TxCtrlr" }, variable: { name: "TxStartPoint" } };
    await expect(at.ask("GetVariables", { getVariableData: [one, one] })).rejects.toMatchObject({
      code: "OccurenceConstraintViolation",
    });
  });

  it("are reported in parts that fit, numbered and ended", async () => {
    const at = await online({ values: { "InternalCtrlr.MaxMessageSize": "4000" } });
    expect(await at.ask("GetBaseReport", { requestId: 8, reportBase: "FullInventory" })).toEqual({
      status: "Accepted",
    });
    const reports = at.csms.requests("NotifyReport");
    expect(reports.length).toBeGreaterThan(5);
    expect(reports.map(({ seqNo }) => seqNo)).toEqual(reports.map((_, index) => index));
    expect(reports.map(({ tbc }) => tbc)).toEqual(reports.map((_, index) => index < reports.length - 1));
    expect(Math.max(...reports.map((report) => JSON.stringify(report).length))).toBeLessThanOrEqual(4000);
    const entries = reports.flatMap(({ reportData }) => reportData ?? []);
    expect(entries).toHaveLength(at.model.components.flatMap(({ variables }) => variables).length);
  });

  it("are reported by kind and by criteria", async () => {
    const at = await online();
    const reported = async (ask: () => Promise<{ status: string }>) => {
      const before = at.csms.requests("NotifyReport").length;
      const { status } = await ask();
      const data = at.csms
        .requests("NotifyReport")
        .slice(before)
        .flatMap(({ reportData }) => reportData ?? []);
      return { status, names: data.map(({ component, variable }) => `${component.name}.${variable.name}`), data };
    };
    const configuration = await reported(() =>
      at.ask("GetBaseReport", { requestId: 1, reportBase: "ConfigurationInventory" }),
    );
    expect(configuration.names).toContain("TxCtrlr.TxStartPoint");
    expect(configuration.names).not.toContain("SecurityCtrlr.Identity");
    const summary = await reported(() => at.ask("GetBaseReport", { requestId: 2, reportBase: "SummaryInventory" }));
    expect(summary.names).toContain("EVSE.AvailabilityState");
    expect(summary.names).not.toContain("TxCtrlr.TxStartPoint");
    const componentVariable = [{ component: { name: "TxCtrlr" }, variable: { name: "TxStopPoint" } }];
    const one = await reported(() => at.ask("GetReport", { requestId: 3, componentVariable }));
    expect(one.data).toEqual([
      {
        component: { name: "TxCtrlr" },
        variable: { name: "TxStopPoint" },
        variableAttribute: [
          {
            type: "Actual",
            value: "EVConnected,Authorized",
            mutability: "ReadWrite",
            persistent: true,
            constant: false,
          },
        ],
        variableCharacteristics: {
          dataType: "MemberList",
          supportsMonitoring: true,
          valuesList: "EVConnected,Authorized,PowerPathClosed,EnergyTransfer",
        },
      },
    ]);
    const problems = await reported(() => at.ask("GetReport", { requestId: 4, componentCriteria: ["Problem"] }));
    expect(problems).toMatchObject({ status: "EmptyResultSet", names: [] });
    const nothing = await reported(() =>
      at.ask("GetReport", { requestId: 5, componentVariable: [{ component: { name: "X" } }] }),
    );
    expect(nothing.status).toBe("EmptyResultSet");
    const enabled = await reported(() => at.ask("GetReport", { requestId: 6, componentCriteria: ["Enabled"] }));
    expect(enabled.names).toContain("AuthCtrlr.Enabled");
  });

  it("an entry larger than a message stands alone", () => {
    const entry = {
      component: { name: "C" },
      variable: { name: "V" },
      variableAttribute: [{ value: "x".repeat(100) }],
    };
    expect(splitReport([entry, entry], 50).map((part) => part.length)).toEqual([1, 1]);
    expect(splitReport([], 50)).toEqual([]);
  });
});

describe("calls of the CSMS", () => {
  it("bad case: unknown, known but not supported, and against the schema", async () => {
    const at = await online();
    const ask = (action: string, payload: unknown) => at.chargePoint.answer(action, payload, () => {});
    await expect(ask("Nonsense", {})).rejects.toMatchObject({ code: "NotImplemented" });
    await expect(ask("__proto__", {})).rejects.toMatchObject({ code: "NotImplemented" });
    await expect(ask("SetDisplayMessage", null)).rejects.toMatchObject({ code: "TypeConstraintViolation" });
    await expect(ask("ClearDisplayMessage", { id: 1 })).rejects.toMatchObject({ code: "NotSupported" });
    await expect(ask("Reset", { type: "Now" })).rejects.toMatchObject({ code: "FormatViolation" });
    expect(at.titles()).not.toContain("Reset.req");
  });

  it("are on the timeline with their answers", async () => {
    const at = await online({ csms: new FakeCsms() });
    await at.ask("ClearCache", {});
    expect(at.titles().slice(-2)).toEqual(["ClearCache.req", "ClearCache.conf"]);
    expect(at.timeline.entries.at(-1)).toMatchObject({ from: "OCPP", to: "CSMS", detail: { status: "Accepted" } });
  });
});
