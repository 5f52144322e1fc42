import { defineModule } from "../../framework/module.ts";
import { manifest } from "./manifest.ts";
import { Watch } from "./watch.ts";

export const OVMSimulator = defineModule(manifest, (ctx) => {
  const { clock, implConfig, provides, requires, externalMqtt, moduleId, log } = ctx;
  const { simulate_error_shutdown, simulate_emergency_shutdown, simulate_error_delay } = implConfig.main;
  const raise = (severity: "Medium" | "High", message: string) =>
    provides.main.raiseError("over_voltage_monitor/MREC5OverVoltage", { message, severity });
  const watch = new Watch({
    clock,
    faults: [
      ...(simulate_error_shutdown ? (["Medium"] as const) : []),
      ...(simulate_emergency_shutdown ? (["High"] as const) : []),
    ],
    faultAfterMs: simulate_error_delay * 1000,
    onMeasurement: (volt) => provides.main.publish("voltage_measurement_V", volt),
    onFault: (severity) => raise(severity, "Simulated over-voltage"),
    onOverVoltage: (volt, limit) => raise("High", `${volt} V are more than ${limit} V`),
  });
  for (const supply of requires.power_supply) {
    supply.subscribe("voltage_current", ({ voltage_V }) => watch.measured(voltage_V));
  }
  externalMqtt.subscribe(`everest_api/${moduleId}/cmd/set_over_voltage_measurement_V`, (payload) => {
    const volt = payload.trim() === "" ? Number.NaN : Number(payload);
    if (Number.isFinite(volt)) watch.measured(volt);
    else log.error({ payload }, "set_over_voltage_measurement_V takes a number of volt");
  });
  return {
    provides: {
      main: {
        set_limits({ emergency_over_voltage_limit_V }) {
          watch.limit = emergency_over_voltage_limit_V;
          return null;
        },
        start() {
          watch.start();
          return null;
        },
        stop() {
          watch.stop();
          return null;
        },
        reset_over_voltage_error() {
          provides.main.clearErrors("over_voltage_monitor/MREC5OverVoltage");
          return null;
        },
      },
    },
    stop: () => watch.stop(),
  };
});
