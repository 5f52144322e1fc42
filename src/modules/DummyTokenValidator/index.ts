import { defineModule } from "../../framework/module.ts";
import { sleep } from "../../util/clock.ts";
import { manifest } from "./manifest.ts";

export const DummyTokenValidator = defineModule(manifest, ({ implConfig, clock, simulation, log }) => {
  const { validation_result: authorization_status, validation_reason, sleep: seconds } = implConfig.main;
  const stop = new AbortController();
  return {
    provides: {
      main: {
        async validate_token({ provided_token: { authorization_type } }) {
          await sleep(clock, seconds * 1000 * simulation.delayFactor, stop.signal);
          log.info(
            { authorization_type, authorization_status },
            `a token is ${authorization_status}: ${validation_reason}`,
          );
          return { authorization_status, tariff_messages: [] };
        },
      },
    },
    stop: () => stop.abort(),
  };
});
