/** Modules of a station whose manager is another process, ours or EVerest's. */
import type { Logger } from "../util/log.ts";
import type { MqttBus } from "./bus/mqtt.ts";
import { watchControl } from "./control.ts";
import { askForModule, type GuestModule } from "./everest/guest.ts";
import { remoteConfiguration } from "./everest/remoteConfiguration.ts";
import { CONTROL_LOSS_MS } from "./manager.ts";
import type { Environment, Module, ModulePorts } from "./module.ts";
import { ModuleGroup } from "./moduleGroup.ts";
import type { Settings } from "./settings.ts";

export interface GuestsOptions {
  /** Ids of the modules, all of them in the manager's configuration. */
  readonly ids: readonly string[];
  /** Made for these modules. It is closed with them. */
  readonly bus: MqttBus;
  readonly settings: Settings;
  readonly ports: ModulePorts & { readonly log: Logger };
  readonly env: (moduleName: string) => Environment;
  /** A module by its name. @throws UserError when there is none. */
  readonly load: (moduleName: string) => Promise<Module>;
  /** Ends the wait for the manager and for the other modules. */
  readonly signal: AbortSignal;
  readonly controlLossMs?: number;
  /** Called when a module wants its process to be started again. */
  readonly restart?: (reason: string) => void;
}

export interface Guests {
  /** Resolves when the manager asks everybody to stop. */
  readonly dismissed: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Resolves when the whole station is ready; undefined when `signal` was aborted before.
 * @throws UserError when the manager refuses, or with one sentence for each module that failed.
 */
export async function startGuests(options: GuestsOptions): Promise<Guests | undefined> {
  const { bus, signal, ports, ids, load, env, settings } = options;
  const { system } = bus;
  let isDismissed = false;
  const dismissed = new Promise<void>((resolve) => {
    system.subscribePlain(`${system.topics.prefix}shutdown`, () => {
      isDismissed = true;
      resolve();
    });
  });
  const asked = ids.map((id) => askForModule({ id, system, load, signal, clock: ports.clock, log: ports.log }));
  const guests = (await Promise.all(asked)).filter((guest): guest is GuestModule => guest !== undefined);
  if (guests.length < ids.length) return undefined;
  const byId = new Map(guests.map((guest) => [guest.plan.id, guest]));
  const group = new ModuleGroup({
    ...{ plans: guests.map(({ plan }) => plan), ports, env, settings, bus },
    ...(options.restart && { restart: options.restart }),
    listenersOf: ({ moduleId, implementationId }) => byId.get(moduleId)?.listeners(implementationId) ?? [],
    configuration: (id) => remoteConfiguration(id, system, ports.clock),
  });
  const control = watchControl(group, bus.reach, { controlLossMs: CONTROL_LOSS_MS, ...options });
  const stop = async () => {
    control.stop();
    await group.stop();
  };
  try {
    const begun = begin(system, signal);
    await group.setUp();
    for (const id of ids) system.announce(`${system.topics.module(id)}/ready`, "ModuleReady", true);
    await Promise.race([begun, dismissed]);
    // A station that is being stopped answers no more, and what that makes of a module's start is no fault.
    if (!signal.aborted) await Promise.race([group.ready(), dismissed]);
  } catch (error) {
    if (!isDismissed) {
      await stop();
      throw error;
    }
  }
  return { dismissed, stop };
}

/** Resolves when the manager says that all modules are ready. */
function begin(system: MqttBus["system"], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
    system.subscribe(`${system.topics.prefix}ready`, (data) => data === true && resolve());
  });
}
