import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkConfig } from "../../../src/framework/config.ts";
import { startStation } from "../../../src/framework/manager.ts";
import { defineManifest } from "../../../src/framework/manifest.ts";
import { defineModule, type ModuleContext } from "../../../src/framework/module.ts";
import { error_history } from "../../../src/interfaces/error_history.ts";
import { evse_manager } from "../../../src/interfaces/evse_manager.ts";
import type { FilterArguments } from "../../../src/interfaces/types/error_history.ts";
import { ErrorHistory } from "../../../src/modules/ErrorHistory/index.ts";
import { nodeFiles } from "../../../src/util/files.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { cryptoRandom } from "../../../src/util/random.ts";
import { silentTracer } from "../../../src/util/trace.ts";

const manifest = defineManifest({
  description: "raises errors and asks for them",
  provides: { evse: { interface: evse_manager } },
  requires: { history: { interface: error_history } },
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "plugcharge-errors-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

async function open(clock: ManualClock) {
  let probe: ModuleContext<typeof manifest> | undefined;
  const Probe = defineModule(manifest, (ctx) => {
    probe = ctx;
    const unused = () => expect.unreachable("nobody calls this");
    const provides = { evse: Object.fromEntries(Object.keys(evse_manager.cmds).map((name) => [name, unused])) };
    return { provides: provides as never };
  });
  const active_modules = {
    probe: { module: "Probe", connections: { history: [{ module_id: "errors", implementation_id: "error_history" }] } },
    errors: {
      module: "ErrorHistory",
      config_implementation: { error_history: { database_path: join(dir, "a/b.db") } },
    },
  };
  const station = await startStation({
    config: checkConfig({
      sources: [{ file: "test.yaml", text: "" }],
      overrides: { active_modules, settings: { validate_schema: true } },
      modules: { Probe, ErrorHistory },
    }),
    ports: {
      ...{ clock, random: cryptoRandom, files: nodeFiles, log: silentLogger, trace: silentTracer },
      simulation: { delayFactor: 0 },
    },
    env: () => ({ certsDir: "/nowhere", shareDir: "/nowhere" }),
  });
  const evse = probe?.provides.evse ?? expect.unreachable("no probe");
  const find = async (filters: FilterArguments = {}) => {
    await clock.advance(0);
    const errors = await probe?.requires.history[0]?.call("get_errors", { filters });
    return (errors ?? []).map(({ type, severity, state }) => `${type.split("/")[1]} ${severity} ${state}`);
  };
  return { station, evse, find, whole: () => probe?.requires.history[0]?.call("get_errors", { filters: {} }) };
}

describe("the history of errors", () => {
  it("remembers what was raised and cleared, and what a restart has cleared", async () => {
    const clock = new ManualClock();
    const first = await open(clock);
    first.evse.raiseError("evse_manager/Inoperative", { message: "broken", severity: "High", sub_type: "x" });
    await clock.advance(1000);
    first.evse.raiseError("evse_manager/MREC4OverCurrentFailure", { message: "too much", severity: "Low" });
    expect(await first.find()).toEqual(["Inoperative High Active", "MREC4OverCurrentFailure Low Active"]);
    first.evse.clearErrors("evse_manager/MREC4OverCurrentFailure");
    expect(await first.find({ state_filter: "Active" })).toEqual(["Inoperative High Active"]);
    expect(await first.whole()).toMatchObject([
      { message: "broken", sub_type: "x", origin: { module_id: "probe", implementation_id: "evse" } },
      { state: "ClearedByModule" },
    ]);
    await first.station.stop();
    const second = await open(clock);
    expect(await second.find()).toEqual([
      "Inoperative High ClearedByReboot",
      "MREC4OverCurrentFailure Low ClearedByModule",
    ]);
    await second.station.stop();
  });

  it("finds by every filter, and by all of them together", async () => {
    const clock = new ManualClock();
    const { station, evse, find, whole } = await open(clock);
    const from = new Date(clock.now()).toISOString();
    evse.raiseError("evse_manager/Inoperative", { message: "broken", severity: "High" });
    await clock.advance(1000);
    evse.raiseError("evse_manager/MREC4OverCurrentFailure", { message: "too much", severity: "Medium" });
    await clock.advance(1000);
    evse.raiseError("evse_manager/MREC5OverVoltage", { message: "too high", severity: "Low" });
    const [all, two, one] = [await find(), ["Inoperative High Active"], ["MREC4OverCurrentFailure Medium Active"]];
    expect(await find({ severity_filter: "LOW_GE" })).toEqual(all);
    expect(await find({ severity_filter: "MEDIUM_GE" })).toEqual(all.slice(0, 2));
    expect(await find({ severity_filter: "HIGH_GE" })).toEqual(two);
    expect(await find({ type_filter: "evse_manager/MREC4OverCurrentFailure" })).toEqual(one);
    const origin_filter = { module_id: "probe", implementation_id: "evse" };
    expect(await find({ origin_filter })).toEqual(all);
    expect(await find({ origin_filter: { ...origin_filter, module_id: "other" } })).toEqual([]);
    const uuid = (await whole())?.[1]?.uuid ?? "";
    expect(await find({ handle_filter: uuid })).toEqual(one);
    // The same second in another time zone.
    const zoned = new Date(Date.parse(from) + 3_600_500).toISOString().replace("Z", "+01:00");
    expect(await find({ timeperiod_filter: { timestamp_from: from, timestamp_to: zoned } })).toEqual(two);
    expect(await find({ severity_filter: "MEDIUM_GE", handle_filter: uuid, origin_filter })).toEqual(one);
    expect(await find({ type_filter: "' OR 1=1 --" })).toEqual([]);
    await station.stop();
  });
});
