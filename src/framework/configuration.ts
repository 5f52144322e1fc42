/** The configuration of all modules as one of them may see and change it while the station runs. */
import { z } from "zod";

/** The name under which the keys of `config_module` go. */
export const MODULE_SCOPE = "!module";

export const Datatype = z.enum(["string", "number", "integer", "bool"]);
export type Datatype = z.infer<typeof Datatype>;
export const ParameterValue = z.union([z.string(), z.number(), z.boolean()]);
export type ParameterValue = z.infer<typeof ParameterValue>;

/** One configuration key with its value; `mutability` is ReadOnly for all of ours: they are read at the start. */
export const Parameter = z.object({
  name: z.string(),
  value: ParameterValue,
  characteristics: z.object({
    datatype: Datatype,
    mutability: z.enum(["ReadOnly", "ReadWrite", "WriteOnly"]),
    unit: z.string().exactOptional(),
    min_value: z.number().exactOptional(),
    max_value: z.number().exactOptional(),
  }),
});
export type Parameter = z.infer<typeof Parameter>;
export type Parameters = Readonly<Record<string, readonly Parameter[]>>;

/** Without an implementation the module's own parameter is meant. */
export const ParameterIdentifier = z.object({
  module_id: z.string(),
  configuration_parameter_name: z.string(),
  module_implementation_id: z.string().exactOptional(),
});
export type ParameterIdentifier = z.infer<typeof ParameterIdentifier>;

/** Keeps changed parameters over a restart. */
export interface ParameterStore {
  save(identifier: ParameterIdentifier, value: ParameterValue): Promise<void>;
}

/** RebootRequired: it is kept and in force after the next start. Accepted is for what is in force at once. */
export interface SetResult {
  readonly status: "Accepted" | "Rejected" | "RebootRequired";
  /** Why not, in words. */
  readonly status_info: string;
}
export interface Denied {
  readonly status: "AccessDenied" | "Error";
  readonly status_info: string;
}

/** What one module may do with the configuration of all. */
export interface ConfigurationAccess {
  /** Parameters of every module that may be read, by module and implementation. */
  getAll(): Promise<Readonly<Record<string, Readonly<Record<string, readonly Parameter[]>>>>>;
  get(identifier: ParameterIdentifier): Promise<Parameter | Denied>;
  /** @param value as text, whatever the parameter's type. */
  set(identifier: ParameterIdentifier, value: string): Promise<SetResult | Denied>;
}
