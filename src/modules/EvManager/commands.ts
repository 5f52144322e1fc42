/** The commands of the script language, as EVerest's EvManager has them. */
import type { SelectedPaymentOption } from "../../interfaces/types/iso15118.ts";
import { integer, number, oneOf } from "./arguments.ts";
import type { Car, CarHlc, CarState } from "./car.ts";

/** Tries to get a command done; false = it waits and is tried again when something happened. */
export type Step = (car: Car) => boolean | Promise<boolean>;

export interface CommandDefinition {
  /** Its name and arguments, in the order they are written; those in brackets may be left out. */
  readonly usage: string;
  /** Numbers of arguments that it takes. */
  readonly counts: readonly number[];
  /** A connection of the module without which there is no such command. */
  readonly needs?: "slac" | "ev";
  /** @throws UserError for arguments that it cannot take. */
  readonly prepare: (args: readonly string[]) => Step;
}

/** How long a car holds each state while it toggles B-C-B: stations take pulses of 200 to 400 ms (ISO 15118-3). */
const BCB_PULSE_MS = 250;
const MAX_BCB_TOGGLES = 3;
/** What the car does when the station pauses a session. */
const afterStationPause = (mode: string) =>
  "pause;iso_wait_v2g_session_stopped;sleep 2;iso_wait_pwm_is_running;" +
  `iso_start_v2g_session ${mode};iso_wait_pwr_ready;iso_wait_for_stop 36000`;

const enter =
  (state: CarState): Step =>
  ({ session }) => {
    session.state = state;
    return true;
  };

function simple(usage: string, step: Step, needs?: "slac" | "ev"): CommandDefinition {
  return { usage, counts: [0], prepare: () => step, ...(needs && { needs }) };
}

function withSeconds(usage: string, step: (car: Car, ms: number) => boolean | Promise<boolean>): CommandDefinition {
  const prepare = ([seconds = ""]: readonly string[]): Step => {
    const ms = number(seconds, 0) * 1000;
    return (car) => step(car, ms);
  };
  return { usage, counts: [1], prepare };
}

function draw(usage: string, state: CarState): CommandDefinition {
  return {
    usage,
    counts: [2],
    prepare([ampere = "", phaseCount = ""]) {
      const current = number(ampere);
      const phases = phaseCount === "3" ? 3 : 1;
      return async (car) => {
        await car.ports.board.set_ac_max_current(current);
        await car.ports.board.set_three_phases(phases === 3);
        car.filling = { kind: "AC", phases, current };
        car.session.state = state;
        return true;
      };
    },
  };
}

/** The digital communication; commands that need it do not exist without. */
async function speak(car: Car, say: (hlc: CarHlc) => Promise<unknown>): Promise<void> {
  if (car.ports.hlc) await say(car.ports.hlc);
}

async function endPower(car: Car): Promise<void> {
  await car.ports.board.allow_power_on(false);
  if (car.session.state !== "unplugged") car.session.state = "pluggedIn";
}

/** When the station has announced a pause: lets go and goes on with what waits for the resumption. */
async function followPause(car: Car): Promise<false> {
  const { session } = car;
  if (!session.pausedByStation) return false;
  await car.ports.board.allow_power_on(false);
  session.replacement = afterStationPause(session.mode);
  session.powerReady = false;
  session.pausedByStation = false;
  car.endCountdown();
  return false;
}

async function matchSlac(car: Car): Promise<boolean> {
  const { session, ports } = car;
  await ports.onPlug(true);
  session.state = "pluggedIn";
  if (session.slac === "UNMATCHED" && ports.slac) {
    await ports.slac.reset();
    await ports.slac.trigger_matching();
    // The answer may come after the news that it has matched already.
    if (session.slac === "UNMATCHED") session.slac = "MATCHING";
  }
  return session.slac === "MATCHED";
}

async function waitForStop(car: Car, ms: number): Promise<boolean> {
  const { session } = car;
  if (!session.leaving) {
    const elapsed = car.countdown(ms);
    if (!elapsed && !session.stoppedByStation) return followPause(car);
    car.endCountdown();
    session.leaving = true;
    if (elapsed) await speak(car, (hlc) => hlc.stop_charging());
  }
  // A DC car opens its contactor when the station has switched off, not under load.
  if (session.mode === "DC" && session.powerReady) return false;
  session.leaving = false;
  await endPower(car);
  return true;
}

/** @param args mode, payment option, departure (s), amount (Wh); an absent one is the configuration's. */
function startSession([mode = "", payment = "", departure, amount]: readonly (string | undefined)[]): Step {
  const dc = oneOf(mode, ["ac", "dc"]) === "dc";
  const departureTime = departure === undefined ? undefined : integer(departure);
  const energyAmount = amount === undefined ? undefined : integer(amount);
  return async (car) => {
    const { config, session, ports } = car;
    session.mode = dc ? "DC" : "AC";
    const ac = config.three_phases ? "AC_three_phase_core" : "AC_single_phase_core";
    const option = paymentOption(car, payment);
    const [end, wanted] = [departureTime ?? config.departure_time, energyAmount ?? config.e_amount];
    await speak(car, async (hlc) => {
      if (await hlc.start_charging(dc ? "DC_extended" : ac, option, end, wanted)) return;
      ports.log.warn({}, "the car's digital communication did not start");
    });
    car.filling = dc
      ? { kind: "DC" }
      : { kind: "AC", phases: config.three_phases ? 3 : 1, current: config.max_current };
    return true;
  };
}

