/** Variables watched for the CSMS (N02 to N08). */
import { describe, expect, it } from "vitest";
import { look, refusalOf } from "../../../src/chargePoint/v201/monitorRules.ts";
import { coreMigrations } from "../../../src/chargePoint/v201/schema.ts";
import type { SetMonitoringDataType } from "../../../src/ocpp/v201/messages.generated.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { Car } from "../fakeStation.ts";
import { type Bench, bench } from "../support.ts";

const timeout = { component: { name: "TxCtrlr" }, variable: { name: "EVConnectionTimeOut" } };
const state = {
  component: { name: "Connector", evse: { id: 1, connectorId: 1 } },
  variable: { name: "AvailabilityState" },
};

async function online(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const at = bench(options);
  await at.connect();
  return at;
}

async function watch(at: Bench, more: Partial<SetMonitoringDataType> = {}) {
  const wanted = { ...timeout, value: 100, type: "UpperThreshold", severity: 5, ...more } as const;
  const { setMonitoringResult } = await at.ask("SetVariableMonitoring", { setMonitoringData: [wanted] });
  return setMonitoringResult[0];
}

const setTimeOut = (at: Bench, attributeValue: string) =>
  at.ask("SetVariables", { setVariableData: [{ ...timeout, attributeValue }] });

function events(at: Bench): string[] {
  return at.csms
    .requests("NotifyEvent")
    .flatMap(({ eventData }) => eventData)
    .map(({ trigger, actualValue, cleared }) => `${trigger} ${actualValue}${cleared ? " cleared" : ""}`);
}

describe("a monitor", () => {
  it("tells when a threshold is passed, once, and when the value is back", async () => {
    const at = await online();
    await setTimeOut(at, "60");
    expect(await watch(at)).toMatchObject({ status: "Accepted", id: 1 });
    for (const value of ["90", "120", "130", "90", "80"]) await setTimeOut(at, value);
    expect(events(at)).toEqual(["Alerting 120", "Alerting 90 cleared"]);
    expect(at.csms.requests("NotifyEvent")[0]?.eventData[0]).toMatchObject({
      ...timeout,
      ...{ variableMonitoringId: 1, eventNotificationType: "CustomMonitor" },
    });
  });

  it("tells of a change, of numbers by how much, also of what the station itself finds out", async () => {
    const at = await online();
    await setTimeOut(at, "60");
    await watch(at, { type: "Delta", value: 30 });
    await watch(at, { ...state, type: "Delta", value: 1 });
    for (const value of ["80", "95", "90"]) await setTimeOut(at, value);
    await new Car(at).plugIn();
    expect(events(at)).toEqual(["Delta 95", "Delta Occupied"]);
  });

  it("tells again and again, also at round times of the clock", async () => {
    const at = await online();
    await at.clock.advance(1_000);
    await watch(at, { type: "Periodic", value: 10 });
    await watch(at, { type: "PeriodicClockAligned", value: 60, severity: 4 });
    await at.clock.advance(60_000);
    expect(events(at)).toHaveLength(7);
    await at.ask("ClearVariableMonitoring", { id: [1, 2] });
    await at.clock.advance(600_000);
    expect(events(at)).toHaveLength(7);
  });

  it("speaks as loud as it may: by its severity, only in transactions, not when all is off", async () => {
    const at = await online({ values: { "TxCtrlr.EVConnectionTimeOut": "60" } });
    await watch(at, { severity: 6 });
    await watch(at, { severity: 2, transaction: true });
    await at.ask("SetMonitoringLevel", { severity: 5 });
    await setTimeOut(at, "200");
    expect(events(at)).toEqual([]);
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    await setTimeOut(at, "60");
    expect(events(at)).toEqual(["Alerting 60 cleared"]);
  });

  it("Given the CSMS is away, then what matters enough is kept for it (OfflineQueuingSeverity)", async () => {
    const at = await online({
      values: { "TxCtrlr.EVConnectionTimeOut": "60", "MonitoringCtrlr.OfflineQueuingSeverity": "3" },
    });
    await watch(at, { severity: 3 });
    await watch(at, { severity: 4 });
    await at.disconnect();
    at.model.set(timeout.component, timeout.variable, "Actual", "200", "local");
    await at.connect();
    await at.clock.advance(1_000);
    expect(at.csms.requests("NotifyEvent").map(({ eventData }) => eventData[0]?.variableMonitoringId)).toEqual([1]);
  });

  it("outlives a restart, and SetMonitoringBase takes it away", async () => {
    const database = openDatabase(":memory:", coreMigrations);
    const values = { "TxCtrlr.EVConnectionTimeOut": "60" };
    await watch(await online({ database, values }));
    const again = await online({ database, values });
    await setTimeOut(again, "300");
    expect(events(again)).toEqual(["Alerting 300"]);
    await again.ask("SetMonitoringBase", { monitoringBase: "FactoryDefault" });
    expect(await again.ask("GetMonitoringReport", { requestId: 1 })).toEqual({ status: "EmptyResultSet" });
  });

  it("of a password tells that it has changed, and nothing more", async () => {
    const password = { component: { name: "SecurityCtrlr" }, variable: { name: "BasicAuthPassword" } };
    const at = await online();
    expect(await watch(at, { ...password, type: "Delta", value: 1 })).toMatchObject({
      status: "UnsupportedMonitorType",
    });
  });
});

