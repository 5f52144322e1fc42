/** What an EVSE needs of the world around it. Commands are sent and not waited for unless they answer something. */
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";
import type { EnergyFlowRequest, EnforcedLimits } from "../../interfaces/types/energy.ts";
import type { HardwareCapabilities, PowerOnOff, Telemetry } from "../../interfaces/types/evse_board_support.ts";
import type {
  CarManufacturer,
  EVInfo,
  HlcSessionFailedEvent,
  Limits,
  SessionEvent,
} from "../../interfaces/types/evse_manager.ts";
import type {
  AcEvseMaximumPower,
  AcEvseMinimumPower,
  AcParameters,
  BptSetup,
  DcEvseMaximumLimits,
  DcEvseMinimumLimits,
  DcEvsePresentVoltageCurrent,
  EnergyTransferMode,
  EVSEID,
  EvseError,
  IsolationStatus,
  NoEnergyPauseMode,
  SaeJ2847BidiMode,
  SetupPhysicalValues,
} from "../../interfaces/types/iso15118.ts";
import type { Capabilities, ChargingPhase, Mode } from "../../interfaces/types/power_supply_DC.ts";
import type {
  Powermeter,
  TransactionReq,
  TransactionStartResponse,
  TransactionStopResponse,
} from "../../interfaces/types/powermeter.ts";
import type { CountDown } from "../../interfaces/types/uk_random_delay.ts";
import type { Clock } from "../../util/clock.ts";
import type { Logger } from "../../util/log.ts";
import type { Random } from "../../util/random.ts";
import type { Tracer } from "../../util/trace.ts";
import type { AuthorizationAnswer, SessionSetup } from "./hlc.ts";
import type { SessionLog } from "./sessionLog.ts";

export interface BoardPort {
  enable(value: boolean): void;
  /** Percent. */
  pwm_on(value: number): void;
  cp_state_X1(): void;
  cp_state_F(): void;
  allow_power_on(value: PowerOnOff): void;
  ac_switch_three_phases_while_charging(value: boolean): void;
  ac_set_overcurrent_limit_A(value: number): void;
}

export interface LockPort {
  lock(): void;
  unlock(): void;
}

export interface SlacPort {
  reset(enable: boolean): void;
  enter_bcd(): void;
  leave_bcd(): void;
  dlink_terminate(): void;
  dlink_error(): void;
  dlink_pause(): void;
}

export interface HlcPort {
  setup(evse_id: EVSEID, sae_j2847_mode: SaeJ2847BidiMode, debug_mode: boolean): void;
  set_charging_parameters(physical_values: SetupPhysicalValues): void;
  session_setup(setup: SessionSetup): void;
  bpt_setup(bpt_config: BptSetup): void;
  receipt_is_required(receipt_required: boolean): void;
  reset_error(): void;
  send_error(error: EvseError): void;
  authorization_response(answer: AuthorizationAnswer): void;
  ac_contactor_closed(status: boolean): void;
  dlink_ready(value: boolean): void;
  stop_charging(stop: boolean): void;
  pause_charging(pause: boolean): void;
  no_energy_pause_charging(mode: NoEnergyPauseMode): void;
  update_energy_transfer_modes(supported_energy_transfer_modes: EnergyTransferMode[]): void;
  update_ac_max_current(max_current: number): void;
  update_ac_parameters(ac_parameters: AcParameters): void;
  update_ac_maximum_limits(maximum_limits: AcEvseMaximumPower): void;
  update_ac_minimum_limits(minimum_limits: AcEvseMinimumPower): void;
  update_meter_info(powermeter: Powermeter): void;
  set_powersupply_capabilities(capabilities: Capabilities): void;
  cable_check_finished(status: boolean): void;
  update_isolation_status(isolation_status: IsolationStatus): void;
  update_dc_maximum_limits(maximum_limits: DcEvseMaximumLimits): void;
  update_dc_minimum_limits(minimum_limits: DcEvseMinimumLimits): void;
  update_dc_present_values(present_voltage_current: DcEvsePresentVoltageCurrent): void;
}

/** The hardware of a DC output. */
export interface DcPort {
  readonly supply: {
    setMode(mode: Mode, phase: ChargingPhase): void;
    setExportVoltageCurrent(voltage: number, current: number): void;
  };
  readonly imd?: { start(): void; stop(): void; start_self_test(test_voltage_V: number): void } | undefined;
  readonly overVoltageMonitor?:
    | {
        set_limits(emergency_over_voltage_limit_V: number, error_over_voltage_limit_V: number): void;
        start(): void;
        stop(): void;
        reset_over_voltage_error(): void;
      }
    | undefined;
}

/** The billing meter. */
export interface MeterPort {
  start_transaction(value: TransactionReq): Promise<TransactionStartResponse>;
  /** @param transaction_id empty: whatever transaction is open. */
  stop_transaction(transaction_id: string): Promise<TransactionStopResponse>;
}

/** Remembers the session under way over a loss of power. */
export interface StorePort {
  load(): Promise<string | undefined>;
  save(sessionId: string | undefined): void;
}

/** Variables that the EVSE publishes. */
export interface PublishPort {
  session_event(event: SessionEvent): void;
  hlc_session_failed(event: HlcSessionFailedEvent): void;
  limits(limits: Limits): void;
  ev_info(info: EVInfo): void;
  car_manufacturer(manufacturer: CarManufacturer): void;
  powermeter(value: Powermeter): void;
  telemetry(value: Telemetry): void;
  enforced_limits(limits: EnforcedLimits): void;
  hw_capabilities(capabilities: HardwareCapabilities): void;
  supported_energy_transfer_modes(modes: EnergyTransferMode[]): void;
  selected_protocol(protocol: string): void;
  evse_id(id: string): void;
  waiting_for_external_ready(value: boolean): void;
  ready(value: boolean): void;
  energy_flow_request(request: EnergyFlowRequest): void;
  countdown(value: CountDown): void;
  provided_token(token: ProvidedIdToken): void;
  /** External topic below `everest_external/nodered/<connector_id>/`. */
  nodered(topic: string, payload: string): void;
}

/** Errors of the EVSE itself: names below `evse_manager/`. */
export type OwnError =
  | "Internal"
  | "MREC4OverCurrentFailure"
  | "MREC5OverVoltage"
  | "MREC9AuthorizationTimeout"
  | "MREC11CableCheckFault"
  | "MREC22ResistanceFault"
  | "VoltagePlausibilityFault"
  | "PowermeterTransactionStartFailed"
  | "Inoperative";

export interface OwnErrorDetails {
  readonly message: string;
  readonly description: string;
  readonly severity: "Low" | "Medium" | "High";
  readonly sub_type?: string;
  readonly vendor_id?: string;
}

export interface ErrorPort {
  raise(error: OwnError, details: OwnErrorDetails): void;
  clear(error: OwnError, sub_type?: string): void;
}

export interface EvsePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly trace: Tracer;
  readonly board: BoardPort;
  readonly lock?: LockPort | undefined;
  readonly slac?: SlacPort | undefined;
  /** Absent also when slac is, or when the configuration does not use ISO 15118. */
  readonly hlc?: HlcPort | undefined;
  /** Of a DC output only. */
  readonly dc?: DcPort | undefined;
  readonly meter?: MeterPort | undefined;
  readonly store?: StorePort | undefined;
  readonly publish: PublishPort;
  readonly errors: ErrorPort;
  readonly sessionLog?: SessionLog | undefined;
  /** Whether any module listens to the tokens of this EVSE. */
  readonly tokensAreHeard: boolean;
}
