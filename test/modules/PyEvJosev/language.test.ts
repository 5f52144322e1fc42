import { afterEach, describe, expect, it } from "vitest";
import { din70121, type EnergyTransferMode, iso15118_2 } from "../../../src/evcc/index.ts";
import { carOver } from "../../../src/modules/PyEvJosev/index.ts";
import { languageFor } from "../../../src/modules/PyEvJosev/language.ts";
import { manifest } from "../../../src/modules/PyEvJosev/manifest.ts";
import { dinProtocol, iso2Protocol } from "../../../src/secc/handshake.ts";
import { Timeline } from "../../../src/util/trace.ts";
import { startUnderTest } from "../../framework/underTest.ts";
import { dinEvse } from "../../secc/din70121/fixtures.ts";
import { obliging, type Station, station } from "../../secc/world.ts";

const both = { supported_DIN70121: true, supported_ISO15118_2: true };
const din = { supported_DIN70121: true };
const iso = { supported_ISO15118_2: true };
const tls = { tls_active: true };
const DC = "DC_extended";

describe("what the car speaks", () => {
  it.each<[object, EnergyTransferMode, object]>([
    [iso, DC, { protocols: [iso15118_2], tls: "none" }],
    [{ ...iso, ...tls }, DC, { protocols: [iso15118_2], tls: "wanted" }],
    [{ ...both, ...tls }, DC, { protocols: [iso15118_2, din70121], tls: "wanted" }],
    [{ ...both, enforce_tls: true }, DC, { protocols: [iso15118_2, din70121], tls: "required" }],
    [{ ...both, ...tls }, "AC_three_phase_core", { protocols: [iso15118_2], tls: "wanted" }],
    [{ ...din, ...tls }, "DC_core", { protocols: [din70121], tls: "none" }],
    [din, "DC_unique", { obstacle: expect.stringContaining("DC_unique") }],
    [{ ...din, enforce_tls: true }, DC, { obstacle: expect.stringContaining("no TLS") }],
    [{}, DC, { obstacle: expect.stringContaining("nothing else") }],
  ])("with %j, to charge by %s: %j", (config, mode, language) => {
    expect(languageFor(manifest.config.parse(config), mode)).toEqual(language);
  });
});

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A car, and a charger for DC that does as it is asked; its output follows at once. */
async function atCharger(config: object) {
  const charger: Station = await station({ protocols: [dinProtocol, iso2Protocol] }, (effect, secc) => {
    obliging(effect, secc);
    if (effect.to !== "charger") return;
    if (effect.name === "start_cable_check") secc.apply({ type: "cable_check_finished", passed: true });
    if (effect.name === "dc_ev_target_voltage_current") {
      const present = { voltage: effect.value.dc_ev_target_voltage, current: 0 };
      secc.update({ dc: { ...secc.evse.dc, present } });
    }
  });
  charger.secc.update(dinEvse);
  const { clock } = charger;
  const timeline = new Timeline(clock);
  const car = await startUnderTest(
    carOver(() => charger.network),
    {
      config: { device: "lo", ...config },
      ports: { clock, trace: timeline, simulation: { delayFactor: 0 } },
      env: { certsDir: "/nowhere", shareDir: "/nowhere" },
    },
  );
  open.push(async () => {
    await car.station.stop();
    await charger.close();
  });
  return { charger, car, clock };
}

describe("a car that speaks DIN SPEC 70121", () => {
  it("charges by it, though TLS is switched on, and ends when it is told to", async () => {
    const { charger, car, clock } = await atCharger({ ...din, ...tls });
    const order = { EnergyTransferMode: DC, SelectedPaymentOption: {}, DepartureTime: 3600, EAmount: 1000 } as const;
    await car.on.ev.call("set_dc_params", { EvParameters: { target_voltage: 400, target_current: 20 } });
    expect(await car.on.ev.call("start_charging", order)).toBe(true);
    while (!charger.published().includes("current_demand_started")) await clock.advance(50);
    await car.on.ev.call("stop_charging");
    while (!car.said.includes("ev.v2g_session_finished null")) await clock.advance(50);
    const titles = charger.timeline.entries.map(({ title }) => title);
    expect(titles).toContain("ContractAuthenticationReq");
    expect(titles).not.toContain("AuthorizationReq");
    expect(charger.published().slice(-2)).toEqual(["dc_open_contactor", "dlink_terminate"]);
    expect(car.said).toContain("ev.dc_power_on null");
    expect(car.said.slice(-2)).toEqual(["ev.ev_power_ready false", "ev.v2g_session_finished null"]);
  });
});
