/** The configuration of an OCPP 1.6 charge point that is kept in a device model. */
import type { z } from "zod";
import type { Database } from "../../../util/database.ts";
import { InternalError, UserError } from "../../../util/errors.ts";
import type { Files } from "../../../util/files.ts";
import { variableAddress } from "../../deviceModel/address.ts";
import { type Component, readComponentConfig } from "../../deviceModel/componentConfig.ts";
import { DeviceModel, DeviceModelError } from "../../deviceModel/deviceModel.ts";
import { members } from "../../deviceModel/values.ts";
import { networkProfiles } from "../../v201/networkProfiles.ts";
import { Configuration } from "../configuration/configuration.ts";
import { configuration16, type Key, keySpecs, type SectionName, type Values } from "../configuration/schema.ts";
import { known, wholeText } from "../configuration/values.ts";
import { type CustomKeys, withKeys } from "./components.ts";
import {
  type Address,
  addressOf,
  customAddress,
  fromVariable,
  isLegacy,
  limits,
  parseAddress,
  toVariable,
} from "./mapping.ts";
import { takeOver } from "./migration.ts";
import { readText } from "./texts.ts";

export interface ModelOptions {
  readonly files: Files;
  /** Folder with `standardized/` and `custom/`. */
  readonly folder: string;
  /** The values that were set. */
  readonly database: Database;
  /** Of NetworkConfiguration, 0 for the first in use. */
  readonly slot: number;
  /** Where keys of the section Custom are; those that are not here have a variable of their name. */
  readonly custom: CustomKeys;
  /** What goes into an empty database first. */
  readonly legacy?: () => Promise<Configuration>;
}

export interface ModelConfiguration {
  readonly config: Configuration;
  readonly model: DeviceModel;
  /** Of NetworkConfiguration, which the keys of the connection are of. */
  readonly slot: number;
  /** The key that a variable holds. */
  keyAt(address: Address): string | undefined;
}

/** Values as the source of a change in the device model. */
const SOURCE = "OCPP16";

/** @throws DeviceModelError, UserError when the device model says too little for OCPP 1.6, or something that does not fit. */
export async function openModelConfiguration(options: ModelOptions): Promise<ModelConfiguration> {
  const { components, faults } = await readComponentConfig(options.files, options.folder);
  if (faults.length > 0) throw new DeviceModelError(faults);
  const { database, legacy } = options;
  const slot = options.slot || firstSlot(components);
  if (legacy) await takeOver(database, legacy, { slot: options.slot, custom: options.custom });
  const custom = new Map([...options.custom, ...keptCustom(database)]);
  const model = new DeviceModel(withKeys(components, slot, custom), database);
  const values = readValues(model, { slot, custom, components });
  const config = new Configuration({
    values,
    changed: {},
    save: async (_changed, { section, key, value }) => {
      const spec = keySpecs.get(key.toLowerCase());
      const { component, variable } =
        section === "Custom" || !spec ? (custom.get(key) ?? customAddress(key)) : addressOf(spec.key, slot);
      const text = spec ? toVariable(spec.key, wholeText(value)) : wholeText(value);
      const { status } = model.set(component, variable, "Actual", text, SOURCE);
      if (status !== "Accepted") throw new InternalError(`the device model does not take ${key}: ${status}`);
    },
  });
  return { config, model, slot, keyAt: keyFinder(slot, custom) };
}

/** The first slot of the files' priority. */
function firstSlot(components: readonly Component[]): number {
  const comm = components.find(({ name }) => name === "OCPPCommCtrlr");
  const priority = comm?.variables.find(({ name }) => name === "NetworkConfigurationPriority");
  const [first = "1"] = members(priority?.attributes.get("Actual")?.initial ?? "");
  return Number(first) || 1;
}

/** Keys of the section Custom that were taken over or set before, and that no file describes. */
function keptCustom(database: Database): [string, Address][] {
  const rows = database.all<{ address: string }>("SELECT address FROM variable_value");
  return rows.flatMap(({ address }): [string, Address][] => {
    const { component, variable } = parseAddress(address);
    const isCustom = isLegacy(component.name) && !keySpecs.has(variable.name.toLowerCase());
    return isCustom ? [[variable.name, { component, variable }]] : [];
  });
}

function keyFinder(slot: number, custom: CustomKeys): ModelConfiguration["keyAt"] {
  const name = ({ component, variable }: Address) => variableAddress(component, variable).toLowerCase();
  const keys = new Map<string, string>();
  for (const { key } of keySpecs.values()) keys.set(name(addressOf(key, slot)), key);
  for (const [key, address] of custom) keys.set(name(address), key);
  return (address) => keys.get(name(address));
}

interface Places {
  readonly slot: number;
  readonly custom: CustomKeys;
  /** As the files describe them. */
  readonly components: readonly Component[];
}

/** What 2.0.1 does not say and 1.6 cannot do without. */
const usual: { readonly [K in Key]?: unknown } = {
  GetConfigurationMaxKeys: 1000,
  ConnectorPhaseRotation: "0.Unknown",
  NumberOfConnectors: 1,
  UnlockConnectorOnEVSideDisconnect: true,
};

