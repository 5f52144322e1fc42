/** The commands of ISO15118_charger and iso15118_extensions, as changes of the SECC. */
import type { Commands } from "../../framework/interface.ts";
import type { ISO15118_charger } from "../../interfaces/ISO15118_charger.ts";
import type { iso15118_extensions } from "../../interfaces/iso15118_extensions.ts";
import type { AcEvseMaximumPower, EvseError } from "../../interfaces/types/iso15118.ts";
import type { Capabilities } from "../../interfaces/types/power_supply_DC.ts";
import { dinEvseId } from "../../iso15118/din70121/index.ts";
import type { DcCapabilities, DcOutput, Evse } from "../../secc/evse.ts";
import type { OfferedProtocol } from "../../secc/handshake.ts";
import { energyTransferModes as iso2Modes } from "../../secc/iso2/serviceList.ts";
import type { Secc } from "../../secc/secc.ts";
import { BytesError, fromBase64 } from "../../util/bytes.ts";
import type { Logger } from "../../util/log.ts";
import { meterReader } from "./meterInfo.ts";

const MAX_EVSE_ID = 37;

/** For ISO 15118-20, which this module does not speak, and for what no message carries. */
const notUsed = () => null;

export function chargerCommands(
  secc: Secc,
  protocols: readonly OfferedProtocol[],
  log: Logger,
  onLink: (ready: boolean) => void,
): Commands<typeof ISO15118_charger> {
  const set = (change: Partial<Evse>) => {
    secc.update(change);
    return null;
  };
  const meterInfo = meterReader(log);
  const setDc = (change: Partial<DcOutput>) => set({ dc: { ...secc.evse.dc, ...change } });
  return {
    setup({ evse_id: { evse_id, evse_id_din }, debug_mode }) {
      secc.setDebug(debug_mode);
      const evseIdDin = evse_id_din === undefined ? undefined : dinEvseId(evse_id_din);
      if (evse_id_din && !evseIdDin) log.warn({ evse_id_din }, "it is no EVSE id of DIN SPEC 91286; DIN EVs get none");
      set({ evseIdDin });
      if (evse_id.length <= MAX_EVSE_ID) return set({ evseId: evse_id });
      log.warn({ evse_id }, `an EVSE id has at most ${MAX_EVSE_ID} characters; the one before stays`);
      return null;
    },
    set_charging_parameters({ physical_values: of }) {
      if (of.ac_nominal_voltage !== undefined) set({ nominalVoltage: of.ac_nominal_voltage });
      const { dc } = secc.evse;
      return setDc({
        currentRegulationTolerance: of.dc_current_regulation_tolerance ?? dc.currentRegulationTolerance,
        peakCurrentRipple: of.dc_peak_current_ripple ?? dc.peakCurrentRipple,
        energyToBeDelivered: of.dc_energy_to_be_delivered ?? dc.energyToBeDelivered,
      });
    },
    session_setup({ payment_options, supported_certificate_service, central_contract_validation_allowed }) {
      secc.offer({
        paymentOptions: payment_options.length > 0 ? payment_options : ["ExternalPayment"],
        certificateService: supported_certificate_service,
        centralContractValidation: central_contract_validation_allowed,
      });
      return null;
    },
    authorization_response(response) {
      secc.apply({ type: "authorization_response", ...response });
      return null;
    },
    ac_contactor_closed: ({ status }) => set({ contactorClosed: status }),
    dlink_ready({ value }) {
      onLink(value);
      return null;
    },
    receipt_is_required: ({ receipt_required }) => set({ receiptRequired: receipt_required }),
    stop_charging({ stop }) {
      secc.stopCharging(stop);
      return null;
    },
    pause_charging({ pause }) {
      if (pause) log.warn({}, "ISO 15118-2 knows no pause by the EVSE");
      return null;
    },
    update_supported_app_protocols({ supported_app_protocols: { app_protocols: wanted } }) {
      secc.setProtocols(protocols.filter(({ id }) => wanted.includes(id)));
      return wanted.every((id) => protocols.some((protocol) => protocol.id === id));
    },
    update_energy_transfer_modes({ supported_energy_transfer_modes: energyTransferModes }) {
      if (iso2Modes({ ...secc.evse, energyTransferModes }).length > 0) return set({ energyTransferModes });
      log.warn({ energyTransferModes }, "ISO 15118-2 has none of these energy transfer modes; those before stay");
      return null;
    },
    update_ac_max_current: ({ max_current }) => set({ currentLimit: max_current }),
    update_ac_maximum_limits: ({ maximum_limits }) => set({ nominalCurrent: currentOf(maximum_limits, secc.evse) }),
    update_meter_info: ({ powermeter }) => set({ meter: meterInfo(powermeter) }),
    send_error: ({ error }) => set(errors[error]),
    reset_error: () => set({ rcd: false, malfunction: undefined, shutdown: false }),
    set_powersupply_capabilities: ({ capabilities }) => setDc({ capabilities: capabilitiesOf(capabilities) }),
    cable_check_finished({ status }) {
      secc.apply({ type: "cable_check_finished", passed: status });
      return null;
    },
    no_energy_pause_charging: ({ mode }) => setDc({ noEnergyPause: mode }),
    update_dc_maximum_limits: ({ maximum_limits: of }) =>
      setDc({
        limits: {
          voltage: of.evse_maximum_voltage_limit,
          current: Math.max(0, of.evse_maximum_current_limit),
          power: Math.max(0, of.evse_maximum_power_limit),
        },
      }),
    update_dc_minimum_limits({ minimum_limits: of }) {
      const { capabilities } = secc.evse.dc;
      if (!capabilities) return null;
      const least = { minVoltage: of.evse_minimum_voltage_limit, minCurrent: of.evse_minimum_current_limit };
      return setDc({ capabilities: { ...capabilities, ...least } });
    },
    update_isolation_status: ({ isolation_status: isolation }) => setDc({ isolation }),
    update_dc_present_values: ({ present_voltage_current: of }) =>
      setDc({
        present: {
          voltage: of.evse_present_voltage,
          current: of.evse_present_current ?? secc.evse.dc.present.current,
        },
      }),
    bpt_setup: notUsed,
    update_ac_parameters: notUsed,
    update_ac_minimum_limits: notUsed,
    update_ac_target_values: notUsed,
    update_ac_present_power: notUsed,
  };
}

