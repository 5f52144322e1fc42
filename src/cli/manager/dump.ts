/** Configuration and manifests as files, for tools that read EVerest's. */
import { join } from "node:path";
import type { StationConfig } from "../../framework/config.ts";
import { manifestDefinition } from "../../framework/everest/definitions.ts";
import { moduleConfigurations } from "../../framework/everest/moduleConfig.ts";
import type { Manifest } from "../../framework/manifest.ts";
import { nodeFiles } from "../../util/files.ts";
import { loadModules } from "../modules.ts";

const write = (dir: string, name: string, content: unknown) =>
  nodeFiles.write(join(dir, name), `${JSON.stringify(content, undefined, 4)}\n`);

/** `config.json` with every default filled in, and the manifest of each module that is in use. */
export async function dumpConfig({ modules }: StationConfig, dir: string): Promise<void> {
  await nodeFiles.makeFolder(dir);
  await write(dir, "config.json", moduleConfigurations(modules));
  const manifests = new Map(modules.map(({ moduleName, module }) => [moduleName, module.manifest]));
  for (const [name, manifest] of manifests) await write(dir, `${name}.json`, manifestDefinition(manifest));
}

/** The manifests of all modules, in files called `.yaml`: JSON is YAML too. */
export async function dumpManifests(dir: string): Promise<void> {
  await nodeFiles.makeFolder(dir);
  const manifests: [string, Manifest][] = Object.entries(await loadModules()).map(([name, it]) => [name, it.manifest]);
  for (const [name, manifest] of manifests) await write(dir, `${name}.yaml`, manifestDefinition(manifest));
}