function readValues(model: DeviceModel, places: Places): Values {
  const sections: Sections = { Internal: {}, Core: {}, Security: {} };
  const connection = connectionOf(model, places.slot);
  for (const { section, key, schema } of keySpecs.values()) {
    const text = textOf(model, addressOf(key, places.slot)) ?? fallBack(key, connection, places.components);
    const value = text === undefined ? usual[key] : readText(schema, fromVariable(key, text));
    if (text !== undefined && value === undefined) throw misfit(key, places.slot, text);
    if (value !== undefined) sections[section] = { ...sections[section], [key]: value };
  }
  const custom = [...places.custom].flatMap(([key, address]) => {
    const text = textOf(model, address);
    return text === undefined ? [] : [[key, text]];
  });
  if (custom.length > 0) sections.Custom = Object.fromEntries(custom);
  const whole = withoutHalves(sections);
  const Core = { SupportedFeatureProfiles: featuresOf(whole), ...whole.Core };
  return parsed({ ...whole, Core }, places.slot);
}

/** Where nobody names the features, those are there whose settings are. */
function featuresOf(sections: Sections): string {
  const always = ["Core", "FirmwareManagement", "RemoteTrigger", "Reservation"];
  const described = (["LocalAuthListManagement", "SmartCharging"] as const).filter((name) => sections[name]);
  return [...always, ...described].join(",");
}

type Sections = Partial<Record<SectionName, Record<string, unknown>>>;

/** Without sections whose keys are not all there: what 2.0.1 says of them is not enough for 1.6. */
function withoutHalves(sections: Sections): Sections {
  const { shape } = configuration16;
  const optional = Object.entries(sections).filter(([name, values]) => {
    const schema: z.ZodType = shape[name as SectionName];
    return ["Internal", "Core", "Security"].includes(name) || schema.safeParse(values).success;
  });
  return Object.fromEntries(optional);
}

function parsed(sections: object, slot: number): Values {
  const result = configuration16.safeParse(sections);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  const key = keySpecs.get(String(first?.path[1]).toLowerCase())?.key;
  const address = key === undefined ? undefined : addressOf(key, slot);
  const place = address && variableAddress(address.component, address.variable);
  throw new UserError(`the device model says nothing of ${first?.path.join(".")} that OCPP 1.6 can use`, {
    ...(place === undefined ? {} : { key: place }),
    expected: first?.message ?? "a value",
    fix: "Give the variable a value in its component config file, or take over a JSON file (EnableLegacyConfigMigration).",
  });
}

function misfit(key: Key, slot: number, text: string): UserError {
  const { component, variable } = addressOf(key, slot);
  const shown = keySpecs.get(key.toLowerCase())?.access === "W" ? "its value" : `'${text}'`;
  return new UserError(`${shown} is nothing that OCPP 1.6 takes for ${key}`, {
    key: variableAddress(component, variable),
    fix: "Correct the value in its component config file.",
  });
}

/** Empty text stands for no value, as in EVerest's files. */
function textOf(model: DeviceModel, { component, variable }: Address): string | undefined {
  const found = model.find(component, variable);
  const text = found.status === "Accepted" ? model.text(found.place, "Actual") : undefined;
  return text === "" ? undefined : text;
}

/** The connection in the words of 2.0.1, for what the slot leaves open. */
type Connection = { readonly [K in Key]?: string };

function connectionOf(model: DeviceModel, slot: number): Connection {
  const { component } = addressOf("CentralSystemURI", slot);
  const hasSlot = textOf(model, { component, variable: { name: "OcppCsmsUrl" } }) !== undefined;
  const profile = hasSlot ? undefined : networkProfiles(model).find((one) => one.slot === slot);
  const identity = model.value("SecurityCtrlr.Identity");
  const password = model.value("SecurityCtrlr.BasicAuthPassword");
  const securityProfile = profile?.securityProfile ?? model.value("SecurityCtrlr.SecurityProfile");
  return {
    ...(profile ? { CentralSystemURI: profile.url } : {}),
    ...(securityProfile === undefined ? {} : { SecurityProfile: String(securityProfile) }),
    ...(identity === undefined ? {} : { ChargePointId: identity }),
    ...(password === undefined ? {} : { AuthorizationKey: password }),
  };
}

function fallBack(key: Key, connection: Connection, components: readonly Component[]): string | undefined {
  if (key in connection) return connection[key];
  if (key === "SupportedMeasurands") {
    const listed = characteristicsAt(components, "SampledDataCtrlr.TxUpdatedMeasurands")?.valuesList;
    return (
      listed &&
      members(listed)
        .filter((name) => known.includes(name))
        .join(",")
    );
  }
  const place = limits[key];
  const limit = place && characteristicsAt(components, place)?.maxLimit;
  return limit === undefined || limit === "" ? undefined : String(limit);
}

function characteristicsAt(components: readonly Component[], address: string) {
  const { component, variable } = parseAddress(address);
  const described = components.find(({ name, evse }) => name === component.name && evse === undefined);
  return described?.variables.find(({ name }) => name === variable.name)?.characteristics;
}
