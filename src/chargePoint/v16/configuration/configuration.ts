/** The configuration of an OCPP 1.6 charge point while it runs: read by the station, read and changed by the CSMS (5.3, 5.8). */
import { InternalError } from "../../../util/errors.ts";
import { type Key, type KeySpec, keySpecs, type SectionName, type ValueOf, type Values } from "./schema.ts";
import { fromText, namesIn, rules, toText } from "./values.ts";

/** Values that differ from the base file, by section: what the user configuration file holds. */
export type UserValues = { readonly [S in SectionName]?: Readonly<Record<string, unknown>> };

export interface KeyValue {
  readonly key: string;
  readonly readonly: boolean;
  readonly value: string;
}

/** A key has a new value. */
export interface Change {
  readonly key: string;
  readonly value: string;
}

export type SetStatus = "Accepted" | "Rejected" | "NotSupported";

/** Named in SupportedFeatureProfiles, or there because its section is. */
export type FeatureProfile =
  | "FirmwareManagement"
  | "LocalAuthListManagement"
  | "Reservation"
  | "SmartCharging"
  | "RemoteTrigger"
  | "PnC";

export interface ConfigurationOptions {
  readonly values: Values;
  readonly changed: UserValues;
  /** Puts what was changed on disk, as one step. @param write the change that is new in it. */
  save(changed: UserValues, write: Write): Promise<void>;
}

/** One key's new value. */
export interface Write {
  readonly section: SectionName;
  readonly key: string;
  readonly value: unknown;
}

/** Keys that may be set though they have no value yet. */
const settableWithoutValue: readonly Key[] = ["AuthorizationKey", "ISO15118CertificateManagementEnabled"];
const meterPublicKey = /^MeterPublicKey([1-9]\d{0,3})$/i;

export class Configuration {
  #values: Values;
  #changed: UserValues;
  readonly #save: ConfigurationOptions["save"];
  /** Changes are made one after the other. */
  #saving: Promise<void> = Promise.resolve();
  readonly #listeners: ((change: Change) => void)[] = [];

  constructor({ values, changed, save }: ConfigurationOptions) {
    this.#values = values;
    this.#changed = changed;
    this.#save = save;
  }

  value<K extends Key>(key: K): ValueOf<K> {
    return this.#read(specOf(key)) as ValueOf<K>;
  }

  /** Of a key that holds names separated by commas. */
  names(key: Key): string[] {
    const value = this.#read(specOf(key));
    return typeof value === "string" ? namesIn(value) : [];
  }

  /** The keys of whoever operates the station. */
  get custom(): Readonly<Record<string, string | number | boolean>> {
    return this.#values.Custom ?? {};
  }

  has(profile: FeatureProfile): boolean {
    if (profile === "PnC") return this.#values.PnC !== undefined;
    return this.names("SupportedFeatureProfiles").includes(profile);
  }

  /** Whether the CSMS looks after SECC leaf and roots: by its own key, or where that is absent by ISO15118PnCEnabled. */
  get certificatesManaged(): boolean {
    const { ISO15118CertificateManagementEnabled: managed, ISO15118PnCEnabled: enabled } = this.#values.PnC ?? {};
    return managed ?? enabled ?? false;
  }

