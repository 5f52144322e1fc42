import { describe, expect, test } from "vitest";
import { Outlet, type StepName, steps } from "./dc/outlet.ts";

const diodeFault = {
  type: "evse_board_support/DiodeFault",
  sub_type: "",
  severity: "High",
  description: "",
  vendor_id: "",
} as const;
const disable = { enable_source: "CSMS", enable_state: "Disable", enable_priority: 1 } as const;

async function at(step: StepName, config: object = {}): Promise<Outlet> {
  const outlet = await Outlet.open(config);
  await outlet.to(step);
  outlet.look();
  return outlet;
}

const commandsOf = (news: readonly string[]) => news.filter((call) => /^(supply|imd|ovm|board|hlc)\./.test(call));
const eventsOf = (news: readonly string[]) => news.flatMap((call) => (call.startsWith("event ") ? call.slice(6) : []));
const off = 'board.allow_power_on {"allow_power_on":false,"reason":"PowerOff"}';

test("Given a car with a contract, when it charges, then the hardware is told in the order of IEC 61851-23", async () => {
  const outlet = await at("authorized");
  const told: string[] = [];
  for (const [, act] of steps.slice(4)) {
    await act(outlet);
    await outlet.station.settle();
    told.push(...outlet.look());
  }
  const commands = commandsOf(told);
  expect(commands.slice(0, commands.indexOf("board.cp_state_X1"))).toEqual([
    "ovm.set_limits 550 450",
    'board.allow_power_on {"allow_power_on":true,"reason":"DCCableCheck"}',
    "supply.setExportVoltageCurrent 500 2",
    'supply.setMode "Export" "CableCheck"',
    "hlc.ac_contactor_closed true",
    "imd.start_self_test 500",
    "imd.start",
    'supply.setMode "Off" "CableCheck"',
    'hlc.update_isolation_status "Valid"',
    "hlc.cable_check_finished true",
    "supply.setExportVoltageCurrent 400 2",
    'supply.setMode "Export" "PreCharge"',
    "ovm.start",
    'board.allow_power_on {"allow_power_on":true,"reason":"FullPowerCharging"}',
    "supply.setExportVoltageCurrent 400 0",
    'supply.setMode "Export" "Charging"',
    ...[6.25, 12.5, 18.75, 25, 31.25, 37.5, 43.75, 50, 0].map(
      (ampere) => `supply.setExportVoltageCurrent 400 ${ampere}`,
    ),
    'supply.setMode "Off" "Charging"',
    "imd.stop",
    "ovm.stop",
    off,
    "hlc.stop_charging true",
    "hlc.ac_contactor_closed false",
  ]);
  expect(eventsOf(told)).toEqual([
    "ChargingStarted",
    "StoppingCharging",
    "ChargingPausedEV",
    "StoppingCharging",
    "ChargingFinished",
    "TransactionFinished",
    "SessionFinished",
  ]);
});

interface Disturbance {
  readonly what: string;
  /** What no car is asked about and ends in the same moment. Else the car has time to stop. */
  readonly atOnce?: "voltage" | "contactor";
  act(outlet: Outlet): void;
  /** The way back to an outlet that serves. */
  mend?(outlet: Outlet): void;
}

const disturbances: readonly Disturbance[] = [
  { what: "the car is unplugged", atOnce: "contactor", act: ({ station }) => station.board("A", "PowerOff") },
  { what: "the authorization is withdrawn", act: ({ station }) => station.evse.withdrawAuthorization() },
  {
    what: "the CSMS stops",
    act: ({ station }) => void station.evse.stopTransaction({ reason: "Remote" }),
  },
  {
    what: "the board has a fault",
    atOnce: "contactor",
    act: ({ station }) => station.evse.fault("bsp", diodeFault, true),
    mend: ({ station }) => station.evse.fault("bsp", diodeFault, false),
  },
  {
    what: "the EVSE is disabled",
    act: ({ station }) => void station.evse.availability.enableDisable(0, disable),
    mend: ({ station }) => void station.evse.availability.enableDisable(0, { ...disable, enable_state: "Enable" }),
  },
  { what: "ISO 15118 fails", atOnce: "contactor", act: ({ station }) => station.evse.dlink("error") },
  {
    what: "the power line is lost",
    atOnce: "contactor",
    act: ({ station }) => station.evse.feed({ type: "linkLost" }),
  },
  { what: "the car goes to state B", atOnce: "contactor", act: ({ station }) => station.board("B") },
  { what: "the car goes to state E", atOnce: "contactor", act: ({ station }) => station.board("E") },
  {
    what: "the car wants an open contactor",
    atOnce: "voltage",
    act: (outlet) => outlet.feed({ type: "openContactor" }),
  },
  { what: "the contactor opens by itself", atOnce: "voltage", act: ({ station }) => station.board("PowerOff") },
];

const live = steps
  .slice(
    0,
    steps.findIndex(([name]) => name === "stopped"),
  )
  .map(([name]) => name);

