import { afterEach, describe, expect, it } from "vitest";
import type {
  EnergyFlowRequest,
  EnforcedLimits,
  LimitsReq,
  ScheduleReqEntry,
} from "../../../src/interfaces/types/energy.ts";
import { EnergyManager } from "../../../src/modules/EnergyManager/index.ts";
import { manifest } from "../../../src/modules/EnergyManager/manifest.ts";
import { Optimizer } from "../../../src/modules/EnergyManager/optimizer.ts";
import { powerAt } from "../../../src/modules/EnergyManager/schedules.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

const START = Date.UTC(2026, 0, 1, 12, 30);
const HOUR = "2026-01-01T12:00:00.000Z";
const amps = (value: number, source = "x") => ({ value, source });

function entry(limits_to_root: LimitsReq, timestamp = HOUR): ScheduleReqEntry {
  return { timestamp, limits_to_root, limits_to_leaves: {} };
}

function node(uuid: string, ampere: number, children: EnergyFlowRequest[], more: LimitsReq = {}): EnergyFlowRequest {
  const schedule = [entry({ ac_max_current_A: amps(ampere, uuid), ac_max_phase_count: amps(3, uuid), ...more })];
  return {
    uuid,
    node_type: "Generic",
    children,
    schedule_import: schedule,
    schedule_export: [],
    schedule_setpoints: [],
  };
}

function outlet(uuid: string, limits: LimitsReq = {}, more: Partial<EnergyFlowRequest> = {}): EnergyFlowRequest {
  const standard = {
    ac_max_current_A: amps(32, uuid),
    ac_min_current_A: amps(6, uuid),
    ac_max_phase_count: amps(3, uuid),
  };
  return {
    ...node(uuid, 0, []),
    node_type: "Evse",
    evse_state: "Charging",
    schedule_import: [entry({ ...standard, ac_min_phase_count: amps(1, uuid), ...limits })],
    ...more,
  };
}

function optimize(request: EnergyFlowRequest, config: object = {}, now = START): EnforcedLimits[] {
  return new Optimizer(manifest.config.parse(config)).run(request, now);
}
const granted = (limits: readonly EnforcedLimits[]) =>
  Object.fromEntries(
    limits.map(({ uuid, limits_root_side: it }) => [uuid, it.ac_max_current_A?.value ?? it.total_power_W?.value]),
  );

