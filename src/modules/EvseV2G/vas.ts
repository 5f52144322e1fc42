/** Value added services of connected providers, in the words of ISO 15118-2. */
import type { Requirement } from "../../framework/module.ts";
import type { ISO15118_vas } from "../../interfaces/ISO15118_vas.ts";
import type * as vas from "../../interfaces/types/iso15118_vas.ts";
import type { ParameterSet, Service } from "../../iso15118/iso2/index.ts";
import { physicalValue } from "../../iso15118/physicalValue.ts";
import { CERTIFICATE_SERVICE, CHARGE_SERVICE } from "../../secc/iso2/serviceList.ts";
import { PeerError } from "../../util/errors.ts";
import type { Logger } from "../../util/log.ts";

/** Fixed by ISO 15118-2, Table 105. */
const INTERNET = 3;
const MAX_ID = 0xffff;
/** ServiceList holds eight, one of which may be for certificates. */
const MAX_SERVICES = 7;
const MAX_SETS = 255;
const MAX_PARAMETERS = 16;

type Provider = Requirement<typeof ISO15118_vas>;

export class ValueAddedServices {
  readonly #providers: readonly Provider[];
  readonly #log: Logger;
  readonly #offers = new Map<Provider, readonly Service[]>();

  /** Subscribes; `changed` gets all services whenever a provider offers something else. */
  constructor(providers: readonly Provider[], log: Logger, changed: (services: readonly Service[]) => void) {
    this.#providers = providers;
    this.#log = log;
    for (const provider of providers) {
      provider.subscribe("offered_vas", ({ services }) => {
        this.#offers.set(provider, services.filter(isOffered).map(toService));
        changed(this.#all());
      });
    }
  }

  /** Undefined when nobody offers the service, it has no parameters, or the provider does not answer. */
  async parameters(service_id: number): Promise<readonly ParameterSet[] | undefined> {
    const provider = this.#providerOf(service_id);
    if (!provider) return undefined;
    try {
      const sets = await provider.call("get_service_parameters", { service_id });
      return sets.length > 0 ? sets.slice(0, MAX_SETS).map(toParameterSet) : undefined;
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.#log.warn({ service_id, reason: error.message }, "a provider of value added services does not answer");
      return undefined;
    }
  }

  /** Tells each provider which of its services were chosen. */
  select(selected: readonly vas.SelectedService[]): void {
    for (const provider of this.#providers) {
      const selected_services = selected.filter(({ service_id }) => this.#providerOf(service_id) === provider);
      if (selected_services.length === 0) continue;
      provider
        .call("selected_services", { selected_services })
        .catch((error: Error) => this.#log.warn({ reason: error.message }, "a choice of services could not be told"));
    }
  }

  #all(): readonly Service[] {
    const byId = new Map([...this.#offers.values()].flat().map((service) => [service.ServiceID, service]));
    return [...byId.values()].slice(0, MAX_SERVICES);
  }

  #providerOf(id: number): Provider | undefined {
    return this.#providers.find((provider) => this.#offers.get(provider)?.some(({ ServiceID }) => ServiceID === id));
  }
}

/** Charging and certificates are the station's own. */
function isOffered({ service_id }: vas.OfferedService): boolean {
  return service_id > 0 && service_id <= MAX_ID && service_id !== CHARGE_SERVICE && service_id !== CERTIFICATE_SERVICE;
}

function toService({ service_id, service_name, service_scope, free_service = true }: vas.OfferedService): Service {
  const name = service_id === INTERNET ? "InternetAccess" : service_name;
  return {
    ServiceID: service_id,
    ...(name === undefined ? {} : { ServiceName: name }),
    ServiceCategory: service_id === INTERNET ? "Internet" : "OtherCustom",
    ...(service_scope === undefined ? {} : { ServiceScope: service_scope }),
    FreeService: free_service,
  };
}

function toParameterSet({ set_id, parameters }: vas.ParameterSet): ParameterSet {
  const Parameter = parameters
    .slice(0, MAX_PARAMETERS)
    .map(({ name, value }) => ({ "@Name": name, ...toValue(value) }));
  return { ParameterSetID: set_id, Parameter };
}

/** The interface does not say which unit a rational number has; EVerest sends watts. */
function toValue(value: vas.ParameterValue) {
  if (value.int_value !== undefined) return { intValue: value.int_value };
  if (value.finite_string !== undefined) return { stringValue: value.finite_string };
  if (value.bool_value !== undefined) return { boolValue: value.bool_value };
  if (value.byte_value !== undefined) return { byteValue: value.byte_value };
  if (value.short_value !== undefined) return { shortValue: value.short_value };
  return { physicalValue: physicalValue(value.rational_number ?? 0, "W") };
}
