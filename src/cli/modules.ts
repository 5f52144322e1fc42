/** Every module that a configuration may name. A module is loaded when it is needed: it is most of what a start takes. */
import type { ModuleCatalogue } from "../framework/config.ts";
import type { Module } from "../framework/module.ts";
import { InternalError } from "../util/errors.ts";

const loaders: Readonly<Record<string, () => Promise<Module>>> = {
  API: async () => (await import("../modules/API/index.ts")).API,
  Auth: async () => (await import("../modules/Auth/index.ts")).Auth,
  DCSupplySimulator: async () => (await import("../modules/DCSupplySimulator/index.ts")).DCSupplySimulator,
  DummyTokenProvider: async () => (await import("../modules/DummyTokenProvider/index.ts")).DummyTokenProvider,
  DummyTokenProviderManual: async () =>
    (await import("../modules/DummyTokenProviderManual/index.ts")).DummyTokenProviderManual,
  DummyTokenValidator: async () => (await import("../modules/DummyTokenValidator/index.ts")).DummyTokenValidator,
  EnergyManager: async () => (await import("../modules/EnergyManager/index.ts")).EnergyManager,
  EnergyNode: async () => (await import("../modules/EnergyNode/index.ts")).EnergyNode,
  ErrorHistory: async () => (await import("../modules/ErrorHistory/index.ts")).ErrorHistory,
  EvAPI: async () => (await import("../modules/EvAPI/index.ts")).EvAPI,
  EvManager: async () => (await import("../modules/EvManager/index.ts")).EvManager,
  EvseManager: async () => (await import("../modules/EvseManager/index.ts")).EvseManager,
  EvseSecurity: async () => (await import("../modules/EvseSecurity/index.ts")).EvseSecurity,
  EvseV2G: async () => (await import("../modules/EvseV2G/index.ts")).EvseV2G,
  IMDSimulator: async () => (await import("../modules/IMDSimulator/index.ts")).IMDSimulator,
  OCPP: async () => (await import("../modules/OCPP/index.ts")).OCPP,
  OCPP201: async () => (await import("../modules/OCPP201/index.ts")).OCPP201,
  OCPPmulti: async () => (await import("../modules/OCPPmulti/index.ts")).OCPPmulti,
  OVMSimulator: async () => (await import("../modules/OVMSimulator/index.ts")).OVMSimulator,
  PersistentStore: async () => (await import("../modules/PersistentStore/index.ts")).PersistentStore,
  PyEvJosev: async () => (await import("../modules/PyEvJosev/index.ts")).PyEvJosev,
  Setup: async () => (await import("../modules/Setup/index.ts")).Setup,
  SlacSimulator: async () => (await import("../modules/SlacSimulator/index.ts")).SlacSimulator,
  System: async () => (await import("../modules/System/index.ts")).System,
  TerminalCostAndPriceMessage: async () =>
    (await import("../modules/TerminalCostAndPriceMessage/index.ts")).TerminalCostAndPriceMessage,
  TerminalDisplayMessage: async () =>
    (await import("../modules/TerminalDisplayMessage/index.ts")).TerminalDisplayMessage,
  YetiSimulator: async () => (await import("../modules/YetiSimulator/index.ts")).YetiSimulator,
  ocpp_consumer_API: async () => (await import("../modules/ocpp_consumer_API/index.ts")).ocpp_consumer_API,
};

export const moduleNames: readonly string[] = Object.keys(loaders);

/** Stands for a module that no configuration in use names. */
const unloaded: Module = {
  manifest: { description: "not loaded", provides: {}, requires: {} },
  init() {
    throw new InternalError("a module is used that was not loaded");
  },
};

/** A catalogue of all modules in which those of these names can be used; names that there are not are left out. */
export async function loadModules(names: Iterable<string> = moduleNames): Promise<ModuleCatalogue> {
  const wanted = new Set(names);
  const load = async (name: string) => [name, wanted.has(name) ? await loaders[name]?.() : unloaded] as const;
  return Object.fromEntries(await Promise.all(moduleNames.map(load))) as ModuleCatalogue;
}
