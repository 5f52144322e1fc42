import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { thinOut } from "../../../src/chargePoint/samples.ts";
import { meterValue } from "../../../src/chargePoint/v201/meterValues.ts";
import { coreMigrations } from "../../../src/chargePoint/v201/schema.ts";
import type { Powermeter } from "../../../src/interfaces/types/powermeter.ts";
import type { IdTokenInfoType } from "../../../src/ocpp/v201/messages.generated.ts";
import { CallTimeout } from "../../../src/rpc/errors.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { Car, cardToken, contractToken, emaid } from "../fakeStation.ts";
import { temporaryFolder } from "../folder.ts";
import { killedAfter } from "../killed.ts";
import { type Bench, bench, FakeCsms, inOneLine } from "../support.ts";

async function charging(options: Parameters<typeof bench>[0] = {}): Promise<{ at: Bench; car: Car }> {
  const at = bench(options);
  await at.connect();
  const car = new Car(at);
  await car.plugIn();
  await car.start();
  await car.charge();
  return { at, car };
}

const energies = (values: { sampledValue: { measurand?: string; value: number; context?: string }[] }[] = []) =>
  values.map(({ sampledValue }) => {
    const energy = sampledValue.find(({ measurand }) => measurand === "Energy.Active.Import.Register");
    return `${energy?.context} ${energy?.value}`;
  });

