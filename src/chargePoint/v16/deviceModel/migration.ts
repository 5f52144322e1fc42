/** Takes the JSON files of OCPP 1.6 over into the device model, once. */
import type { Database } from "../../../util/database.ts";
import { variableAddress } from "../../deviceModel/address.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { keySpecs } from "../configuration/schema.ts";
import { wholeText } from "../configuration/values.ts";
import type { CustomKeys } from "./components.ts";
import { type Address, addressOf, customAddress, isConnectionKey, toVariable } from "./mapping.ts";

interface Where {
  /** Of NetworkConfiguration; 0 leaves the connection out. */
  readonly slot: number;
  readonly custom: CustomKeys;
}

/** Does nothing where it was done before, or where a CSMS has set values already; it is one step on disk. */
export async function takeOver(
  database: Database,
  legacy: () => Promise<Configuration>,
  { slot, custom }: Where,
): Promise<void> {
  const isUsed =
    database.get("SELECT 1 FROM legacy_migration UNION SELECT 1 FROM variable_value LIMIT 1") !== undefined;
  if (isUsed) return;
  const config = await legacy();
  const keys = [...keySpecs.values()].flatMap(({ key }): [Address, string][] => {
    const value: unknown = config.value(key);
    if (value === undefined || (slot === 0 && isConnectionKey(key))) return [];
    return [[addressOf(key, slot), toVariable(key, wholeText(value))]];
  });
  const confirmed: [Address, string] = [
    { component: { name: "SecurityCtrlr" }, variable: { name: "SecurityProfile" } },
    String(config.value("SecurityProfile")),
  ];
  const others = Object.entries(config.custom).map(([key, value]): [Address, string] => {
    return [custom.get(key) ?? customAddress(key), wholeText(value)];
  });
  database.atomically(() => {
    for (const [{ component, variable }, text] of [...keys, confirmed, ...others]) {
      const address = variableAddress(component, variable);
      database.run("INSERT OR REPLACE INTO variable_value VALUES (?, 'Actual', ?, 'OCPP16Config')", address, text);
    }
    database.run("INSERT INTO legacy_migration VALUES (1)");
  });
}
