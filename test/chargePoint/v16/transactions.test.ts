import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { migrations } from "../../../src/chargePoint/v16/schema.ts";
import type { MeterValue } from "../../../src/ocpp/v16/types.ts";
import { CallTimeout, RpcError } from "../../../src/rpc/errors.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { Car, cardToken, contractToken, emaid } from "../fakeStation.ts";
import { temporaryFolder } from "../folder.ts";
import { killedAfter } from "../killed.ts";
import { type Bench, type BenchOptions, bench, FakeCsms, online } from "./bench.ts";

const transactional = ["StartTransaction", "MeterValues", "StopTransaction"];

/** Messages of transactions in one line each. */
const lines = (csms: FakeCsms) => csms.calls.filter(({ action }) => transactional.includes(action)).map(inOneLine);

function inOneLine({ action, payload }: { action: string; payload: unknown }): string {
  const { transactionId, idTag, meterStart, meterStop, reason, meterValue } = payload as Record<string, unknown>;
  const energy = Array.isArray(meterValue) ? energyOf(meterValue.at(-1)) : undefined;
  const parts = [action, transactionId, idTag, meterStart, meterStop, reason, energy];
  return parts.filter((part) => part !== undefined).join(" ");
}

const energyOf = (value: MeterValue | undefined) =>
  value?.sampledValue.find(({ measurand }) => measurand === "Energy.Active.Import.Register")?.value;

async function charging(options: BenchOptions = {}): Promise<{ at: Bench; car: Car }> {
  const at = await online(options);
  const car = new Car(at);
  await car.plugIn();
  await car.start();
  await car.charge();
  return { at, car };
}

describe("a transaction (4.8, 4.10)", () => {
  it("starts, is measured, and stops, with the CSMS's number", async () => {
    const { at, car } = await charging();
    car.measure(1500);
    await at.clock.advance(60_000);
    car.measure(2500.6);
    await at.clock.advance(60_000);
    await car.finish("Local", cardToken);
    await car.unplug();
    expect(lines(at.csms)).toEqual([
      `StartTransaction ${emaid} 1000`,
      "MeterValues 1 1500",
      "MeterValues 1 2500.6",
      "StopTransaction 1 04AABBCCDD 2501 Local",
    ]);
  });

  it("keeps what it has measured for its end", async () => {
    const values = {
      "Core.StopTxnSampledData": "Energy.Active.Import.Register",
      "Core.StopTxnAlignedData": "Power.Active.Import",
      "Core.ClockAlignedDataInterval": 90,
    };
    const { at, car } = await charging({ values });
    car.measure(1500);
    await at.clock.advance(120_000);
    await car.finish("EVDisconnected");
    const [stop] = at.csms.requests("StopTransaction");
    const kept = stop?.transactionData?.map(({ sampledValue }) =>
      sampledValue.map(({ context, measurand }) => `${context} ${measurand}`),
    );
    expect(kept).toEqual([
      ["Sample.Periodic Energy.Active.Import.Register"],
      ["Sample.Clock Power.Active.Import"],
      ["Sample.Periodic Energy.Active.Import.Register"],
    ]);
  });

  it("names an eMAID as an idTag, without its hyphens", async () => {
    const at = await online();
    const car = new Car(at);
    await car.plugIn();
    await car.start({ ...contractToken, id_token: { value: "DE-8AA-1A2B3C4D5-9", type: "eMAID" } });
    expect(at.csms.requests("StartTransaction")).toMatchObject([{ idTag: "DE8AA1A2B3C4D59", connectorId: 1 }]);
  });

  it.each([
    ["EVDisconnected", "EVDisconnected"],
    ["Local", "Local"],
    ["Remote", "Remote"],
    ["EmergencyStop", "EmergencyStop"],
    ["DeAuthorized", "DeAuthorized"],
    ["SoftReset", "SoftReset"],
    ["HardReset", "HardReset"],
    ["PowerLoss", "PowerLoss"],
    ["Reboot", "Reboot"],
    ["UnlockCommand", "UnlockCommand"],
    ["Other", "Other"],
    ["EnergyLimitReached", "Other"],
    ["GroundFault", "Other"],
    ["StoppedByEV", "Other"],
    ["TimeLimitReached", "Other"],
  ] as const)("that ends by %s says %s", async (reason, said) => {
    const { at, car } = await charging();
    await car.finish(reason);
    // Local is what an absent reason means (6.45), so either may be said.
    expect(at.csms.requests("StopTransaction")[0]?.reason ?? "Local").toBe(said);
  });

  it("is told to the modules around with both numbers", async () => {
    const { at, car } = await charging();
    await car.finish("Local");
    expect(at.station.published("ocpp_transaction_event")).toEqual([
      { transaction_event: "Started", evse: { id: 1, connector_id: 1 }, session_id: car.uuid },
      { transaction_event: "Updated", evse: { id: 1, connector_id: 1 }, session_id: car.uuid, transaction_id: "1" },
      { transaction_event: "Ended", evse: { id: 1, connector_id: 1 }, session_id: car.uuid, transaction_id: "1" },
    ]);
  });

  it("unlocks the connector when the car went, where it should", async () => {
    const { at, car } = await charging();
    await car.finish("EVDisconnected");
    expect(at.station.of("force_unlock")).toEqual([{ id: 1, connector_id: 1 }]);
    const other = await charging({ values: { "Core.UnlockConnectorOnEVSideDisconnect": false } });
    await other.car.finish("EVDisconnected");
    expect(other.at.station.of("force_unlock")).toEqual([]);
  });

  it("ends with the session should the EVSE have forgotten", async () => {
    const { at, car } = await charging();
    car.measure(1700);
    await car.unplug();
    expect(lines(at.csms).at(-1)).toBe("StopTransaction 1 1700 EVDisconnected");
  });
});

