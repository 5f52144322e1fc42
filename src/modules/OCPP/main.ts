/** EVerest's interface that only OCPP 1.6 has: configuration keys by their names. */

import type { Configuration, KeyValue as ConfigurationKey } from "../../chargePoint/v16/configuration/configuration.ts";
import type { Commands } from "../../framework/interface.ts";
import type { ModuleContext } from "../../framework/module.ts";
import type { ocpp_1_6_charge_point } from "../../interfaces/ocpp_1_6_charge_point.ts";
import type { KeyValue } from "../../interfaces/types/ocpp.ts";
import type { Service } from "./context.ts";
import type { manifest } from "./manifest.ts";
import type { Storage } from "./storage.ts";

export function chargePointMain(
  { provides }: Pick<ModuleContext<typeof manifest>, "provides">,
  service: Service,
  { config }: Storage,
): Commands<typeof ocpp_1_6_charge_point> {
  const watched = new Set<string>();
  config.onChange(({ key }) => {
    const shown = config.get(key);
    if (shown && watched.has(key.toLowerCase())) provides.main.publish("configuration_key", toEverest(shown));
  });
  return {
    stop: () => service.disconnect(),
    restart: () => service.connect(),
    get_configuration_key: ({ keys }) => getConfiguration(config, keys),
    async set_configuration_key({ key, value }) {
      return (await service.chargePoint?.changeConfiguration({ key, value }))?.status ?? "Rejected";
    },
    monitor_configuration_keys({ keys }) {
      for (const key of keys) watched.add(key.toLowerCase());
      return null;
    },
    security_event({ type, info }) {
      service.tell((point) => point.securityEvent({ type, info }));
      return null;
    },
  };
}

/** None asked for: all of them. */
function getConfiguration(config: Configuration, keys: readonly string[]) {
  if (keys.length === 0) return { configuration_keys: config.all().map(toEverest), unknown_keys: [] };
  return {
    configuration_keys: keys.flatMap((key) => config.get(key) ?? []).map(toEverest),
    unknown_keys: keys.filter((key) => config.get(key) === undefined),
  };
}

function toEverest({ key, readonly, value }: ConfigurationKey): KeyValue {
  return { key, read_only: readonly, value };
}
