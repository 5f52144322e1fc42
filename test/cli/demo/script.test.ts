import { describe, expect, it } from "vitest";
import { type CarPlan, script } from "../../../src/cli/demo/script.ts";

const plan: CarPlan = { energy: "AC", payment: "Contract", chargeSeconds: 2, pause: false };

describe("the script of the demo's car", () => {
  it.each<[Partial<CarPlan>, readonly string[]]>([
    [{}, ["iso_start_v2g_session AC contract 86400 0", "iso_draw_power_regulated 16,3"]],
    [{ energy: "DC" }, ["iso_start_v2g_session DC contract 86400 0", "iso_dc_power_on"]],
    [{ energy: "DC", payment: "ExternalPayment" }, ["iso_start_v2g_session DC externalpayment 86400 0"]],
  ])("%j", (change, commands) => {
    const all = script({ ...plan, ...change }).split(";");
    expect(all).toEqual(expect.arrayContaining([...commands]));
    expect([all[0], all.at(-1)]).toEqual(["iso_wait_slac_matched", "unplug"]);
  });

  it("begins again after a pause, in the same way", () => {
    const all = script({ ...plan, payment: "ExternalPayment", pause: true }).split(";");
    expect(all.filter((command) => command === "iso_start_v2g_session AC externalpayment 86400 0")).toHaveLength(2);
  });
});