describe("a transaction that the CSMS refuses", () => {
  const refused = (values = {}) => {
    const csms = new FakeCsms();
    csms.script.StartTransaction = () => ({ transactionId: 7, idTagInfo: { status: "Blocked" } });
    return charging({ csms, values });
  };

  it("is stopped where StopTransactionOnInvalidId says so", async () => {
    const { at } = await refused();
    expect(at.station.of("stop_transaction")).toEqual([{ id: 1, request: { reason: "DeAuthorized" } }]);
  });

  it("is paused where it does not, and may have MaxEnergyOnInvalidId before", async () => {
    const { at } = await refused({ "Core.StopTransactionOnInvalidId": false });
    expect(at.station.of("pause_charging")).toEqual([{ id: 1 }]);
    const some = await refused({ "Core.StopTransactionOnInvalidId": false, "Core.MaxEnergyOnInvalidId": 500 });
    some.car.measure(1400);
    await some.at.settle();
    expect(some.at.station.of("pause_charging")).toEqual([]);
    some.car.measure(1500);
    await some.at.settle();
    expect(some.at.station.of("pause_charging")).toEqual([{ id: 1 }]);
  });

  it("is forgotten by the cache", async () => {
    const csms = new FakeCsms();
    const at = await online({ csms });
    await at.chargePoint.validateToken(cardToken);
    csms.script.StartTransaction = () => ({ transactionId: 7, idTagInfo: { status: "Blocked" } });
    const car = new Car(at);
    await car.plugIn();
    await car.start(cardToken);
    await at.disconnect();
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Invalid" });
  });

  it("does not stop one that came later", async () => {
    const csms = new FakeCsms();
    const at = await online({ csms });
    let answer: (value: object) => void = () => {};
    csms.script.StartTransaction = () => new Promise((resolve) => (answer = resolve));
    const first = new Car(at, "first");
    await first.plugIn();
    await first.start();
    await first.finish("Local");
    await first.unplug();
    const second = new Car(at, "second");
    await second.plugIn();
    await second.start();
    answer({ transactionId: 1, idTagInfo: { status: "Blocked" } });
    csms.script.StartTransaction = () => ({ transactionId: 2, idTagInfo: { status: "Accepted" } });
    await at.settle();
    expect(at.station.of("stop_transaction")).toEqual([]);
    expect(lines(csms)).toEqual(
      [`StartTransaction ${emaid} 1000`, "StopTransaction 1 1000", `StartTransaction ${emaid} 1000`].map((line) =>
        line.startsWith("Stop") ? `${line} Local` : line,
      ),
    );
  });
});

