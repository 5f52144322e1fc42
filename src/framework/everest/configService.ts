/** Configuration at run time: who may read and write which parameter of which module, and what is kept for the next start. */
import { z } from "zod";
import { own } from "../../util/own.ts";
import { reasonOf } from "../bus/delivery.ts";
import type { ModulePlan } from "../config.ts";
import {
  type ConfigurationAccess,
  type Datatype,
  type Denied,
  MODULE_SCOPE,
  type Parameter,
  ParameterIdentifier,
  type ParameterStore,
  type ParameterValue,
  type SetResult,
} from "../configuration.ts";
import type { Json } from "./definitions.ts";
import { type ModuleAnswer, mappingsOf, moduleParameters } from "./moduleConfig.ts";

const GetRequest = z.object({
  type: z.enum(["Module", "All", "AllMappings", "Value"]),
  identifier: ParameterIdentifier.exactOptional(),
});
const SetRequest = z.object({ identifier: ParameterIdentifier, value: z.string().max(65_536) });
const Request = z.discriminatedUnion("type", [
  z.object({ type: z.literal("Get"), origin: z.string(), request: GetRequest }),
  z.object({ type: z.literal("Set"), origin: z.string(), request: SetRequest }),
]);
const Asker = z.object({ origin: z.string() });

export interface ConfigServiceOptions {
  readonly plans: readonly ModulePlan[];
  readonly store: ParameterStore;
  /** Everything that a module in another process must know to start. */
  readonly answerFor: (plan: ModulePlan) => ModuleAnswer;
}

/** A message on the bus that answers another one. */
export interface Answer {
  readonly to: string;
  readonly response: Json;
}

export class ConfigService {
  readonly #options: ConfigServiceOptions;
  readonly #plans: ReadonlyMap<string, ModulePlan>;

  constructor(options: ConfigServiceOptions) {
    this.#options = options;
    this.#plans = new Map(options.plans.map((plan) => [plan.id, plan]));
  }

  /** What the module `origin` may do. */
  accessOf(origin: string): ConfigurationAccess {
    return {
      getAll: async () => this.#getAll(origin),
      get: async (identifier) => this.#get(origin, identifier),
      set: (identifier, value) => this.#set(origin, identifier, value),
    };
  }

  /** Answers a message on `config/request`; undefined when it does not say whose it is. */
  async answer(message: unknown): Promise<Answer | undefined> {
    const to = Asker.safeParse(message).data?.origin;
    if (to === undefined) return undefined;
    const request = Request.safeParse(message);
    if (!request.success) return { to, response: failure("Error", "the request is none that is known") };
    const plan = this.#plans.get(to);
    if (!plan) return { to, response: failure("Error", `Unknown origin module: ${to}`) };
    const { data } = request;
    const response =
      data.type === "Get" ? this.#answerGet(plan, data.request) : await this.#answerSet(to, data.request);
    return { to, response };
  }

