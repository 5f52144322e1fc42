/** The executables of a prefix, as those who drive EVerest's manager start them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import type * as prefix from "../../../src/cli/manager/prefix.ts";
import { type EmbeddedBroker, startBroker } from "../../../src/framework/bus/broker.ts";
import { Fifo, Folder, manage, smallStation } from "./support.ts";

let folder: Folder;
let config: string;
let broker: EmbeddedBroker;
let states: Fifo;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await Folder.make();
  // Its programs are of the package as it is built: they need not compile themselves.
  const { makePrefix }: typeof prefix = await import(join(inject("built"), "cli/manager/prefix.js"));
  await makePrefix({ dir: folder.path, certificates: false });
  config = await folder.write("station.yaml", smallStation);
  broker = await startBroker(0);
  states = Fifo.make(join(folder.path, "fifo"));
}, 60_000);
afterEach(async () => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  states.close();
  await broker.close();
  await folder.remove();
});

function start(program: string, args: readonly string[]): { child: ChildProcess; ended: Promise<unknown[]> } {
  const env = { ...process.env, MQTT_SERVER_ADDRESS: broker.host, MQTT_SERVER_PORT: String(broker.port) };
  const child = spawn(join(folder.path, program), [...args], {
    cwd: folder.path,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr?.on("data", (text) => {
    errors += text;
  });
  started.push(child);
  const ended = once(child, "exit").then((result) => (result[0] === 0 ? result : [...result, errors]));
  return { child, ended };
}
const managerArgs = () => ["--prefix", folder.path, "--config", config, "--status-fifo", states.path, "--log", "info"];
const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);

describe("the files of a prefix", () => {
  it("are each OCPP module's own: keys of 1.6 where 1.6 is spoken, components of 2.0.1 where EVerest's testers look for them", () => {
    const share = join(folder.path, "share/everest/modules");
    const has = (module: string, path: string) => existsSync(join(share, module, path));
    const components = "component_config/standardized/ISO15118Ctrlr.json";
    const of = (path: string) => ["OCPP", "OCPP201", "OCPPmulti"].filter((module) => has(module, path));
    expect(of("ocpp-config-pnc.json")).toEqual(["OCPP", "OCPPmulti"]);
    expect(of(components)).toEqual(["OCPP", "OCPP201", "OCPPmulti"]);
    expect(of("device_model_migrations")).toEqual(["OCPP", "OCPP201", "OCPPmulti"]);
  });

  it("hold configurations in which nothing is wrong", async () => {
    const names = readdirSync(join(folder.path, "etc/everest")).filter((name) => /^config-.*\.yaml$/.test(name));
    expect(names).toContain("config-sil-ocpp-pnc.yaml");
    for (const name of names) {
      const checked = manage(["--prefix", folder.path, "--config", name.replace(".yaml", ""), "--check"]);
      expect([name, await checked.code, checked.errors()]).toEqual([name, 0, expect.not.stringMatching(/warning/)]);
    }
  });
});

describe("the executables of a prefix", () => {
  it("run a station in two processes; SIGINT ends each with 0 and leaves nothing", async () => {
    const manager = start("bin/manager", [...managerArgs(), "--standalone", "car", "--graceful-shutdown"]);
    await states.says("WAITING_FOR_STANDALONE_MODULES");
    const module = start("libexec/everest/modules/EvManager/EvManager", [
      ...["--prefix", folder.path, "--module", "car", "--log_config", "x", "--mqtt_everest_prefix", "everest_1/"],
      ...["--mqtt_external_prefix", "external_1", "--mqtt_broker_host", broker.host],
      ...["--mqtt_broker_port", String(broker.port)],
    ]);
    await states.says("ALL_MODULES_STARTED");
    expect(childrenOf(manager.child.pid)).toEqual([]);
    manager.child.kill("SIGINT");
    expect(await manager.ended).toEqual([0, null]);
    expect(await module.ended).toEqual([0, null]);
    expect(existsSync(`/proc/${manager.child.pid}`)).toBe(false);
  }, 60_000);

  it("start again after a crash when asked to, and end with all that belongs to them", async () => {
    const { child, ended } = start("bin/manager", [...managerArgs(), "--recover-module-crashes"]);
    await states.says("ALL_MODULES_STARTED");
    const [station = 0] = childrenOf(child.pid);
    process.kill(station, "SIGKILL");
    await states.says("CRASH_RECOVERY_ATTEMPT:1/3");
    states.lines.length = 0;
    await states.says("ALL_MODULES_STARTED");
    const [again = 0] = childrenOf(child.pid);
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
    expect(existsSync(`/proc/${again}`)).toBe(false);
  }, 60_000);

  it("bad case: what never ran is not started again", async () => {
    const { ended } = start("bin/manager", ["--config", "nowhere.yaml", "--recover-module-crashes"]);
    expect(await ended).toEqual([1, null, expect.stringContaining("there is no configuration")]);
  }, 60_000);
});
