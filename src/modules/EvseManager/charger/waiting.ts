import type { Authorization, ChargerStateName } from "./model.ts";
import type { ChargerStateRules, Turn } from "./turn.ts";

const WAIT_FOR_ENERGY_MS = 5000;
/** How long an authorized car may take to its charge loop before it gets nominal PWM. */
const FALLBACK_TO_NOMINAL_MS = 10_000;

/** A car is plugged in; it may charge as soon as somebody pays. ISO 15118-3 figures 3 to 8 are decided here. */
export const waitingForAuthentication: ChargerStateRules = {
  enter(turn) {
    const { state, config } = turn;
    state.fallbackSince = undefined;
    state.noEnergyTold = false;
    turn.powerOff();
    if (!state.sessionActive) turn.startSession();
    turn.tell({ event: "AuthRequired" });
    state.use5Percent = config.chargeMode === "DC" || (config.hlc && config.startWith5Percent);
    state.pilotStarted = !state.use5Percent;
  },

  run(turn) {
    const { state, config } = turn;
    if (turn.fatal) {
      turn.do({ do: "slacReset" });
      return "Finished";
    }
    if (!state.plugged || state.disableRequested) return "Finished";
    if (!startPilot(turn)) return undefined;
    if (state.socket && state.cableAmpere === undefined) return undefined;
    if (config.chargeMode === "DC" && !energyForDc(turn)) return undefined;
    if (!state.authorization && config.freeService && !state.cancelled) turn.authorize(freeService);
    if (!state.authorization) return state.transaction === "none" ? undefined : "StoppingCharging";
    if (!transactionRuns(turn)) return undefined;
    if (config.chargeMode === "DC" || !config.hlc) return "PrepareCharging";
    return state.authorization.plugAndCharge ? afterContract(turn) : afterExternalPayment(turn);
  },
};

const freeService: Authorization = {
  token: {
    authorization_type: "RFID",
    id_token: { value: "FREESERVICE", type: "Local" },
    prevalidated: true,
  },
  result: { authorization_status: "Accepted", tariff_messages: [] },
  plugAndCharge: false,
};

/** Gives SLAC a moment to get ready before the car sees 5 %. Who was authorized before needs no ISO 15118 on AC. */
function startPilot(turn: Turn): boolean {
  const { state, config } = turn;
  if (state.pilotStarted) return true;
  if (!turn.after(config.pwmDelayMs)) return false;
  state.pilotStarted = true;
  if (state.authorization && config.chargeMode === "AC" && !config.enforceHlc) state.use5Percent = false;
  else turn.fivePercent();
  return true;
}

/** Some cars do not like to hear of 0 W in ChargeParameterDiscovery. */
function energyForDc(turn: Turn): boolean {
  if (turn.hasPower) return true;
  if (!turn.after(WAIT_FOR_ENERGY_MS)) return false;
  if (!turn.state.noEnergyTold) turn.do({ do: "hlcNoEnergy" });
  turn.state.noEnergyTold = true;
  return true;
}

/** No energy without a transaction. */
function transactionRuns(turn: Turn): boolean {
  const { state } = turn;
  if (state.transaction === "none" && state.authorization) {
    state.transaction = "starting";
    turn.do({ do: "startMeter", authorization: state.authorization });
  }
  return state.transaction === "active";
}

/** Figures 3 to 6: somebody paid at the station. */
function afterExternalPayment(turn: Turn): ChargerStateName | undefined {
  const { state, config } = turn;
  if (config.enforceHlc) {
    state.use5Percent = true;
    return "PrepareCharging";
  }
  if (!state.use5Percent || (state.matching && state.hlcActive)) return "PrepareCharging";
  if (!state.matching) return toNominal(turn, "T_step_EF");
  // Nominal PWM at once would end the ISO session of cars that are about to enter the charge loop.
  return fallbackDue(turn) ? toNominal(turn, "T_step_X1") : undefined;
}

/**
 * The car paid by its contract. Some cars use ISO 15118 only for that and then charge with nominal PWM; for them the
 * station falls back to it when no charge loop begins.
 */
function afterContract(turn: Turn): ChargerStateName | undefined {
  if (turn.state.hlcActive) {
    turn.state.use5Percent = true;
    return "PrepareCharging";
  }
  return fallbackDue(turn) ? toNominal(turn, "T_step_EF") : undefined;
}

function fallbackDue(turn: Turn): boolean {
  turn.state.fallbackSince ??= turn.now;
  return turn.passed(turn.state.fallbackSince + FALLBACK_TO_NOMINAL_MS);
}

function toNominal(turn: Turn, step: "T_step_EF" | "T_step_X1"): ChargerStateName {
  turn.state.use5Percent = false;
  turn.state.afterX1 = "PrepareCharging";
  turn.state.afterEf = { to: "PrepareCharging", resumePwm: false };
  return step;
}