function paymentOption({ config, ports }: Car, name: string): SelectedPaymentOption {
  const enforce_payment_option = config.force_payment_option;
  if (name === "externalpayment") return { payment_option: "ExternalPayment", enforce_payment_option };
  if (name === "contract") return { payment_option: "Contract", enforce_payment_option };
  if (name !== "" && name !== "auto")
    ports.log.warn({ name }, `'${name}' is no payment option: the car chooses itself`);
  return {};
}

/** EVerest tells the forms apart by their number of arguments: with three, the payment option is the one left out. */
function prepareSession(args: readonly string[]): Step {
  const [mode, second, third, fourth] = args;
  return args.length === 3 ? startSession([mode, "auto", second, third]) : startSession([mode, second, third, fourth]);
}

function prepareToggle([count = ""]: readonly string[]): Step {
  const wanted = Math.min(integer(count, 0), MAX_BCB_TOGGLES);
  return async (car) => {
    const { session } = car;
    session.hlcFinished = false;
    if (session.state !== "bcbToggle") Object.assign(session, { state: "bcbToggle", bcbToggles: 0, bcbNext: "C" });
    if (!car.pulseIsOver()) return false;
    if (session.bcbToggles >= wanted) session.state = "pluggedIn";
    else await car.toggle(BCB_PULSE_MS);
    return session.state === "pluggedIn";
  };
}

export const commands = {
  sleep: withSeconds("sleep SECONDS", (car, ms) => car.countdown(ms)),
  plugin: simple("plugin", ({ config, session, ports }) => {
    if (config.plugin_commands === "") ports.log.error({}, "plugin does nothing: plugin_commands is not configured");
    else session.replacement = config.plugin_commands;
    return config.plugin_commands === "";
  }),
  wait_for_real_plugin: simple("wait_for_real_plugin", ({ session }) => {
    if (session.boardEvent !== "A") return false;
    session.state = "pluggedIn";
    return true;
  }),
  iec_wait_pwr_ready: simple("iec_wait_pwr_ready", async (car) => {
    await car.ports.onPlug(true);
    car.session.state = "pluggedIn";
    return car.dutyIsNominal;
  }),
  iso_wait_pwm_is_running: simple("iso_wait_pwm_is_running", ({ session, duty }) => {
    session.state = "pluggedIn";
    return duty > 4 && duty < 97;
  }),
  draw_power_regulated: draw("draw_power_regulated AMPERE,PHASES", "chargingRegulated"),
  draw_power_fixed: draw("draw_power_fixed AMPERE,PHASES", "chargingFixed"),
  iso_draw_power_regulated: draw("iso_draw_power_regulated AMPERE,PHASES", "isoCharging"),
  pause: simple("pause", enter("pluggedIn")),
  unplug: simple("unplug", async (car) => {
    await car.ports.onPlug(false);
    car.session.state = "unplugged";
    car.filling = { kind: "none" };
    return true;
  }),
  error_e: simple("error_e", enter("errorE")),
  diode_fail: simple("diode_fail", enter("diodeFail")),
  rcd_current: {
    usage: "rcd_current MILLIAMPERE",
    counts: [1],
    prepare([text = ""]) {
      const milliampere = number(text);
      return async (car) => {
        await car.ports.board.set_rcd_error(milliampere);
        return true;
      };
    },
  },
  set_soc: {
    usage: "set_soc PERCENT",
    counts: [1],
    prepare([text = ""]) {
      const percent = number(text, 0, 100);
      return (car) => {
        car.battery.soc = percent;
        return true;
      };
    },
  },
  iso_wait_slac_matched: simple("iso_wait_slac_matched", matchSlac, "slac"),
  iso_start_v2g_session: {
    usage: "iso_start_v2g_session AC|DC [PAYMENT] [DEPARTURE_S AMOUNT_WH]",
    counts: [1, 2, 3, 4],
    needs: "ev",
    prepare: prepareSession,
  },
  iso_wait_pwr_ready: simple(
    "iso_wait_pwr_ready",
    ({ session }) => {
      if (session.powerReady) session.state = "isoPowerReady";
      return session.powerReady;
    },
    "ev",
  ),
  iso_dc_power_on: simple(
    "iso_dc_power_on",
    async (car) => {
      car.session.state = "isoPowerReady";
      if (!car.session.dcPowerOn) return followPause(car);
      car.session.state = "isoCharging";
      car.filling = { kind: "DC" };
      await car.ports.board.allow_power_on(true);
      return true;
    },
    "ev",
  ),
  iso_stop_charging: simple(
    "iso_stop_charging",
    async (car) => {
      await speak(car, (hlc) => hlc.stop_charging());
      await endPower(car);
      car.filling = { kind: "none" };
      return true;
    },
    "ev",
  ),
  iso_wait_for_stop: { ...withSeconds("iso_wait_for_stop SECONDS", waitForStop), needs: "ev" },
  iso_wait_v2g_session_stopped: simple(
    "iso_wait_v2g_session_stopped",
    ({ session }) => {
      const finished = session.hlcFinished;
      session.hlcFinished = false;
      return finished;
    },
    "ev",
  ),
  iso_pause_charging: simple(
    "iso_pause_charging",
    async (car) => {
      await speak(car, (hlc) => hlc.pause_charging());
      car.session.state = "pluggedIn";
      car.session.powerReady = false;
      return true;
    },
    "ev",
  ),
  iso_wait_for_resume: simple("iso_wait_for_resume", () => false, "ev"),
  iso_start_bcb_toggle: {
    usage: "iso_start_bcb_toggle COUNT",
    counts: [1],
    needs: "ev",
    prepare: prepareToggle,
  },
} satisfies Record<string, CommandDefinition>;
