/** A copy of component config files with some values changed: a station of its own, made from a common description. */
import { basename, dirname, join } from "node:path";
import { UserError } from "../../util/errors.ts";
import type { Files } from "../../util/files.ts";
import { sameAddress, variableAddress } from "./address.ts";
import { readComponentConfig } from "./componentConfig.ts";
import { DeviceModelError } from "./deviceModel.ts";

interface WritableProperty {
  attributes: { type?: string; value?: string }[];
}

/**
 * @param values new Actual values by address, for example `{ "SecurityCtrlr.Identity": "cp002" }`.
 * @throws DeviceModelError when the source is faulty, UserError when it has no variable of such an address.
 */
export async function copyComponentConfig(
  files: Files,
  from: string,
  to: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { components, faults } = await readComponentConfig(files, from);
  if (faults.length > 0) throw new DeviceModelError(faults);
  const left = new Map(Object.entries(values).map(([address, value]) => [sameAddress(address), value]));
  for (const component of components) {
    const source = component.variables[0]?.source.file;
    if (source === undefined) continue;
    const described = JSON.parse(new TextDecoder().decode(await files.read(source)));
    const properties: Record<string, WritableProperty> = described.properties;
    for (const variable of component.variables) {
      const address = sameAddress(variableAddress(component, variable));
      const value = left.get(address);
      const property = properties[variable.source.key.replace(/^properties\./, "")];
      if (value === undefined || !property) continue;
      left.delete(address);
      for (const attribute of property.attributes)
        if ((attribute.type ?? "Actual") === "Actual") attribute.value = value;
    }
    const folder = join(to, basename(dirname(source)));
    await files.makeFolder(folder);
    await files.write(join(folder, basename(source)), `${JSON.stringify(described, null, 2)}\n`, 0o600);
  }
  const [unknown] = left.keys();
  if (unknown !== undefined)
    throw new UserError(`the device model has no variable ${unknown}`, { file: from, key: unknown });
}
