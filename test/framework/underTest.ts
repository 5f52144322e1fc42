/** Runs one module alone: a probe calls what it provides, hears all that it says, and stands in for what it requires. */
import type { ExternalMqtt } from "../../src/framework/bus/bus.ts";
import { checkConfig } from "../../src/framework/config.ts";
import type { Commands, InterfaceDefinition } from "../../src/framework/interface.ts";
import { type Station, startStation } from "../../src/framework/manager.ts";
import type { Manifest, RequirementDefinition } from "../../src/framework/manifest.ts";
import type {
  Environment,
  Module,
  ModuleContext,
  ModuleInstance,
  ModulePorts,
  Provided,
  Requirement,
} from "../../src/framework/module.ts";
import { InternalError } from "../../src/util/errors.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { type Logger, silentLogger } from "../../src/util/log.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { silentTracer } from "../../src/util/trace.ts";

export interface UnderTest<M extends Manifest> {
  readonly clock: ManualClock;
  /** The module's implementations, to call. */
  readonly on: { readonly [Id in keyof M["provides"]]: Requirement<M["provides"][Id]["interface"]> };
  /** What stands in for its requirements, to publish from. */
  readonly mock: { readonly [Id in keyof M["requires"]]: readonly Provided<M["requires"][Id]["interface"]>[] };
  /** `implementation.variable value` and `implementation error type state`, as they came. */
  readonly said: string[];
  /** Warnings and errors of the module's log. */
  readonly logged: string[];
  readonly external: ExternalMqtt;
  readonly station: Station;
  /** Modules in other processes are away for too long; `isReachable` says which are not. */
  loseControl(isReachable: (moduleId: string) => boolean): Promise<void>;
  /** Lets everything that is under way arrive and gives what was said since the last time. */
  heard(): Promise<string[]>;
}

export interface UnderTestOptions<M extends Manifest> {
  readonly config?: Readonly<Record<string, unknown>>;
  /** Configuration of its implementations, by their ids. */
  readonly implConfig?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Commands of the stand-ins; a requirement without any is not connected. */
  readonly mocks?: { readonly [Id in keyof M["requires"]]?: readonly Commands<M["requires"][Id]["interface"]>[] };
  /** The module's mapping entry in the configuration. */
  readonly mapping?: object;
  /** The module's telemetry id; telemetry is switched on with it. */
  readonly telemetry?: number;
  readonly ports?: Partial<ModulePorts>;
  readonly env?: Environment;
}

type Mocks = Readonly<Record<string, readonly Commands<InterfaceDefinition>[]>>;

const PROBE = "probe";
const mockId = (requirement: string, index: number) => `${requirement}_${index}`;

function probeManifest(tested: Manifest, mocks: Mocks): Manifest {
  const provides = Object.entries(mocks).flatMap(([name, commands]) =>
    commands.map((_, i) => [mockId(name, i), { interface: interfaceOf(tested.requires[name]) }] as const),
  );
  const requires = Object.entries(tested.provides).map(([id, { interface: it }]) => [id, { interface: it }] as const);
  return { description: "probe", provides: Object.fromEntries(provides), requires: Object.fromEntries(requires) };
}

function interfaceOf(requirement: RequirementDefinition | undefined): InterfaceDefinition {
  if (!requirement) throw new InternalError("a mock of something that is not required");
  return requirement.interface;
}

function listen(ctx: ModuleContext<Manifest>, tested: Manifest, said: string[]): void {
  for (const [id, { interface: it }] of Object.entries(tested.provides)) {
    const requirement = ctx.requires[id]?.[0];
    for (const variable of Object.keys(it.vars)) {
      requirement?.subscribe(variable, (value) => void said.push(`${id}.${variable} ${JSON.stringify(value)}`));
    }
    requirement?.subscribeErrors(({ type, state }) => void said.push(`${id} error ${type} ${state}`));
  }
}

function stationConfig(tested: Module, probe: Module, mocks: Mocks, options: UnderTestOptions<Manifest>) {
  const active_modules = {
    tested: {
      module: "Tested",
      config_module: options.config ?? {},
      ...(options.implConfig && { config_implementation: options.implConfig }),
      ...(options.mapping && { mapping: options.mapping }),
      ...(options.telemetry !== undefined && { telemetry: { id: options.telemetry } }),
      connections: Object.fromEntries(
        Object.entries(mocks).map(([name, commands]) => [
          name,
          commands.map((_, i) => ({ module_id: PROBE, implementation_id: mockId(name, i) })),
        ]),
      ),
    },
    probe: {
      module: "Probe",
      connections: Object.fromEntries(
        Object.keys(tested.manifest.provides).map((id) => [id, [{ module_id: "tested", implementation_id: id }]]),
      ),
    },
  };
  const overrides = {
    active_modules,
    settings: { validate_schema: true, telemetry_enabled: options.telemetry !== undefined },
  };
  const modules = { Tested: tested, Probe: probe };
  return checkConfig({ sources: [{ file: "test.yaml", text: "" }], overrides, modules });
}

/** Starts the module with every value that passes checked against its interface. */
export async function startUnderTest<M extends Manifest>(
  tested: Module<M>,
  options: UnderTestOptions<M> = {},
): Promise<UnderTest<M>> {
  const mocks = (options.mocks ?? {}) as Mocks;
  const said: string[] = [];
  const logged: string[] = [];
  let context: ModuleContext<Manifest> | undefined;
  let instance: ModuleInstance<Manifest> | undefined;
  const watched: Module = {
    manifest: tested.manifest,
    async init(ctx) {
      instance = await tested.init(ctx);
      return instance;
    },
  };
  const probe: Module = {
    manifest: probeManifest(tested.manifest, mocks),
    init(ctx) {
      context = ctx;
      listen(ctx, tested.manifest, said);
      const provides = Object.entries(mocks).flatMap(([name, all]) =>
        all.map((it, i) => [mockId(name, i), it] as const),
      );
      return { provides: Object.fromEntries(provides) };
    },
  };
  const clock = (options.ports?.clock as ManualClock | undefined) ?? new ManualClock();
  const keep = (_facts: object, message: string) => void logged.push(message);
  const log: Logger = { ...silentLogger, warn: keep, error: keep, child: () => log };
  const ports = { random: cryptoRandom, trace: silentTracer, files: nodeFiles, simulation: { delayFactor: 0 } };
  const station = await startStation({
    config: stationConfig(watched, probe, mocks, options as UnderTestOptions<Manifest>),
    ports: { ...ports, ...options.ports, clock, log },
    env: () => options.env ?? { certsDir: "/nowhere/certs", shareDir: "/nowhere/share" },
  });
  let heard = 0;
  const first = <T>(values: readonly T[] | undefined) => values?.[0];
  const on = Object.entries(context?.requires ?? {}).map(([id, ends]) => [id, first(ends)]);
  const mock = Object.entries(mocks).map(([name, all]) => [
    name,
    all.map((_, i) => context?.provides[mockId(name, i)]),
  ]);
  return {
    clock,
    on: Object.fromEntries(on) as UnderTest<M>["on"],
    mock: Object.fromEntries(mock) as UnderTest<M>["mock"],
    said,
    logged,
    external: station.external,
    station,
    async loseControl(isReachable) {
      await instance?.controlLost?.(isReachable);
    },
    async heard() {
      await clock.advance(0);
      const news = said.slice(heard);
      heard = said.length;
      return news;
    },
  };
}