  #answerGet(plan: ModulePlan, { type, identifier }: z.infer<typeof GetRequest>): Json {
    const found = (data: unknown) => ({ status: "Ok", status_info: "", type: "Get", response: { type, data } });
    if (type === "Module") return found(this.#options.answerFor(plan));
    if (type === "All") return found(this.#getAll(plan.id));
    if (type === "AllMappings") return found(this.#mappings(plan.id));
    if (!identifier) return failure("Error", "No identifier provided");
    const value = this.#get(plan.id, identifier);
    return "status" in value ? failure(value.status, value.status_info) : found(value);
  }

  async #answerSet(origin: string, { identifier, value }: z.infer<typeof SetRequest>): Promise<Json> {
    const result = await this.#set(origin, identifier, value);
    const refused = result.status === "AccessDenied" || result.status === "Error";
    const response = refused ? { status: "Rejected", status_info: result.status_info } : result;
    return { status: refused ? result.status : "Ok", status_info: result.status_info, type: "Set", response };
  }

  #getAll(origin: string): Record<string, Readonly<Record<string, readonly Parameter[]>>> {
    const readable = this.#options.plans.filter(({ id }) => this.#may(origin, id, "read"));
    return Object.fromEntries(readable.map((plan) => [plan.id, this.#parameters(origin, plan)]));
  }

  /** Who may set what is read only sees it as what it is then. */
  #parameters(origin: string, plan: ModulePlan): Record<string, readonly Parameter[]> {
    const rights = this.#plans.get(origin)?.entry.access?.config;
    const maySet = rights?.allow_set_read_only || own(rights?.modules ?? {}, plan.id)?.allow_set_read_only;
    const unlocked = ({ characteristics, ...parameter }: Parameter): Parameter => ({
      ...parameter,
      characteristics: { ...characteristics, mutability: "ReadWrite" },
    });
    const all = Object.entries(moduleParameters(plan));
    return Object.fromEntries(
      all.map(([scope, parameters]) => [scope, maySet ? parameters.map(unlocked) : parameters]),
    );
  }

  #mappings(origin: string): Json {
    const readable = this.#options.plans.filter(({ id }) => this.#may(origin, id, "read"));
    return Object.fromEntries(readable.map((plan) => [plan.id, mappingsOf(plan)]));
  }

  #get(origin: string, identifier: ParameterIdentifier): Parameter | Denied {
    if (!this.#may(origin, identifier.module_id, "read")) return denied(origin, identifier);
    return this.#find(identifier) ?? missing(identifier);
  }

  async #set(origin: string, identifier: ParameterIdentifier, text: string): Promise<SetResult | Denied> {
    if (!this.#may(origin, identifier.module_id, "write")) return denied(origin, identifier);
    const parameter = this.#find(identifier);
    if (!parameter) return missing(identifier);
    const value = parseValue(parameter.characteristics.datatype, text);
    const problem =
      value === undefined ? `'${text}' is no ${parameter.characteristics.datatype}` : this.#check(identifier, value);
    if (value === undefined || problem !== undefined) return { status: "Rejected", status_info: problem ?? "" };
    try {
      await this.#options.store.save(identifier, value);
      return { status: "RebootRequired", status_info: "" };
    } catch (error) {
      return { status: "Rejected", status_info: `the value cannot be kept: ${reasonOf(error)}` };
    }
  }

  #find(identifier: ParameterIdentifier): Parameter | undefined {
    const plan = this.#plans.get(identifier.module_id);
    const scope = identifier.module_implementation_id ?? MODULE_SCOPE;
    const parameters = plan && own(moduleParameters(plan), scope);
    return parameters?.find(({ name }) => name === identifier.configuration_parameter_name);
  }

  /** What would keep the next start from taking the value. */
  #check(identifier: ParameterIdentifier, value: ParameterValue): string | undefined {
    const manifest = this.#plans.get(identifier.module_id)?.module.manifest;
    const scope = identifier.module_implementation_id ?? MODULE_SCOPE;
    const schema = scope === MODULE_SCOPE ? manifest?.config : manifest?.provides[scope]?.config;
    const type = schema?.shape[identifier.configuration_parameter_name] as z.ZodType | undefined;
    return type?.safeParse(value).error?.issues[0]?.message;
  }

  /** A module's own configuration is always open to it. */
  #may(origin: string, target: string, what: "read" | "write"): boolean {
    if (origin === target) return true;
    const rights = this.#plans.get(origin)?.entry.access?.config;
    const special = own(rights?.modules ?? {}, target);
    if (what === "read") return Boolean(rights?.allow_global_read || special?.allow_read);
    return Boolean(rights?.allow_global_write || special?.allow_write);
  }
}

function failure(status: Denied["status"], status_info: string): Json {
  return { status, status_info, response: {} };
}

function denied(origin: string, { module_id }: ParameterIdentifier): Denied {
  return { status: "AccessDenied", status_info: `Access to config item denied: ${origin} cannot access ${module_id}` };
}

function missing({ configuration_parameter_name, module_id }: ParameterIdentifier): Denied {
  return {
    status: "Error",
    status_info: `Config parameter ${configuration_parameter_name} not found in module ${module_id}`,
  };
}

function parseValue(datatype: Datatype, text: string): ParameterValue | undefined {
  if (datatype === "string") return text;
  if (datatype === "bool") return { true: true, "1": true, false: false, "0": false }[text.toLowerCase()];
  const number = text.trim() === "" ? Number.NaN : Number(text);
  const fits = datatype === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
  return fits ? number : undefined;
}
