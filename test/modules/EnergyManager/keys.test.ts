import type { EnergyFlowRequest, LimitsReq } from "../../../src/interfaces/types/energy.ts";
import { EnergyManager } from "../../../src/modules/EnergyManager/index.ts";
import { manifest } from "../../../src/modules/EnergyManager/manifest.ts";
import { Optimizer } from "../../../src/modules/EnergyManager/optimizer.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { testKeys } from "../keyTable.ts";

type Config = Readonly<Record<string, unknown>>;

const START = Date.UTC(2026, 0, 1, 12);
const by = (value: number) => ({ value, source: "test" });

function request(uuid: string, limits: LimitsReq, children: EnergyFlowRequest[] = []): EnergyFlowRequest {
  const entry = { timestamp: "2026-01-01T12:00:00.000Z", limits_to_root: limits, limits_to_leaves: {} };
  return {
    ...{ uuid, children, schedule_import: [entry], schedule_export: [], schedule_setpoints: [] },
    ...(children.length > 0 ? { node_type: "Generic" } : { node_type: "Evse", evse_state: "Charging" }),
  };
}

/** An AC outlet that can switch its phases. */
const outlet = (active: number) =>
  request("ac", {
    ...{ ac_max_current_A: by(32), ac_min_current_A: by(6) },
    ...{ ac_max_phase_count: by(3), ac_min_phase_count: by(1), ac_number_of_active_phases: active },
  });
const grid = (watt: number, ...children: EnergyFlowRequest[]) =>
  request("grid", { ac_max_current_A: by(100), total_power_W: by(watt) }, children);

const optimizer = (config: Config) => new Optimizer(manifest.config.parse(config));

/** Phases that an outlet gets in the last of several rounds; in each it has so many, and so much power. */
function phases(config: Config, ...rounds: readonly (readonly [active: number, watt: number])[]): number | undefined {
  const rules = optimizer(config);
  const results = rounds.map(([active, watt], i) => rules.run(grid(watt, outlet(active)), START + i * 1000));
  return results.at(-1)?.[0]?.limits_root_side.ac_max_phase_count?.value;
}

/** Watt below and above what 6 A on three phases take, which is 4140. */
const [little, enough, plenty] = [3000, 4240, 10_000];
const both = { switch_3ph1ph_while_charging_mode: "Both", switch_3ph1ph_time_hysteresis_s: 0 };
const often = { ...both, switch_3ph1ph_max_nr_of_switches_per_session: 1 };

/** Watt of a DC outlet that shares 30 kW with the AC outlet. */
function dcShare(config: Config): number {
  const dc = request("dc", { total_power_W: by(100_000) });
  const limits = optimizer(config).run(request("grid", { total_power_W: by(30_000) }, [outlet(3), dc]), START);
  return Math.round(limits[1]?.limits_root_side.total_power_W?.value ?? 0);
}

/** How long limits hold, and how often they are told. */
async function told(config: Config): Promise<{ calls: number; logged: number }> {
  const clock = new ManualClock();
  const seen = { calls: 0, logged: 0 };
  let hear: (value: EnergyFlowRequest) => void = () => {};
  const trunk = {
    call: async () => void seen.calls++,
    subscribe: (_variable: string, receive: typeof hear) => {
      hear = receive;
    },
  };
  const log = { ...silentLogger, info: () => void seen.logged++ };
  const context = { clock, log, config: manifest.config.parse(config), requires: { energy_trunk: [trunk] } };
  const module = await EnergyManager.init(context as never);
  hear(grid(plenty, outlet(3)));
  seen.calls = 0;
  seen.logged = 0;
  await module.ready?.();
  await clock.advance(3500);
  await module.stop?.();
  return seen;
}

testKeys("EnergyManager", manifest, {
  nominal_ac_voltage: {
    to: 115,
    show: (config) => optimizer(config).run(grid(6900, outlet(3)), START)[0]?.limits_root_side.ac_max_current_A?.value,
    sees: [10, 20],
  },
  update_interval: { to: 2, show: async (config) => (await told(config)).calls, sees: [4, 2] },
  schedule_interval_duration: {
    to: 20,
    show: (config) => optimizer(config).run(grid(plenty, outlet(3)), START)[0]?.schedule.length,
    sees: [1, 3],
  },
  schedule_total_duration: {
    to: 4,
    show: (config) => optimizer(config).run(grid(plenty, outlet(3)), START)[0]?.schedule.length,
    sees: [1, 4],
  },
  slice_ampere: { to: 1, show: dcShare, sees: [15_302, 10_866] },
  slice_watt: { to: 1000, show: dcShare, sees: [15_302, 19_227] },
  debug: { to: true, show: async (config) => (await told(config)).logged, sees: [0, 4] },
  switch_3ph1ph_while_charging_mode: {
    to: "Oneway",
    show: (config) => phases(config, [3, little]),
    sees: [undefined, 1],
  },
  switch_3ph1ph_max_nr_of_switches_per_session: {
    besides: both,
    to: 1,
    show: (config) => phases(config, [1, plenty], [3, plenty], [1, plenty], [1, plenty]),
    sees: [3, 1],
  },
  switch_3ph1ph_switch_limit_stickyness: {
    besides: often,
    to: "ThreePhase",
    show: (config) => phases(config, [1, plenty], [3, plenty], [1, plenty], [1, plenty]),
    sees: [1, 3],
  },
  switch_3ph1ph_power_hysteresis_W: {
    besides: both,
    to: 50,
    show: (config) => phases(config, [1, enough]),
    sees: [1, 3],
  },
  switch_3ph1ph_time_hysteresis_s: {
    besides: { switch_3ph1ph_while_charging_mode: "Both" },
    to: 0,
    show: (config) => phases(config, [1, little], [1, plenty]),
    sees: [1, 3],
  },
});
