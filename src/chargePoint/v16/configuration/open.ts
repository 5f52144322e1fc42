/** Reads the JSON file of an OCPP 1.6 charge point and the user configuration that lies over it. */
import { ConfigError, type ConfigFault, faultsOf } from "../../../framework/config/faults.ts";
import { type Located, mergePatch, parseLocated, placeOf, toValue } from "../../../framework/config/located.ts";
import { UserError } from "../../../util/errors.ts";
import type { Files } from "../../../util/files.ts";
import { Configuration, type UserValues } from "./configuration.ts";
import { configuration16, keySpecs, type Values } from "./schema.ts";
import { fileRules, namesIn, rules } from "./values.ts";

export interface ConfigurationFiles {
  /** Never written. */
  readonly base: string;
  /** What was changed since; made when it is missing, removed to go back to the base. */
  readonly user: string;
}

/** @throws ConfigError with every fault of both files; UserError when the base file cannot be read. */
export async function openConfiguration(files: Files, { base, user }: ConfigurationFiles): Promise<Configuration> {
  const faults: ConfigFault[] = [];
  const overlay = await readTree(files, user, faults);
  if (!overlay) await writeUser(files, user, {});
  const plain = await readBase(files, base, faults);
  const tree = overlay ? mergePatch(plain, overlay) : plain;
  const values = faults.length === 0 ? check(tree, faults) : undefined;
  if (!values) throw new ConfigError(base, faults);
  return new Configuration({
    values,
    changed: (overlay ? toValue(overlay) : {}) as UserValues,
    save: (changed) => writeUser(files, user, changed),
  });
}

async function readBase(files: Files, path: string, faults: ConfigFault[]): Promise<Located> {
  const tree = await readTree(files, path, faults);
  if (tree) return tree;
  throw new UserError("the configuration of the charge point is not there", {
    file: path,
    key: "ChargePointConfigPath",
    fix: "Give the path of an OCPP 1.6 JSON configuration, such as config/ocpp16/ocpp-config-pnc.json.",
  });
}

async function readTree(files: Files, path: string, faults: ConfigFault[]): Promise<Located | undefined> {
  if (!(await files.info(path))) return undefined;
  const { tree, faults: syntax } = parseLocated(new TextDecoder().decode(await files.read(path)), path);
  faults.push(...syntax.map((fault) => ({ severity: "error" as const, ...fault })));
  if (tree.kind !== "map" && syntax.length === 0) {
    faults.push({ severity: "error", ...tree.at, message: "this is not a JSON object" });
  }
  return tree;
}

function check(tree: Located, faults: ConfigFault[]): Values | undefined {
  const parsed = configuration16.safeParse(toValue(tree));
  if (!parsed.success) {
    faults.push(...faultsOf(tree, [], configuration16, parsed.error.issues).map(withoutSecret));
    return undefined;
  }
  faults.push(...ruleFaults(tree, parsed.data));
  return faults.length === 0 ? parsed.data : undefined;
}

/** What a password was written as is nobody's business. */
function withoutSecret(fault: ConfigFault): ConfigFault {
  const [, key = ""] = fault.key?.split(".") ?? [];
  if (keySpecs.get(key.toLowerCase())?.access !== "W") return fault;
  const { fix: _shown, ...rest } = fault;
  return { ...rest, message: `'${key}' cannot be what it is` };
}

function ruleFaults(tree: Located, values: Values): ConfigFault[] {
  const broken = fileRules.flatMap((key): ConfigFault[] => {
    const { section } = keySpecs.get(key.toLowerCase()) ?? { section: "Core" };
    const value = (values[section] as Readonly<Record<string, unknown>>)[key];
    const rule = rules[key];
    if (!rule || rule.fits(String(value), values)) return [];
    const expected = rule.expected(values);
    const message = `'${key}' cannot be ${JSON.stringify(value)}`;
    return [{ severity: "error", ...placeOf(tree, [section, key]), key: `${section}.${key}`, message, expected }];
  });
  return [...broken, ...missingSections(tree, values)];
}

/** A feature that is announced needs its settings. */
function missingSections(tree: Located, values: Values): ConfigFault[] {
  const announced = namesIn(values.Core.SupportedFeatureProfiles);
  return (["LocalAuthListManagement", "SmartCharging"] as const)
    .filter((section) => announced.includes(section) && values[section] === undefined)
    .map((section) => ({
      severity: "error",
      ...placeOf(tree, ["Core", "SupportedFeatureProfiles"]),
      key: "Core.SupportedFeatureProfiles",
      message: `there is no section ${section}`,
      fix: `Add the section ${section}, or take it out of SupportedFeatureProfiles.`,
    }));
}

/** It holds the station's password. */
async function writeUser(files: Files, path: string, values: UserValues): Promise<void> {
  await files.write(path, `${JSON.stringify(values, null, 2)}\n`, 0o600);
}