describe("without the CSMS", () => {
  it("a whole transaction is kept and told later, with the number that the CSMS then gives", async () => {
    const at = bench();
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    car.measure(1500);
    await at.clock.advance(60_000);
    await car.finish("EVDisconnected");
    expect(at.csms.calls).toEqual([]);
    await at.connect();
    await at.clock.advance(1_000);
    expect(lines(at.csms)).toEqual([
      `StartTransaction ${emaid} 1000`,
      "MeterValues 1 1500",
      "StopTransaction 1 1500 EVDisconnected",
    ]);
    expect(at.csms.requests("StartTransaction")[0]?.timestamp).toBe("2026-01-01T00:00:00.000Z");
  });

  it("a StartTransaction that is never answered gives up, and its end comes without a number of the CSMS", async () => {
    const csms = new FakeCsms();
    csms.script.StartTransaction = () => new RpcError("InternalError", "no");
    const { at, car } = await charging({ csms });
    car.measure(1200);
    await at.clock.advance(60_000);
    await car.finish("Local");
    await at.clock.advance(600_000);
    expect(csms.requests("StartTransaction")).toHaveLength(5);
    const [stop] = csms.requests("StopTransaction");
    expect(stop?.transactionId).toBeLessThan(0);
    expect(csms.requests("MeterValues").every(({ transactionId }) => transactionId === undefined)).toBe(true);
    expect(at.chargePoint.deadLetters()).toMatchObject([{ action: "StartTransaction", attempts: 5 }]);
  });

  it("attempts come further and further apart (TransactionMessageRetryInterval)", async () => {
    const csms = new FakeCsms();
    const times: number[] = [];
    const { at } = await charging({ csms });
    csms.script.StopTransaction = () => {
      times.push(at.clock.monotonic() / 1000);
      return new CallTimeout("StopTransaction", 60_000);
    };
    const car = new Car(at);
    await car.finish("Local");
    const begin = times[0] ?? 0;
    await at.clock.advance(600_000);
    expect(times.map((time) => time - begin)).toEqual([0, 10, 30, 60, 100]);
  });
});

describe("a restart", () => {
  const script = (car: Car) => [
    () => car.plugIn(),
    () => car.start(),
    () => car.charge(),
    async () => car.measure(1500),
    () => car.finish("EVDisconnected"),
    () => car.unplug(),
  ];

  it.each(Array.from({ length: 14 }, (_, steps) => steps))(
    "Given a kill after %i steps on the disk, then the CSMS has every transaction that began once, whole and in order",
    async (steps) => {
      const path = join(temporaryFolder(), "cp.db");
      const csms = new FakeCsms();
      const disk = openDatabase(path, migrations);
      const first = bench({ database: killedAfter(disk, steps + 1), csms });
      await first.connect();
      let killed = false;
      for (const act of script(new Car(first))) {
        if (killed) break;
        await act().catch(() => {
          killed = true;
        });
        await first.clock.advance(60_000);
      }
      csms.reachable = false;
      first.chargePoint.disconnected();
      disk.close();
      const again = openDatabase(path, migrations);
      const second = bench({ database: again, csms });
      await second.connect();
      await second.clock.advance(60_000);
      again.close();
      const actions = csms.calls.map(({ action }) => action).filter((action) => transactional.includes(action));
      const once = actions.filter((action, index) => action !== actions[index - 1]);
      if (once.length === 0) return;
      expect(once.join(" ")).toMatch(/^StartTransaction( MeterValues)? StopTransaction$/);
      // A CSMS that is asked twice gives two numbers; everything after goes by one of them.
      const given = actions.filter((action) => action === "StartTransaction").length;
      expect([1, given]).toContain(csms.requests("StopTransaction").at(-1)?.transactionId);
    },
  );

  it("closes what was under way with its last reading, and says that the power was lost", async () => {
    const path = join(temporaryFolder(), "cp.db");
    const disk = openDatabase(path, migrations);
    const csms = new FakeCsms();
    const { at, car } = await charging({ csms, database: disk });
    car.measure(1700);
    await at.clock.advance(60_000);
    disk.close();
    const again = openDatabase(path, migrations);
    const second = await online({ csms, database: again });
    await second.clock.advance(1000);
    expect(lines(csms).at(-1)).toBe("StopTransaction 1 1700 PowerLoss");
    expect(csms.requests("StopTransaction")[0]?.timestamp).toBe("2026-01-01T00:00:00.000Z");
    again.close();
  });

  it("goes on with what the EVSE goes on with", async () => {
    const path = join(temporaryFolder(), "cp.db");
    const disk = openDatabase(path, migrations);
    const csms = new FakeCsms();
    const { car } = await charging({ csms, database: disk });
    disk.close();
    const again = openDatabase(path, migrations);
    const second = await online({ csms, database: again, resumed: [car.uuid] });
    const same = new Car(second, car.uuid);
    same.measure(1800);
    await second.clock.advance(60_000);
    await same.finish("Local");
    await second.clock.advance(1000);
    expect(lines(csms).slice(1)).toEqual(["MeterValues 1 1800", "StopTransaction 1 1800 Local"]);
    again.close();
  });

  it("Given another car stands there, then what was under way is closed first", async () => {
    const path = join(temporaryFolder(), "cp.db");
    const disk = openDatabase(path, migrations);
    const csms = new FakeCsms();
    const { car } = await charging({ csms, database: disk });
    disk.close();
    const again = openDatabase(path, migrations);
    const second = await online({ csms, database: again, resumed: [car.uuid] });
    const other = new Car(second, "another");
    await other.plugIn();
    await other.start(cardToken);
    await second.clock.advance(1000);
    expect(lines(csms).slice(1)).toEqual(["StopTransaction 1 1000 PowerLoss", "StartTransaction 04AABBCCDD 1000"]);
    again.close();
  });
});

