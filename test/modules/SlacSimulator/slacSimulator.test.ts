import { afterEach, describe, expect, it } from "vitest";
import { SlacSimulator } from "../../../src/modules/SlacSimulator/index.ts";
import { MATCHING_MS } from "../../../src/modules/SlacSimulator/matching.ts";
import { startUnderTest, type UnderTest } from "../../framework/underTest.ts";

type Slac = UnderTest<typeof SlacSimulator.manifest>;

let slac: Slac;
afterEach(() => slac.station.stop());

const matched = ['ev.state "MATCHED"', "ev.dlink_ready true", 'evse.state "MATCHED"', "evse.dlink_ready true"];

describe("the simulated SLAC matching", () => {
  it("starts unmatched on both ends", async () => {
    slac = await startUnderTest(SlacSimulator);
    expect(await slac.heard()).toEqual(['evse.state "UNMATCHED"', 'ev.state "UNMATCHED"']);
  });

  it("matches once both ends have wanted it for as long as a real one takes", async () => {
    slac = await startUnderTest(SlacSimulator, { ports: { simulation: { delayFactor: 1 } } });
    await slac.heard();
    await slac.on.evse.call("enter_bcd");
    await slac.clock.advance(10 * MATCHING_MS);
    expect(await slac.heard()).toEqual(['evse.state "MATCHING"']);
    expect(await slac.on.ev.call("trigger_matching")).toBe(true);
    await slac.clock.advance(MATCHING_MS - 1);
    expect(await slac.heard()).toEqual(['ev.state "MATCHING"']);
    await slac.clock.advance(1);
    expect(await slac.heard()).toEqual(matched);
  });

  it("takes its time anew when one end starts over", async () => {
    slac = await startUnderTest(SlacSimulator, { ports: { simulation: { delayFactor: 1 } } });
    await slac.on.evse.call("enter_bcd");
    await slac.on.ev.call("trigger_matching");
    await slac.clock.advance(MATCHING_MS - 1);
    await slac.on.ev.call("trigger_matching");
    await slac.clock.advance(MATCHING_MS - 1);
    expect((await slac.heard()).at(-1)).toBe('ev.state "MATCHING"');
    await slac.clock.advance(1);
    expect(await slac.heard()).toEqual(matched);
  });

  it("matches at once without simulated delays", async () => {
    slac = await startUnderTest(SlacSimulator);
    await slac.on.ev.call("trigger_matching");
    await slac.heard();
    await slac.on.evse.call("enter_bcd");
    expect(await slac.heard()).toEqual(['evse.state "MATCHING"', ...matched]);
  });

  it.each(["leave_bcd", "dlink_terminate", "dlink_error"] as const)(
    "ends the link on %s, and says so once",
    async (end) => {
      slac = await startUnderTest(SlacSimulator);
      await slac.on.ev.call("trigger_matching");
      await slac.on.evse.call("enter_bcd");
      await slac.heard();
      await slac.on.evse.call(end);
      await slac.on.evse.call("reset", { enable: true });
      expect(await slac.heard()).toEqual(['evse.state "UNMATCHED"', "evse.dlink_ready false"]);
      await slac.on.ev.call("reset");
      await slac.on.ev.call("reset");
      expect(await slac.heard()).toEqual(['ev.state "UNMATCHED"', "ev.dlink_ready false"]);
    },
  );

  it("keeps the link while it is paused", async () => {
    slac = await startUnderTest(SlacSimulator);
    await slac.on.ev.call("trigger_matching");
    await slac.on.evse.call("enter_bcd");
    await slac.heard();
    await slac.on.evse.call("dlink_pause");
    expect(await slac.heard()).toEqual([]);
  });

  it("bad case: a reset while it matches leaves no match and no timer behind", async () => {
    slac = await startUnderTest(SlacSimulator, { ports: { simulation: { delayFactor: 1 } } });
    await slac.on.ev.call("trigger_matching");
    await slac.on.evse.call("enter_bcd");
    const before = slac.clock.pending;
    await slac.on.evse.call("reset", { enable: false });
    expect(slac.clock.pending).toBe(before - 1);
    await slac.clock.advance(10 * MATCHING_MS);
    expect((await slac.heard()).at(-1)).toBe("evse.dlink_ready false");
  });

  it("bad case: stopping while it matches ends the timer", async () => {
    slac = await startUnderTest(SlacSimulator, { ports: { simulation: { delayFactor: 1 } } });
    await slac.on.ev.call("trigger_matching");
    await slac.on.evse.call("enter_bcd");
    await slac.station.stop();
    expect(slac.clock.pending).toBe(0);
  });
});
