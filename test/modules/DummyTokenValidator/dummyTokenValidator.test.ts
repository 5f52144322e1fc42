import { describe, expect, it, onTestFinished } from "vitest";
import { DummyTokenValidator } from "../../../src/modules/DummyTokenValidator/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

const provided_token = { id_token: { value: "A", type: "ISO14443" }, authorization_type: "RFID" } as const;

describe("the validator that says the same of all", () => {
  it.each(["Accepted", "Blocked", "Expired", "Invalid"] as const)(
    "says %s after its time",
    async (validation_result) => {
      const validator = await startUnderTest(DummyTokenValidator, {
        implConfig: { main: { validation_result, sleep: 2 } },
        ports: { simulation: { delayFactor: 1 } },
      });
      onTestFinished(() => validator.station.stop());
      let answer: unknown;
      const asked = validator.on.main.call("validate_token", { provided_token }).then((result) => {
        answer = result;
      });
      await validator.clock.advance(1999);
      expect(answer).toBeUndefined();
      await validator.clock.advance(1);
      await asked;
      expect(answer).toEqual({ authorization_status: validation_result, tariff_messages: [] });
    },
  );

  it("does not keep the station from stopping", async () => {
    const validator = await startUnderTest(DummyTokenValidator, {
      implConfig: { main: { sleep: 120 } },
      ports: { simulation: { delayFactor: 1 } },
    });
    const asked = validator.on.main.call("validate_token", { provided_token }).catch(() => {});
    await validator.clock.advance(0);
    await validator.station.stop();
    await asked;
  });
});