describe("meter values (4.7)", () => {
  it("outside of a transaction come with the clock, and only online", async () => {
    const at = await online({ values: { "Core.ClockAlignedDataInterval": 900 } });
    const car = new Car(at);
    car.measure(1234);
    await at.clock.advance(900_000);
    expect(at.csms.requests("MeterValues")).toMatchObject([
      { connectorId: 1, meterValue: [{ sampledValue: [{ value: "1234", context: "Sample.Clock" }] }] },
    ]);
    expect(at.csms.requests("MeterValues")[0]).not.toHaveProperty("transactionId");
    await at.disconnect();
    await at.clock.advance(900_000);
    await at.connect();
    await at.clock.advance(1000);
    expect(at.csms.requests("MeterValues")).toHaveLength(1);
  });

  it("change their pace when the CSMS says so, and stop with 0", async () => {
    const { at, car } = await charging();
    car.measure(1500);
    await at.ask("ChangeConfiguration", { key: "MeterValueSampleInterval", value: "10" });
    await at.clock.advance(30_000);
    expect(at.csms.requests("MeterValues")).toHaveLength(3);
    await at.ask("ChangeConfiguration", { key: "MeterValueSampleInterval", value: "0" });
    await at.clock.advance(60_000);
    expect(at.csms.requests("MeterValues")).toHaveLength(3);
  });

  it("name what they measure with unit and place", async () => {
    const { at } = await charging({
      values: {
        "Core.MeterValuesSampledData": "Energy.Active.Import.Register,Power.Active.Import,SoC,Current.Offered",
      },
    });
    const { chargePoint, clock } = at;
    chargePoint.onPowermeter(1, {
      timestamp: "2026-01-01T00:00:00Z",
      ...{ energy_Wh_import: { total: 1500, L1: 500 }, power_W: { total: 11_000 } },
    });
    chargePoint.onSoc(1, 42);
    chargePoint.onLimits(1, {
      ...{ uuid: "evse", valid_for: 10, schedule: [] },
      limits_root_side: { ac_max_current_A: { value: 15.9, source: "x" } },
    } as never);
    await clock.advance(60_000);
    const samples = at.csms.requests("MeterValues")[0]?.meterValue[0]?.sampledValue;
    expect(
      samples?.map(({ measurand, value, unit, phase }) => [measurand, value, unit, phase].filter(Boolean).join(" ")),
    ).toEqual([
      "Energy.Active.Import.Register 1500 Wh",
      "Energy.Active.Import.Register 500 Wh L1",
      "Power.Active.Import 11000 W",
      "Current.Offered 15 A",
      "SoC 42 Percent",
    ]);
  });
});
