/** Start points, stop points and reasons: every table against what the CSMS gets to see. */
import { describe, expect, it } from "vitest";
import { stopMeanings } from "../../../src/chargePoint/v201/stopReasons.ts";
import {
  nothingHolds,
  pointsOf,
  starts,
  stops,
  type TxPoint,
  txPoints,
} from "../../../src/chargePoint/v201/txPoints.ts";
import { StopTransactionReason } from "../../../src/interfaces/types/evse_manager.ts";
import { Car, cardToken, contractToken, emaid } from "../fakeStation.ts";
import { type Bench, bench } from "../support.ts";

const [startPoint, stopPoint] = ["TxCtrlr.TxStartPoint", "TxCtrlr.TxStopPoint"] as const;
const withPoints = (start: string, stop: string) => bench({ values: { [startPoint]: start, [stopPoint]: stop } });

/** What the CSMS heard of transactions when `script` was played. */
async function heard(at: Bench, script: (car: Car) => Promise<void>): Promise<string[]> {
  await at.connect();
  await script(new Car(at));
  return at.csms.transactionEvents();
}

const remoteToken = { ...contractToken, authorization_type: "OCPP", request_id: 77 } as const;

async function plugAndCharge(car: Car): Promise<void> {
  await car.plugIn();
  await car.start();
  await car.charge();
  await car.pause();
  await car.finish("EVDisconnected");
  await car.unplug();
}

describe("start points", () => {
  const end = (n: number) => [
    `Updated ${n} ChargingStateChanged SuspendedEV`,
    `Ended ${n + 1} EVCommunicationLost Idle EVDisconnected`,
  ];
  const cases: readonly [TxPoint, string[]][] = [
    [
      "PowerPathClosed",
      [`Started 0 Authorized EVConnected token ${emaid}`, "Updated 1 ChargingStateChanged Charging", ...end(2)],
    ],
    [
      "Authorized",
      [`Started 0 Authorized EVConnected token ${emaid}`, "Updated 1 ChargingStateChanged Charging", ...end(2)],
    ],
    [
      "EVConnected",
      [
        "Started 0 CablePluggedIn EVConnected",
        `Updated 1 Authorized EVConnected token ${emaid}`,
        "Updated 2 ChargingStateChanged Charging",
        ...end(3),
      ],
    ],
    ["EnergyTransfer", [`Started 0 ChargingStateChanged Charging token ${emaid}`, ...end(1)]],
  ];
  it.each(cases)("Given %s and a contract, when the car is plugged in first", async (start, expected) => {
    expect(await heard(withPoints(start, "EVConnected,Authorized"), plugAndCharge)).toEqual(expected);
  });

  const authorizedFirst: readonly [TxPoint, string[]][] = [
    ["PowerPathClosed", ["Started 0 CablePluggedIn EVConnected token 04AABBCCDD"]],
    ["EVConnected", ["Started 0 CablePluggedIn EVConnected token 04AABBCCDD"]],
    ["Authorized", ["Started 0 Authorized Idle token 04AABBCCDD", "Updated 1 CablePluggedIn EVConnected"]],
  ];
  it.each(authorizedFirst)("Given %s and a card, when the card comes first", async (start, expected) => {
    const events = await heard(withPoints(start, "EVConnected,Authorized"), async (car) => {
      await car.present(cardToken);
      await car.start(cardToken);
    });
    expect(events).toEqual(expected);
  });

  it("Given a token of the CSMS, then the start is remote and carries its id", async () => {
    const at = withPoints("PowerPathClosed", "EVConnected,Authorized");
    const events = await heard(at, async (car) => {
      await car.plugIn();
      await car.start(remoteToken);
    });
    expect(events).toEqual([`Started 0 RemoteStart EVConnected token ${emaid}`]);
    expect(at.csms.requests("TransactionEvent")[0]?.transactionInfo.remoteStartId).toBe(77);
  });
});