describe("the energy manager's arithmetic", () => {
  it("gives one outlet all that its fuse and its own limit allow", () => {
    expect(optimize(node("grid", 40, [outlet("a")]))).toEqual([
      {
        uuid: "a",
        valid_for: 10,
        limits_root_side: { ac_max_current_A: amps(32, "a"), ac_max_phase_count: { value: 3, source: "a" } },
        schedule: [
          {
            timestamp: HOUR,
            limits_to_root: { ac_max_current_A: amps(32, "a"), ac_max_phase_count: { value: 3, source: "a" } },
          },
        ],
      },
    ]);
  });

  it("shares a fuse, within the fuses below it", () => {
    const tree = node("grid", 40, [node("left", 63, [outlet("a"), outlet("b")]), node("right", 10, [outlet("c")])]);
    expect(granted(optimize(tree))).toEqual({ a: 15, b: 15, c: 10 });
  });

  it("gives nothing to the one for whom the minimum does not suffice", () => {
    const limits = optimize(node("grid", 10, [outlet("a"), outlet("b")]));
    expect(granted(limits)).toEqual({ a: 10, b: 0 });
    expect(limits[1]?.limits_root_side.ac_max_current_A?.source).toBe("grid");
  });

  it("keeps to a limit of power, which it turns into current", () => {
    const limits = optimize(node("grid", 40, [outlet("a")], { total_power_W: amps(6900, "grid") }));
    expect(limits[0]?.limits_root_side).toMatchObject({
      ac_max_current_A: amps(10, "grid"),
      total_power_W: amps(6900, "grid"),
    });
  });

  it("counts losses between a node's two sides", () => {
    const dc = outlet("a");
    dc.schedule_import = [
      { ...entry({}), limits_to_leaves: { total_power_W: amps(9000) }, conversion_efficiency: 0.9 },
    ];
    const tree = { ...node("grid", 0, [dc]), schedule_import: [entry({ total_power_W: amps(50_000) })] };
    expect(optimize(tree)[0]?.limits_root_side).toEqual({ total_power_W: amps(10_000) });
  });

  it("gives nothing where nothing was asked for or zero is allowed", () => {
    const idle = outlet("idle", {}, { schedule_import: [] });
    const zero = outlet("zero", { ac_max_current_A: amps(0, "zero") });
    const limits = optimize(node("grid", 40, [idle, zero, outlet("a")]));
    expect(granted(limits)).toEqual({ idle: 0, zero: 0, a: 32 });
    expect(limits[1]?.limits_root_side.ac_max_current_A).toEqual(amps(0, "zero"));
  });

  it("feeds back what may not charge but may feed back, as a negative current", () => {
    const car = outlet(
      "car",
      { ac_max_current_A: amps(0) },
      { schedule_export: [entry({ ac_max_current_A: amps(10) })] },
    );
    const tree = { ...node("grid", 40, [car, outlet("a")]), schedule_export: [entry({ ac_max_current_A: amps(8) })] };
    expect(granted(optimize(tree))).toEqual({ car: -8, a: 32 });
  });

  it("obeys setpoints: charge with no more than, or feed back no more than", () => {
    const at = (setpoint: object) => ({
      schedule_setpoints: [{ timestamp: HOUR, setpoint: { priority: 1, source: "vpp", ...setpoint } }],
      schedule_export: [entry({ ac_max_current_A: amps(32) })],
    });
    const grid = (it: EnergyFlowRequest) => ({
      ...node("grid", 40, [it]),
      schedule_export: [entry({ ac_max_current_A: amps(40) })],
    });
    expect(granted(optimize(grid(outlet("a", {}, at({ ac_current_A: 9 })))))).toEqual({ a: 9 });
    expect(granted(optimize(grid(outlet("a", {}, at({ ac_current_A: -7 })))))).toEqual({ a: -7 });
    expect(optimize(grid(outlet("a", {}, at({ total_power_W: 6900 }))))[0]?.limits_root_side.ac_max_current_A).toEqual(
      amps(10, "vpp"),
    );
  });

  it("follows the frequency of the grid along a table", () => {
    const table = [
      { frequency_Hz: 49, total_power_W: 0 },
      { frequency_Hz: 50, total_power_W: 10_000 },
    ];
    expect([48, 49, 49.5, 50, 51].map((frequency) => powerAt(table, frequency))).toEqual([0, 0, 5000, 10_000, 10_000]);
    expect(powerAt([], 50)).toBe(0);
  });

  it("makes an entry of the schedule wherever a limit changes, and takes the one of now", () => {
    const later = "2026-01-01T12:20:00.000Z";
    const tree = node("grid", 40, [outlet("a")]);
    tree.schedule_import = [entry({ ac_max_current_A: amps(40) }), entry({ ac_max_current_A: amps(8, "cap") }, later)];
    const [limits] = optimize(tree);
    expect(
      limits?.schedule.map(({ timestamp, limits_to_root }) => [timestamp, limits_to_root.ac_max_current_A?.value]),
    ).toEqual([
      [HOUR, 32],
      [later, 8],
    ]);
    expect(limits?.limits_root_side.ac_max_current_A).toEqual(amps(8, "cap"));
    expect(granted(optimize(tree, {}, Date.parse(HOUR) + 1000))).toEqual({ a: 32 });
  });

  it("lets the first entry hold before its time", () => {
    const tree = node("grid", 40, [outlet("a")]);
    tree.schedule_import = [entry({ ac_max_current_A: amps(7) }, "2027-01-01T00:00:00.000Z")];
    expect(granted(optimize(tree))).toEqual({ a: 7 });
  });
});

