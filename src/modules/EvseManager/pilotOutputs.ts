/** What follows from the control pilot outside of the charger. */
import type { CpEvent, PilotEffect } from "./pilotModel.ts";
import type { EvsePorts } from "./ports.ts";

export function commandBoard(effect: Exclude<PilotEffect, { do: "event" }>, { board, lock }: EvsePorts): void {
  if (effect.do === "lock" || effect.do === "unlock") lock?.[effect.do]();
  else if (effect.do === "allow_power_on") board.allow_power_on(effect.value);
  else if (effect.do === "enable") board.enable(effect.value);
  else if (effect.do === "pwm_on") board.pwm_on(effect.value);
  else board[effect.do]();
}

/**
 * SLAC and ISO 15118 hear of a change at the plug before the charger acts on it.
 * @param matching SLAC has begun to match, or has matched.
 */
export function spreadPilotEvent(event: CpEvent, ports: EvsePorts, matching: boolean): void {
  const { slac, hlc, trace, sessionLog } = ports;
  sessionLog?.note(event.startsWith("Power") ? "EVSE" : "CAR", `Event ${event}`);
  switch (event) {
    case "CarPluggedIn":
      slac?.enter_bcd();
      hlc?.reset_error();
      hlc?.ac_contactor_closed(false);
      hlc?.stop_charging(false);
      break;
    case "CarUnplugged":
      slac?.leave_bcd();
      if (matching) slac?.reset(false);
      break;
    case "EFtoBCD":
      slac?.enter_bcd();
      break;
    case "BCDtoEF":
      slac?.leave_bcd();
      break;
    case "PowerOn":
    case "PowerOff": {
      const closed = event === "PowerOn";
      hlc?.ac_contactor_closed(closed);
      trace.add({ step: 6, kind: "state", from: "EVSE", title: `contactor ${closed ? "closed" : "open"}` });
      break;
    }
  }
}
