import { describe, expect, it, onTestFinished } from "vitest";
import { Setup } from "../../../src/modules/Setup/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

async function start(config: Readonly<Record<string, unknown>> = {}) {
  const stored = new Map<string, unknown>();
  const store = {
    store: ({ key, value }: { key: string; value: unknown }) => {
      stored.set(key, value);
      return null;
    },
    load: ({ key }: { key: string }) => stored.get(key) ?? null,
    delete: () => null,
    exists: () => false,
  };
  const setup = await startUnderTest(Setup, { config, mocks: { store: [store] } });
  onTestFinished(() => setup.station.stop());
  const told = new Map<string, string>();
  setup.external.subscribe("everest_api/setup/var/+", (payload, topic) => void told.set(topic.slice(22), payload));
  const command = async (name: string, payload = "") => {
    setup.external.publish(`everest_api/setup/cmd/${name}`, payload);
    await setup.clock.advance(1000);
    await setup.clock.advance(0);
    return JSON.parse(told.get("application_info") ?? "");
  };
  return { setup, told, stored, command };
}

describe("the set-up for a user interface", () => {
  it("remembers mode, languages and whether the charger is set up", async () => {
    const { command, stored } = await start({ initialized_by_default: false });
    const information = await command("get_application_info");
    expect(information).toEqual({
      ...{ initialized: false, mode: "unknown", default_language: "unknown", current_language: "unknown" },
      release_metadata_file: "release.json",
    });
    await command("set_initialized");
    await command("set_mode", "public");
    await command("change_default_language", "de");
    expect(await command("change_current_language", "en")).toMatchObject({
      ...{ initialized: true, mode: "public", default_language: "de", current_language: "en" },
    });
    expect(await command("reset_initialized")).toMatchObject({ initialized: false });
    expect(stored.get("everest_mode")).toBe("public");
  });

  it("tells what it can and cannot do", async () => {
    const { told, command, setup } = await start({ setup_wifi: true, localization: true });
    expect(await command("set_mode", "x")).toMatchObject({ initialized: true });
    expect(JSON.parse(told.get("supported_setup_features") ?? "")).toEqual({
      ...{ setup_wifi: false, localization: true, setup_simulation: false },
    });
    expect(told.get("ap_state")).toBe("disabled");
    expect(told.get("hostname")).not.toBe("");
    expect(setup.logged).toEqual([expect.stringContaining("no network is set up here")]);
  });
});
