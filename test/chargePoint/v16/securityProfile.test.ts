import { describe, expect, it } from "vitest";
import type { FakeStation } from "../fakeStation.ts";
import { type Bench, type BenchOptions, bench, online } from "./bench.ts";

const change = (at: Bench, value: string) => at.ask("ChangeConfiguration", { key: "SecurityProfile", value });
const from = (profile: number, more: Record<string, unknown> = {}): BenchOptions => ({
  values: { "Security.SecurityProfile": profile, ...more },
});

describe("the security profile (A05)", () => {
  it.each<[number, string, string]>([
    [0, "1", "Accepted"],
    [1, "2", "Accepted"],
    [1, "3", "Accepted"],
    [2, "3", "Accepted"],
    [1, "1", "Rejected"],
    [2, "1", "Rejected"],
    [3, "0", "Rejected"],
    [1, "4", "Rejected"],
    [1, "2.5", "Rejected"],
    [1, "high", "Rejected"],
    [1, "", "Rejected"],
  ])("from %i to %s is %s", async (present, value, status) => {
    const at = await online(from(present));
    expect(await change(at, value)).toEqual({ status });
    expect(at.config.value("SecurityProfile")).toBe(status === "Accepted" ? Number(value) : present);
    expect(at.station.of("reconnect")).toHaveLength(status === "Accepted" ? 1 : 0);
  });

  it.each<[string, string, BenchOptions]>([
    ["1", "a password", from(0, { "Security.AuthorizationKey": undefined })],
    ["2", "a password", from(1, { "Security.AuthorizationKey": undefined })],
    ["2", "a root", { ...from(1), prepare: without("is_ca_certificate_installed", false) }],
    ["3", "a root", { ...from(1), prepare: without("is_ca_certificate_installed", false) }],
    [
      "3",
      "a client certificate",
      { ...from(2), prepare: without("get_leaf_certificate_info", { status: "NotFound" }) },
    ],
  ])("%s needs %s", async (value, _what, options) => {
    const at = await online(options);
    expect(await change(at, value)).toEqual({ status: "Rejected" });
    expect(at.station.of("reconnect")).toEqual([]);
  });

  it("stays when it leads to the CSMS", async () => {
    const at = await online(from(1));
    await change(at, "2");
    await at.disconnect();
    await at.clock.advance(30_000);
    await at.connect();
    await at.clock.advance(600_000);
    expect(at.config.value("SecurityProfile")).toBe(2);
    expect(at.station.of("reconnect")).toHaveLength(1);
  });

  it("is taken back when it does not, in the time of the configuration", async () => {
    for (const [seconds, more] of [
      [60, {}],
      [7, { "Internal.SwitchSecurityProfileConnectionTimeout": 7 }],
    ] as const) {
      const at = await online(from(1, more));
      await change(at, "3");
      await at.disconnect();
      await at.clock.advance(seconds * 1000 - 1);
      expect(at.config.value("SecurityProfile")).toBe(3);
      await at.clock.advance(1);
      expect(at.config.value("SecurityProfile")).toBe(1);
      expect(at.station.of("reconnect")).toHaveLength(2);
      expect(at.titles()).toContain(`no connection with security profile 3 within ${seconds} s: back to 1`);
    }
  });

  it("is taken back too when the station was restarted meanwhile", async () => {
    const at = await online(from(1));
    await change(at, "2");
    await at.disconnect();
    await at.chargePoint.stop();
    const again = bench({ database: at.database, config: at.config });
    await again.clock.advance(60_000);
    expect(again.config.value("SecurityProfile")).toBe(1);
  });
});

function without(command: string, result: unknown) {
  return (station: FakeStation) => {
    Object.assign(station.security, { [command]: () => result });
  };
}
