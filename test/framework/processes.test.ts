/** A station in two processes on one broker, and its manager's configuration service. */
import mqtt from "mqtt";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedBroker, startBroker } from "../../src/framework/bus/broker.ts";
import { createMqttBus, type MqttBus } from "../../src/framework/bus/mqtt.ts";
import { checkConfig, type StationConfig } from "../../src/framework/config.ts";
import type { ParameterStore } from "../../src/framework/configuration.ts";
import { startGuests } from "../../src/framework/guests.ts";
import { placeModules, type StationOptions, startStation } from "../../src/framework/manager.ts";
import { Settings } from "../../src/framework/settings.ts";
import { systemClock } from "../../src/util/clock.ts";
import { UserError } from "../../src/util/errors.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { type DisplayContext, type MeterContext, makeModules, makePorts, type Probe } from "./parts.ts";

const env = () => ({ certsDir: "/certs", shareDir: "/share" });
const text = `active_modules:
  display:
    module: Display
    access: {config: {allow_global_read: true, modules: {meter: {allow_write: true}}}}
    connections:
      meters:
        - {module_id: meter, implementation_id: main}
  meter:
    module: Meter
    mapping: {module: {evse: 2}}
    config_module: {name: M1, start: 7}
settings: {mqtt_everest_prefix: two, mqtt_external_prefix: two_out}
`;

let broker: EmbeddedBroker;
const undo: (() => Promise<void>)[] = [];
beforeEach(async () => {
  broker = await startBroker(0);
});
afterEach(async () => {
  for (const end of undo.splice(0).reverse()) await end();
  await broker.close();
});

const ports = (clock = systemClock) => ({ ...makePorts(), clock });
function busOf(modules: readonly string[]): Promise<MqttBus> {
  const options = { broker, clock: systemClock, random: cryptoRandom, startTimeoutMs: 5000, modules };
  return createMqttBus({ ...options, everestPrefix: "two", externalPrefix: "two_out" }, silentLogger);
}
function configure(probe: Probe): StationConfig {
  return checkConfig({ sources: [{ file: "station.yaml", text }], modules: makeModules(probe) });
}

/** The manager with the display; the meter is elsewhere. */
async function startManager(probe: Probe, options: Partial<StationOptions> = {}) {
  const config = configure(probe);
  const placement = placeModules(config, { standalone: ["meter"] });
  const bus = await busOf(placement.here.map(({ id }) => id));
  const station = startStation({ config, ports: ports(), env, bus, placement, ...options });
  station.then(
    ({ stop }) => undo.push(stop),
    () => {},
  );
  return { bus, station };
}

async function startMeter(
  probe: Probe,
  signal = new AbortController().signal,
  controlLossMs = 60_000,
  clock = systemClock,
) {
  const bus = await busOf(["meter"]);
  const { Meter } = makeModules(probe);
  const settings = Settings.parse({ mqtt_everest_prefix: "two" });
  const guests = startGuests({
    ...{ ids: ["meter"], bus, settings, ports: ports(clock), env, load: async () => Meter, signal, controlLossMs },
  });
  guests.then(
    (started) => undo.push(() => (started ? started.stop() : bus.close())),
    () => {},
  );
  return { bus, guests };
}

