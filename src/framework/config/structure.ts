/** The form of a configuration file, whatever modules it names. */
import { z } from "zod";

const EndpointEntry = z.strictObject({ module_id: z.string(), implementation_id: z.string() });
const evse = z.int().min(0);
const connector = z.int().min(1).exactOptional();
const AccessRights = {
  allow_read: z.boolean().exactOptional(),
  allow_write: z.boolean().exactOptional(),
  allow_set_read_only: z.boolean().exactOptional(),
};

export const moduleId = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.-]*$/);

/** One entry of `active_modules`. */
export const ModuleEntry = z.strictObject({
  module: z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_-]*$/),
  standalone: z.boolean().default(false),
  capabilities: z.array(z.string()).default([]),
  config_module: z.record(z.string(), z.unknown()).default({}),
  config_implementation: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  connections: z.record(z.string(), z.array(EndpointEntry)).default({}),
  mapping: z
    .strictObject({
      module: z.looseObject({ evse: evse.exactOptional(), connector }).exactOptional(),
      implementations: z.record(z.string(), z.looseObject({ evse, connector })).default({}),
    })
    .default({ implementations: {} }),
  telemetry: z.looseObject({ id: z.int() }).exactOptional(),
  access: z
    .strictObject({
      config: z
        .strictObject({
          allow_global_read: z.boolean().exactOptional(),
          allow_global_write: z.boolean().exactOptional(),
          allow_set_read_only: z.boolean().exactOptional(),
          modules: z.record(z.string(), z.looseObject(AccessRights)).exactOptional(),
        })
        .exactOptional(),
    })
    .exactOptional(),
});
export type ModuleEntry = z.infer<typeof ModuleEntry>;

/** Places of an entry where EVerest takes any key, with those that mean something; `*` stands for every key. */
export const loosePlaces: readonly (readonly [path: readonly string[], known: readonly string[]])[] = [
  [
    ["mapping", "module"],
    ["evse", "connector"],
  ],
  [
    ["mapping", "implementations", "*"],
    ["evse", "connector"],
  ],
  [["telemetry"], ["id"]],
  [["access", "config", "modules", "*"], Object.keys(AccessRights)],
];

/** The top level; entries and settings are checked one by one. */
export const StationFile = z.strictObject({
  active_modules: z.record(z.string(), z.unknown()).default({}),
  settings: z.record(z.string(), z.unknown()).default({}),
  "x-module-layout": z.unknown().exactOptional(),
});
