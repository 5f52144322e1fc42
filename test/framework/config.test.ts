import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeFault } from "../../src/framework/config/faults.ts";
import { ConfigError, checkConfig, loadConfig } from "../../src/framework/config.ts";
import { EvseSecurity } from "../../src/modules/EvseSecurity/index.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { goodConfig, makeModules } from "./parts.ts";

const modules = makeModules();
const check = (text: string, overlay?: string, overrides?: unknown) =>
  checkConfig({
    sources: [{ file: "station.yaml", text }, ...(overlay === undefined ? [] : [{ file: "user.yaml", text: overlay }])],
    ...(overrides !== undefined && { overrides }),
    modules,
  });

/** Every fault as `severity line:column text`. */
function faultsOf(text: string, overlay?: string): string[] {
  try {
    return check(text, overlay).warnings.map((fault) => `warning ${fault.column} ${describeFault(fault)}`);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => `${fault.severity} ${fault.column} ${describeFault(fault)}`);
  }
}

const meter = (...lines: string[]) =>
  ["active_modules:", "  meter:", "    module: Meter", ...lines.map((line) => `    ${line}`), ""].join("\n");

describe("a good configuration", () => {
  it("gives plans in the order of the file, with defaults, connections and settings", () => {
    const config = check(goodConfig);
    expect(config.warnings).toEqual([]);
    expect(config.settings).toMatchObject({ mqtt_everest_prefix: "everest", validate_schema: false });
    expect(config.modules.map((plan) => plan.id)).toEqual(["display", "meter"]);
    expect(config.modules[0]?.connections).toEqual({
      meters: [{ moduleId: "meter", implementationId: "main" }],
      mirror: [],
    });
    expect(config.modules[1]).toMatchObject({
      moduleName: "Meter",
      config: { start: 0, name: "M1", mode: "up", precise: false, factor: 1 },
      implConfig: { main: { slot: 1 } },
    });
  });

  it("maps modules and implementations, and connections to them; a mapping without evse is none", () => {
    const text = `${goodConfig}    mapping:
      module: {evse: 1, connector: 2}
      implementations:
        main: {evse: 3}
  other:
    module: Meter
    config_module: {name: M2}
    mapping: {module: {connector: 1}}
`;
    const { modules: plans } = check(text);
    expect(plans[0]?.connections.meters).toEqual([
      { moduleId: "meter", implementationId: "main", mapping: { evse: 3 } },
    ]);
    expect(plans[1]).toMatchObject({
      mapping: { evse: 1, connector: 2 },
      implementationMappings: { main: { evse: 3 } },
    });
    expect(plans[2]).not.toHaveProperty("mapping");
    expect(plans[2]?.implementationMappings).toEqual({});
  });

  it("takes an integer for a number, anchors, every documented key and any x-module-layout", () => {
    const text = `x-module-layout: {meter: {position: {x: 1}}}
settings: {validate_schema: true, mqtt_broker_port: 1883}
active_modules:
  meter:
    module: Meter
    standalone: true
    capabilities: [CAP_NET_RAW]
    config_module: &shared {name: "1", factor: 2}
    config_implementation: {main: {slot: 4}}
    telemetry: {id: 1}
    access: {config: {allow_global_read: true, modules: {other: {allow_read: true}}}}
  other:
    module: Meter
    config_module: *shared
`;
    const config = check(text);
    expect(config.settings.validate_schema).toBe(true);
    expect(config.modules[0]).toMatchObject({ standalone: true, implConfig: { main: { slot: 4 } } });
    expect(config.modules[1]?.config).toMatchObject({ name: "1", factor: 2 });
  });

  it("accepts an empty file", () => {
    expect(check("").modules).toEqual([]);
  });
});

