import { describe, expect, it } from "vitest";
import { ConfigError, checkConfig } from "../../src/framework/config.ts";
import { startStation } from "../../src/framework/manager.ts";
import { makeModules, makePorts } from "./parts.ts";

const check = (text: string) => checkConfig({ sources: [{ file: "s.yaml", text }], modules: makeModules() });
const station = `active_modules:
  display:
    module: Display
    connections:
      meters: [{module_id: meter, implementation_id: main}, {module_id: probe, implementation_id: fake}]
  meter: {module: Meter, config_module: {name: M}}
  probe:
    module: ProbeModule
    connections:
      meter: [{module_id: meter, implementation_id: main}]
      panel: [{module_id: display, implementation_id: panel}]
`;

describe("a ProbeModule", () => {
  it("provides and requires what the connections say", () => {
    const probe = check(station).modules.find(({ id }) => id === "probe");
    const { provides = {}, requires = {} } = probe?.module.manifest ?? {};
    expect(Object.entries(provides).map(([id, { interface: it }]) => [id, it.name])).toEqual([["fake", "counter"]]);
    expect(Object.entries(requires).map(([id, { interface: it }]) => [id, it.name])).toEqual([
      ["meter", "counter"],
      ["panel", "screen"],
    ]);
  });

  it("provides something even when nobody asks", () => {
    const { modules } = check("active_modules: {probe: {module: ProbeModule}}");
    expect(modules[0]?.module.manifest.provides).toMatchObject({ none: { interface: { name: "empty" } } });
  });

  it("bad case: is checked like every module, and there is one at most", () => {
    const faults = (text: string) => {
      try {
        check(text);
        return [];
      } catch (error) {
        return error instanceof ConfigError ? error.faults.map(({ message }) => message) : [error];
      }
    };
    expect(faults(station.replace("implementation_id: panel", "implementation_id: panle"))).toEqual([
      "module ProbeModule requires nothing called 'panel'",
    ]);
    const two = "active_modules: {a: {module: ProbeModule}, b: {module: ProbeModule}}";
    expect(faults(two)).toEqual(["there is more than one ProbeModule", "there is more than one ProbeModule"]);
  });

  it("bad case: cannot be started by the station", async () => {
    const env = () => ({ certsDir: "/", shareDir: "/" });
    await expect(startStation({ config: check(station), ports: makePorts(), env })).rejects.toThrow(
      /only a test can start/,
    );
  });
});
