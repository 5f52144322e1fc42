/** What the EVSE hears from its neighbours. */
import type { ProximityPilot } from "../../interfaces/types/board_support_common.ts";
import type { V2gMessages } from "../../interfaces/types/iso15118.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import { subscribeToDc } from "./dcSubscriptions.ts";
import { EvInfo, manufacturerOf } from "./evInfo.ts";
import type { Evse } from "./evse.ts";
import type { HlcSide } from "./hlcSide.ts";
import type { EvsePorts } from "./ports.ts";
import { billingMeter, type Context } from "./wiring.ts";

export function subscribeToAll(ctx: Context, evse: Evse, hlcSide: HlcSide, ports: EvsePorts): void {
  subscribeToBoard(ctx, evse, hlcSide, ports);
  subscribeToMeters(ctx, evse, ports);
  if (ports.slac) subscribeToSlac(ctx, evse, ports);
  const info = new EvInfo((value) => ports.publish.ev_info(value));
  evse.onNewCar(() => info.reset());
  if (ports.hlc) subscribeToHlc(ctx, evse, info, ports);
  if (evse.dc) subscribeToDc(ctx, evse, evse.dc, hlcSide, info);
  subscribeToErrors(ctx, evse);
  subscribeToPeople(ctx, evse);
}

function subscribeToBoard({ requires }: Context, evse: Evse, hlcSide: HlcSide, ports: EvsePorts): void {
  for (const bsp of requires.bsp) {
    bsp.subscribe("event", (event) => evse.boardEvent(event));
    bsp.subscribe("request_stop_transaction", (request) => void evse.stopTransaction(request));
    bsp.subscribe("ac_nr_of_phases_available", (count) => evse.phasesAvailable(count));
    bsp.subscribe("ac_pp_ampacity", (pilot) => evse.cable(ampereOf(pilot, evse.energy.capabilities)));
    bsp.subscribe("capabilities", (capabilities) => {
      evse.energy.capabilities = capabilities;
      evse.phasesAvailable(evse.energy.activePhases);
      evse.feed({ type: "outlet", socket: capabilities.connector_type === "IEC62196Type2Socket" });
      ports.publish.hw_capabilities(capabilities);
      hlcSide.capabilitiesChanged(capabilities);
    });
    bsp.subscribe("telemetry", (telemetry) => {
      ports.publish.telemetry(telemetry);
      ports.publish.nodered("state/temperature", String(telemetry.evse_temperature_C));
    });
  }
}

/** Ampere that the cable carries; undefined without one. */
function ampereOf({ ampacity }: ProximityPilot, { max_phase_count_import }: { max_phase_count_import: number }) {
  const large = max_phase_count_import === 1 ? 70 : 63;
  return { None: undefined, A_13: 13, A_20: 20, A_32: 32, A_63_3ph_70_1ph: large }[ampacity];
}

function subscribeToMeters(ctx: Context, evse: Evse, { publish }: EvsePorts): void {
  const billing = billingMeter(ctx);
  billing?.subscribe("powermeter", (value) => {
    evse.metered(value);
    for (const [topic, text] of meterTopics(value)) publish.nodered(topic, text);
  });
  billing?.subscribe("public_key_ocmf", (key) => ctx.provides.evse.publish("powermeter_public_key_ocmf", key));
  for (const meter of ctx.requires.powermeter_grid_side) {
    meter.subscribe("powermeter", (value) => evse.energy.measured("gridSide", value));
  }
  for (const meter of ctx.requires.powermeter_car_side) {
    meter.subscribe("powermeter", (value) => evse.energy.measured("carSide", value));
  }
}

/** For EVerest's Node-RED panel. */
function meterTopics(value: Powermeter): (readonly [topic: string, text: string])[] {
  const { phase_seq_error, timestamp, power_W, energy_Wh_import, energy_Wh_export } = value;
  return [
    ...(phase_seq_error === undefined ? [] : [["powermeter/phaseSeqError", String(phase_seq_error)] as const]),
    ["powermeter/time_stamp", timestamp],
    ...(power_W ? [["powermeter/totalKw", (power_W.total / 1000).toFixed(1)] as const] : []),
    ["powermeter/totalKWattHr", String(energy_Wh_import.total / 1000)],
    ...(energy_Wh_export ? [["powermeter/totalExportKWattHr", String(energy_Wh_export.total / 1000)] as const] : []),
    ["powermeter_json", JSON.stringify(value)],
  ];
}

