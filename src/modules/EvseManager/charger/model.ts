/** What the charger knows, hears and does: the vocabulary of its state machine. Times are ms of the monotonic clock. */
import type { ProvidedIdToken, ValidationResult } from "../../../interfaces/types/authorization.ts";
import type { PowerOnOff } from "../../../interfaces/types/evse_board_support.ts";
import type {
  PauseChargingEVSEReasonEnum,
  SessionEventEnum,
  StartSessionReason,
  StopTransactionReason,
  StopTransactionRequest,
} from "../../../interfaces/types/evse_manager.ts";
import type { EvseError } from "../../../interfaces/types/iso15118.ts";
import type { CpEvent } from "../pilotModel.ts";

export type ChargerStateName =
  | "Disabled"
  | "Idle"
  | "WaitingForAuthentication"
  | "PrepareCharging"
  | "Charging"
  | "ChargingPausedEV"
  | "ChargingPausedEVSE"
  | "StoppingCharging"
  | "Finished"
  | "T_step_EF"
  | "T_step_X1"
  | "SwitchPhases";

/** Everything that the configuration says to the charger. Simulated hardware delays are already scaled. */
export interface ChargerConfig {
  readonly chargeMode: "AC" | "DC";
  /** ISO 15118 can be spoken: configured, and slac and hlc are connected. */
  readonly hlc: boolean;
  readonly startWith5Percent: boolean;
  readonly enforceHlc: boolean;
  /** Nobody has to authorize. */
  readonly freeService: boolean;
  readonly raiseMrec9: boolean;
  readonly failOnPowermeterErrors: boolean;
  readonly pwmDelayMs: number;
  readonly stepEfMs: number;
  /** X1 after state F. */
  readonly afterStepEfMs: number;
  readonly stepX1Ms: number;
  readonly stateFAfterFaultMs: number;
  readonly switchPhasesMs: number;
  readonly switchPhasesIn: "X1" | "F";
  readonly chargeLoopWithoutEnergyMs: number;
  readonly overCurrent: { readonly tolerancePercent: number; readonly noiseA: number; readonly timeoutMs: number };
}

/** Who may charge. There is one only for the present session. */
export interface Authorization {
  readonly token: ProvidedIdToken;
  readonly result: ValidationResult;
  readonly plugAndCharge: boolean;
}

/** What the pilot wire carries by our own will. */
export type Pwm =
  | { readonly mode: "X1" | "F" }
  | { readonly mode: "on"; readonly duty: number; readonly ampere: number; readonly since: number };

/**
 * `starting` and `stopping`: the powermeter is asked. `withdrawn`: the authorization was lost while the meter was asked
 * to start; it is stopped again (`discarding`), and nobody hears of the transaction.
 */
export type Transaction = "none" | "starting" | "active" | "stopping" | "withdrawn" | "discarding";

export type FaultLevel = "none" | "error" | "emergency";

export interface ChargerState {
  readonly name: ChargerStateName;
  readonly since: number;
  /** Just entered: what is done once is still to do. */
  readonly fresh: boolean;

  readonly sessionActive: boolean;
  readonly plugged: boolean;
  /** A car came while the session of the one before is still being closed. */
  readonly nextCarPlugged: boolean;
  readonly authorization?: Authorization | undefined;
  /** The session was stopped from outside; what is authorized later belongs to no session. */
  readonly cancelled: boolean;
  readonly transaction: Transaction;
  readonly stop?: StopTransactionRequest | undefined;
  readonly disableRequested: boolean;
  readonly pausedByEvse: boolean;
  readonly fault: FaultLevel;

  /** The car is in state C or D. */
  readonly cpAllows: boolean;
  /** The car's ISO 15118 side asked for the contactor. */
  readonly hlcAllows: boolean;
  /** The car is in the charge loop of ISO 15118, or DC. */
  readonly hlcActive: boolean;
  readonly iso20: boolean;
  readonly hlcEnding: "unknown" | "terminate" | "pause";
  readonly matching: boolean;
  readonly contactorOpen: boolean;

  readonly pwm: Pwm;
  readonly use5Percent: boolean;
  /** The pause between plug-in and 5 % PWM has passed. */
  readonly pilotStarted: boolean;
  readonly afterX1: ChargerStateName;
  readonly afterEf: { readonly to: ChargerStateName; readonly resumePwm: boolean };
  /** A switch between one and three phases under way. */
  readonly switching?: { readonly threePhases: boolean } | undefined;
  readonly wakeUpDone: boolean;

  /** Ampere a phase, and until when the energy tree grants them. */
  readonly limit: { readonly ampere: number; readonly validUntil: number };
  readonly dcLimit: { readonly ampere: number; readonly watt: number; readonly validUntil: number };
  /** The outlet is a socket, so the limit of the cable counts. */
  readonly socket: boolean;
  /** Ampere that the plugged cable carries. */
  readonly cableAmpere?: number | undefined;
  readonly drawn: readonly number[];

