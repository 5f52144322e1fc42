import { afterEach, describe, expect, it } from "vitest";
import type { EnergyFlowRequest, EnforcedLimits, ScheduleReqEntry } from "../../../src/interfaces/types/energy.ts";
import { EnergyNode } from "../../../src/modules/EnergyNode/index.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

let node: UnderTest<typeof EnergyNode.manifest>;
let enforced: string[];
afterEach(() => node.station.stop());

const consumer = (name: string) => ({
  enforce_limits({ value }: { value: EnforcedLimits }) {
    enforced.push(`${name} ${value.uuid}`);
    return null;
  },
});

async function start(config: object = {}): Promise<void> {
  enforced = [];
  node = await startUnderTest(EnergyNode, {
    config: { fuse_limit_A: 32, ...config },
    mocks: {
      energy_consumer: [consumer("first"), consumer("second")],
      powermeter: [{ start_transaction: () => ({ status: "OK" }), stop_transaction: () => ({ status: "OK" }) }],
      price_information: [{}],
    },
  });
}

function request(uuid: string, children: EnergyFlowRequest[] = []): EnergyFlowRequest {
  return { uuid, node_type: "Evse", children, schedule_import: [], schedule_export: [], schedule_setpoints: [] };
}
async function last(): Promise<EnergyFlowRequest> {
  const line = (await node.heard()).findLast((it) => it.startsWith("energy_grid."));
  return JSON.parse(line?.slice(line.indexOf(" ")) ?? expect.unreachable("no request"));
}
const fuse = { ac_max_current_A: { value: 32, source: "tested/module_config" } };
const phases = { ac_max_phase_count: { value: 3, source: "tested/module_config" } };
const entry = (limits_to_root: object, timestamp = "2026-01-01T00:00:00.000Z"): ScheduleReqEntry => ({
  timestamp,
  limits_to_root,
  limits_to_leaves: {},
});
const setLimits = (schedule_import: ScheduleReqEntry[]) =>
  node.on.external_limits.call("set_external_limits", {
    value: { schedule_import, schedule_export: [], schedule_setpoints: [] },
  });
const limitsOf = async () => (await last()).schedule_import.map(({ limits_to_root }) => limits_to_root);

describe("a node of the energy tree", () => {
  it("asks for what its fuse lets through and tells outsiders what it can do", async () => {
    await start({ phase_count: 1 });
    const heard = await node.heard();
    expect(heard).toContain(
      'external_limits.capabilities {"max_current_A":32,"max_phase_count":1,"nominal_voltage_V":230,"total_power_W":7360}',
    );
    expect(JSON.parse(heard.at(-1)?.slice("energy_grid.energy_flow_request ".length) ?? "")).toMatchObject({
      uuid: "tested",
      node_type: "Generic",
      children: [],
      schedule_import: [{ timestamp: "2026-01-01T00:00:00.000Z", limits_to_root: fuse, limits_to_leaves: fuse }],
    });
  });

  it("passes requests on with its own, in the order of its connections", async () => {
    await start();
    node.mock.energy_consumer[1]?.publish("energy_flow_request", request("b"));
    node.mock.energy_consumer[0]?.publish("energy_flow_request", request("a"));
    expect((await last()).children.map(({ uuid }) => uuid)).toEqual(["a", "b"]);
    node.mock.energy_consumer[1]?.publish("energy_flow_request", request("c"));
    expect((await last()).children.map(({ uuid }) => uuid)).toEqual(["a", "c"]);
  });

  it("adds what its meter measures", async () => {
    await start();
    const reading = { timestamp: "2026-01-01T00:00:00.000Z", energy_Wh_import: { total: 5 } };
    node.mock.powermeter[0]?.publish("powermeter", reading);
    expect((await last()).energy_usage_root).toEqual(reading);
  });

  it("adds the price of the time", async () => {
    await start();
    const price = (timestamp: string, value: number) => ({ timestamp, value, currency: "EUR" });
    const prices = [
      price("2025-12-31T00:00:00.000Z", 0.3),
      price("2026-01-01T00:00:00.000Z", 0.2),
      price("2026-01-02T00:00:00.000Z", 0.1),
    ];
    node.mock.price_information[0]?.publish("energy_pricing", { schedule_import: prices, schedule_export: [] });
    expect((await last()).schedule_import[0]?.price_per_kwh?.value).toBe(0.2);
  });

  it("routes limits to the branch that asked, to all when nobody did, and keeps its own", async () => {
    await start();
    node.mock.energy_consumer[1]?.publish("energy_flow_request", request("b", [request("leaf")]));
    await node.heard();
    const enforce = (uuid: string) =>
      node.on.energy_grid.call("enforce_limits", {
        value: { uuid, valid_for: 10, limits_root_side: {}, schedule: [] },
      });
    await enforce("leaf");
    await enforce("tested");
    expect(enforced).toEqual(["second leaf"]);
    await enforce("stranger");
    expect(enforced.slice(1)).toEqual(["first stranger", "second stranger"]);
  });
});

describe("external limits of a node", () => {
  it("hold below the fuse, and the fuse holds above them", async () => {
    await start();
    const outside = { value: 16, source: "csms" };
    await setLimits([entry({ ac_max_current_A: outside }), entry({ ac_max_current_A: { value: 99, source: "csms" } })]);
    expect(await limitsOf()).toEqual([
      { ac_max_current_A: outside, ...phases },
      { ...fuse, ...phases },
    ]);
    await setLimits([]);
    expect(await limitsOf()).toEqual([{ ...fuse, ...phases }]);
  });

  it.each([
    [true, 20],
    [false, 32],
  ])("of power become a current when enhance_external_schedule is %s", async (enhance_external_schedule, expected) => {
    await start({ enhance_external_schedule });
    await setLimits([entry({ total_power_W: { value: 13_800, source: "csms" } })]);
    expect((await limitsOf())[0]?.ac_max_current_A?.value).toBe(expected);
  });

  it("cannot raise the number of phases", async () => {
    await start({ phase_count: 1 });
    await setLimits([entry({ ac_max_phase_count: { value: 3, source: "csms" } })]);
    expect((await limitsOf())[0]?.ac_max_phase_count?.value).toBe(1);
  });
});