describe.each(disturbances)("$what", ({ atOnce, act, mend }) => {
  test.each(live)("at step '%s': no power is left, and the next car charges", async (step) => {
    const outlet = await at(step);
    const closed = !outlet.station.evse.state.contactorOpen;
    act(outlet);
    outlet.look();
    expect(outlet.supplyOn && (atOnce !== undefined || outlet.ampere > 2), "power for the car").toBe(false);
    if (atOnce === "contactor" && closed) expect(outlet.contactorAllowed).toBe(false);
    await outlet.pass(25_000);
    expect(outlet).toMatchObject({ supplyOn: false, imdOn: false });
    outlet.station.board("A", "PowerOff");
    mend?.(outlet);
    await outlet.pass(1000);
    expect(outlet).toMatchObject({ state: "Idle", contactorAllowed: false });
    outlet.station.tokens.length = 0;
    await outlet.to("full current");
    outlet.look();
    expect(outlet).toMatchObject({ state: "Charging", supplyOn: true, contactorAllowed: true, ampere: 50 });
  });
});

describe("while it charges", () => {
  const isolation = (ohm: number) => ({ type: "isolation", measurement: { resistance_F_Ohm: ohm } }) as const;

  test.each([
    ["the insulation fails", isolation(50_000), "MREC22ResistanceFault: the resistance to earth is 50000 Ohm"],
    [
      "the supply gives too much",
      { type: "voltage", of: "overVoltageMonitor", voltage: 600 },
      "MREC5OverVoltage: 600 V",
    ],
  ] as const)("bad case: %s: power goes at once, and everybody is told", async (_, input, reason) => {
    const outlet = await at("full current");
    outlet.feed(input);
    const told = outlet.look();
    expect(outlet).toMatchObject({ supplyOn: false, contactorAllowed: false });
    expect(told).toContainEqual(expect.stringContaining(`raise ${reason}`));
    expect(told).toContain('hlc.send_error "Error_EmergencyShutdown"');
    await outlet.pass(25_000);
    outlet.station.board("A", "PowerOff");
    await outlet.pass(1000);
    expect(outlet.state).toBe("Idle");
  });

  test("bad case: the insulation fails, and the car is told so", async () => {
    const outlet = await at("full current");
    outlet.feed(isolation(50_000));
    expect(outlet.look()).toContain('hlc.update_isolation_status "Fault"');
  });

  test("bad case: the cable check finds a fault: the car is told, and gets no voltage", async () => {
    const outlet = await at("self test passed");
    outlet.feed(isolation(50_000));
    outlet.measure(0);
    const told = outlet.look();
    expect(told).toContain('hlc.update_isolation_status "Fault"');
    expect(told).toContain("hlc.cable_check_finished false");
    expect(told).toContainEqual(expect.stringContaining("raise MREC11CableCheckFault"));
    outlet.feed({ type: "startPreCharge" }, { type: "target", voltage: 400, current: 2 });
    outlet.look();
    expect(outlet).toMatchObject({ supplyOn: false, contactorAllowed: false });
  });

  test("a cable check that found a fault may be tried again without unplugging", async () => {
    const outlet = await at("self test passed");
    outlet.feed(isolation(50_000));
    outlet.measure(0);
    outlet.station.board("B", "PowerOff");
    const told = outlet.look();
    expect(told).toContain("clear MREC11CableCheckFault");
    expect(eventsOf(told)).toEqual(["StoppingCharging", "ChargingPausedEVSE", "PrepareCharging"]);
    expect(told.indexOf("slac.enter_bcd")).toBeGreaterThan(told.indexOf("clear MREC11CableCheckFault"));
    const again = steps.findIndex(([name]) => name === "state C");
    for (const [, act] of steps.slice(
      again,
      steps.findIndex(([name]) => name === "stopped"),
    )) {
      await act(outlet);
      await outlet.station.settle();
    }
    outlet.look();
    expect(outlet).toMatchObject({ state: "Charging", supplyOn: true, ampere: 50 });
  });

  test("the energy grant ends: no current in the same moment, and after 5 s the session is asked to stop", async () => {
    const outlet = await at("full current");
    outlet.grant(20_000, 1);
    await outlet.station.clock.advance(1000);
    outlet.look();
    expect(outlet).toMatchObject({ state: "Charging", ampere: 0 });
    await outlet.station.clock.advance(4999);
    expect(outlet.state).toBe("Charging");
    await outlet.station.clock.advance(1);
    expect(outlet.state).toBe("StoppingCharging");
    expect(outlet.look()).toContain("hlc.stop_charging true");
  });

  test("less energy lowers the current at once, more raises it along the ramp", async () => {
    const outlet = await at("full current");
    outlet.grant(10_000);
    outlet.look();
    expect(outlet.ampere, "10 kW, of which a tenth is lost in the supply, at 400 V").toBe(22.5);
    outlet.grant(50_000);
    outlet.look();
    expect(outlet.ampere).toBe(22.5);
    await outlet.station.clock.advance(250);
    outlet.look();
    expect(outlet.ampere).toBe(28.75);
  });

  test("the supply is told from outside to hold back", async () => {
    const outlet = await at("full current");
    outlet.feed({ type: "derate", derating: { max_export_current_A: 10 } });
    outlet.look();
    expect(outlet.ampere).toBe(10);
  });

  test("a station that is switched off leaves neither voltage nor timers", async () => {
    const outlet = await at("full current");
    outlet.station.evse.stop();
    outlet.look();
    expect(outlet).toMatchObject({ supplyOn: false, contactorAllowed: false });
    expect(outlet.station.clock.pending).toBe(0);
  });
});
