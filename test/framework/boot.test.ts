import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Boot, type BootOptions, bootConfig, StoredConfigError } from "../../src/framework/boot.ts";
import { ConfigError } from "../../src/framework/config.ts";
import { UserError } from "../../src/util/errors.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { makeModules } from "./parts.ts";

const yaml = (name: string, prefix = "e") => `# a station
active_modules:
  meter:
    module: Meter
    config_module: {name: ${name}}
settings: {mqtt_everest_prefix: ${prefix}}
`;
const start = { module_id: "meter", configuration_parameter_name: "start" };
const slot = { module_id: "meter", module_implementation_id: "main", configuration_parameter_name: "slot" };

let dir: string;
let file: string;
let database: string;
const open: Boot[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "plugcharge-boot-"));
  [file, database] = [join(dir, "station.yaml"), join(dir, "station.db")];
  await writeFile(file, yaml("M1"));
});
afterEach(async () => {
  for (const boot of open.splice(0)) boot.close();
  await rm(dir, { recursive: true });
});

async function boot(options: Partial<BootOptions>): Promise<Boot> {
  const booted = await bootConfig({ files: nodeFiles, modules: makeModules(), reset: false, ...options });
  open.push(booted);
  return booted;
}
/** Name, start, slot and prefix that a station would have. */
async function seen(options: Partial<BootOptions>): Promise<unknown[]> {
  const booted = await boot(options);
  open.pop()?.close();
  const [plan] = booted.config.modules;
  return [
    plan?.config.name,
    plan?.config.start,
    plan?.implConfig.main?.slot,
    booted.config.settings.mqtt_everest_prefix,
  ];
}

describe("a station that starts from a file", () => {
  it("keeps changes in the overlay, beside what is there, and finds them at the next start", async () => {
    const overlay = join(dir, "user-config", "station.yaml");
    await mkdir(join(dir, "user-config"));
    await writeFile(overlay, "# mine\nactive_modules:\n  meter:\n    config_module: {mode: down}\n");
    const { store } = await boot({ file });
    await Promise.all([store.save(start, 5), store.save(slot, 3), store.save(start, 6)]);
    expect(await readFile(overlay, "utf8")).toMatch(/^# mine\n/);
    expect(await seen({ file })).toEqual(["M1", 6, 3, "e"]);
    expect((await boot({ file })).config.modules[0]?.config.mode).toBe("down");
    expect(await readFile(file, "utf8")).toBe(yaml("M1"));
  });

  it("makes the overlay when there is none, and does not spoil one that is broken", async () => {
    const { store } = await boot({ file });
    await store.save(start, 5);
    expect(await seen({ file })).toEqual(["M1", 5, 1, "e"]);
    await writeFile(join(dir, "user-config", "station.yaml"), "a: [");
    await expect(store.save(start, 7)).rejects.toThrow(UserError);
    expect(await readFile(join(dir, "user-config", "station.yaml"), "utf8")).toBe("a: [");
  });
});

describe("a station that starts from a database", () => {
  it("fills it from the file and its overlay once; after that the database wins, but for the settings", async () => {
    await mkdir(join(dir, "user-config"));
    await writeFile(join(dir, "user-config", "station.yaml"), "active_modules: {meter: {config_module: {start: 2}}}");
    expect(await seen({ file, database })).toEqual(["M1", 2, 1, "e"]);
    await writeFile(file, yaml("M2", "other"));
    expect(await seen({ file, database })).toEqual(["M1", 2, 1, "other"]);
    expect(await seen({ database })).toEqual(["M1", 2, 1, "everest"]);
    expect(await seen({ file, database, reset: true })).toEqual(["M2", 2, 1, "other"]);
    expect((await stat(database)).mode & 0o777).toBe(0o600);
  });

  it("keeps changes there and nowhere else", async () => {
    const { store } = await boot({ file, database });
    await store.save(start, 5);
    await store.save(slot, 3);
    expect(await seen({ database })).toEqual(["M1", 5, 3, "everest"]);
    expect(await seen({ file })).toEqual(["M1", 0, 1, "e"]);
  });

  it("bad case: a faulty file fills nothing and is told with all its faults", async () => {
    await writeFile(file, yaml("M1").replace("module: Meter", "module: Metre"));
    const error = await boot({ file, database }).catch((reason) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.describe()).toContain("Did you mean 'Meter'?");
    await writeFile(file, yaml("M3"));
    expect(await seen({ file, database })).toEqual(["M3", 0, 1, "e"]);
  });

  it("bad case: what is in it and cannot be used is told as that", async () => {
    await seen({ file, database });
    const modules = { Display: makeModules().Display };
    const error = await boot({ file, database, modules }).catch((reason) => reason);
    expect(error).toBeInstanceOf(StoredConfigError);
    expect(error.describe()).toContain(`${database}:1`);
    expect(error.describe()).toContain("there is no module 'Meter'");
  });

  it("bad case: nothing to start from", async () => {
    await expect(boot({})).rejects.toThrow("there is no configuration file");
    await expect(boot({ database })).rejects.toThrow("there is no configuration in the database");
    await expect(boot({ database, reset: true })).rejects.toThrow("there is no configuration file");
    await expect(boot({ file, database: "station.db" })).rejects.toThrow("'station.db' is no path");
    const garbage = join(dir, "garbage.db");
    await writeFile(garbage, "this is no database, but longer than its header would be".repeat(10));
    await expect(boot({ file, database: garbage })).rejects.toThrow("the database cannot be used");
  });
});
