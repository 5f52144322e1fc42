import { describe, expect, it } from "vitest";
import { matchesTopic } from "../../../src/framework/bus/delivery.ts";
import { createInProcessBus } from "../../../src/framework/bus/inProcess.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import { busCompliance, COMPLIANCE_TIMEOUT_MS } from "../busCompliance.ts";

busCompliance("the in-process bus", async (clock) => {
  const bus = createInProcessBus({ clock, commandTimeoutMs: COMPLIANCE_TIMEOUT_MS }, silentLogger);
  return { bus, peer: bus, settled: async () => {} };
});

describe("the in-process bus", () => {
  it("answers NotReady at once for what nobody serves, also after its server was closed", async () => {
    const bus = createInProcessBus({ clock: new ManualClock() }, silentLogger);
    const [server, caller] = [bus.connect("a", silentLogger), bus.connect("b", silentLogger)];
    const target = { moduleId: "a", implementationId: "main" };
    server.serve("main", "read", () => 1);
    expect(await caller.call(target, "read", {})).toBe(1);
    server.close();
    await expect(caller.call(target, "read", {})).rejects.toMatchObject({ code: "NotReady" });
  });

  it("carries many calls at once", async () => {
    const bus = createInProcessBus({ clock: new ManualClock() }, silentLogger);
    const [server, caller] = [bus.connect("a", silentLogger), bus.connect("b", silentLogger)];
    server.serve("main", "read", async ({ n }) => n);
    const numbers = Array.from({ length: 1000 }, (_, n) => n);
    const target = { moduleId: "a", implementationId: "main" };
    expect(await Promise.all(numbers.map((n) => caller.call(target, "read", { n })))).toEqual(numbers);
  });

  it("delivers nothing to external subscribers once it is closed", async () => {
    const bus = createInProcessBus({ clock: new ManualClock() }, silentLogger);
    const heard: string[] = [];
    bus.external.subscribe("#", (payload) => void heard.push(payload));
    bus.external.publish("a", "on its way");
    await bus.close();
    bus.external.publish("a", "late");
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(heard).toEqual([]);
  });
});

describe("topic filters", () => {
  it.each([
    ["a/b", "a/b", true],
    ["a/b", "a/b/c", false],
    ["a/+", "a/b", true],
    ["a/+", "a/b/c", false],
    ["+/b", "a/b", true],
    ["a/#", "a/b/c", true],
    ["a/#", "a", true],
    ["a/#", "b/c", false],
    ["a/+/c/#", "a/b/c/d", true],
    ["#", "a/b", true],
    ["a/b/c", "a/b", false],
  ])("%s covers %s: %s", (filter, topic, expected) => {
    expect(matchesTopic(filter, topic)).toBe(expected);
  });
});
