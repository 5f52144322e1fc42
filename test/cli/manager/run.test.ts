import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import mqtt from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moduleNames } from "../../../src/cli/modules.ts";
import { type EmbeddedBroker, startBroker } from "../../../src/framework/bus/broker.ts";
import { freePort } from "../../framework/brokers.ts";
import { Fifo, Folder, manage, smallStation } from "./support.ts";

let folder: Folder;
let config: string;
const undo: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = await Folder.make();
  config = await folder.write("station.yaml", smallStation);
});
afterEach(async () => {
  for (const end of undo.splice(0).reverse()) await end();
  await folder.remove();
});

/** Exit code and what was said on stderr. */
async function ended(args: readonly string[]): Promise<[number, string]> {
  const managed = manage(args);
  const code = await managed.code;
  return [code, managed.errors()];
}
async function brokerAt(): Promise<[EmbeddedBroker, Record<string, string>]> {
  const broker = await startBroker(0);
  undo.push(() => broker.close());
  return [broker, { MQTT_SERVER_ADDRESS: broker.host, MQTT_SERVER_PORT: String(broker.port) }];
}
function fifo(): Fifo {
  const made = Fifo.make(join(folder.path, "fifo"));
  undo.push(async () => made.close());
  return made;
}

describe("a manager that starts nothing", () => {
  it("checks a configuration: 0 when it is right", async () => {
    const [code, errors] = await ended(["--check", "--config", config]);
    expect(code).toBe(0);
    expect(errors).toMatch(/^Config is valid, terminating as requested$/m);
  });

  it("checks a configuration: 1 and every fault with file, line, key, expectation and remedy", async () => {
    const faulty = smallStation
      .replace("module: EvManager", "module: EvManger")
      .replace("connector_id: 1}", "connector_id: one}")
      .replace("mqtt_everest_prefix", "mqtt_everst_prefix");
    const file = await folder.write("faulty.yaml", faulty);
    const [code, errors] = await ended(["--check", "--config", file]);
    expect(code).toBe(1);
    const lines = errors.split("\n").filter((line) => line.startsWith(file));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/:4: .*active_modules.yeti.config_module.connector_id; expected an integer/);
    expect(lines[1]).toMatch(/:6: there is no module 'EvManger'.*Did you mean 'EvManager'\?/);
    expect(lines[2]).toMatch(/:11: unknown key 'mqtt_everst_prefix'.*Did you mean 'mqtt_everest_prefix'\?/);
  });

  it("writes configuration and manifests", async () => {
    const [dump, all] = [join(folder.path, "dump"), join(folder.path, "all")];
    expect((await ended(["--check", "--config", config, "--dump", dump]))[0]).toBe(0);
    expect((await readdir(dump)).toSorted()).toEqual(["EvManager.json", "YetiSimulator.json", "config.json"]);
    const written = JSON.parse(await readFile(join(dump, "config.json"), "utf8"));
    expect(written.car.configuration_parameters["!module"]).toContainEqual({
      name: "three_phases",
      value: true,
      characteristics: { datatype: "bool", mutability: "ReadOnly" },
    });
    expect(written.car.connections.ev_board_support[0]).toMatchObject({ module_id: "yeti" });
    expect((await ended(["--dumpmanifests", all]))[0]).toBe(0);
    expect((await readdir(all)).toSorted()).toEqual(moduleNames.map((name) => `${name}.yaml`).toSorted());
    const manifest = JSON.parse(await readFile(join(all, "EvManager.yaml"), "utf8"));
    expect(manifest).toMatchObject({
      provides: { main: { interface: "car_simulator" } },
      requires: { ev_board_support: { interface: "ev_board_support", min_connections: 1, max_connections: 1 } },
      config: { connector_id: { type: "integer" }, max_current: { type: "number", default: 16 } },
      enable_external_mqtt: true,
    });
  });

  it.each([
    [
      "both names of the configuration",
      (file: string) => ["--config", file, "--conf", file],
      /--conf, which is deprecated/,
    ],
    ["no such file", () => ["--config", "nowhere.yaml"], /there is no configuration at .*nowhere.yaml/],
    ["no such name", () => ["--prefix", "/nowhere", "--config", "name"], /\/nowhere\/etc\/everest\/name.yaml/],
    ["nothing to check", () => ["--check"], /--check needs a configuration/],
    [
      "no fifo",
      (file: string) => ["--config", file, "--status-fifo", "/nowhere/fifo"],
      /there is no status fifo.*mkfifo/,
    ],
    [
      "a file instead of a fifo",
      (file: string) => ["--config", file, "--status-fifo", file],
      /the status fifo is none/,
    ],
    ["a database without folder", (file: string) => ["--config", file, "--db", "x.db"], /'x.db' is no path/],
    ["equal prefixes", (file: string) => ["--config", file, "--mqtt_everest_prefix", "external_1/"], /is the same as/],
  ])("bad case: %s: a sentence on stderr and exit 1", async (_what, args, sentence) => {
    const [code, errors] = await ended(args(config));
    expect(errors).toMatch(sentence);
    expect(code).toBe(1);
  });

  it("bad case: flags are not abbreviated", async () => {
    await expect(manage(["--conf", config, "--stand", "car"]).code).rejects.toThrow(/unknown option '--stand'/);
  });

  it("bad case: no modules end it, unless it shall be idle; then it ends when interrupted", async () => {
    const empty = await folder.write("empty.yaml", "active_modules: {}");
    const [code, errors] = await ended(["--config", empty]);
    expect([code, errors]).toEqual([1, expect.stringContaining("there are no modules to start")]);
    for (const flag of ["--into-idle", "--idle-on-failure"]) {
      const states = fifo();
      const managed = manage(["--config", empty, flag, "--status-fifo", states.path]);
      await states.says("MANAGER_IDLE");
      managed.interrupt();
      expect(await managed.code).toBe(0);
      await states.says("MANAGER_EXITING");
      states.close();
    }
  });

  it("bad case: a configuration that is wrong ends it also when it shall be idle; in a database it is survived", async () => {
    const wrong = await folder.write("wrong.yaml", smallStation.replace("module: YetiSimulator", "module: Yeti"));
    expect((await ended(["--config", wrong, "--into-idle"]))[0]).toBe(1);
    const database = join(folder.path, "config.db");
    const states = fifo();
    const seeded = manage(["--config", config, "--db", database, "--into-idle", "--status-fifo", states.path]);
    await states.says("MANAGER_IDLE");
    seeded.interrupt();
    expect(await seeded.code).toBe(0);
    const [code, errors] = await ended(["--config", wrong, "--db", database, "--reset-from-yaml"]);
    expect([code, errors]).toEqual([1, expect.stringContaining("there is no module 'Yeti'")]);
  });
});

