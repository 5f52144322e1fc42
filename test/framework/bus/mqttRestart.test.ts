/** What a broker that goes away, and processes that miss something, do to messages and commands (A28). */
import { afterEach, describe, expect, it } from "vitest";
import type { BusClient } from "../../../src/framework/bus/bus.ts";
import { LAST_RETRY_MS } from "../../../src/framework/bus/mqtt/link.ts";
import { createMqttBus, type MqttBus } from "../../../src/framework/bus/mqtt.ts";
import type { Clock } from "../../../src/util/clock.ts";
import { systemClock } from "../../../src/util/clock.ts";
import { type Logger, silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { brokers, freePort, type TestBroker } from "../brokers.ts";

const meter = { moduleId: "meter", implementationId: "main" };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

for (const { name, absent, start } of brokers) {
  describe.skipIf(absent !== undefined)(`a broker that restarts: ${name}`, () => {
    let broker: TestBroker;
    const open: MqttBus[] = [];
    const errors: string[] = [];
    const log: Logger = { ...silentLogger, error: (_facts, message) => void errors.push(message) };

    async function bus(modules: readonly string[], clock: Clock = systemClock): Promise<MqttBus> {
      const options = { broker, clock, random: cryptoRandom, startTimeoutMs: 5000, modules };
      const made = await createMqttBus({ ...options, everestPrefix: "everest", externalPrefix: "" }, log);
      open.push(made);
      return made;
    }
    /** Two buses know each other when what came after their greetings has come back. */
    async function meet(one: BusClient, other: BusClient, buses: readonly MqttBus[]): Promise<void> {
      one.serve("main", "ping", () => null);
      await other.call(meter, "ping", {});
      await Promise.all(buses.map((each) => each.settled()));
    }
    const clientOf = (made: MqttBus, id: string): BusClient => made.connect(id, silentLogger);
    async function restart(): Promise<void> {
      const { port } = broker;
      await broker.close();
      broker = await start(port);
    }

    afterEach(async () => {
      await Promise.all(open.splice(0).map((made) => made.close()));
      await broker.close();
      errors.length = 0;
    });

    it("A28: 1000 numbered messages over a restart arrive, each once and in order", async () => {
      broker = await start(await freePort());
      const [near, far] = [await bus(["meter"]), await bus(["display"])];
      const [sender, receiver] = [clientOf(near, "meter"), clientOf(far, "display")];
      const numbers: unknown[] = [];
      let all = () => {};
      const done = new Promise<void>((resolve) => (all = resolve));
      receiver.subscribe(meter, "n", (value) => {
        if (numbers.push(value) === 1000) all();
      });
      await meet(sender, receiver, [near, far]);
      let restarted: Promise<void> | undefined;
      for (let n = 1; n <= 1000; n++) {
        sender.publish("main", "n", n);
        if (n % 10 === 0) await turn();
        if (n === 400) restarted = restart();
      }
      await restarted;
      await done;
      expect(numbers).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
      expect(errors).toEqual([]);
    });

    it("a process that comes back late gets what it missed, in order, and is asked once what it was asked meanwhile", async () => {
      broker = await start(await freePort());
      const slow = new ManualClock();
      const [near, far] = [await bus(["meter"]), await bus(["display"], slow)];
      const [sender, receiver] = [clientOf(near, "meter"), clientOf(far, "display")];
      const numbers: unknown[] = [];
      const asked: unknown[] = [];
      let arrived = () => {};
      receiver.subscribe(meter, "n", (value) => {
        numbers.push(value);
        arrived();
      });
      receiver.serve("panel", "show", ({ text }) => asked.push(text));
      await meet(sender, receiver, [near, far]);
      const first = new Promise<void>((resolve) => (arrived = resolve));
      sender.publish("main", "n", 1);
      await first;
      await restart();
      await near.settled();
      // The sender is connected again, the receiver is not: the broker has nobody to pass this on to.
      for (const n of [2, 3, 4]) sender.publish("main", "n", n);
      const panel = { moduleId: "display", implementationId: "panel" };
      const answer = sender.call(panel, "show", { text: "hello" });
      await new Promise<void>((resolve) => {
        near.external.subscribe("done", () => resolve());
        void near.settled().then(() => near.external.publish("done", ""));
      });
      expect(far.reach.complete).toBe(false);
      expect(numbers).toEqual([1]);
      const rest = new Promise<void>((resolve) => {
        arrived = () => numbers.length === 4 && resolve();
      });
      await slow.advance(LAST_RETRY_MS);
      await rest;
      expect(numbers).toEqual([1, 2, 3, 4]);
      expect(await answer).toBe(1);
      expect(asked).toEqual(["hello"]);
      expect(errors).toEqual([]);
    });

    it("says when the broker and the others are there", async () => {
      broker = await start(await freePort());
      const [near, far] = [await bus(["meter"]), await bus(["display"])];
      await meet(clientOf(near, "meter"), clientOf(far, "display"), [near, far]);
      expect(near.reach.complete).toBe(true);
      const becomes = (missing: string) =>
        new Promise<void>((resolve) => {
          const end = near.reach.onChange(() => {
            if (near.reach.complete ? missing !== "" : near.reach.missing !== missing) return;
            end();
            resolve();
          });
        });
      const gone = becomes("modules display");
      await far.close();
      await gone;
      const lost = becomes("the MQTT broker");
      const back = lost.then(() => becomes("modules display"));
      await restart();
      await back;
      const whole = becomes("");
      await bus(["display"]);
      await whole;
    });
  });
}
