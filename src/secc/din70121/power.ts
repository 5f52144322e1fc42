import { dcPowerOff } from "../dc/progress.ts";
import type { ChargerEffect } from "../effects.ts";
import type { DinSession } from "./protocol.ts";

/** Switches the power off, whatever the EV may still draw; nothing is said where there is none. */
export function powerOff({ powered, dc }: DinSession): {
  readonly session: Pick<DinSession, "powered" | "dc">;
  readonly effects: readonly ChargerEffect[];
} {
  return {
    session: { powered: false, dc: { ...dc, demanding: false, shutDown: true } },
    effects: powered ? dcPowerOff(dc) : [],
  };
}