describe("a manager with a station", () => {
  it("ends in order, and as a failure, when a reset is ordered: who supervises it starts it again", async () => {
    const [broker, env] = await brokerAt();
    const states = fifo();
    const station = smallStation.replace("settings:", "  system: {module: System}\nsettings:");
    const file = await folder.write("reset.yaml", station);
    const driver = await mqtt.connectAsync(`mqtt://${broker.host}:${broker.port}`);
    undo.push(() => driver.endAsync());
    const managed = manage(["--config", file, "--status-fifo", states.path], env);
    await states.says("ALL_MODULES_STARTED");
    const data = { id: "1", args: { type: "Soft", scheduled: false }, origin: "driver" };
    const order = JSON.stringify({ msg_type: "Cmd", data });
    driver.publish("everest_1/modules/system/impl/main/cmd/reset", order, { qos: 2 });
    expect(await managed.code).toBe(1);
    await states.says("MANAGER_EXITING");
    expect(states.lines.slice(-3)).toEqual([
      ...["MANAGER_CRASH_SHUTDOWN_IN_PROGRESS", "MANAGER_SHUTDOWN_FINALIZING", "MANAGER_EXITING"],
    ]);
  });

  it("tells its states, obeys external topics as soon as it says that all is started, and ends with 0", async () => {
    const [broker, env] = await brokerAt();
    const states = fifo();
    const driver = await mqtt.connectAsync(`mqtt://${broker.host}:${broker.port}`);
    undo.push(() => driver.endAsync());
    const events: string[] = [];
    let plugged = () => {};
    const unplugged = new Promise<void>((resolve) => (plugged = resolve));
    driver.on("message", (_topic, payload) => {
      const { event } = JSON.parse(payload.toString()).data.data;
      events.push(event);
      if (event === "Disconnected" || (event === "A" && events.includes("B"))) plugged();
    });
    await driver.subscribeAsync("everest_1/modules/yeti/impl/board_support/var/event", { qos: 2 });
    const managed = manage(["--config", config, "--status-fifo", states.path], env);
    await states.says("ALL_MODULES_STARTED");
    driver.publish("external_1everest_external/nodered/1/carsim/cmd/enable", "true");
    driver.publish("external_1everest_external/nodered/2/carsim/cmd/enable", "true");
    driver.publish(
      "external_1everest_external/nodered/1/carsim/cmd/execute_charging_session",
      "SLEEP  0.01;iec_wait_pwr_ready;sleep 200;unplug",
    );
    const next = () =>
      driver.publish("external_1everest_external/nodered/1/carsim/cmd/modify_charging_session", "unplug");
    driver.on("message", () => events.includes("B") && next());
    await unplugged;
    expect(events).toContain("B");
    managed.interrupt();
    expect(await managed.code).toBe(0);
    await states.says("MANAGER_EXITING");
    expect(states.lines).toEqual([
      ...[
        "MANAGER_INITIALIZING",
        "MANAGER_STARTING_MODULES",
        "MANAGER_RUNNING",
        "ALL_MODULES_STARTED",
        "SIGINT_RECEIVED",
      ],
      ...["MANAGER_SHUTDOWN_REQUESTED", "MANAGER_SHUTDOWN_FINALIZING", "ALL_MODULES_STOPPED_CLEAN", "MANAGER_EXITING"],
    ]);
  });

  it("waits for standalone modules, says so, and can be interrupted meanwhile", async () => {
    const [, env] = await brokerAt();
    const states = fifo();
    const managed = manage(["--config", config, "--standalone", "car", "--status-fifo", states.path], env);
    await states.says("WAITING_FOR_STANDALONE_MODULES");
    expect(states.lines).not.toContain("ALL_MODULES_STARTED");
    managed.interrupt();
    expect(await managed.code).toBe(0);
  });

  it("neither starts nor awaits ignored modules", async () => {
    const [, env] = await brokerAt();
    const states = fifo();
    const managed = manage(["--config", config, "--ignore", "car", "--status-fifo", states.path], env);
    await states.says("ALL_MODULES_STARTED");
    managed.interrupt();
    expect(await managed.code).toBe(0);
  });

  it("serves health and metrics", async () => {
    const [, env] = await brokerAt();
    const states = fifo();
    const port = String(await freePort());
    const managed = manage(["--config", config, "--http-port", port, "--status-fifo", states.path], env);
    await states.says("ALL_MODULES_STARTED");
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, { status: "ok", phase: "running", modules: 2 }]);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toMatch(/^plugcharge_up 1$/m);
    expect(metrics).toMatch(/^plugcharge_modules 2$/m);
    expect(metrics).toMatch(/^plugcharge_start_seconds \d/m);
    expect(metrics).toMatch(/^plugcharge_mqtt_sent_total\{topics="internal"\} [1-9]/m);
    expect(metrics).toMatch(/^process_resident_memory_bytes \d/m);
    managed.interrupt();
    expect(await managed.code).toBe(0);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  it("is not healthy without its broker", async () => {
    const [broker, env] = await brokerAt();
    const states = fifo();
    const port = String(await freePort());
    const managed = manage(["--config", config, "--http-port", port, "--status-fifo", states.path], env);
    await states.says("ALL_MODULES_STARTED");
    await broker.close();
    let health = await fetch(`http://127.0.0.1:${port}/healthz`);
    while (health.status === 200) health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(await health.json()).toMatchObject({
      status: "unavailable",
      phase: "running",
      unreachable: "the MQTT broker",
    });
    managed.interrupt();
    expect(await managed.code).toBe(0);
  });

  it("bad case: a port for health that is taken", async () => {
    const [broker] = await brokerAt();
    const [code, errors] = await ended(["--config", config, "--http-port", String(broker.port)]);
    expect([code, errors]).toEqual([1, expect.stringMatching(/the HTTP port \d+ on 127.0.0.1 cannot be had/)]);
  });
});