describe("the user's overlay", () => {
  it("is merged over the file before the checks: maps merge, null removes, lists are replaced", () => {
    const overlay = `active_modules:
  meter:
    config_module: {start: 7}
  second:
    module: Meter
    config_module: {name: M2}
  display:
    connections:
      meters: [{module_id: second, implementation_id: main}]
`;
    const { modules: plans } = check(goodConfig, overlay);
    expect(plans[1]?.config).toMatchObject({ start: 7, name: "M1" });
    expect(plans[0]?.connections.meters).toEqual([{ moduleId: "second", implementationId: "main" }]);
    expect(check(goodConfig, "active_modules: {display: null}").modules.map((plan) => plan.id)).toEqual(["meter"]);
  });

  it("is named, with its own lines, when it is at fault", () => {
    expect(faultsOf(goodConfig, "active_modules:\n  meter:\n    config_module:\n      start: -1\n")).toEqual([
      "error 14 user.yaml:4: 'start' cannot be -1 (key active_modules.meter.config_module.start; expected at least 0)",
    ]);
  });

  it("yields to overrides", () => {
    const overrides = { active_modules: { meter: { config_module: { start: 9 } } } };
    expect(check(goodConfig, undefined, overrides).modules[1]?.config.start).toBe(9);
    expect(() =>
      check(goodConfig, undefined, { active_modules: { meter: { config_module: { start: "x" } } } }),
    ).toThrow(ConfigError);
  });
});