describe("SetVariableMonitoring (N04)", () => {
  it("answers each entry for itself", async () => {
    const at = await online();
    expect(await watch(at)).toMatchObject({ status: "Accepted", id: 1 });
    expect(await watch(at)).toMatchObject({ status: "Duplicate" });
    expect(await watch(at, { id: 1, value: 200 })).toMatchObject({ status: "Accepted", id: 1 });
    expect(await watch(at, { id: 9, severity: 1 })).toMatchObject({ status: "Rejected", id: 9 });
    expect(await watch(at, { ...state, id: 1, type: "Delta" })).toMatchObject({ status: "Rejected" });
    expect(await watch(at, { ...state })).toMatchObject({ status: "UnsupportedMonitorType" });
    expect(await watch(at, { variable: { name: "Nothing" } })).toMatchObject({ status: "UnknownVariable" });
    expect(await watch(at, { component: { name: "Nothing" } })).toMatchObject({ status: "UnknownComponent" });
  });

  it("bad case: more at once than ItemsPerMessage", async () => {
    const at = await online();
    const setMonitoringData = Array.from({ length: 251 }, (_, severity) => ({
      ...{ ...timeout, value: 1, type: "Delta" as const, severity: severity % 10 },
    }));
    await expect(at.ask("SetVariableMonitoring", { setMonitoringData })).rejects.toMatchObject({
      code: "OccurenceConstraintViolation",
    });
  });

  it("is reported by criterion and by variable, in parts", async () => {
    const at = await online();
    await watch(at);
    await watch(at, { ...state, type: "Delta", value: 1 });
    await at.ask("GetMonitoringReport", { requestId: 1, monitoringCriteria: ["DeltaMonitoring"] });
    await at.ask("GetMonitoringReport", { requestId: 2, componentVariable: [timeout] });
    await at.ask("GetMonitoringReport", { requestId: 3 });
    const reports = at.csms.requests("NotifyMonitoringReport").map(({ requestId, seqNo, tbc, monitor = [] }) => ({
      ...{ requestId, seqNo, tbc },
      names: monitor.map(({ variable }) => variable.name),
    }));
    expect(reports).toEqual([
      { requestId: 1, seqNo: 0, tbc: false, names: ["AvailabilityState"] },
      { requestId: 2, seqNo: 0, tbc: false, names: ["EVConnectionTimeOut"] },
      { requestId: 3, seqNo: 0, tbc: false, names: ["EVConnectionTimeOut", "AvailabilityState"] },
    ]);
  });
});

describe("the rules", () => {
  it("of what speaks: text has no thresholds, and nothing is nothing", () => {
    const quiet = { beyond: false };
    expect(look("UpperThreshold", 5, "", quiet)).toEqual({ watch: quiet });
    expect(look("LowerThreshold", 5, "4", quiet)).toMatchObject({ event: { trigger: "Alerting" } });
    expect(look("Delta", 0, "4", { beyond: false, reference: "4" })).not.toHaveProperty("event");
    expect(look("Delta", 9, "b", { beyond: false, reference: "a" })).toMatchObject({ event: { trigger: "Delta" } });
    expect(look("Periodic", 9, "b", quiet)).toEqual({ watch: quiet });
  });

  it("of what makes sense", () => {
    const integer = { dataType: "integer", supportsMonitoring: true, minLimit: 0, maxLimit: 10 } as const;
    const wanted = { ...timeout, value: 5, type: "UpperThreshold", severity: 5 } as const;
    expect(refusalOf(wanted, integer)).toBeUndefined();
    expect(refusalOf({ ...wanted, value: 11 }, integer)).toBe("Rejected");
    expect(refusalOf({ ...wanted, severity: 10 }, integer)).toBe("Rejected");
    expect(refusalOf({ ...wanted, type: "Delta", value: -1 }, integer)).toBe("Rejected");
    expect(refusalOf({ ...wanted, type: "Periodic", value: 0 }, integer)).toBe("Rejected");
    expect(refusalOf(wanted, { ...integer, supportsMonitoring: false })).toBe("UnsupportedMonitorType");
  });
});
