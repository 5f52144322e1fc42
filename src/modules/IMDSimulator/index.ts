import { defineModule } from "../../framework/module.ts";
import { manifest } from "./manifest.ts";
import { Monitor } from "./monitor.ts";

export const IMDSimulator = defineModule(manifest, (ctx) => {
  const { clock, implConfig, provides, simulation, externalMqtt, moduleId, log } = ctx;
  const { interval, selftest_success } = implConfig.main;
  let resistance = implConfig.main.resistance_F_Ohm;
  const monitor = new Monitor({
    clock,
    delayFactor: simulation.delayFactor,
    intervalMs: interval,
    onMeasurement: () => provides.main.publish("isolation_measurement", { resistance_F_Ohm: resistance }),
    onSelfTest: () => provides.main.publish("self_test_result", selftest_success),
  });
  externalMqtt.subscribe(`everest_api/${moduleId}/cmd/set_resistance`, (payload) => {
    const ohm = payload.trim() === "" ? Number.NaN : Number(payload);
    if (Number.isFinite(ohm)) resistance = ohm;
    else log.error({ payload }, "set_resistance takes a number of ohm");
  });
  return {
    provides: {
      main: {
        start() {
          monitor.start();
          return null;
        },
        stop() {
          monitor.stop();
          return null;
        },
        start_self_test() {
          monitor.selfTest();
          return null;
        },
      },
    },
    stop: () => monitor.close(),
  };
});
