/** Two small modules to build stations from: a meter that counts and a display that asks for one. */
import { z } from "zod";
import { defineInterface } from "../../src/framework/interface.ts";
import { defineManifest } from "../../src/framework/manifest.ts";
import { defineModule, type Module, type ModuleContext } from "../../src/framework/module.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { silentTracer } from "../../src/util/trace.ts";

export const counter = defineInterface({
  name: "counter",
  cmds: { add: { args: { amount: z.int() }, result: z.int() } },
  vars: { total: z.int() },
  errors: ["counter/Overflow"],
});
export const screen = defineInterface({
  name: "screen",
  cmds: { show: { args: { text: z.string() }, result: z.null() } },
});

export const meterManifest = defineManifest({
  description: "Counts.",
  config: z.object({
    start: z.int().min(0).default(0),
    name: z.string(),
    mode: z.enum(["up", "down"]).default("up"),
    precise: z.boolean().default(false),
    factor: z.number().default(1),
  }),
  provides: { main: { interface: counter, config: z.object({ slot: z.int().default(1) }) } },
  enable_telemetry: true,
});
export const displayManifest = defineManifest({
  description: "Shows what a counter says.",
  provides: { panel: { interface: screen } },
  requires: { meters: { interface: counter, min: 1, max: 2 }, mirror: { interface: screen, min: 0, max: 1 } },
  enable_external_mqtt: true,
});

export type MeterContext = ModuleContext<typeof meterManifest>;
export type DisplayContext = ModuleContext<typeof displayManifest>;

/** Lets a test look at, and interfere with, each step in the life of each module. */
export interface Probe {
  readonly events: string[];
  meter?: (ctx: MeterContext) => void;
  display?: (ctx: DisplayContext) => void;
  meterReady?: (ctx: MeterContext) => void | Promise<void>;
  displayReady?: (ctx: DisplayContext) => void | Promise<void>;
  stop?: (moduleId: string) => void | Promise<void>;
}

export function makeModules(probe: Probe = { events: [] }) {
  const Meter = defineModule(meterManifest, (ctx) => {
    let total = ctx.config.start;
    probe.events.push(`init ${ctx.moduleId}`);
    probe.meter?.(ctx);
    return {
      provides: {
        main: {
          add({ amount }) {
            total += amount * ctx.config.factor;
            ctx.provides.main.publish("total", total);
            return total;
          },
        },
      },
      async ready() {
        probe.events.push(`ready ${ctx.moduleId}`);
        await probe.meterReady?.(ctx);
      },
      controlLost(isReachable) {
        const [here, there] = [isReachable(ctx.moduleId), isReachable("display")];
        probe.events.push(`control lost ${ctx.moduleId}${here && !there ? "" : " but not really"}`);
      },
      async stop() {
        probe.events.push(`stop ${ctx.moduleId}`);
        await probe.stop?.(ctx.moduleId);
      },
    };
  });
  const Display = defineModule(displayManifest, (ctx) => {
    probe.events.push(`init ${ctx.moduleId}`);
    probe.display?.(ctx);
    return {
      provides: { panel: { show: () => null } },
      async ready() {
        probe.events.push(`ready ${ctx.moduleId}`);
        await probe.displayReady?.(ctx);
      },
      async stop() {
        probe.events.push(`stop ${ctx.moduleId}`);
        await probe.stop?.(ctx.moduleId);
      },
    };
  });
  return { Meter, Display } satisfies Record<string, Module>;
}

export const goodConfig = `active_modules:
  display:
    module: Display
    connections:
      meters:
        - module_id: meter
          implementation_id: main
  meter:
    module: Meter
    config_module:
      name: M1
`;

export function makePorts(log = silentLogger) {
  const clock = new ManualClock();
  const simulation = { delayFactor: 0 };
  return { clock, random: cryptoRandom, trace: silentTracer, files: nodeFiles, simulation, log };
}
