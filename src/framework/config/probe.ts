/** EVerest's ProbeModule: a test's own module, whose manifest is whatever the connections of the configuration make of it. */
import { UserError } from "../../util/errors.ts";
import { own } from "../../util/own.ts";
import { defineInterface } from "../interface.ts";
import type { ProvisionDefinition, RequirementDefinition } from "../manifest.ts";
import type { Module } from "../module.ts";
import { ModuleEntry } from "./structure.ts";

export const PROBE = "ProbeModule";
/** What a probe that provides nothing provides: EVerest wants something. */
const empty = defineInterface({ name: "empty" });

/**
 * @param active `active_modules` as it was written; entries with faults count for nothing.
 * @returns undefined when no module, or more than one, is a probe.
 */
export function probeModule(active: unknown, modules: Readonly<Record<string, Module>>): Module | undefined {
  const entries = Object.entries(Object(active)).flatMap(([id, value]) => {
    const entry = ModuleEntry.safeParse(value);
    return entry.success ? [{ id, ...entry.data }] : [];
  });
  const [probe, ...others] = entries.filter(({ module }) => module === PROBE);
  if (!probe || others.length > 0) return undefined;
  const manifestOf = (id: string) => own(modules, entries.find((entry) => entry.id === id)?.module ?? "")?.manifest;
  const requires = Object.entries(probe.connections).flatMap(([name, [target]]): [string, RequirementDefinition][] => {
    const provides = manifestOf(target?.module_id ?? "")?.provides ?? {};
    const provision = own(provides, target?.implementation_id ?? "");
    return provision ? [[name, { interface: provision.interface, min: 0, max: Number.MAX_SAFE_INTEGER }]] : [];
  });
  const provides = entries.flatMap(({ id, connections }) =>
    Object.entries(connections).flatMap(([name, targets]): [string, ProvisionDefinition][] => {
      const requirement = own(manifestOf(id)?.requires ?? {}, name);
      const asked = targets.filter(({ module_id }) => module_id === probe.id);
      return requirement ? asked.map((target) => [target.implementation_id, { interface: requirement.interface }]) : [];
    }),
  );
  return {
    manifest: {
      description: "A probe of a test",
      provides: provides.length > 0 ? Object.fromEntries(provides) : { none: { interface: empty } },
      requires: Object.fromEntries(requires),
      enable_external_mqtt: true,
    },
    init() {
      throw new UserError(`module '${probe.id}' is a ${PROBE}, which only a test can start`, {
        fix: `Start with --standalone ${probe.id}.`,
      });
    },
  };
}
