/** A station in a process of its own, which is killed: real SQLite on disk, a real connection; its time runs fast. */
import { join } from "node:path";
import type { AnyChargePoint } from "../../../src/chargePoint/chargePoint.ts";
import { ChargePoint as ChargePoint16 } from "../../../src/chargePoint/v16/chargePoint.ts";
import { migrations } from "../../../src/chargePoint/v16/schema.ts";
import { ChargePoint as ChargePoint201 } from "../../../src/chargePoint/v201/chargePoint.ts";
import { coreMigrations } from "../../../src/chargePoint/v201/schema.ts";
import { Link } from "../../../src/rpc/link.ts";
import { type Clock, sleep, systemClock } from "../../../src/util/clock.ts";
import { openDatabase } from "../../../src/util/database.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { silentTracer } from "../../../src/util/trace.ts";
import { Car, cardToken, FakeStation } from "../fakeStation.ts";
import { makeModel } from "../support.ts";
import { makeConfig } from "../v16/bench.ts";
import { journalled, say } from "./journal.ts";
import type { Act, Version } from "./plan.ts";

export interface Life {
  readonly version: Version;
  readonly url: string;
  readonly identity: string;
  readonly folder: string;
  /** Milliseconds since 1970 at which its time begins to run fast. */
  readonly epoch: number;
  readonly resumes: boolean;
  /** Sessions that the EVSEs have not lost. */
  readonly resumed: readonly string[];
  readonly acts: readonly (readonly [index: number, act: Act])[];
  readonly killAt?: number;
}

const publishing = { unit: "A", duration: 600, interval: 0, source: "ocpp" } as const;
const FASTER = 200;
/** In the station's own seconds. */
const SAMPLE_INTERVAL = 10;

const life: Life = JSON.parse(process.argv[2] ?? "{}");
const clock: Clock = {
  now: () => Math.floor(life.epoch + (systemClock.now() - life.epoch) * FASTER),
  monotonic: () => systemClock.monotonic() * FASTER,
  setTimer: (ms, fire) => systemClock.setTimer(ms / FASTER, fire),
};
const disk = openDatabase(join(life.folder, "cp.db"), life.version === "1.6" ? migrations : coreMigrations);
const database = journalled(disk, life.killAt);
const link: Link = new Link({
  ...{ clock: systemClock, random: cryptoRandom },
  endpoint: () => ({
    ...{ url: life.url, identity: life.identity, subprotocols: [`ocpp${life.version}`] },
    security: { profile: 0 },
  }),
  backOff: { waitMinimumMs: 20, randomRangeMs: 20, repeatTimes: 1 },
  connected: (peer) => {
    peer.onCall(chargePoint.answer);
    chargePoint.connected();
  },
  disconnected: () => chargePoint.disconnected(),
});
const chargePoint = life.version === "1.6" ? chargePoint16() : chargePoint201();

function ports() {
  const station = new FakeStation(2);
  return { clock, random: cryptoRandom, log: silentLogger, trace: silentTracer, database, station, link };
}

function chargePoint16(): AnyChargePoint {
  const config = makeConfig({
    "Core.MeterValueSampleInterval": SAMPLE_INTERVAL,
    "Core.ClockAlignedDataInterval": 0,
    "Core.TransactionMessageAttempts": 5,
    "Core.TransactionMessageRetryInterval": 10,
  });
  return new ChargePoint16({ ...ports(), config, bootReason: "PowerUp", publishing });
}

function chargePoint201(): AnyChargePoint {
  const model = makeModel({
    "SampledDataCtrlr.TxUpdatedInterval": String(SAMPLE_INTERVAL),
    "SampledDataCtrlr.TxEndedInterval": String(SAMPLE_INTERVAL),
    "AlignedDataCtrlr.Interval": "0",
    "InternalCtrlr.ResumeTransactionsOnBoot": String(life.resumes),
  });
  return new ChargePoint201({ ...ports(), model, bootReason: "PowerUp", publishing });
}

/** The car at the EVSE of an act; what it does is announced first, and confirmed when it was taken. */
function perform(index: number, { does, session, evseId, energyWh }: Act): Promise<void> {
  const street = {
    clock,
    settle: async () => {},
    chargePoint: {
      onPowermeter: chargePoint.onPowermeter.bind(chargePoint),
      onSessionEvent(evse: number, event: Parameters<AnyChargePoint["onSessionEvent"]>[1]) {
        say({ says: "doing", index, event });
        chargePoint.onSessionEvent(evse, event);
      },
    },
  };
  const car = new Car(street, session, evseId);
  car.energyWh = energyWh;
  if (does === "start") return car.start(cardToken);
  if (does === "finish") return car.finish("Local", cardToken);
  if (does !== "measure") return car[does]();
  say({ says: "doing", index });
  car.measure(energyWh);
  return Promise.resolve();
}

chargePoint.start(new Set(life.resumed));
link.start();
for (const [index, act] of life.acts) {
  await sleep(systemClock, act.wait);
  await perform(index, act);
  say({ says: "done", index });
}
while (disk.get("SELECT 1 FROM message LIMIT 1")) await sleep(systemClock, 5);
await chargePoint.stop();
await link.stop();
await chargePoint.settled();
const { count = 0 } = disk.get<{ count: number }>("SELECT count(*) AS count FROM dead_letter") ?? {};
say({ says: "over", deadLetters: count, steps: database.steps });
disk.close();
