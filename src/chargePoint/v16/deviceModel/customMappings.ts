/** EVerest's YAML file that says which variables hold keys of the section Custom. */
import { z } from "zod";
import { ConfigError, type ConfigFault, faultsOf } from "../../../framework/config/faults.ts";
import { type Located, parseLocated, placeOf, toValue } from "../../../framework/config/located.ts";
import { UserError } from "../../../util/errors.ts";
import type { Files } from "../../../util/files.ts";
import { keySpecs } from "../configuration/schema.ts";
import type { CustomKeys } from "./components.ts";
import type { Address } from "./mapping.ts";

const name = z.string().min(1).max(50);
const mappingFile = z.strictObject({
  mappings: z.array(
    z.strictObject({
      ocpp16_key: name,
      component: z.strictObject({
        name,
        instance: name.exactOptional(),
        evse: z.strictObject({ id: z.int().min(1), connectorId: z.int().min(1).exactOptional() }).exactOptional(),
      }),
      variable: z.strictObject({ name, instance: name.exactOptional() }),
    }),
  ),
});

/** These are changed by keys of their own, with a new connection. */
const connection = [
  /^NetworkConfiguration\./i,
  /^OCPPCommCtrlr\.(NetworkConfigurationPriority|ActiveNetworkProfile)$/i,
  /^InternalCtrlr\.NetworkConnectionProfiles$/i,
  /^SecurityCtrlr\.(Identity|BasicAuthPassword|SecurityProfile)$/i,
];

/** @throws ConfigError with every fault, UserError when there is no such file. */
export async function readCustomMappings(files: Files, path: string): Promise<CustomKeys> {
  if (!(await files.info(path))) {
    const fix = "Name an existing YAML file, or leave the key empty.";
    throw new UserError("there is no such file of mappings", { file: path, key: "DeviceModelConfigMappings", fix });
  }
  const { tree, faults: syntax } = parseLocated(new TextDecoder().decode(await files.read(path)), path);
  const parsed = mappingFile.safeParse(toValue(tree));
  const faults: ConfigFault[] = syntax.map((fault) => ({ severity: "error" as const, ...fault }));
  if (faults.length === 0 && !parsed.success) faults.push(...faultsOf(tree, [], mappingFile, parsed.error.issues));
  if (parsed.success) faults.push(...ruleFaults(tree, parsed.data));
  if (faults.length > 0 || !parsed.success) throw new ConfigError(path, faults);
  return new Map(
    parsed.data.mappings.map(({ ocpp16_key, component, variable }): [string, Address] => {
      return [ocpp16_key, { component, variable }];
    }),
  );
}

function ruleFaults(tree: Located, { mappings }: z.infer<typeof mappingFile>): ConfigFault[] {
  return mappings.flatMap(({ ocpp16_key, component, variable }, index): ConfigFault[] => {
    const wrong = (key: string, message: string, fix: string): ConfigFault => {
      const path = ["mappings", index, key];
      return { severity: "error", ...placeOf(tree, path), key: path.join("."), message, fix };
    };
    const isSecond = mappings.findIndex((other) => other.ocpp16_key === ocpp16_key) < index;
    const place = `${component.name}.${variable.name}`;
    return [
      ...(isSecond ? [wrong("ocpp16_key", `'${ocpp16_key}' is mapped twice`, "Remove one of them.")] : []),
      ...(keySpecs.has(ocpp16_key.toLowerCase())
        ? [wrong("ocpp16_key", `'${ocpp16_key}' has its place already`, "Map keys of the section Custom only.")]
        : []),
      ...(connection.some((pattern) => pattern.test(place))
        ? [wrong("component", `'${ocpp16_key}' would change the connection`, `Map it elsewhere than to ${place}.`)]
        : []),
    ];
  });
}
