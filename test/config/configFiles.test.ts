import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModules } from "../../src/cli/modules.ts";
import { loadConfig } from "../../src/framework/config.ts";
import { nodeFiles } from "../../src/util/files.ts";

const folder = resolve(import.meta.dirname, "../../config");
const names = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const load = (name: string) => loadConfig({ file: join(folder, name), files: nodeFiles, modules: loadModules });

describe("the configurations that ship with the package", () => {
  it.each(names)("%s has neither a fault nor a warning", async (name) => {
    expect((await load(name)).warnings).toEqual([]);
  });

  it("offer Plug & Charge with config-sil-ocpp201-pnc.yaml", async () => {
    const { modules: plans } = await load("config-sil-ocpp201-pnc.yaml");
    const plan = (id: string) => plans.find((it) => it.id === id) ?? expect.unreachable(`no module ${id}`);
    expect(plan("evse_manager").config).toMatchObject({ ac_hlc_enabled: true, payment_enable_contract: true });
    expect(plan("iso15118_charger").config).toMatchObject({ tls_security: "allow", verify_contract_cert_chain: true });
    expect(plan("auth").connections.token_provider?.map(({ moduleId }) => moduleId)).toEqual(["ocpp", "evse_manager"]);
    expect(plan("ocpp").connections.extensions_15118).toHaveLength(1);
  });
});