describe("TransactionEvents (E)", () => {
  it("tell place, token and first value at the start, and all values at the end", async () => {
    const { at, car } = await charging();
    for (const wh of [2000, 3000]) {
      car.measure(wh);
      await at.clock.advance(60_000);
    }
    car.energyWh = 3500;
    await car.finish("EVDisconnected");
    const events = at.csms.requests("TransactionEvent");
    expect(events[0]).toEqual({
      eventType: "Started",
      timestamp: "2026-01-01T00:00:00.000Z",
      triggerReason: "Authorized",
      seqNo: 0,
      offline: false,
      transactionInfo: { transactionId: car.uuid, chargingState: "EVConnected" },
      evse: { id: 1, connectorId: 1 },
      idToken: { idToken: emaid, type: "eMAID" },
      meterValue: [
        {
          timestamp: "2026-01-01T00:00:00.000Z",
          sampledValue: [
            {
              value: 1000,
              context: "Transaction.Begin",
              measurand: "Energy.Active.Import.Register",
              unitOfMeasure: { unit: "Wh" },
            },
          ],
        },
      ],
    });
    const last = events.at(-1);
    expect(energies(last?.meterValue)).toEqual([
      "Transaction.Begin 1000",
      "Sample.Periodic 2000",
      "Sample.Periodic 3000",
      "Transaction.End 3500",
    ]);
    expect(last?.evse).toBeUndefined();
  });

  it("bring values at every TxUpdatedInterval, also when the CSMS changes it", async () => {
    const { at, car } = await charging({ values: { "AlignedDataCtrlr.Interval": "0" } });
    car.measure(1500);
    await at.clock.advance(240_000);
    const periodic = () => at.csms.transactionEvents().filter((event) => event.includes("MeterValuePeriodic"));
    expect(periodic()).toEqual(["Updated 2 MeterValuePeriodic Charging", "Updated 3 MeterValuePeriodic Charging"]);
    const interval = { component: { name: "SampledDataCtrlr" }, variable: { name: "TxUpdatedInterval" } };
    await at.ask("SetVariables", { setVariableData: [{ ...interval, attributeValue: "10" }] });
    await at.clock.advance(30_000);
    expect(periodic()).toHaveLength(5);
    await at.ask("SetVariables", { setVariableData: [{ ...interval, attributeValue: "0" }] });
    await at.clock.advance(600_000);
    expect(periodic()).toHaveLength(5);
  });

  it("bring clock-aligned values into the transaction, and outside of one by themselves", async () => {
    const at = bench({ values: { "SampledDataCtrlr.TxUpdatedInterval": "0" }, evses: 2 });
    await at.connect();
    const car = new Car(at);
    new Car(at, "other", 2).measure(7);
    car.measure(1000);
    await at.clock.advance(100_000);
    await car.plugIn();
    await car.start();
    await at.clock.advance(800_000);
    expect(at.csms.transactionEvents().at(-1)).toBe("Updated 1 MeterValueClock EVConnected");
    expect(at.csms.requests("MeterValues")).toMatchObject([{ evseId: 2 }]);
  });

  it("bring clock-aligned values at multiples of the interval since midnight, whenever it was set", async () => {
    const at = bench({ values: { "AlignedDataCtrlr.Interval": "0" } });
    await at.connect();
    new Car(at).measure(5);
    await at.clock.advance(100_000);
    const interval = { component: { name: "AlignedDataCtrlr" }, variable: { name: "Interval" } };
    await at.ask("SetVariables", { setVariableData: [{ ...interval, attributeValue: "300" }] });
    await at.clock.advance(199_999);
    expect(at.csms.requests("MeterValues")).toEqual([]);
    await at.clock.advance(1);
    expect(at.csms.requests("MeterValues")).toHaveLength(1);
  });

  it("are marked when they happened offline, queued, and sent in order once the CSMS is back", async () => {
    const { at, car } = await charging();
    await at.disconnect();
    await car.pause();
    await car.finish("EVDisconnected");
    await car.unplug();
    expect(at.csms.transactionEvents()).toHaveLength(2);
    await at.connect();
    expect(at.csms.transactionEvents().slice(2)).toEqual([
      "Updated 2 ChargingStateChanged SuspendedEV",
      "Ended 3 EVCommunicationLost Idle EVDisconnected",
    ]);
    expect(at.csms.requests("TransactionEvent").map(({ offline }) => offline)).toEqual([false, false, true, true]);
  });

  it("are tried as often as MessageAttempts says, further and further apart, then put aside for the next", async () => {
    const values = {
      "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "3",
      "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": "10",
    };
    const at = bench({ values });
    await at.connect();
    const times: number[] = [];
    at.csms.script.TransactionEvent = ({ seqNo }) => {
      if (seqNo > 0) return {};
      times.push(at.clock.now());
      return new CallTimeout("TransactionEvent", 60_000);
    };
    const car = new Car(at);
    await car.plugIn();
    await car.start();
    await car.charge();
    await at.clock.advance(60_000);
    expect(times.map((time) => (time - (times[0] ?? 0)) / 1000)).toEqual([0, 10, 30]);
    expect(at.chargePoint.deadLetters()).toMatchObject([{ attempts: 3, payload: { eventType: "Started" } }]);
    expect(at.csms.requests("TransactionEvent").map(({ seqNo }) => seqNo)).toEqual([0, 0, 0, 1]);
  });

  it("keep the time at which they happened, also when the clock is set before they are sent", async () => {
    const { at, car } = await charging();
    await at.disconnect();
    const before = at.clock.now();
    await car.pause();
    await at.clock.advance(3_600_000);
    await at.connect();
    await at.settle();
    const event = at.csms
      .requests("TransactionEvent")
      .find(({ transactionInfo }) => transactionInfo.chargingState === "SuspendedEV");
    expect(event).toMatchObject({ offline: true, timestamp: new Date(before).toISOString() });
  });

  it("in a queue that is full, values between others go; starts, ends and changes stay (E04.FR.07)", async () => {
    const values = { "InternalCtrlr.MessageQueueSizeThreshold": "10", "SampledDataCtrlr.TxUpdatedInterval": "10" };
    const { at, car } = await charging({ values });
    await at.disconnect();
    for (let i = 0; i < 30; i++) {
      car.measure(2_000 + i);
      await at.clock.advance(10_000);
    }
    await car.pause();
    await car.finish("Local");
    const told = at.csms.requests("TransactionEvent").length;
    await at.connect();
    await at.clock.advance(60_000);
    const events = at.csms.requests("TransactionEvent").slice(told);
    expect(events.length).toBeLessThanOrEqual(12);
    expect(events.slice(-2).map(({ eventType, triggerReason }) => `${eventType} ${triggerReason}`)).toEqual([
      "Updated ChargingStateChanged",
      "Ended StopAuthorized",
    ]);
    const seqNos = events.map(({ seqNo }) => seqNo);
    expect(seqNos).toEqual(seqNos.toSorted((a, b) => a - b));
  });

  it("are published to the station", async () => {
    const { at, car } = await charging();
    expect(at.station.published("ocpp_transaction_event")[0]).toEqual({
      transaction_event: "Started",
      evse: { id: 1, connector_id: 1 },
      session_id: car.uuid,
      transaction_id: car.uuid,
    });
    expect(at.station.published("ocpp_transaction_event_response")).toHaveLength(2);
  });

  it("can be asked about (E14)", async () => {
    const { at, car } = await charging();
    const ask = (transactionId?: string) => at.ask("GetTransactionStatus", transactionId ? { transactionId } : {});
    expect(await ask(car.uuid)).toEqual({ messagesInQueue: false, ongoingIndicator: true });
    expect(await ask("another")).toEqual({ messagesInQueue: false, ongoingIndicator: false });
    expect(await ask()).toEqual({ messagesInQueue: false });
  });

  it("bad case: a message against the schema goes to the dead letters and blocks nothing", async () => {
    const { at, car } = await charging();
    at.chargePoint.onSessionEvent(1, { uuid: car.uuid, timestamp: "no time at all", event: "ChargingPausedEV" });
    await car.finish("EVDisconnected");
    expect(at.chargePoint.deadLetters()).toMatchObject([{ action: "TransactionEvent" }]);
    expect(at.csms.transactionEvents().at(-1)).toMatch(/^Ended/);
  });

  it("bad case: an answer against the schema counts as received", async () => {
    const csms = new FakeCsms();
    csms.script.TransactionEvent = () => ({ surprise: true }) as never;
    const { at } = await charging({ csms });
    await at.clock.advance(3_600);
    expect(at.csms.transactionEvents()).toHaveLength(2);
  });
});