describe("bad case: a configuration with faults", () => {
  const key = (rest: string) => `key active_modules.meter.${rest}`;
  it.each<[string, string, string[]]>([
    [
      "invalid YAML",
      "active_modules:\n  meter: {module: Meter\n",
      [
        "error 1 station.yaml:3: Flow map in block collection must be sufficiently indented and end with a } (key active_modules)",
      ],
    ],
    [
      "a tab in front of a key, twice",
      "active_modules:\n  meter:\n\tmodule: Meter\n  other:\n  \tmodule: Meter\n",
      [
        `error 1 station.yaml:3: a tab is used as indentation: "module: ..." (key active_modules.meter.module; expected spaces). Replace it by spaces.`,
        `error 3 station.yaml:5: a tab is used as indentation: "module: ..." (key active_modules.other.module; expected spaces). Replace it by spaces.`,
      ],
    ],
    [
      "a key that stands too deep, and what YAML makes of the rest",
      "active_modules:\n  meter:\n    module: Meter\n     standalone: true\n  other:\n    module: Meter\n",
      [
        `error 13 station.yaml:3: a key below this line stands deeper, though the line has a value already: "module: ..." (key active_modules.meter.module; expected the indentation of its neighbours). Move it to where its neighbours begin.`,
      ],
    ],
    [
      "text that goes on behind its end, without the value, which may be a secret",
      meter("config_module: {name: a}", 'password: "12" 34'),
      [
        `error 20 station.yaml:5: Unexpected scalar at node end: "password: ..." (${key("password")}). Put the whole text in quotes, or remove what is too much.`,
      ],
    ],
    [
      "a quote that is not closed",
      'active_modules:\n  meter:\n    module: "Meter\n',
      ['error 1 station.yaml:4: Missing closing "quote (key active_modules.meter). Write what is missing.'],
    ],
    [
      "a key that is written twice, with a fault beside it",
      `${meter("config_module: {name: a, start: -1}")}  meter:\n    module: Meter\n`,
      [
        `error 37 station.yaml:4: 'start' cannot be -1 (${key("config_module.start")}; expected at least 0)`,
        `error 3 station.yaml:5: 'meter' is written twice (key active_modules.meter; expected each key once). Keep this one or that of line 2.`,
      ],
    ],
    [
      "a map where a list belongs, and characters that nobody can see",
      `${meter("config_module: {name: a}", "connections: {meters: {module_id: meter, implementation_id: main}}")}  display:\n    module: "Display\u00a0"\n`,
      [
        expect.stringMatching(/^error 27 station.yaml:5: 'meters' cannot be .* Put '- ' in front of its first line\.$/),
        expect.stringMatching(/^error 13 station.yaml:7: 'module' cannot be "Display\\u00a0"/),
      ],
    ] as never,
    [
      "keys that mean nothing where any key may stand",
      meter(
        "config_module: {name: a}",
        "mapping: {module: {evse: 1, conector: 1}, implementations: {main: {evse: 1, x: 1}}}",
        "telemetry: {id: 1, ids: 2}",
        "access: {config: {modules: {meter: {allow_raed: true}}}}",
      ),
      [
        `warning 33 station.yaml:5: unknown key 'conector' is ignored (${key("mapping.module.conector")}). Did you mean 'connector'?`,
        `warning 81 station.yaml:5: unknown key 'x' is ignored (${key("mapping.implementations.main.x")}; expected one of evse, connector). Remove it.`,
        `warning 24 station.yaml:6: unknown key 'ids' is ignored (${key("telemetry.ids")}). Did you mean 'id'?`,
        `warning 41 station.yaml:7: unknown key 'allow_raed' is ignored (${key("access.config.modules.meter.allow_raed")}). Did you mean 'allow_read'?`,
      ],
    ],
    [
      "several settings, and a contradiction among the others",
      "settings:\n  mqtt_broker_port: 0\n  mqtt_broker_prot: 1\n  mqtt_external_prefix: everest/\n",
      [
        expect.stringMatching(/^error 21 station.yaml:2: 'mqtt_broker_port' cannot be 0/),
        expect.stringMatching(/^error 3 station.yaml:3: unknown key 'mqtt_broker_prot'/),
        expect.stringMatching(/^error 3 station.yaml:4: both MQTT prefixes are the same/),
      ],
    ] as never,
    ["a list at the top", "- a\n", ['error 1 station.yaml:1: the configuration cannot be ["a"] (expected a map)']],
    [
      "an unknown section",
      "active_module: {}\n",
      ["error 1 station.yaml:1: unknown key 'active_module' (key active_module). Did you mean 'active_modules'?"],
    ],
    [
      "an unknown setting",
      "settings:\n  mqtt_broker_prot: 1\n",
      [
        expect.stringMatching(
          /^error 3 station.yaml:2: unknown key 'mqtt_broker_prot' .* Did you mean 'mqtt_broker_port'\?$/,
        ),
      ],
    ] as never,
    [
      "a broker with host and socket",
      "settings:\n  mqtt_broker_host: h\n  mqtt_broker_socket_path: /s\n",
      [
        "error 3 station.yaml:2: the broker has both a host and a socket path (key settings.mqtt_broker_host). Remove one of them.",
      ],
    ],
    [
      "equal prefixes",
      "settings:\n  mqtt_external_prefix: everest/\n",
      [
        "error 3 station.yaml:2: both MQTT prefixes are the same (key settings.mqtt_external_prefix). Change one of them.",
      ],
    ],
    [
      "an id that is no id",
      "active_modules:\n  1st:\n    module: Meter\n    config_module: {name: a}\n",
      [
        "error 3 station.yaml:2: '1st' cannot be a module's id (key active_modules.1st; expected letters, digits, '_', '-' and '.', and a letter or '_' first)",
      ],
    ],
    [
      "an unknown module",
      "active_modules:\n  meter:\n    module: Metre\n",
      ["error 13 station.yaml:3: there is no module 'Metre' (key active_modules.meter.module). Did you mean 'Meter'?"],
    ],
    [
      "a module with the name of something every object has",
      "active_modules:\n  meter:\n    module: constructor\n",
      [
        "error 13 station.yaml:3: there is no module 'constructor' (key active_modules.meter.module). Use one of Meter, Display.",
      ],
    ],
    [
      "an entry without module",
      "active_modules:\n  meter: {}\n",
      ["error 3 station.yaml:2: 'module' is missing (key active_modules.meter.module; expected text)"],
    ],
    [
      "an empty entry",
      "active_modules:\n  meter:\n",
      ["error 9 station.yaml:2: 'meter' cannot be null (key active_modules.meter; expected a map)"],
    ],
    [
      "an unknown key of an entry",
      meter("config_modul: {name: a}", "config_module: {name: a}"),
      [`error 5 station.yaml:4: unknown key 'config_modul' (${key("config_modul")}). Did you mean 'config_module'?`],
    ],
    [
      "a missing value",
      meter("config_module:", "  start: 1"),
      [`error 5 station.yaml:4: 'name' is missing (${key("config_module.name")}; expected text)`],
    ],
    [
      "missing values altogether",
      meter(),
      [`error 3 station.yaml:2: 'name' is missing (${key("config_module.name")}; expected text)`],
    ],
    [
      "a number where text belongs",
      meter("config_module:", "  name: 123456"),
      [
        `error 13 station.yaml:5: 'name' cannot be 123456 (${key("config_module.name")}; expected text). Put it in quotes: "123456".`,
      ],
    ],
    [
      "text where a number belongs",
      meter("config_module:", "  name: a", '  start: "5"', "  factor: much"),
      [
        `error 14 station.yaml:6: 'start' cannot be "5" (${key("config_module.start")}; expected an integer). Write the number without quotes.`,
        `error 15 station.yaml:7: 'factor' cannot be "much" (${key("config_module.factor")}; expected a number)`,
      ],
    ],
    [
      "a fraction where an integer belongs",
      meter("config_module: {name: a, start: 1.5}"),
      [`error 37 station.yaml:4: 'start' cannot be 1.5 (${key("config_module.start")}; expected an integer)`],
    ],
    [
      "text where true or false belongs",
      meter("config_module: {name: a, precise: yes}"),
      [
        `error 39 station.yaml:4: 'precise' cannot be "yes" (${key("config_module.precise")}; expected true or false). Write true or false, without quotes.`,
      ],
    ],
    [
      "a word that is not on the list",
      meter("config_module: {name: a, mode: dwon}"),
      [
        `error 36 station.yaml:4: 'mode' cannot be "dwon" (${key("config_module.mode")}; expected one of up, down). Did you mean 'down'?`,
      ],
    ],
    [
      "an unknown value, which is only a warning",
      meter("config_module: {name: a, strat: 3}"),
      [
        `warning 30 station.yaml:4: unknown key 'strat' is ignored (${key("config_module.strat")}). Did you mean 'start'?`,
      ],
    ],
    [
      "an unknown implementation with configuration",
      meter("config_module: {name: a}", "config_implementation:", "  mian: {slot: 1}"),
      [
        `error 7 station.yaml:6: module Meter has no implementation 'mian' (${key("config_implementation.mian")}; expected one of main). Did you mean 'main'?`,
      ],
    ],
    [
      "a wrong value of an implementation",
      meter("config_module: {name: a}", "config_implementation:", "  main: {slot: x}"),
      [
        `error 20 station.yaml:6: 'slot' cannot be "x" (${key("config_implementation.main.slot")}; expected an integer)`,
      ],
    ],
    [
      "a mapping of an unknown implementation, which is only a warning",
      meter("config_module: {name: a}", "mapping: {implementations: {panel: {evse: 1}}}"),
      [
        `warning 33 station.yaml:5: module Meter has no implementation 'panel' (${key("mapping.implementations.panel")}; expected one of main). Remove it.`,
      ],
    ],
    [
      "a connection that the module does not know",
      meter("config_module: {name: a}", "connections: {meters: []}"),
      [
        `error 19 station.yaml:5: module Meter requires nothing called 'meters' (${key("connections.meters")}; expected no connections). Remove it.`,
      ],
    ],
    [
      "the same key twice",
      meter("config_module: {name: a}", "config_module: {name: b}"),
      [
        `error 5 station.yaml:5: 'config_module' is written twice (${key("config_module")}; expected each key once). Keep this one or that of line 4.`,
      ],
    ],
    [
      "an alias within its own anchor",
      meter("config_module: &a {name: *a}"),
      ["error 30 station.yaml:4: an alias cannot stand within its own anchor"],
    ],
  ])("reports %s", (_name, text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });
});

