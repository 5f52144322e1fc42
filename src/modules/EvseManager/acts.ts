/** What the charger decides, carried out. */

import type { Authorization, ChargerEvent, ChargerStateName, RaisedError, SessionNews } from "./charger/model.ts";
import { stateLabels } from "./charger/states.ts";
import type { EvseOptions } from "./evseOptions.ts";
import { chargerFault, type OwnFault } from "./faultDesk.ts";
import type { SessionJournal } from "./journal.ts";
import type { Act } from "./machines.ts";
import type { EvsePorts } from "./ports.ts";

/** The other parts of the EVSE. */
export interface ActParts {
  readonly journal: SessionJournal;
  feed(event: ChargerEvent): void;
  tell(news: SessionNews): void;
  stateChanged(name: ChargerStateName): void;
  /** Ampere a phase that the car may draw. */
  limited(ampere: number): void;
  authorizationTimedOut(): void;
  raise(fault: OwnFault): void;
  /** Errors of the EVSE itself; all of them when none is named. */
  clearErrors(error?: RaisedError | "MREC11CableCheckFault"): void;
}

type Acts = { [D in Act["do"]]: (effect: Extract<Act, { do: D }>) => void };

/** @returns who carries out one decision, whatever it is. */
export function actsOf(options: Pick<EvseOptions, "noEnergyPause">, ports: EvsePorts, parts: ActParts) {
  const acts: Acts = { ...towardsHlc(options, ports, parts), ...withinTheEvse(ports, parts) };
  return <D extends Act["do"]>(effect: Extract<Act, { do: D }>): void => acts[effect.do as D](effect);
}

type HlcAct = Extract<Act["do"], `hlc${string}` | `slac${string}`>;

function towardsHlc(
  { noEnergyPause }: Pick<EvseOptions, "noEnergyPause">,
  { slac, hlc }: EvsePorts,
  { authorizationTimedOut }: ActParts,
): Pick<Acts, HlcAct> {
  return {
    slacStart: () => slac?.enter_bcd(),
    slacReset: () => slac?.reset(false),
    hlcStop: () => hlc?.stop_charging(true),
    hlcPause: () => hlc?.pause_charging(true),
    hlcError: ({ error }) => hlc?.send_error(error),
    hlcNoEnergy: () => noEnergyPause && hlc?.no_energy_pause_charging(noEnergyPause),
    hlcAuthorizationTimeout: () => authorizationTimedOut(),
  };
}

function withinTheEvse({ board, log, publish, sessionLog }: EvsePorts, parts: ActParts): Omit<Acts, HlcAct> {
  const { journal } = parts;
  return {
    state({ name }) {
      const [number, words] = stateLabels[name];
      publish.nodered("state/state_string", words);
      publish.nodered("state/state", String(number));
      sessionLog?.note("EVSE", `Charger state: ${name}`);
      parts.stateChanged(name);
    },
    tell: ({ news }) => parts.tell(news),
    startMeter: ({ authorization }) => void startMeter(parts, authorization),
    stopMeter: () => void journal.stopMeter().then(() => parts.feed({ type: "meterStopped" })),
    ampereLimit: ({ ampere }) => parts.limited(ampere),
    switchPhases: ({ three }) => board.ac_switch_three_phases_while_charging(three),
    raise: ({ error, message }) => parts.raise(chargerFault(error, message)),
    clearSessionErrors: () => parts.clearErrors(),
    clearCableCheckFault: () => parts.clearErrors("MREC11CableCheckFault"),
    ignoredAuthorization: ({ token, reason }) =>
      log.warn({ token: token.id_token.value, reason }, "the authorization came too late or twice; it is ignored"),
  };
}

async function startMeter({ journal, feed }: ActParts, authorization: Authorization): Promise<void> {
  const answer = await journal.startMeter(authorization);
  feed({ type: "meterStarted", ...answer });
}
