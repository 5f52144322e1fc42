import { EnergyNode } from "../../../src/modules/EnergyNode/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";
import { neighbour } from "../EvseManager/neighbours.ts";
import { testKeys } from "../keyTable.ts";

const { manifest } = EnergyNode;
type Config = Readonly<Record<string, unknown>>;

/** What the node says of itself, and what it asks for when power is limited from outside. */
async function said(config: Config): Promise<{ capabilities: Config; ampere: number | undefined }> {
  const node = await startUnderTest(EnergyNode, {
    config: { fuse_limit_A: 32, ...config },
    mocks: { energy_consumer: [neighbour("outlet", manifest.requires.energy_consumer.interface, [])] },
  });
  const limits_to_root = { total_power_W: { value: 6900, source: "CSMS" } };
  const schedule_import = [{ timestamp: "2026-01-01T00:00:00.000Z", limits_to_root, limits_to_leaves: {} }];
  await node.on.external_limits.call("set_external_limits", {
    value: { schedule_import, schedule_export: [], schedule_setpoints: [] },
  });
  const lines = await node.heard();
  await node.station.stop();
  const last = (name: string) =>
    JSON.parse(lines.findLast((line) => line.startsWith(name))?.slice(name.length) ?? "{}");
  const { schedule_import: asked } = last("energy_grid.energy_flow_request");
  return {
    capabilities: last("external_limits.capabilities"),
    ampere: asked[0].limits_to_root.ac_max_current_A?.value,
  };
}

const capability = (name: string) => async (config: Config) => (await said(config)).capabilities[name];

testKeys("EnergyNode", manifest, {
  fuse_limit_A: { from: 32, to: 16, show: capability("max_current_A"), sees: [32, 16] },
  phase_count: { to: 1, show: capability("max_phase_count"), sees: [3, 1] },
  nominal_voltage_V: { to: 120, show: capability("total_power_W"), sees: [22_080, 11_520] },
  enhance_external_schedule: {
    to: true,
    show: async (config) => (await said(config)).ampere,
    sees: [32, 10],
  },
});
