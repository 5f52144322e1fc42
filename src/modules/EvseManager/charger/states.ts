import { charging, prepareCharging } from "./charging.ts";
import { disabled, finished, idle, stoppingCharging } from "./ends.ts";
import type { ChargerStateName } from "./model.ts";
import { chargingPausedEv, chargingPausedEvse } from "./pauses.ts";
import { stepEf, stepX1, switchPhases } from "./steps.ts";
import type { ChargerStateRules } from "./turn.ts";
import { waitingForAuthentication } from "./waiting.ts";

export const states: Readonly<Record<ChargerStateName, ChargerStateRules>> = {
  Disabled: disabled,
  Idle: idle,
  WaitingForAuthentication: waitingForAuthentication,
  PrepareCharging: prepareCharging,
  Charging: charging,
  ChargingPausedEV: chargingPausedEv,
  ChargingPausedEVSE: chargingPausedEvse,
  StoppingCharging: stoppingCharging,
  Finished: finished,
  T_step_EF: stepEf,
  T_step_X1: stepX1,
  SwitchPhases: switchPhases,
};

/** Number and words of each state on the external state topics. */
export const stateLabels: Readonly<Record<ChargerStateName, readonly [number: number, words: string]>> = {
  Disabled: [0, "Disabled"],
  Idle: [1, "Idle"],
  WaitingForAuthentication: [2, "Wait for Auth"],
  PrepareCharging: [3, "PrepareCharging"],
  Charging: [4, "Charging"],
  ChargingPausedEV: [5, "Car Paused"],
  ChargingPausedEVSE: [6, "EVSE Paused"],
  StoppingCharging: [7, "StoppingCharging"],
  Finished: [8, "Finished"],
  T_step_EF: [9, "T_step_EF"],
  T_step_X1: [10, "T_step_X1"],
  SwitchPhases: [11, "SwitchPhases"],
};