describe("stop points", () => {
  const begin = async (car: Car) => {
    await car.plugIn();
    await car.start();
    await car.charge();
  };
  const cases: readonly [string, string, (car: Car) => Promise<void>, string[]][] = [
    [
      "EVConnected",
      "a local stop and then the unplugging",
      async (car) => {
        await car.finish("Local", cardToken);
        await car.unplug();
      },
      ["Updated 2 StopAuthorized EVConnected token 04AABBCCDD", "Ended 3 EVCommunicationLost Idle EVDisconnected"],
    ],
    [
      "EVConnected",
      "the unplugging alone",
      (car) => car.finish("EVDisconnected"),
      ["Ended 2 EVCommunicationLost Idle EVDisconnected"],
    ],
    [
      "Authorized",
      "a local stop",
      (car) => car.finish("Local", cardToken),
      ["Ended 2 StopAuthorized EVConnected Local token 04AABBCCDD"],
    ],
    ["PowerPathClosed", "a remote stop", (car) => car.finish("Remote"), ["Ended 2 RemoteStop EVConnected Remote"]],
    [
      "EnergyTransfer",
      "a pause by the car",
      (car) => car.pause(),
      ["Ended 2 ChargingStateChanged SuspendedEV StoppedByEV"],
    ],
    [
      "EnergyTransfer",
      "a pause by the EVSE",
      (car) => car.pauseByEvse(),
      ["Ended 2 ChargingStateChanged SuspendedEVSE Other"],
    ],
    ["EVConnected", "a withdrawn authorisation", (car) => car.withdraw(), ["Updated 2 Deauthorized EVConnected"]],
    [
      "Authorized",
      "a withdrawn authorisation",
      (car) => car.withdraw(),
      ["Ended 2 Deauthorized EVConnected DeAuthorized"],
    ],
  ];
  it.each(cases)("Given %s, when there is %s", async (stop, _what, script, expected) => {
    const events = await heard(withPoints("PowerPathClosed", stop), async (car) => {
      await begin(car);
      await script(car);
    });
    expect(events.slice(2)).toEqual(expected);
  });

  it("Given the right to charge was never there, then its point does not stop the transaction", async () => {
    const events = await heard(withPoints("EVConnected", "EVConnected,Authorized"), async (car) => {
      await car.plugIn();
      await car.other("AuthRequired");
      await car.unplug();
    });
    expect(events).toEqual(["Started 0 CablePluggedIn EVConnected", "Ended 1 EVCommunicationLost Idle EVDisconnected"]);
  });

  it("Given nobody plugs in after the authorisation, then the transaction ends by the time-out", async () => {
    const events = await heard(withPoints("Authorized", "Authorized"), async (car) => {
      await car.present(cardToken);
      await car.withdraw();
      await car.unplug();
    });
    expect(events).toEqual(["Started 0 Authorized Idle token 04AABBCCDD", "Ended 1 EVConnectTimeout Idle Timeout"]);
  });

  it("Given a second authorisation in one session, then a second transaction with an id of its own", async () => {
    const at = withPoints("PowerPathClosed", "EVConnected,Authorized");
    const events = await heard(at, async (car) => {
      await begin(car);
      await car.finish("Local", cardToken);
      await car.start(cardToken);
      await car.finish("EVDisconnected");
      await car.unplug();
    });
    expect(events.slice(2)).toEqual([
      "Ended 2 StopAuthorized EVConnected Local token 04AABBCCDD",
      "Started 0 Authorized EVConnected token 04AABBCCDD",
      "Ended 1 EVCommunicationLost Idle EVDisconnected",
    ]);
    const ids = at.csms.requests("TransactionEvent").map(({ transactionInfo }) => transactionInfo.transactionId);
    expect(new Set(ids).size).toBe(2);
  });

  it("Given a stopped transaction and EVConnected as start point, then no other begins by itself", async () => {
    const events = await heard(withPoints("EVConnected", "Authorized"), async (car) => {
      await begin(car);
      await car.finish("Local", cardToken);
      await car.other("ChargingFinished");
      await car.pause();
      await car.unplug();
    });
    expect(events.filter((event) => event.startsWith("Started"))).toHaveLength(1);
  });
});

describe("points", () => {
  it("are reached and lost by their facts alone", () => {
    const facts = { connected: true, authorized: true, energyFlows: true, dataSigned: true };
    for (const point of txPoints) {
      expect([starts([point], facts), starts([point], nothingHolds)]).toEqual([true, false]);
      expect([stops([point], facts, nothingHolds), stops([point], nothingHolds, nothingHolds)]).toEqual([true, false]);
      expect(stops([point], nothingHolds, facts)).toBe(false);
    }
    expect(starts(["PowerPathClosed"], { ...nothingHolds, connected: true })).toBe(false);
    expect(starts([], facts)).toBe(false);
  });

  it("unknown names give way to the default", () => {
    expect(pointsOf(["Nowhere"], ["PowerPathClosed"])).toEqual(["PowerPathClosed"]);
    expect(pointsOf(undefined, ["PowerPathClosed"])).toEqual(["PowerPathClosed"]);
    expect(pointsOf(["Authorized", "EVConnected"], [])).toEqual(["EVConnected", "Authorized"]);
  });
});

describe("stop reasons", () => {
  it("cover every reason of EVerest", () => {
    expect(Object.keys(stopMeanings).sort()).toEqual([...StopTransactionReason.options].sort());
  });

  /** EVerest's table of reasons. */
  const table: readonly [StopTransactionReason, string][] = [
    ["EVDisconnected", "EVCommunicationLost Idle EVDisconnected"],
    ["Local", "StopAuthorized EVConnected Local"],
    ["MasterPass", "StopAuthorized EVConnected MasterPass"],
    ["StoppedByEV", "StopAuthorized EVConnected StoppedByEV"],
    ["Remote", "RemoteStop EVConnected Remote"],
    ["DeAuthorized", "Deauthorized EVConnected DeAuthorized"],
    ["EmergencyStop", "AbnormalCondition Charging EmergencyStop"],
    ["GroundFault", "AbnormalCondition Charging GroundFault"],
    ["OvercurrentFault", "AbnormalCondition Charging OvercurrentFault"],
    ["PowerQuality", "AbnormalCondition Charging PowerQuality"],
    ["EnergyLimitReached", "EnergyLimitReached Charging EnergyLimitReached"],
    ["SOCLimitReached", "EnergyLimitReached Charging SOCLimitReached"],
    ["HardReset", "ResetCommand EVConnected ImmediateReset"],
    ["Reboot", "ResetCommand Charging Reboot"],
    ["TimeLimitReached", "TimeLimitReached Charging TimeLimitReached"],
    ["Timeout", "EVConnectTimeout Charging Timeout"],
    ["LocalOutOfCredit", "ChargingStateChanged Charging LocalOutOfCredit"],
    ["Other", "AbnormalCondition Charging Other"],
    ["PowerLoss", "AbnormalCondition Charging PowerLoss"],
    ["ReqEnergyTransferRejected", "AbnormalCondition EVConnected Other"],
  ];
  it.each(table)("%s is told as %s", async (reason, expected) => {
    const events = await heard(bench(), async (car) => {
      await car.plugIn();
      await car.start();
      await car.charge();
      await car.finish(reason);
    });
    expect(events.at(-1)).toBe(`Ended 2 ${expected}`);
  });
});
