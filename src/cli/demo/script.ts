/** What the demo's car does, in the script language of EVerest's EvManager. */

import type { Payment } from "../peer/verdict.ts";

export interface CarPlan {
  /** What the outlet has. */
  readonly energy: "AC" | "DC";
  readonly payment: Payment;
  /** In the charge loop, each time. */
  readonly chargeSeconds: number;
  /** The car pauses its session once, sleeps, wakes the station and goes on. */
  readonly pause: boolean;
}

/** Between the end of the paused session and the car's wake-up. */
const SLEEP_S = 1;

const options = { Contract: "contract", ExternalPayment: "externalpayment" } as const;
const draw = { AC: "iso_draw_power_regulated 16,3", DC: "iso_dc_power_on" } as const;

function begin({ energy, payment }: CarPlan): readonly string[] {
  return [`iso_start_v2g_session ${energy} ${options[payment]} 86400 0`, "iso_wait_pwr_ready", draw[energy]];
}

function pauseAfter(seconds: number): readonly string[] {
  return [
    `sleep ${seconds}`,
    "iso_pause_charging",
    "iso_wait_v2g_session_stopped",
    `sleep ${SLEEP_S}`,
    "iso_start_bcb_toggle 3",
    "iso_wait_pwm_is_running",
  ];
}

export function script(plan: CarPlan): string {
  const { chargeSeconds, pause } = plan;
  return [
    "iso_wait_slac_matched",
    ...(pause ? [...begin(plan), ...pauseAfter(chargeSeconds)] : []),
    ...begin(plan),
    `iso_wait_for_stop ${chargeSeconds}`,
    "iso_wait_v2g_session_stopped",
    "unplug",
  ].join(";");
}
