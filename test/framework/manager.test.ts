import { describe, expect, it } from "vitest";
import { checkConfig, type StationConfig } from "../../src/framework/config.ts";
import { STOP_TIMEOUT_MS, startStation } from "../../src/framework/manager.ts";
import { InternalError, UserError } from "../../src/util/errors.ts";
import { silentLogger } from "../../src/util/log.ts";
import type { ManualClock } from "../../src/util/manualClock.ts";
import { type DisplayContext, goodConfig, type MeterContext, makeModules, makePorts, type Probe } from "./parts.ts";

const env = (moduleName: string) => ({ certsDir: "/certs", shareDir: `/share/${moduleName}` });

function configure(probe: Probe, text = goodConfig): StationConfig {
  return checkConfig({ sources: [{ file: "station.yaml", text }], modules: makeModules(probe) });
}

function start(probe: Probe, text?: string, ports = makePorts()) {
  return startStation({ config: configure(probe, text), ports, env });
}

/** A logger that keeps warnings and errors. */
function keepingLog() {
  const lines: string[] = [];
  const keep = (_facts: object, message: string) => void lines.push(message);
  const log = { ...silentLogger, warn: keep, error: keep, child: () => log };
  return { lines, log };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a station", () => {
  it("sets up every module before any is ready, and stops each before those it needs", async () => {
    const probe: Probe = { events: [] };
    const station = await start(probe);
    expect(probe.events).toEqual(["init display", "init meter", "ready display", "ready meter"]);
    await Promise.all([station.stop(), station.stop()]);
    await station.stop();
    expect(probe.events.slice(4)).toEqual(["stop display", "stop meter"]);
  });

  it("gives a module its configuration, folders, settings and ports", async () => {
    let seen: MeterContext | undefined;
    const ports = makePorts();
    const station = await start({ events: [], meter: (ctx) => (seen = ctx) }, goodConfig, ports);
    expect(seen).toMatchObject({
      moduleId: "meter",
      config: { name: "M1", start: 0 },
      implConfig: { main: { slot: 1 } },
      env: { certsDir: "/certs", shareDir: "/share/Meter" },
      simulation: { delayFactor: 0 },
    });
    expect(seen?.clock).toBe(ports.clock);
    expect(seen?.settings.mqtt_everest_prefix).toBe("everest");
    await station.stop();
  });

  it("carries calls and variables; what is published while modules are set up reaches everybody", async () => {
    const totals: number[] = [];
    let sum: number | undefined;
    const station = await start({
      events: [],
      meter: (ctx) => ctx.provides.main.publish("total", -1),
      display: (ctx) => ctx.requires.meters[0]?.subscribe("total", (total) => void totals.push(total)),
      displayReady: async (ctx) => {
        sum = await ctx.requires.meters[0]?.call("add", { amount: 5 });
      },
    });
    await settled();
    expect(sum).toBe(5);
    expect(totals).toEqual([-1, 5]);
    await station.stop();
  });

  it("tells a module who is connected to what it provides", async () => {
    const heard: Record<string, readonly string[]> = {};
    const station = await start({
      events: [],
      meter: (ctx) => {
        heard.meter = ctx.provides.main.listeners;
      },
      display: (ctx) => {
        heard.panel = ctx.provides.panel.listeners;
      },
    });
    await station.stop();
    expect(heard).toEqual({ meter: ["display"], panel: [] });
  });

  it("tells of each error once when it is raised and once when it is cleared", async () => {
    const states: string[] = [];
    let meter: MeterContext | undefined;
    const text = `${goodConfig}    mapping: {module: {evse: 1}}\n`;
    const station = await start(
      {
        events: [],
        meter: (ctx) => (meter = ctx),
        display: (ctx) =>
          ctx.requires.meters[0]?.subscribeErrors((error) => {
            expect(error.origin).toEqual({ module_id: "meter", implementation_id: "main", mapping: { evse: 1 } });
            states.push(`${error.state} ${error.type} ${error.sub_type} ${error.severity}`);
          }),
      },
      text,
    );
    const { main } = meter?.provides ?? expect.unreachable();
    main.raiseError("counter/Overflow", { message: "too much" });
    main.raiseError("counter/Overflow", { message: "still too much" });
    main.raiseError("counter/Overflow", { message: "elsewhere", sub_type: "B", severity: "Low" });
    main.clearError("counter/Overflow", "C");
    main.clearError("counter/Overflow");
    main.clearError("counter/Overflow");
    main.clearErrors();
    await settled();
    expect(states).toEqual([
      "Active counter/Overflow  High",
      "Active counter/Overflow B Low",
      "ClearedByModule counter/Overflow  High",
      "ClearedByModule counter/Overflow B Low",
    ]);
    await station.stop();
  });

  it("lets the world talk with modules over external topics", async () => {
    const payloads: string[] = [];
    const station = await start({
      events: [],
      display: (ctx) => ctx.externalMqtt.subscribe("show/+", (payload) => void payloads.push(payload)),
    });
    station.external.publish("show/1", "hello");
    await settled();
    expect(payloads).toEqual(["hello"]);
    await station.stop();
  });

  it("logs the warnings of its configuration", async () => {
    const { lines, log } = keepingLog();
    const station = await start({ events: [] }, goodConfig.replace("name: M1", "name: M1\n      colour: red"), {
      ...makePorts(),
      log,
    });
    expect(lines).toEqual([expect.stringMatching(/^station.yaml:12: unknown key 'colour' is ignored/)]);
    await station.stop();
  });
});

