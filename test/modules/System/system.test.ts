import { describe, expect, it, onTestFinished } from "vitest";
import { System } from "../../../src/modules/System/index.ts";
import { startUnderTest } from "../../framework/underTest.ts";

function store(kept: Map<string, unknown>) {
  return {
    store: ({ key, value }: { key: string; value: unknown }) => {
      kept.set(key, value);
      return null;
    },
    load: ({ key }: { key: string }) => kept.get(key) ?? null,
    delete: ({ key }: { key: string }) => {
      kept.delete(key);
      return null;
    },
    exists: ({ key }: { key: string }) => kept.has(key),
  };
}

async function start(kept?: Map<string, unknown>, config: Readonly<Record<string, unknown>> = {}) {
  const resets: string[] = [];
  const { init, manifest } = System;
  const watched = {
    manifest,
    init: (ctx: Parameters<typeof init>[0]) =>
      init({ ...ctx, requestRestart: (reason: string) => void resets.push(reason) }),
  };
  const system = await startUnderTest(watched, { config, ...(kept && { mocks: { store: [store(kept)] } }) });
  onTestFinished(() => system.station.stop());
  return { ...system, resets, main: system.on.main };
}

describe("the computer of the station", () => {
  it("is reset after the delay, once, and the next start knows why", async () => {
    const kept = new Map<string, unknown>();
    const { main, clock, resets } = await start(kept, { ResetDelay: 5 });
    expect(await main.call("is_reset_allowed", { type: "Soft" })).toBe(true);
    await main.call("reset", { type: "Hard", scheduled: false });
    await main.call("reset", { type: "Soft", scheduled: false });
    await clock.advance(4999);
    expect(resets).toEqual([]);
    await clock.advance(1);
    expect(resets).toEqual(["reset (Hard)"]);
    const next = await start(kept);
    expect(await next.main.call("get_boot_reason")).toBe("RemoteReset");
    expect(await next.main.call("get_boot_reason")).toBe("PowerUp");
  });

  it("remembers a firmware update over the reset that follows it", async () => {
    const kept = new Map<string, unknown>([["ocpp_boot_reason", "FirmwareUpdate"]]);
    const { main, clock } = await start(kept);
    await main.call("reset", { type: "Hard", scheduled: true });
    await clock.advance(0);
    expect(kept.get("ocpp_boot_reason")).toBe("FirmwareUpdate");
  });

  it("bad case: nothing, or nonsense, was remembered", async () => {
    expect(await (await start()).main.call("get_boot_reason")).toBe("PowerUp");
    const nonsense = await start(new Map<string, unknown>([["ocpp_boot_reason", 5]]));
    expect(await nonsense.main.call("get_boot_reason")).toBe("PowerUp");
  });

  it("does not set its clock, and says when it is wrong", async () => {
    const { main, clock, logged } = await start();
    const at = (ms: number) => new Date(clock.now() + ms).toISOString();
    expect(await main.call("set_system_time", { timestamp: at(9000) })).toBe(true);
    expect(logged).toEqual([]);
    expect(await main.call("set_system_time", { timestamp: at(-60_000) })).toBe(false);
    expect(logged[0]).toContain("by -60 s");
  });

  it("does not stop while it waits for anything", async () => {
    const { main, station, clock, said, resets } = await start(undefined, { ResetDelay: 5 });
    const firmware_update_request = {
      ...{ request_id: -1, location: "http://127.0.0.1:9/" },
      retrieve_timestamp: new Date(clock.now() + 3_600_000).toISOString(),
    };
    expect(await main.call("update_firmware", { firmware_update_request })).toBe("Accepted");
    await main.call("reset", { type: "Soft", scheduled: false });
    await station.stop();
    await clock.advance(4_000_000);
    expect(said).toEqual([]);
    expect(resets).toEqual([]);
  });

  it("configures no network", async () => {
    const { main } = await start();
    const request = { request_id: 1, interface: "Wired0" } as never;
    await expect(main.call("configure_network", { request })).resolves.toEqual({ status: "NotSupported" });
  });
});