/** Ampere on each phase; the total is used only when the phases are not told apart. */
function currentOf({ charge_power: { total, L1, L2, L3 } }: AcEvseMaximumPower, { nominalVoltage }: Evse): number {
  const most = Math.max(...[L1 ?? total, L2, L3].filter((power) => power !== undefined));
  return nominalVoltage > 0 ? most / nominalVoltage : 0;
}

/** A supply's nominal values are those to plan with, where it names them. */
function capabilitiesOf(of: Capabilities): DcCapabilities {
  return {
    maxVoltage: of.nominal_max_export_voltage_V ?? of.max_export_voltage_V,
    minVoltage: of.nominal_min_export_voltage_V ?? of.min_export_voltage_V,
    maxCurrent: of.nominal_max_export_current_A ?? of.max_export_current_A,
    minCurrent: of.nominal_min_export_current_A ?? of.min_export_current_A,
    maxPower: of.nominal_max_export_power_W ?? of.max_export_power_W,
  };
}

/** What an error of the EVSE means for the EV; a contactor that fails shows itself by not closing. */
const errors: Readonly<Record<EvseError, Partial<Evse>>> = {
  Error_Contactor: {},
  Error_RCD: { rcd: true },
  Error_UtilityInterruptEvent: { malfunction: "EVSE_UtilityInterruptEvent" },
  Error_Malfunction: { malfunction: "EVSE_Malfunction" },
  Error_EmergencyShutdown: { shutdown: true },
};

export function extensionsCommands(secc: Secc, log: Logger): Commands<typeof iso15118_extensions> {
  return {
    set_get_certificate_response({ certificate_response: { status, exi_response } }) {
      const exi = status === "Accepted" && exi_response !== undefined ? decode(exi_response, log) : undefined;
      secc.apply({ type: "certificate_response", exi });
      return null;
    },
  };
}

/** The longest answer that OCPP 2.0.1 and `ResponseExiStreamStatus` allow, in base64. */
const MAX_ANSWER = 5600;

function decode(base64: string, log: Logger): Uint8Array | undefined {
  if (base64.length > MAX_ANSWER) {
    log.error({ characters: base64.length }, "the CSMS's contract certificate response is too long");
    return undefined;
  }
  try {
    return fromBase64(base64);
  } catch (error) {
    if (!(error instanceof BytesError)) throw error;
    log.error({ reason: error.message }, "the CSMS's contract certificate response cannot be read");
    return undefined;
  }
}
