import { afterAll, beforeAll, describe } from "vitest";
import { createMqttBus } from "../../../src/framework/bus/mqtt.ts";
import type { Clock } from "../../../src/util/clock.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { brokers, freePort, type TestBroker } from "../brokers.ts";
import { busCompliance, COMPLIANCE_TIMEOUT_MS } from "../busCompliance.ts";

for (const { name, absent, start } of brokers) {
  if (absent) console.log(`${name} is not tested: ${absent}`);
  describe.skipIf(absent !== undefined)(`an MQTT bus on ${name}`, () => {
    let broker: TestBroker;
    beforeAll(async () => {
      broker = await start(await freePort());
    });
    afterAll(() => broker.close());

    const busOf = (clock: Clock, modules: readonly string[], externalPrefix: string) =>
      createMqttBus(
        {
          ...{ broker, clock, random: cryptoRandom, commandTimeoutMs: COMPLIANCE_TIMEOUT_MS, startTimeoutMs: 5000 },
          ...{ everestPrefix: "everest", externalPrefix, modules },
        },
        silentLogger,
      );

    busCompliance(`two processes on ${name}`, async (clock) => {
      const bus = await busOf(clock, ["meter"], "external_");
      const peer = await busOf(clock, ["display", "logger"], "external_");
      return { bus, peer, settled: async () => void (await Promise.all([bus.settled(), peer.settled()])) };
    });

    if (name !== "aedes") return;
    busCompliance(`one process on ${name}`, async (clock) => {
      const bus = await busOf(clock, ["meter", "display", "logger"], "");
      return { bus, peer: bus, settled: () => bus.settled() };
    });
  });
}
