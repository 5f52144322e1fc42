/** Power off, for AC and DC. */
import type { Step } from "../../fsm/state.ts";
import { dcPowerOff } from "../dc/progress.ts";
import { publish } from "../effects.ts";
import type { Iso2, Iso2Session } from "./protocol.ts";
import { isDc } from "./status.ts";

/** What is left to switch off; nothing when there is no power. */
export function powerOffEffects(session: Iso2Session) {
  if (!session.powered) return [];
  return isDc(session) ? dcPowerOff(session.dc) : [publish("ac_open_contactor")];
}

/** Switches the power off, whatever the EV may still draw. */
export function powerOff(session: Iso2Session): Required<Pick<Step<Iso2>, "session" | "effects">> {
  return {
    session: { powered: false, dc: { ...session.dc, demanding: false, shutDown: true } },
    effects: powerOffEffects(session),
  };
}