  /** Since when the respective wait runs. */
  readonly fallbackSince?: number | undefined;
  readonly withoutEnergySince?: number | undefined;
  readonly overCurrentSince?: number | undefined;
  readonly faultPulseUntil?: number | undefined;
  readonly noEnergyTold: boolean;
  readonly hardStopped: boolean;
  readonly wakeUp: {
    readonly since?: number | undefined;
    readonly pulseSince?: number | undefined;
    readonly pulses: number;
  };
  readonly pauseReasons: readonly PauseChargingEVSEReasonEnum[];
}

export type ChargerEvent =
  | { readonly type: "pilot"; readonly event: CpEvent }
  | { readonly type: "authorize"; readonly token: ProvidedIdToken; readonly result: ValidationResult }
  | { readonly type: "withdraw" }
  | { readonly type: "stop"; readonly request: StopTransactionRequest }
  | { readonly type: "pause" | "resume" }
  | { readonly type: "disable" | "enable" }
  | { readonly type: "fault"; readonly level: FaultLevel }
  | { readonly type: "limit"; readonly ampere: number; readonly validUntil: number }
  | { readonly type: "dcLimit"; readonly ampere: number; readonly watt: number; readonly validUntil: number }
  | { readonly type: "cable"; readonly ampere: number | undefined }
  | { readonly type: "outlet"; readonly socket: boolean }
  | { readonly type: "drawn"; readonly amperes: readonly number[] }
  | { readonly type: "phases"; readonly three: boolean }
  | { readonly type: "matching"; readonly started: boolean }
  | { readonly type: "slacFailed" }
  | { readonly type: "hlcChargeLoop" }
  | { readonly type: "hlcContactor"; readonly close: boolean }
  | { readonly type: "currentDemandStarted" }
  | { readonly type: "iso20" }
  | { readonly type: "dlink"; readonly what: "error" | "pause" | "terminate" }
  /** The power line communication has no car any more. */
  | { readonly type: "linkLost" }
  | { readonly type: "meterStarted"; readonly ok: boolean; readonly error?: string | undefined }
  | { readonly type: "meterStopped" }
  | { readonly type: "tick" };

/** Something to tell as a `session_event`. */
export type SessionNews =
  | {
      readonly event: "SessionStarted";
      readonly reason: StartSessionReason;
      readonly token?: ProvidedIdToken | undefined;
    }
  | { readonly event: "TransactionStarted"; readonly token: ProvidedIdToken }
  | {
      readonly event: "TransactionFinished";
      readonly reason: StopTransactionReason;
      readonly token?: ProvidedIdToken | undefined;
    }
  | { readonly event: "ChargingPausedEVSE"; readonly reasons: readonly PauseChargingEVSEReasonEnum[] }
  | {
      readonly event: Exclude<
        SessionEventEnum,
        "SessionStarted" | "TransactionStarted" | "TransactionFinished" | "ChargingPausedEVSE"
      >;
    };

export type ChargerEffect =
  | { readonly do: "state"; readonly name: ChargerStateName }
  | { readonly do: "tell"; readonly news: SessionNews }
  | { readonly do: "pwm"; readonly duty: number }
  | { readonly do: "X1" | "F" }
  | { readonly do: "allowPower"; readonly allow: boolean; readonly reason: PowerOnOff["reason"] }
  | { readonly do: "boardEnable"; readonly value: boolean }
  | { readonly do: "startMeter"; readonly authorization: Authorization }
  | { readonly do: "stopMeter" }
  | { readonly do: "ampereLimit"; readonly ampere: number }
  | { readonly do: "switchPhases"; readonly three: boolean }
  | { readonly do: "slacStart" | "slacReset" }
  | { readonly do: "hlcStop" | "hlcPause" | "hlcNoEnergy" | "hlcAuthorizationTimeout" }
  | { readonly do: "hlcError"; readonly error: EvseError }
  | { readonly do: "raise"; readonly error: RaisedError; readonly message: string }
  | { readonly do: "clearSessionErrors" | "clearCableCheckFault" }
  | { readonly do: "ignoredAuthorization"; readonly token: ProvidedIdToken; readonly reason: string };

export type RaisedError = "MREC4OverCurrentFailure" | "MREC9AuthorizationTimeout" | "PowermeterTransactionStartFailed";

export function initialCharger(now: number): ChargerState {
  return {
    name: "Idle",
    since: now,
    fresh: true,
    sessionActive: false,
    plugged: false,
    nextCarPlugged: false,
    cancelled: false,
    transaction: "none",
    disableRequested: false,
    pausedByEvse: false,
    fault: "none",
    cpAllows: false,
    hlcAllows: false,
    hlcActive: false,
    iso20: false,
    hlcEnding: "unknown",
    matching: false,
    contactorOpen: true,
    pwm: { mode: "X1" },
    use5Percent: false,
    pilotStarted: false,
    afterX1: "Idle",
    afterEf: { to: "Idle", resumePwm: false },
    wakeUpDone: false,
    limit: { ampere: 0, validUntil: now },
    dcLimit: { ampere: 0, watt: 0, validUntil: now },
    socket: false,
    drawn: [],
    noEnergyTold: false,
    hardStopped: false,
    wakeUp: { pulses: 0 },
    pauseReasons: [],
  };
}