describe("bad case: wrong connections", () => {
  const display = (...connections: string[]) =>
    `${goodConfig.slice(0, goodConfig.indexOf("    connections:"))}${connections.map((line) => `    ${line}\n`).join("")}${goodConfig.slice(goodConfig.indexOf("  meter:"))}`;
  const key = (rest: string) => `key active_modules.display.${rest}`;

  it.each<[string, string[], string]>([
    [
      "a requirement without connection",
      [],
      `error 3 station.yaml:2: requirement 'meters' of 'display' is not connected (${key("connections.meters")}; expected 1 to 2 of interface counter). Connect it to meter.main.`,
    ],
    [
      "an empty list of connections",
      ["connections:", "  meters: []"],
      `error 7 station.yaml:5: 'meters' has 0 connections (${key("connections.meters")}; expected 1 to 2 of interface counter). Connect it to meter.main.`,
    ],
    [
      "too many connections",
      [
        "connections:",
        "  meters:",
        ...Array.from({ length: 3 }, () => "    - {module_id: meter, implementation_id: main}"),
      ],
      `error 7 station.yaml:5: 'meters' has 3 connections (${key("connections.meters")}; expected 1 to 2 of interface counter). Remove some.`,
    ],
    [
      "a module that is not active",
      ["connections:", "  meters:", "    - {module_id: metre, implementation_id: main}"],
      `error 23 station.yaml:6: there is no module 'metre' in active_modules (${key("connections.meters.0.module_id")}; expected a module that provides interface counter). Did you mean 'meter'?`,
    ],
    [
      "an implementation that is not provided",
      ["connections:", "  meters:", "    - {module_id: meter, implementation_id: toString}"],
      `error 49 station.yaml:6: module 'meter' (Meter) has no implementation 'toString' (${key("connections.meters.0.implementation_id")}; expected an implementation of interface counter). Write main.`,
    ],
    [
      "an implementation of another interface",
      ["connections:", "  meters:", "    - {module_id: display, implementation_id: panel}"],
      `error 51 station.yaml:6: 'display.panel' provides screen (${key("connections.meters.0.implementation_id")}; expected an implementation of interface counter). Connect it to meter.main.`,
    ],
    [
      "half a connection",
      ["connections:", "  meters:", "    - {module_id: meter}"],
      `error 11 station.yaml:6: 'implementation_id' is missing (${key("connections.meters.0.implementation_id")}; expected text)`,
    ],
    [
      "a third key in a connection",
      ["connections:", "  meters:", "    - {module_id: meter, implementation_id: main, evse: 1}"],
      `error 55 station.yaml:6: unknown key 'evse' (${key("connections.meters.0.evse")}; expected one of module_id, implementation_id). Remove it.`,
    ],
  ])("reports %s", (_name, connections, expected) => {
    expect(faultsOf(display(...connections))).toEqual([expected]);
  });

  it("says what module to add when nobody provides the interface", () => {
    expect(faultsOf("active_modules:\n  display:\n    module: Display\n")).toEqual([
      `error 3 station.yaml:2: requirement 'meters' of 'display' is not connected (${key("connections.meters")}; expected 1 to 2 of interface counter). Add a module that provides 'counter' to active_modules.`,
    ]);
  });

  it("says nothing of connections to a module that is at fault itself", () => {
    expect(faultsOf(goodConfig.replace("module: Meter", "modul: Meter"))).toEqual([
      "error 3 station.yaml:8: 'module' is missing (key active_modules.meter.module; expected text)",
      expect.stringContaining("unknown key 'modul'"),
    ]);
  });

  it("reports all faults at once, in the order of the file", () => {
    const text = `active_modules:
  display:
    module: Display
    connections:
      meters:
        - {module_id: metre, implementation_id: main}
    mapping: {module: {evse: -1}}
  meter:
    module: Meter
    config_module:
      mode: sideways
      colour: red
  thing:
    module: Thing
settings:
  controller_port: 99999
`;
    expect(faultsOf(text).map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "error 23 station.yaml:6:",
      "error 30 station.yaml:7:",
      "error 5 station.yaml:10:",
      "error 13 station.yaml:11:",
      "warning 7 station.yaml:12:",
      "error 13 station.yaml:14:",
      "error 20 station.yaml:16:",
    ]);
  });
});