  /** What GetConfiguration tells of a key; undefined when it is unknown, has no value or is secret. */
  get(name: string): KeyValue | undefined {
    const publicKey = this.#meterPublicKey(name);
    if (publicKey) return publicKey;
    const custom = this.#custom(name);
    if (custom) return { key: custom, readonly: false, value: toText(this.#values.Custom?.[custom]) };
    const spec = keySpecs.get(name.toLowerCase());
    if (!spec || spec.access === "W" || spec.key === "MeterPublicKeys") return undefined;
    const value = this.#shown(spec);
    return value === undefined ? undefined : { key: spec.key, readonly: spec.access === "R", value: toText(value) };
  }

  /** Everything that has a value and is not secret. */
  all(): KeyValue[] {
    const keys = [...keySpecs.values()].map(({ key }) => key);
    const publicKeys = (this.#values.Internal.MeterPublicKeys ?? []).map((_key, index) => `MeterPublicKey${index + 1}`);
    const custom = Object.keys(this.#values.Custom ?? {});
    return [...keys, ...publicKeys, ...custom].flatMap((name) => this.get(name) ?? []);
  }

  /** A change by the CSMS, on disk when it resolves. SecurityProfile has rules of its own that are not checked here. */
  async set(name: string, text: string): Promise<SetStatus> {
    const custom = this.#custom(name);
    if (custom) return this.#setCustom(custom, text);
    if (this.#meterPublicKey(name)) return "Rejected";
    const spec = keySpecs.get(name.toLowerCase());
    if (!spec || !this.#settable(spec)) return "NotSupported";
    if (spec.access === "R") return "Rejected";
    const value = fromText(spec.schema, text);
    if (value === undefined || rules[spec.key]?.fits(text, this.#values) === false) return "Rejected";
    await this.#write(spec.section, spec.key, value);
    return "Accepted";
  }

  /** A change by the station itself, also of what the CSMS may only read; on disk when it resolves. */
  async put<K extends Key>(key: K, value: NonNullable<ValueOf<K>>): Promise<void> {
    await this.#write(specOf(key).section, key, value);
  }

  /** The connectors that the station really has count, whatever the file says of them. */
  countConnectors(count: number): void {
    this.#values = { ...this.#values, Core: { ...this.#values.Core, NumberOfConnectors: count } };
  }

  /** Told of every change after it is on disk. */
  onChange(listener: (change: Change) => void): void {
    this.#listeners.push(listener);
  }

  #read({ section, key }: KeySpec): unknown {
    return (this.#values[section] as Readonly<Record<string, unknown>> | undefined)?.[key];
  }

  #shown(spec: KeySpec): unknown {
    if (spec.key === "ISO15118CertificateManagementEnabled" && this.has("PnC")) return this.certificatesManaged;
    return this.#read(spec);
  }

  /** An optional key without a value is a function that this station does not have. */
  #settable(spec: KeySpec): boolean {
    if (this.#values[spec.section] === undefined) return false;
    if (spec.section === "LocalAuthListManagement" && !this.has("LocalAuthListManagement")) return false;
    return settableWithoutValue.includes(spec.key) || this.#read(spec) !== undefined;
  }

  #custom(name: string): string | undefined {
    return Object.keys(this.#values.Custom ?? {}).find((key) => key.toLowerCase() === name.toLowerCase());
  }

  /** Keeps the type that the file gave it. */
  async #setCustom(key: string, text: string): Promise<SetStatus> {
    const value = customValue(this.#values.Custom?.[key], text);
    if (value === undefined) return "Rejected";
    await this.#write("Custom", key, value);
    return "Accepted";
  }

  #meterPublicKey(name: string): KeyValue | undefined {
    const [, number] = meterPublicKey.exec(name) ?? [];
    const value = number === undefined ? undefined : this.#values.Internal.MeterPublicKeys?.[Number(number) - 1];
    return value === undefined ? undefined : { key: `MeterPublicKey${number}`, readonly: true, value: toText(value) };
  }

  async #write(section: SectionName, key: string, value: unknown): Promise<void> {
    const turn = this.#saving.then(async () => {
      const changed = { ...this.#changed, [section]: { ...this.#changed[section], [key]: value } };
      await this.#save(changed, { section, key, value });
      this.#changed = changed;
      this.#values = { ...this.#values, [section]: { ...this.#values[section], [key]: value } };
    });
    // One that fails keeps no other from its turn.
    this.#saving = turn.catch(() => {});
    await turn;
    for (const listener of this.#listeners) listener({ key, value: toText(value) });
  }
}

function specOf(key: Key): KeySpec {
  const spec = keySpecs.get(key.toLowerCase());
  if (!spec) throw new InternalError(`there is no configuration key ${key}`);
  return spec;
}

function customValue(present: unknown, text: string): string | number | boolean | undefined {
  if (typeof present === "boolean") return { true: true, false: false }[text.toLowerCase()];
  if (typeof present === "number") return /^[+-]?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
  return text;
}