describe("what the CSMS says of a running transaction's token (E05, C10.FR.05)", () => {
  const saying = (info: IdTokenInfoType) => {
    const csms = new FakeCsms();
    csms.script.TransactionEvent = ({ idToken }) => (idToken ? { idTokenInfo: info } : {});
    return csms;
  };

  it("goes to the cache, from which the contract charges offline", async () => {
    const csms = saying({ status: "Accepted", groupIdToken: { idToken: "FLEET", type: "Central" } });
    const { at, car } = await charging({ csms, values: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false" } });
    expect(at.station.of("updateValidation")).toMatchObject([
      { evseId: 1, result: { parent_id_token: { value: "FLEET" } } },
    ]);
    await car.finish("EVDisconnected");
    await at.disconnect();
    expect(await at.chargePoint.validateToken(contractToken)).toMatchObject({ authorization_status: "Accepted" });
  });

  it("is of no consequence at the end", async () => {
    const csms = new FakeCsms();
    csms.script.TransactionEvent = ({ eventType }) =>
      eventType === "Ended" ? { idTokenInfo: { status: "Accepted" } } : {};
    const { at, car } = await charging({ csms, values: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false" } });
    await car.finish("Local", cardToken);
    await at.disconnect();
    expect(await at.chargePoint.validateToken(cardToken)).toMatchObject({ authorization_status: "Unknown" });
  });

  it("stops the transaction when StopTxOnInvalidId is set", async () => {
    const { at } = await charging({ csms: saying({ status: "Blocked" }) });
    expect(at.station.of("stop_transaction")).toEqual([{ id: 1, request: { reason: "DeAuthorized" } }]);
    expect(at.timeline.entries.find(({ rule }) => rule === "TxCtrlr.StopTxOnInvalidId")).toMatchObject({
      outcome: "refused",
      title: expect.stringMatching(/blocked the token: the transaction is stopped/),
    });
  });

  it("otherwise lets it have MaxEnergyOnInvalidId, then pauses it once", async () => {
    const values = { "TxCtrlr.StopTxOnInvalidId": "false", "TxCtrlr.MaxEnergyOnInvalidId": "500" };
    const at = bench({ csms: saying({ status: "Invalid" }), values });
    await at.connect();
    const car = new Car(at);
    car.measure(1000);
    await car.plugIn();
    await car.start();
    car.measure(1499);
    expect(at.station.of("pause_charging")).toEqual([]);
    car.measure(1500);
    car.measure(1600);
    await at.settle();
    expect([at.station.of("pause_charging"), at.station.of("stop_transaction")]).toEqual([[{ id: 1 }], []]);
  });

  it("a transaction that ends before it has used that up leaves nothing to the next one", async () => {
    const values = { "TxCtrlr.StopTxOnInvalidId": "false", "TxCtrlr.MaxEnergyOnInvalidId": "500" };
    const csms = saying({ status: "Invalid" });
    const at = bench({ csms, values });
    await at.connect();
    const car = new Car(at);
    car.measure(1000);
    await car.plugIn();
    await car.start();
    await car.finish("Local");
    await car.unplug();
    csms.script.TransactionEvent = () => ({ idTokenInfo: { status: "Accepted" } });
    const next = new Car(at, "22222222-2222-4333-8444-555555555555");
    await next.plugIn();
    await next.start();
    next.measure(1600);
    await at.settle();
    expect(at.station.of("pause_charging")).toEqual([]);
  });

  it("or pauses it at once", async () => {
    const values = { "TxCtrlr.StopTxOnInvalidId": "false", "TxCtrlr.MaxEnergyOnInvalidId": undefined };
    const { at } = await charging({ csms: saying({ status: "Invalid" }), values });
    expect(at.station.of("pause_charging")).toEqual([{ id: 1 }]);
  });

  it("does not touch another transaction when it comes late", async () => {
    const csms = saying({ status: "Accepted" });
    let release = () => {};
    const { at, car } = await charging({ csms });
    csms.script.TransactionEvent = ({ idToken, eventType }) => {
      if (!idToken || eventType !== "Started") return {};
      return new Promise((resolve) => {
        release = () => resolve({ idTokenInfo: { status: "Blocked" } });
      });
    };
    await car.finish("EVDisconnected");
    await car.unplug();
    const second = new Car(at, "second");
    await second.plugIn();
    await second.start(cardToken);
    await second.finish("EVDisconnected");
    await second.unplug();
    await new Car(at, "third").plugIn();
    release();
    await at.settle();
    expect(at.station.of("stop_transaction")).toEqual([]);
  });
});

describe("a restart", () => {
  const script = (car: Car) => [
    () => car.plugIn(),
    () => car.start(),
    () => car.charge(),
    () => car.pause(),
    () => car.charge(),
    () => car.finish("EVDisconnected"),
    () => car.unplug(),
  ];

  it.each(Array.from({ length: 18 }, (_, steps) => steps))(
    "Given a kill after %i steps on the disk, then the CSMS has every transaction that began once, whole and in order",
    async (steps) => {
      const path = join(temporaryFolder(), "cp.db");
      const csms = new FakeCsms();
      const disk = openDatabase(path, coreMigrations);
      const first = bench({ database: killedAfter(disk, steps + 1), csms });
      await first.connect();
      let killed = false;
      for (const act of script(new Car(first))) {
        if (killed) break;
        await act().catch(() => {
          killed = true;
        });
      }
      csms.reachable = false;
      first.chargePoint.disconnected();
      disk.close();
      const again = openDatabase(path, coreMigrations);
      const second = bench({ database: again, csms });
      await second.connect();
      await second.clock.advance(60_000);
      again.close();
      const sent = csms.requests("TransactionEvent").map((event) => ({ line: inOneLine(event), seqNo: event.seqNo }));
      const once = sent.filter(({ line }, index) => line !== sent[index - 1]?.line);
      expect(once.map(({ seqNo }) => seqNo)).toEqual(once.map((_, index) => index));
      if (once.length > 0) {
        expect(once[0]?.line).toMatch(/^Started/);
        expect(once.at(-1)?.line).toMatch(/^Ended/);
        expect(once.filter(({ line }) => /^(Started|Ended)/.test(line))).toHaveLength(2);
      }
    },
  );

  it("Given transactions are resumed on boot, then the station's own end closes them", async () => {
    const path = join(temporaryFolder(), "cp.db");
    const values = { "InternalCtrlr.ResumeTransactionsOnBoot": "true" };
    const disk = openDatabase(path, coreMigrations);
    const { at, car } = await charging({ values, database: disk });
    await at.chargePoint.stop();
    disk.close();
    const again = openDatabase(path, coreMigrations);
    const resumed = bench({ values, database: again });
    await resumed.connect();
    expect(resumed.csms.transactionEvents()).toEqual([]);
    const same = new Car(resumed, car.uuid);
    await same.other("SessionResumed");
    await same.finish("PowerLoss");
    expect(resumed.csms.transactionEvents()).toEqual(["Ended 2 AbnormalCondition Charging PowerLoss"]);
    again.close();
  });

  it("Given another car stands there after a resumed boot, then the lost transaction is closed first", async () => {
    const path = join(temporaryFolder(), "cp.db");
    const values = { "InternalCtrlr.ResumeTransactionsOnBoot": "true" };
    const disk = openDatabase(path, coreMigrations);
    await charging({ values, database: disk });
    disk.close();
    const again = openDatabase(path, coreMigrations);
    const at = bench({ values, database: again });
    await at.connect();
    const car = new Car(at, "another");
    await car.plugIn();
    await car.start();
    expect(at.csms.transactionEvents()).toEqual([
      "Ended 2 AbnormalCondition Charging PowerLoss",
      `Started 0 Authorized EVConnected token ${emaid}`,
    ]);
    again.close();
  });
});

describe("meter values (J)", () => {
  const powermeter: Powermeter = {
    timestamp: "2026-01-01T00:00:00Z",
    energy_Wh_import: { total: 10, L1: 4 },
    power_W: { total: -3000 },
    voltage_V: { L1: 230 },
    current_A: { L1: 16, N: 1 },
    frequency_Hz: { L1: 50 },
  };
  const lines = (measurands: string[], soc?: number) =>
    meterValue({ powermeter, ...(soc === undefined ? {} : { soc }) }, "Trigger", measurands)?.sampledValue.map(
      ({ measurand, phase, value, unitOfMeasure }) =>
        [measurand, phase, value, unitOfMeasure?.unit].filter((part) => part !== undefined).join(" "),
    );

  it("hold what is asked for, by phase, with units, and power by its direction", () => {
    expect(lines(["Energy.Active.Import.Register", "Voltage", "Current.Import", "Frequency"])).toEqual([
      "Energy.Active.Import.Register 10 Wh",
      "Energy.Active.Import.Register L1 4 Wh",
      "Current.Import L1 16 A",
      "Current.Import N 1 A",
      "Voltage L1-N 230 V",
      "Frequency 50 Hz",
    ]);
    expect(lines(["Power.Active.Import", "Power.Active.Export"])).toEqual([
      "Power.Active.Import 0 W",
      "Power.Active.Export 3000 W",
    ]);
    expect(lines(["SoC"], 80)).toEqual(["SoC 80 Percent"]);
  });

  it("are left out when nothing is asked for or measured", () => {
    expect([lines([]), lines(["Energy.Active.Export.Register"]), lines(["SoC"])]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("carry the meter's signature when that is wanted", () => {
    const signed_meter_value = { signed_meter_data: "data", signing_method: "ECDSA", encoding_method: "OCMF" };
    const reading = { powermeter: { ...powermeter, signed_meter_value } };
    const sampled = (sign: boolean) => meterValue(reading, "Trigger", ["Voltage"], sign)?.sampledValue[0];
    expect(sampled(true)?.signedMeterValue).toMatchObject({ signedMeterData: "data", publicKey: "" });
    expect(sampled(false)?.signedMeterValue).toBeUndefined();
  });

  it("are thinned out from the middle, never at the ends", () => {
    const values = Array.from({ length: 100 }, (_, index) => index);
    for (const limit of [0, 2, 3, 10, 99, 100]) {
      const kept = thinOut(values, limit);
      expect(kept.length).toBeLessThanOrEqual(Math.max(2, limit));
      expect([kept[0], kept.at(-1)]).toEqual([0, 99]);
    }
    expect(thinOut([1], 0)).toEqual([1]);
  });

  it("of a long transaction fit into one message", async () => {
    const values = { "InternalCtrlr.MaxMessageSize": "6000", "SampledDataCtrlr.TxUpdatedInterval": "0" };
    const { at, car } = await charging({ values });
    for (let minute = 0; minute < 60; minute++) {
      car.measure(1000 + minute);
      await at.clock.advance(60_000);
    }
    await car.finish("EVDisconnected");
    const ended = at.csms.requests("TransactionEvent").at(-1);
    expect(JSON.stringify(ended).length).toBeLessThan(6000);
    expect(energies(ended?.meterValue)[0]).toMatch(/Transaction.Begin/);
    expect(energies(ended?.meterValue).at(-1)).toMatch(/Transaction.End/);
    expect(ended?.meterValue?.length).toBeGreaterThan(4);
  });
});
