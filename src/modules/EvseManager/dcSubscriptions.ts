/** What the EVSE hears of a DC output, and of the car at it. */
import type { DcSide } from "./dcSide.ts";
import type { EvInfo } from "./evInfo.ts";
import type { Evse } from "./evse.ts";
import type { HlcSide } from "./hlcSide.ts";
import type { Context } from "./wiring.ts";

export function subscribeToDc(ctx: Context, evse: Evse, dc: DcSide, hlcSide: HlcSide, info: EvInfo): void {
  evse.onDc({
    supplyChanged: (capabilities) => hlcSide.supplyChanged(capabilities),
    targetChanged: (voltage, current) => info.update({ target_voltage: voltage, target_current: current }),
  });
  subscribeToHardware(ctx, dc);
  subscribeToCar(ctx, dc, info);
}

function subscribeToHardware({ requires }: Context, dc: DcSide): void {
  for (const supply of requires.powersupply_DC) {
    supply.subscribe("capabilities", (capabilities) => dc.feed({ type: "capabilities", capabilities }));
    supply.subscribe("voltage_current", ({ voltage_V, current_A }) =>
      dc.feed({ type: "measured", voltage: voltage_V, current: current_A }),
    );
  }
  for (const imd of requires.imd) {
    imd.subscribe("isolation_measurement", (measurement) => dc.feed({ type: "isolation", measurement }));
    imd.subscribe("self_test_result", (passed) => dc.feed({ type: "selfTest", passed }));
  }
  for (const monitor of requires.over_voltage_monitor) {
    monitor.subscribe("voltage_measurement_V", (voltage) =>
      dc.feed({ type: "voltage", of: "overVoltageMonitor", voltage }),
    );
  }
  for (const meter of requires.powermeter_car_side) {
    meter.subscribe("powermeter", ({ voltage_V }) => {
      if (voltage_V?.DC !== undefined) dc.feed({ type: "voltage", of: "powermeter", voltage: voltage_V.DC });
    });
  }
}

function subscribeToCar({ requires }: Context, dc: DcSide, info: EvInfo): void {
  for (const hlc of requires.hlc) {
    hlc.subscribe("start_cable_check", () => dc.feed({ type: "startCableCheck" }));
    hlc.subscribe("start_pre_charge", () => dc.feed({ type: "startPreCharge" }));
    hlc.subscribe("current_demand_started", () => dc.feed({ type: "demandStarted" }));
    hlc.subscribe("current_demand_finished", () => dc.feed({ type: "demandFinished" }));
    hlc.subscribe("dc_open_contactor", () => dc.feed({ type: "openContactor" }));
    hlc.subscribe("dc_ev_target_voltage_current", ({ dc_ev_target_voltage, dc_ev_target_current }) =>
      dc.feed({ type: "target", voltage: dc_ev_target_voltage, current: dc_ev_target_current }),
    );
    hlc.subscribe("dc_ev_maximum_limits", (limits) => {
      dc.feed({ type: "evLimits", limits });
      info.update(maximumOf(limits));
    });
    hlc.subscribe("dc_ev_energy_capacity", (wattHours) => info.update({ battery_capacity: wattHours }));
    hlc.subscribe("dc_ev_energy_request", (wattHours) => info.update({ remaining_energy_needed: wattHours }));
    hlc.subscribe("dc_full_soc", (percent) => info.update({ battery_full_soc: percent }));
    hlc.subscribe("dc_bulk_soc", (percent) => info.update({ battery_bulk_soc: percent }));
    hlc.subscribe("dc_ev_status", ({ dc_ev_ress_soc }) => info.update({ soc: dc_ev_ress_soc }));
    hlc.subscribe("dc_ev_remaining_time", (time) => info.update(remainingOf(time)));
  }
}

function maximumOf(limits: { [K in `dc_ev_maximum_${"current" | "power" | "voltage"}_limit`]?: number }) {
  const { dc_ev_maximum_current_limit: ampere, dc_ev_maximum_power_limit: watt } = limits;
  const { dc_ev_maximum_voltage_limit: volt } = limits;
  return {
    ...(ampere === undefined ? {} : { maximum_current_limit: ampere }),
    ...(watt === undefined ? {} : { maximum_power_limit: watt }),
    ...(volt === undefined ? {} : { maximum_voltage_limit: volt }),
  };
}

function remainingOf(time: { ev_remaining_time_to_full_soc?: string; ev_remaining_time_to_full_bulk_soc?: string }) {
  const { ev_remaining_time_to_full_soc: full, ev_remaining_time_to_full_bulk_soc: bulk } = time;
  return {
    ...(full === undefined ? {} : { estimated_time_full: full }),
    ...(bulk === undefined ? {} : { estimated_time_bulk: bulk }),
  };
}