describe("the number of phases", () => {
  const tree = (watt: number, active = 3, state: EnergyFlowRequest["evse_state"] = "Charging") =>
    node("grid", 40, [outlet("a", { ac_number_of_active_phases: active }, { evse_state: state as "Charging" })], {
      total_power_W: amps(watt, "grid"),
    });
  const phases = (optimizer: Optimizer, watt: number, active: number, at = 0) =>
    optimizer.run(tree(watt, active), START + at * 1000)[0]?.limits_root_side.ac_max_phase_count?.value;
  const make = (config: object) => new Optimizer(manifest.config.parse(config));

  it("is the largest there is, unless switching is allowed", () => {
    expect(phases(make({}), 3000, 1)).toBeUndefined();
    expect(phases(make({}), 5000, 1)).toBe(3);
  });

  it("goes down where the power does not suffice for three, and stays there with Oneway", () => {
    const optimizer = make({ switch_3ph1ph_while_charging_mode: "Oneway", switch_3ph1ph_time_hysteresis_s: 0 });
    expect(phases(optimizer, 4000, 3)).toBe(1);
    expect(phases(optimizer, 20_000, 1)).toBe(1);
  });

  it("goes up again with Both, when the power suffices by a margin for long enough", () => {
    const optimizer = make({ switch_3ph1ph_while_charging_mode: "Both", switch_3ph1ph_time_hysteresis_s: 600 });
    expect(phases(optimizer, 4000, 3)).toBe(1);
    expect(phases(optimizer, 4300, 1, 1)).toBe(1);
    expect(phases(optimizer, 20_000, 1, 2)).toBe(1);
    expect(phases(optimizer, 20_000, 1, 600)).toBe(1);
    expect(phases(optimizer, 20_000, 1, 601)).toBe(3);
  });

  it("stays as it is after so many switches, or takes the configured number, until the car is gone", () => {
    const config = {
      switch_3ph1ph_while_charging_mode: "Both",
      switch_3ph1ph_time_hysteresis_s: 0,
      switch_3ph1ph_max_nr_of_switches_per_session: 1,
    };
    const run = (optimizer: Optimizer) => [3, 1, 3, 3].map((active) => phases(optimizer, 4000, active));
    expect(run(make(config))).toEqual([1, 1, undefined, undefined]);
    expect(run(make({ ...config, switch_3ph1ph_switch_limit_stickyness: "SinglePhase" }))).toEqual([1, 1, 1, 1]);
    const optimizer = make(config);
    run(optimizer);
    optimizer.run(tree(4000, 3, "Unplugged"), START);
    expect(phases(optimizer, 4000, 3)).toBe(1);
  });
});

describe("the energy manager", () => {
  let manager: UnderTest<typeof EnergyManager.manifest>;
  let told: EnforcedLimits[];
  afterEach(() => manager.station.stop());

  async function start(config: Record<string, unknown> = {}): Promise<void> {
    told = [];
    const enforce_limits = ({ value }: { value: EnforcedLimits }) => {
      told.push(value);
      return null;
    };
    manager = await startUnderTest(EnergyManager, { config, mocks: { energy_trunk: [{ enforce_limits }] } });
  }
  async function ask(request: EnergyFlowRequest) {
    manager.mock.energy_trunk[0]?.publish("energy_flow_request", request);
    await manager.clock.advance(0);
    return granted(told.splice(0));
  }

  it("answers a request at once, what changed only, and repeats everything every interval", async () => {
    await start({ update_interval: 2 });
    const tree = (left: number) => node("grid", 40, [node("x", left, [outlet("a")]), node("y", 20, [outlet("b")])]);
    expect(await ask(tree(15))).toEqual({ a: 15, b: 20 });
    expect(await ask(tree(15))).toEqual({});
    expect(await ask(tree(10))).toEqual({ a: 10 });
    await manager.clock.advance(2000);
    expect(told.map(({ uuid, valid_for }) => [uuid, valid_for])).toEqual([
      ["a", 20],
      ["b", 20],
    ]);
  });

  it("says nothing before anybody has asked, and nothing after the stop", async () => {
    await start();
    await manager.clock.advance(5000);
    expect(told).toEqual([]);
    await manager.station.stop();
    expect(manager.clock.pending).toBe(0);
  });
});
