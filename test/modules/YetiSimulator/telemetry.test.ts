import { expect, it, onTestFinished } from "vitest";
import type { TelemetryEntries } from "../../../src/framework/telemetry.ts";
import { YetiSimulator } from "../../../src/modules/YetiSimulator/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

it("tells of its inside every second, and of itself every fifteen, when somebody collects it", async () => {
  const told: [string, TelemetryEntries][] = [];
  const { init, manifest } = YetiSimulator;
  const telemetry = {
    enabled: true,
    publish: (category: string, name: string, values: TelemetryEntries) =>
      void told.push([`${category}/${name}`, values]),
  };
  const module = { manifest, init: (ctx: Parameters<typeof init>[0]) => init({ ...ctx, telemetry }) };
  const yeti = await startUnderTest(module, { config: { connector_id: 1 } });
  onTestFinished(() => yeti.station.stop());
  const last = (name: string) => told.findLast(([it]) => it === `livedata/${name}`)?.[1];
  const count = (name: string) => told.filter(([it]) => it === `livedata/${name}`).length;
  expect(last("power_switch")).toMatchObject({ is_on: false, switching_count: 0 });
  await yeti.on.ev_board_support.call("set_cp_state", { cp_state: "C" });
  await yeti.on.ev_board_support.call("set_rcd_error", { rcd_current_mA: 20 });
  await yeti.on.board_support.call("pwm_on", { value: 50 });
  const value = { allow_power_on: true, reason: "FullPowerCharging" } as const;
  await yeti.on.board_support.call("allow_power_on", { value });
  for (let s = 0; s < 15; s++) await yeti.clock.advance(1000);
  expect(last("power_path_controller")).toMatchObject({
    ...{ cp_state: "C", cp_voltage_high: 6, cp_voltage_low: -12, cp_pwm_duty_cycle: 50 },
  });
  expect(last("power_switch")).toMatchObject({ is_on: true, switching_count: 1 });
  expect(last("rcd")).toMatchObject({ current_mA: 20, triggered: true });
  expect([count("rcd"), count("power_path_controller_version")]).toEqual([16, 2]);
  await yeti.station.stop();
  await yeti.clock.advance(20_000);
  expect(count("rcd")).toBe(16);
});
