/** A module's manifest as a value: what it can be configured with, what it provides and what it needs. */
import { z } from "zod";
import type { Empty, InterfaceDefinition } from "./interface.ts";

/** Configuration keys with their types; a key with a `.default()` may be left out of the YAML. */
export type ConfigSchema = z.ZodObject;

export interface ProvisionDefinition {
  readonly interface: InterfaceDefinition;
  readonly config?: ConfigSchema;
}

/** How many connections a requirement takes; both default to 1. */
export interface RequirementDefinition {
  readonly interface: InterfaceDefinition;
  readonly min?: number;
  readonly max?: number;
}

export interface Manifest {
  /** One sentence for people. */
  readonly description: string;
  readonly config?: ConfigSchema;
  readonly provides: Readonly<Record<string, ProvisionDefinition>>;
  readonly requires: Readonly<Record<string, RequirementDefinition>>;
  /** Without it `externalMqtt` of the module's context refuses to work. */
  readonly enable_external_mqtt?: boolean;
  /** Without it the module's `telemetry` is never published. */
  readonly enable_telemetry?: boolean;
  /** Without it `subscribeAllErrors` of the module's context refuses to work. */
  readonly enable_global_errors?: boolean;
}

export function defineManifest<
  const Provides extends Readonly<Record<string, ProvisionDefinition>>,
  Config extends ConfigSchema = z.ZodObject<Empty>,
  const Requires extends Readonly<Record<string, RequirementDefinition>> = Empty,
>(manifest: {
  description: string;
  config?: Config;
  provides: Provides;
  requires?: Requires;
  enable_external_mqtt?: boolean;
  enable_telemetry?: boolean;
  enable_global_errors?: boolean;
}) {
  const { config, requires } = manifest;
  return { ...manifest, config: config ?? z.object({}), requires: requires ?? {} } as {
    readonly description: string;
    readonly config: Config;
    readonly provides: Provides;
    readonly requires: Requires;
    readonly enable_external_mqtt?: boolean;
    readonly enable_telemetry?: boolean;
    readonly enable_global_errors?: boolean;
  };
}

/** The values of a configuration schema, defaults filled in; an absent schema has none. */
export type ConfigOf<Schema> = Schema extends ConfigSchema ? z.output<Schema> : Empty;
