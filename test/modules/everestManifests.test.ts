/** Configuration files of EVerest fit our modules: same keys, defaults and connections. */
import { expect, test } from "vitest";
import type { z } from "zod";
import { loadModules } from "../../src/cli/modules.ts";
import { type EverestManifest, everestManifests, type Key } from "./everestManifests.ts";

const modules = await loadModules(Object.keys(everestManifests));
const all = Object.entries<EverestManifest>(everestManifests);

/** Where a default of EVerest would say what is not so: texts that are no signatures are signed meter values there. */
const otherDefaults: readonly string[] = ["dummy_meter_value_send_on_transaction_start"];

/** Values of each type; at least one must be taken, for bounds and words differ from key to key. */
const samples = { boolean: [true], integer: [1, 8000], number: [1.5, 8000.5], string: ["", "word"] } as const;

function judge(schema: z.ZodObject | undefined, keys: Readonly<Record<string, Key>>) {
  return Object.entries(keys).map(([key, [type, byDefault]]) => {
    const field = schema?.shape[key] as z.ZodType | undefined;
    if (!field) return `${key} is missing`;
    const absent = field.safeParse(undefined);
    if (absent.success !== (byDefault !== undefined)) return `${key}: mandatory or not`;
    if (absent.success && absent.data !== byDefault && !otherDefaults.includes(key))
      return `${key} is ${absent.data} by default`;
    const values = byDefault === undefined ? samples[type] : [byDefault];
    return values.some((value) => field.safeParse(value).success) ? "" : `${key} takes no ${type}`;
  });
}

const faults = (verdicts: readonly string[]) => verdicts.filter((verdict) => verdict !== "");

test.each(all)("%s has EVerest's keys with their types and defaults", (name, { config, implementations = {} }) => {
  const manifest = modules[name]?.manifest;
  expect(faults(judge(manifest?.config, config))).toEqual([]);
  for (const [id, keys] of Object.entries(implementations)) {
    expect(faults(judge(manifest?.provides[id]?.config, keys))).toEqual([]);
  }
});

test.each(all)("%s can do without keys that EVerest does not have", (name, { config }) => {
  const shape = (modules[name]?.manifest.config?.shape ?? {}) as Readonly<Record<string, z.ZodType>>;
  const own = Object.entries(shape).filter(([key]) => !(key in config));
  expect(own.filter(([, field]) => !field.safeParse(undefined).success).map(([key]) => key)).toEqual([]);
});

test.each(all)("%s provides and requires what EVerest's does", (name, { provides, requires }) => {
  const manifest = modules[name]?.manifest;
  const provided = Object.entries(manifest?.provides ?? {}).map(([id, it]) => [id, it.interface.name]);
  expect(Object.fromEntries(provided)).toMatchObject(provides);
  for (const [id, { interface: it, min = 1, max = 1 }] of Object.entries(manifest?.requires ?? {})) {
    const [everest = it.name, least = 0, most = max] = (requires as EverestManifest["requires"])[id] ?? [];
    expect({ id, interface: it.name, max }).toEqual({ id, interface: everest, max: most });
    expect(min, `connections that ${id} needs`).toBeLessThanOrEqual(least);
  }
  expect(Object.keys(manifest?.requires ?? {})).toEqual(expect.arrayContaining(Object.keys(requires)));
});