function subscribeToSlac({ requires }: Context, evse: Evse, { hlc, sessionLog }: EvsePorts): void {
  for (const slac of requires.slac) {
    slac.subscribe("state", (state) => {
      sessionLog?.note("EVSE", `SLAC ${state}`);
      evse.slacMatching(state !== "UNMATCHED");
    });
    slac.subscribe("dlink_ready", (ready) => {
      hlc?.dlink_ready(ready);
      if (!ready) evse.feed({ type: "linkLost" });
    });
    slac.subscribe("request_error_routine", () => evse.feed({ type: "slacFailed" }));
    slac.subscribe("ev_mac_address", (address) => evse.payment.macAddressKnown(address, "slac"));
  }
}

function subscribeToHlc({ requires }: Context, evse: Evse, info: EvInfo, { publish, sessionLog }: EvsePorts): void {
  for (const hlc of requires.hlc) {
    hlc.subscribe("require_auth_pnc", (token) => evse.requireContract(token));
    hlc.subscribe("require_auth_eim", () => evse.requireEim());
    hlc.subscribe("v2g_setup_finished", () => evse.feed({ type: "hlcChargeLoop" }));
    hlc.subscribe("ac_close_contactor", () => evse.feed({ type: "hlcContactor", close: true }));
    hlc.subscribe("ac_open_contactor", () => evse.feed({ type: "hlcContactor", close: false }));
    hlc.subscribe("dlink_error", () => evse.dlink("error"));
    hlc.subscribe("dlink_pause", () => evse.dlink("pause"));
    hlc.subscribe("dlink_terminate", () => evse.dlink("terminate"));
    hlc.subscribe("hlc_session_failed", (reason) => publish.hlc_session_failed({ uuid: evse.sessionId, reason }));
    hlc.subscribe("selected_protocol", (protocol) => publish.selected_protocol(protocol));
    hlc.subscribe("selected_service_parameters", () => evse.feed({ type: "iso20" }));
    hlc.subscribe("v2g_messages", (message) =>
      sessionLog?.note(senderOf(message), `V2G ${message.id}`, textOf(message)),
    );
    hlc.subscribe("evcc_id", (evcc_id) => {
      evse.payment.macAddressKnown(evcc_id, "evccId");
      publish.car_manufacturer(manufacturerOf(evcc_id));
      info.update({ evcc_id });
    });
    hlc.subscribe("ac_eamount", (wattHours) => info.update({ remaining_energy_needed: wattHours }));
    hlc.subscribe("ac_ev_max_voltage", (volt) => info.update({ maximum_voltage_limit: volt }));
    hlc.subscribe("ac_ev_max_current", (ampere) => info.update({ maximum_current_limit: ampere }));
    hlc.subscribe("ac_ev_min_current", (ampere) => info.update({ minimum_current_limit: ampere }));
    hlc.subscribe("departure_time", (time) => info.update({ departure_time: time }));
  }
}

function senderOf({ id }: V2gMessages): "EVSE" | "CAR" {
  return id.endsWith("Res") ? "EVSE" : "CAR";
}

function textOf({ xml, v2g_json, exi }: V2gMessages): string {
  return xml ?? v2g_json ?? exi ?? "";
}

function subscribeToErrors({ requires, config }: Context, evse: Evse): void {
  const { bsp, hlc, slac, connector_lock, ac_rcd, imd, over_voltage_monitor, powersupply_DC } = requires;
  const meters = [...requires.powermeter_car_side, ...requires.powermeter_grid_side].slice(0, 1);
  const listened = [
    ...bsp,
    ...hlc,
    ...slac,
    ...connector_lock,
    ...ac_rcd,
    ...imd,
    ...over_voltage_monitor,
    ...powersupply_DC,
    ...(config.fail_on_powermeter_errors ? meters : []),
  ];
  for (const requirement of listened) {
    const source = `${requirement.moduleId}.${requirement.implementationId}`;
    requirement.subscribeErrors((error) => evse.fault(source, error, error.state === "Active"));
  }
}

/** The topics of EVerest's Node-RED panel. */
function subscribeToPeople({ externalMqtt, config }: Context, evse: Evse): void {
  const topic = (command: string) => `everest_external/nodered/${config.connector_id}/cmd/${command}`;
  const switchTo = (enable_state: "Enable" | "Disable") =>
    evse.availability.enableDisable(0, { enable_source: "LocalAPI", enable_state, enable_priority: 100 });
  externalMqtt.subscribe(topic("enable"), () => void switchTo("Enable"));
  externalMqtt.subscribe(topic("disable"), () => void switchTo("Disable"));
  externalMqtt.subscribe(topic("pause_charging"), () => void evse.pause(true));
  externalMqtt.subscribe(topic("resume_charging"), () => void evse.pause(false));
  externalMqtt.subscribe(topic("switch_three_phases_while_charging"), (text) =>
    evse.feed({ type: "phases", three: text === "true" }),
  );
}