describe("bad case: a module that misbehaves", () => {
  it("stops the others again when one cannot be set up, and says why in one sentence", async () => {
    const probe: Probe = {
      events: [],
      display: () => {
        throw new UserError("the display is not plugged in", { file: "/dev/display", fix: "Plug it in." });
      },
    };
    await expect(start(probe)).rejects.toMatchObject({
      message: "module 'display' (Display) did not start: the display is not plugged in",
      details: { file: "/dev/display", fix: "Plug it in." },
    });
    expect(probe.events).toEqual(["init display", "init meter", "stop meter"]);
  });

  it("names every module that failed", async () => {
    const fail = () => {
      throw new InternalError("oh");
    };
    await expect(start({ events: [], meterReady: fail, displayReady: fail })).rejects.toThrow(
      "module 'display' (Display) did not start: oh\nmodule 'meter' (Meter) did not start: oh",
    );
  });

  it("stops everything when one fails to get ready", async () => {
    const probe: Probe = {
      events: [],
      meterReady: async () => {
        throw new UserError("no pulse");
      },
    };
    await expect(start(probe)).rejects.toThrow("module 'meter' (Meter) did not start: no pulse");
    expect(probe.events.slice(4)).toEqual(["stop display", "stop meter"]);
  });

  it("goes on when one throws while it stops", async () => {
    const { lines, log } = keepingLog();
    const probe: Probe = {
      events: [],
      stop: (id) => {
        if (id === "display") throw new InternalError("stuck");
      },
    };
    await (await start(probe, goodConfig, { ...makePorts(), log })).stop();
    expect(probe.events.slice(4)).toEqual(["stop display", "stop meter"]);
    expect(lines).toEqual(["module 'display' could not stop: stuck"]);
  });

  it("does not wait for ever for one that does not stop", async () => {
    const { lines, log } = keepingLog();
    const ports = { ...makePorts(), log };
    const probe: Probe = { events: [], stop: (id) => (id === "display" ? new Promise(() => {}) : undefined) };
    const station = await start(probe, goodConfig, ports);
    const stopped = station.stop();
    await (ports.clock as ManualClock).advance(STOP_TIMEOUT_MS);
    await stopped;
    expect(probe.events.at(-1)).toBe("stop meter");
    expect(lines).toEqual([`module 'display' did not stop within ${STOP_TIMEOUT_MS} ms`]);
    expect((ports.clock as ManualClock).pending).toBe(0);
  });

  it("refuses calls while modules are still being set up, and after the stop", async () => {
    let early: unknown;
    let display: DisplayContext | undefined;
    const station = await start({
      events: [],
      display: (ctx) => {
        display = ctx;
        ctx.requires.meters[0]?.call("add", { amount: 1 }).catch((error) => (early = error));
      },
    });
    expect(early).toMatchObject({ code: "NotReady" });
    await station.stop();
    await expect(display?.requires.meters[0]?.call("add", { amount: 1 })).rejects.toMatchObject({ code: "Shutdown" });
  });

  it("refuses external topics to a module whose manifest does not ask for them", async () => {
    const probe: Probe = { events: [], meter: (ctx) => ctx.externalMqtt.publish("a", "b") };
    await expect(start(probe)).rejects.toThrow(/Meter uses external MQTT without enable_external_mqtt/);
  });

  it("refuses standalone modules, which nobody would start", async () => {
    const text = goodConfig.replace("module: Meter", "module: Meter\n    standalone: true");
    await expect(start({ events: [] }, text)).rejects.toMatchObject({
      details: { key: "active_modules.meter.standalone" },
    });
  });
});

describe("a station that checks what passes between modules", () => {
  const strict = `${goodConfig}settings: {validate_schema: true}\n`;

  it("answers wrong arguments and wrong results SchemaValidationError and lets right ones pass", async () => {
    let display: DisplayContext | undefined;
    const station = await start(
      { events: [], display: (ctx) => (display = ctx) },
      strict.replace("name: M1", "name: M1\n      factor: 0.5"),
    );
    const meter = display?.requires.meters[0] ?? expect.unreachable();
    const add = (args: object) => meter.call("add", args as { amount: number });
    expect(await add({ amount: 2 })).toBe(1);
    await expect(add({ amount: "2" })).rejects.toMatchObject({
      code: "SchemaValidationError",
      message: expect.stringMatching(/meter.main.add: argument 'amount'/),
    });
    await expect(add({})).rejects.toMatchObject({ code: "SchemaValidationError" });
    await expect(add({ amount: 1, much: 1 })).rejects.toThrow(/unknown argument 'much'/);
    await expect(add({ amount: 1 })).rejects.toThrow(/meter.main.add: result/);
    await station.stop();
  });

  it("drops wrong values with a warning", async () => {
    const { lines, log } = keepingLog();
    const totals: number[] = [];
    const station = await start(
      {
        events: [],
        meterReady: (ctx) => {
          ctx.provides.main.publish("total", 0.5);
          ctx.provides.main.publish("total", 1);
        },
        display: (ctx) => ctx.requires.meters[0]?.subscribe("total", (total) => void totals.push(total)),
      },
      strict,
      { ...makePorts(), log },
    );
    await settled();
    expect(totals).toEqual([1]);
    expect(lines).toEqual([expect.stringMatching(/^value of meter.main.total dropped: /)]);
    await station.stop();
  });
});
