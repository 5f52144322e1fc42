/** Makes an installation in EVerest's layout, so that who drives EVerest's manager can drive ours. */
import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { manifestDefinition } from "../../framework/everest/definitions.ts";
import { createPki, defaultOcspUrl, writePki } from "../../pki/index.ts";
import { systemClock } from "../../util/clock.ts";
import { nodeFiles } from "../../util/files.ts";
import { cryptoRandom } from "../../util/random.ts";
import { moduleShareFolder, packageFolder } from "../demo/installation.ts";
import { loadModules } from "../modules.ts";
import { prefixAt } from "./folders.ts";

/** The password of EVerest's test keys. */
const KEY_PASSWORD = "123456";

export interface PrefixOptions {
  readonly dir: string;
  /** Makes a test PKI where there are no certificates yet. */
  readonly certificates: boolean;
}

/** Files that are there are replaced, but never certificates. */
export async function makePrefix({ dir, certificates }: PrefixOptions): Promise<void> {
  const { root, etc } = prefixAt(dir);
  await writeProgram(join(root, "bin"), "manager", "manager");
  await mkdir(etc, { recursive: true });
  const isConfig = (name: string) => /^config-.*\.yaml$/.test(name);
  for (const name of (await nodeFiles.list(join(packageFolder, "config"))).filter(isConfig)) {
    await cp(join(packageFolder, "config", name), join(etc, name));
  }
  await copyShare(join(root, "share", "everest", "modules"));
  await writeModules(join(root, "libexec", "everest", "modules"));
  const certs = join(etc, "certs");
  if (certificates && !(await nodeFiles.info(certs))) await makeCertificates(certs);
}

/** A script that runs one of our programs; a signal to it reaches the program itself. */
async function writeProgram(folder: string, name: string, program: "manager" | "module"): Promise<void> {
  const here = fileURLToPath(import.meta.url);
  const isSource = here.endsWith(".ts");
  const file = join(here, "..", "..", `${program}${isSource ? ".ts" : ".js"}`);
  const words = [process.execPath, ...(isSource ? ["--import", import.meta.resolve("tsx")] : []), file];
  await mkdir(folder, { recursive: true });
  const script = join(folder, name);
  await writeFile(script, `#!/bin/sh\nexec ${words.map(quote).join(" ")} "$@"\n`);
  await chmod(script, 0o755);
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

/** What of OCPP's files each module has below its share folder; those who drive EVerest look for them there. */
const ocppFiles: Readonly<Record<string, readonly ("keys" | "components")[]>> = {
  OCPP: ["keys", "components"],
  OCPP201: ["components"],
  OCPPmulti: ["keys", "components"],
};

async function copyShare(share: string): Promise<void> {
  for (const [name, parts] of Object.entries(ocppFiles)) {
    const to = join(share, name);
    if (parts.includes("components")) {
      const components = join(moduleShareFolder("OCPP201"), "component_config");
      await cp(components, join(to, "component_config"), { recursive: true });
      // Databases bring themselves up to date; testers copy the folder all the same.
      await mkdir(join(to, "device_model_migrations"), { recursive: true });
    }
    if (parts.includes("keys")) await cp(moduleShareFolder("OCPP"), to, { recursive: true });
  }
}

/** With these, EVerest's manager starts modules of ours. */
async function writeModules(folder: string): Promise<void> {
  for (const [name, { manifest }] of Object.entries(await loadModules())) {
    await writeProgram(join(folder, name), name, "module");
    const text = `${JSON.stringify(manifestDefinition(manifest), undefined, 2)}\n`;
    await writeFile(join(folder, name, "manifest.yaml"), text);
  }
}

/** As `pki init` does: the CSMS to test with takes the folder by `--pki`, and answers for its CAs. */
async function makeCertificates(dir: string): Promise<void> {
  const pki = await createPki({ clock: systemClock, random: cryptoRandom, faults: [], ocspUrl: defaultOcspUrl });
  await writePki([pki], { files: nodeFiles, dir, layout: "everest", password: KEY_PASSWORD });
}