describe("a station in two processes", () => {
  it("gives the module elsewhere its configuration, waits for it, and carries calls, variables and errors", async () => {
    const probe: Probe = { events: [] };
    let meter: MeterContext | undefined;
    probe.meter = (ctx) => {
      meter = ctx;
      ctx.provides.main.publish("total", -1);
    };
    const heard: unknown[] = [];
    let enough = () => {};
    probe.display = (ctx) => {
      const note = (value: unknown) => {
        heard.push(value);
        if (heard.length === 4) enough();
      };
      ctx.requires.meters[0]?.subscribe("total", note);
      ctx.requires.meters[0]?.subscribeErrors(({ state, origin }) => note(`${state} ${origin.mapping?.evse}`));
    };
    probe.displayReady = async (ctx) => {
      await ctx.requires.meters[0]?.call("add", { amount: 5 });
      meter?.provides.main.raiseError("counter/Overflow", { message: "too much" });
      meter?.provides.main.clearErrors();
    };
    const done = new Promise<void>((resolve) => (enough = resolve));
    let waiting = () => {};
    const waits = new Promise<void>((resolve) => (waiting = resolve));
    const { station } = await startManager(probe, { waiting });
    await waits;
    expect(probe.events).toEqual(["init display"]);
    const { guests } = await startMeter(probe);
    await Promise.all([station, guests]);
    await done;
    expect(heard).toEqual([-1, 12, "Active 2", "ClearedByModule 2"]);
    expect(meter).toMatchObject({
      config: { name: "M1", start: 7, factor: 1 },
      implConfig: { main: { slot: 1 } },
      mapping: { evse: 2 },
    });
    expect(meter?.provides.main.listeners).toEqual(["display"]);
    expect(probe.events.slice(1).toSorted()).toEqual(["init meter", "ready display", "ready meter"]);
  });

  it("takes a module back that was started anew", async () => {
    const probe: Probe = { events: [] };
    let display: DisplayContext | undefined;
    probe.display = (ctx) => (display = ctx);
    const { station } = await startManager(probe);
    const first = await startMeter(probe);
    await station;
    await (await first.guests)?.stop();
    undo.splice(undo.length - 1);
    const second = await startMeter(probe);
    await second.guests;
    expect(await display?.requires.meters[0]?.call("add", { amount: 1 })).toBe(8);
  });

  it("ends the wait for modules elsewhere, and for a manager, when asked to", async () => {
    const [waiting, alone] = [new AbortController(), new AbortController()];
    const { guests } = await startMeter({ events: [] }, alone.signal);
    alone.abort();
    expect(await guests).toBeUndefined();
    const { station } = await startManager({ events: [] }, { signal: waiting.signal, waiting: () => waiting.abort() });
    await expect(station).rejects.toThrow("stopped while waiting for meter");
  });

  it("bad case: refuses a module that the configuration does not have", async () => {
    await startManager({ events: [] });
    const bus = await busOf(["nobody"]);
    undo.push(() => bus.close());
    const { Meter } = makeModules();
    const options = {
      ids: ["nobody"],
      bus,
      settings: Settings.parse({}),
      ports: ports(),
      env,
      load: async () => Meter,
    };
    const error = await startGuests({ ...options, signal: new AbortController().signal }).catch((reason) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("the manager gives no configuration for module 'nobody': Unknown origin module: nobody");
  });

  it("bad case: a station in one process refuses modules elsewhere", async () => {
    const config = configure({ events: [] });
    const placement = placeModules(config, { standalone: ["meter"], ignored: ["x"] });
    await expect(startStation({ config, ports: ports(), env, placement })).rejects.toThrow("'meter' is standalone");
  });

  it("stops in order, once, when modules elsewhere are away for too long", async () => {
    const probe: Probe = { events: [] };
    const clock = new ManualClock();
    const { station } = await startManager(probe);
    const { guests, bus } = await startMeter(probe, undefined, 5000, clock);
    await Promise.all([station, guests]);
    const away = new Promise<void>((resolve) => bus.reach.onChange(() => bus.reach.complete || resolve()));
    await (await station).stop();
    await away;
    await clock.advance(4999);
    expect(probe.events).not.toContain("control lost meter");
    await clock.advance(1);
    await clock.advance(60_000);
    expect(probe.events.filter((event) => event === "control lost meter")).toHaveLength(1);
  });
});

describe("what EVerest's modules find at the start", () => {
  it("interfaces, manifests, settings and names, retained until everybody is ready", async () => {
    const foreign = await mqtt.connectAsync(`mqtt://${broker.host}:${broker.port}`);
    undo.push(() => foreign.endAsync());
    let waiting = () => {};
    const waits = new Promise<void>((resolve) => (waiting = resolve));
    const { station, bus } = await startManager({ events: [] }, { waiting });
    await waits;
    const found = new Map<string, unknown>();
    const cleared = new Set<string>();
    let all = () => {};
    foreign.on("message", (topic, payload) => {
      if (payload.length === 0) cleared.add(topic);
      else found.set(topic.slice("two/".length), JSON.parse(payload.toString()));
      if (found.size >= 8 || cleared.size === 8) all();
    });
    const complete = new Promise<void>((resolve) => (all = resolve));
    const filters = ["interfaces", "interface_definitions/+", "types", "settings", "manifests/+", "module_names"];
    await foreign.subscribeAsync(
      filters.map((name) => `two/${name}`),
      { qos: 2 },
    );
    await complete;
    const response = (data: unknown) => ({ msg_type: "ConfigurationResponse", data });
    expect(found.get("module_names")).toEqual(response({ display: "Display", meter: "Meter" }));
    expect(found.get("interfaces")).toEqual(response(["screen", "counter"]));
    expect(found.get("types")).toEqual(response([]));
    expect(found.get("settings")).toMatchObject(
      response({ telemetry_prefix: "everest-telemetry/", validate_schema: false }),
    );
    expect(found.get("interface_definitions/counter")).toEqual(
      response({
        cmds: {
          add: { arguments: { amount: expect.objectContaining({ type: "integer" }) }, result: expect.anything() },
        },
        vars: { total: expect.objectContaining({ type: "integer" }) },
        errors: { counter: { Overflow: { namespace: "counter", name: "Overflow", description: "Overflow" } } },
      }),
    );
    expect(found.get("manifests/Display")).toMatchObject(
      response({
        provides: { panel: { interface: "screen" } },
        requires: { meters: { interface: "counter", min_connections: 1, max_connections: 2 } },
        ...{ enable_external_mqtt: true, enable_global_errors: false },
      }),
    );
    const gone = new Promise<void>((resolve) => (all = resolve));
    bus.system.announce("two/modules/meter/ready", "ModuleReady", true);
    await station;
    await gone;
  });
});

describe("the configuration at run time", () => {
  it("is read and changed by who may, over the bus and in the manager's process alike", async () => {
    const saved: unknown[] = [];
    const store: ParameterStore = { save: async (...change) => void saved.push(change) };
    let display: DisplayContext | undefined;
    let meter: MeterContext | undefined;
    const probe: Probe = { events: [], display: (ctx) => (display = ctx), meter: (ctx) => (meter = ctx) };
    const { station } = await startManager(probe, { store });
    const { guests } = await startMeter(probe);
    await Promise.all([station, guests]);
    const [near, far] = [display?.configuration, meter?.configuration];
    const identifier = { module_id: "meter", configuration_parameter_name: "start" };
    const start = {
      name: "start",
      value: 7,
      characteristics: { datatype: "integer", mutability: "ReadOnly", min_value: 0 },
    };
    expect(await near?.get(identifier)).toEqual(start);
    expect(await far?.get(identifier)).toEqual(start);
    expect(Object.keys((await near?.getAll()) ?? {})).toEqual(["display", "meter"]);
    expect((await near?.getAll())?.meter?.["!module"]).toContainEqual(start);
    expect(Object.keys((await far?.getAll()) ?? {})).toEqual(["meter"]);
    const other = { module_id: "display", configuration_parameter_name: "x" };
    expect(await far?.get(other)).toMatchObject({
      status: "AccessDenied",
      status_info: expect.stringContaining("meter cannot access display"),
    });
    expect(await far?.get({ ...identifier, configuration_parameter_name: "x" })).toMatchObject({ status: "Error" });
    expect(await near?.set(identifier, "8")).toEqual({ status: "RebootRequired", status_info: "" });
    expect(await far?.set(identifier, "9")).toEqual({ status: "RebootRequired", status_info: "" });
    expect(await near?.set({ module_id: "display", configuration_parameter_name: "x" }, "9")).toMatchObject({
      status: "Error",
    });
    expect(await far?.set(other, "1")).toMatchObject({ status: "AccessDenied" });
    const slot = { module_id: "meter", module_implementation_id: "main", configuration_parameter_name: "slot" };
    expect(await far?.set(slot, "2")).toMatchObject({ status: "RebootRequired" });
    for (const bad of ["", "x", "1.5", "-1"])
      expect(await far?.set(identifier, bad)).toMatchObject({ status: "Rejected" });
    const mode = { ...identifier, configuration_parameter_name: "mode" };
    expect(await far?.set(mode, "sideways")).toMatchObject({ status: "Rejected" });
    const precise = { ...identifier, configuration_parameter_name: "precise" };
    for (const text of ["true", "1", "no"]) await far?.set(precise, text);
    expect(saved).toEqual([
      [identifier, 8],
      [identifier, 9],
      [slot, 2],
      [precise, true],
      [precise, true],
    ]);
  });

  it("is not changed when it cannot be kept", async () => {
    let display: DisplayContext | undefined;
    const probe: Probe = { events: [], display: (ctx) => (display = ctx) };
    const config = configure(probe);
    const station = await startStation({ config, ports: ports(), env });
    const identifier = { module_id: "meter", configuration_parameter_name: "start" };
    expect(await display?.configuration.set(identifier, "8")).toMatchObject({
      status: "Rejected",
      status_info: expect.stringContaining("keeps no changes"),
    });
    await station.stop();
  });
});
