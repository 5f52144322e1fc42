import { describe, expect, it } from "vitest";
import { FIRST_RETRY_MS, LAST_RETRY_MS, Link } from "../../../../src/framework/bus/mqtt/link.ts";
import { UserError } from "../../../../src/util/errors.ts";
import { type Logger, silentLogger } from "../../../../src/util/log.ts";
import { ManualClock } from "../../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../../src/util/random.ts";
import { freePort } from "../../brokers.ts";

describe("a link without a broker", () => {
  it("waits longer from try to try, and gives up with the reason and the remedy when there never was one", async () => {
    const clock = new ManualClock();
    const tries: number[] = [];
    let tried = () => {};
    const log: Logger = {
      ...silentLogger,
      warn(_facts, message) {
        expect(message).toMatch(
          /^no connection to the MQTT broker at 127\.0\.0\.1:\d+: .*ECONNREFUSED.*; trying again$/,
        );
        tries.push(clock.monotonic());
        tried();
      },
    };
    const broker = { host: "127.0.0.1", port: await freePort() };
    const link = new Link({ broker, clientId: "a", qos: 2, clock, random: cryptoRandom, log, message: () => {} });
    const outcome = link.start(60_000).catch((error) => error);
    for (let failures = 0; failures < 8; failures++) {
      if (tries.length <= failures) await new Promise<void>((resolve) => (tried = resolve));
      await clock.advance(0);
      const until = (factor: number) => {
        const wait = Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS) * factor;
        return clock.advance((tries[failures] ?? 0) + wait - clock.monotonic());
      };
      await until(0.74);
      expect(tries).toHaveLength(failures + 1);
      await until(1.25);
    }
    await clock.advance(60_000);
    const error = await outcome;
    expect(error).toBeInstanceOf(UserError);
    expect(error.describe()).toMatch(/ECONNREFUSED.*MQTT_SERVER_ADDRESS/);
    expect(clock.pending).toBe(0);
  });
});
