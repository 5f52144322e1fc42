/** How many messages a second each bus carries from one module to another, and how many commands are answered. */
import type { Bus } from "../src/framework/bus/bus.ts";
import { createInProcessBus } from "../src/framework/bus/inProcess.ts";
import { createMqttBus } from "../src/framework/bus/mqtt.ts";
import { systemClock } from "../src/util/clock.ts";
import { silentLogger } from "../src/util/log.ts";
import { cryptoRandom } from "../src/util/random.ts";
import { brokers, freePort } from "../test/framework/brokers.ts";

interface Ends {
  readonly near: Bus;
  readonly far: Bus;
}

const meter = { moduleId: "meter", implementationId: "main" };
/** A powermeter's value is about as long as most of what modules say. */
const value = {
  timestamp: "2026-01-01T00:00:00.000Z",
  energy_Wh_import: { total: 1234.5 },
  power_W: { total: 11_000 },
};

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const begun = systemClock.monotonic();
  await work();
  return (count * 1000) / (systemClock.monotonic() - begun);
}

async function measure(name: string, count: number, { near, far }: Ends): Promise<string> {
  const [sender, receiver] = [near.connect("meter", silentLogger), far.connect("display", silentLogger)];
  let got = 0;
  let all = () => {};
  receiver.subscribe(meter, "powermeter", () => {
    if (++got === count) all();
  });
  sender.serve("main", "read", () => value);
  await Promise.all([near.settled(), far.settled()]);
  await receiver.call(meter, "read", {});
  const messages = await perSecond(count, async () => {
    const done = new Promise<void>((resolve) => {
      all = resolve;
    });
    for (let i = 0; i < count; i++) sender.publish("main", "powermeter", value);
    await done;
  });
  const calls = await perSecond(count / 10, async () => {
    for (let i = 0; i < count / 10; i++) await receiver.call(meter, "read", {});
  });
  const columns = [messages, calls].map((rate) => rate.toFixed(0).padStart(9));
  return `  ${name.padEnd(12)} ${columns.join(" ")}`;
}

async function onBroker({ name, absent, start }: (typeof brokers)[number]): Promise<string> {
  if (absent) return `  ${name.padEnd(12)} not measured: ${absent}`;
  const broker = await start(await freePort());
  const bus = (modules: readonly string[]) => {
    const options = { broker, clock: systemClock, random: cryptoRandom, startTimeoutMs: 5000, modules };
    return createMqttBus({ ...options, everestPrefix: "everest", externalPrefix: "" }, silentLogger);
  };
  const ends = { near: await bus(["meter"]), far: await bus(["display"]) };
  const row = await measure(name, 5000, ends);
  await ends.near.close();
  await ends.far.close();
  await broker.close();
  return row;
}

export async function busBench(): Promise<string> {
  const local = createInProcessBus({ clock: systemClock }, silentLogger);
  const rows = [await measure("in process", 100_000, { near: local, far: local })];
  for (const broker of brokers) rows.push(await onBroker(broker));
  return ["bus, between two modules            variables/s  calls/s (one after the other)", ...rows].join("\n");
}