describe("a configuration file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "plugcharge-config-"));
    await writeFile(join(folder, "station.yaml"), goodConfig);
  });
  afterEach(() => rm(folder, { recursive: true }));
  const load = (name: string) => loadConfig({ file: join(folder, name), files: nodeFiles, modules });

  it("is read with the overlay of the same name in user-config beside it", async () => {
    expect((await load("station.yaml")).modules[1]?.config.start).toBe(0);
    await mkdir(join(folder, "user-config"));
    await writeFile(
      join(folder, "user-config", "station.yaml"),
      "active_modules: {meter: {config_module: {start: 3}}}",
    );
    expect((await load("station.yaml")).modules[1]?.config.start).toBe(3);
  });

  it("bad case: is named when it is not there", async () => {
    await expect(load("other.yaml")).rejects.toMatchObject({
      message: "there is no such configuration file",
      details: { file: join(folder, "other.yaml") },
    });
  });

  it("never shows a password", () => {
    const text =
      "active_modules:\n  vault:\n    module: EvseSecurity\n    config_module: {private_key_password: 123456}\n";
    const vault = () => checkConfig({ sources: [{ file: "station.yaml", text }], modules: { EvseSecurity } });
    expect(vault).toThrow(ConfigError);
    expect(vault).toThrow("'private_key_password' cannot be what it is");
    try {
      vault();
    } catch (error) {
      const told = error instanceof ConfigError ? error.describe() : "";
      expect(told).toMatch(/expected text\)\. Put it in quotes\.$/);
      expect(told).not.toContain("123456");
    }
  });
});
