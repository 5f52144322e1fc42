/** Keys about alternating current. */
import { accepted, cardToken, type FakeEvse } from "../fakeNeighbours.ts";
import { boardCapabilities } from "../neighbours.ts";
import { atModule, basicCharging, type Config, contractCharging, paid, reading, station, waited } from "./scenes.ts";

const off = "board.pwm_on";
const pwm = (calls: readonly string[]) => calls.filter((call) => call.startsWith(off));
const seen = (evse: FakeEvse, call: RegExp) => () => evse.news().some((told) => call.test(told));

/** PWM after a car was plugged in. */
async function pilotOf(config: Config): Promise<string[]> {
  const { board, clock, news } = await station(config);
  board("B");
  await clock.advance(500);
  return pwm(news());
}

async function afterCard(config: Config): Promise<unknown> {
  const { board, clock, evse, settle } = await station(config);
  board("B");
  await clock.advance(500);
  evse.authorizeResponse(cardToken, accepted);
  await settle();
  return evse.state.name;
}

/** PWM of a car whose driver paid before. */
async function paidBefore(config: Config): Promise<boolean> {
  const { board, clock, evse, news } = await station(config);
  evse.authorizeResponse(cardToken, accepted);
  board("B");
  await clock.advance(500);
  return news().includes("board.pwm_on 5");
}

async function lockedInB(config: Config): Promise<boolean> {
  const { board, news } = await station(config);
  board("B");
  return news().includes("lock.lock");
}

async function overCurrent(config: Config, ampere: number): Promise<number | "never"> {
  const evse = await basicCharging(config);
  evse.evse.metered(reading(0, ampere));
  return waited(evse, seen(evse, /raise MREC4/), 12_000);
}

const enforce = (evse: FakeEvse, ampere: number, watt?: number) =>
  evse.evse.energy.enforce({
    ...{ uuid: "evse", valid_for: 3600, schedule: [] },
    limits_root_side: {
      ac_max_current_A: { value: ampere, source: "test" },
      ...(watt === undefined ? {} : { total_power_W: { value: watt, source: "test" } }),
    },
  });

/** A car charges with 16 A, and the energy tree says 10 A: what holds then, and what is told of it. */
async function lessEnergy(config: Config): Promise<{ ampere: number; told: string | undefined }> {
  const evse = await station(config, { hlc: false });
  evse.evse.energy.capabilities = { ...boardCapabilities };
  // What is granted in the first seconds counts as a change from nothing.
  await evse.clock.advance(6000);
  enforce(evse, 16);
  evse.evse.authorizeResponse(cardToken, accepted);
  evse.board("B");
  await evse.settle();
  evse.board("C", "PowerOn");
  evse.news();
  enforce(evse, 10);
  const countdown = evse.news().find((call) => call.startsWith("publish.countdown"));
  return { ampere: evse.evse.state.limit.ampere, told: countdown?.match(/"countdown_s":(\d+)/)?.[1] };
}

async function switching(config: Config): Promise<FakeEvse> {
  const evse = await basicCharging(config);
  evse.evse.feed({ type: "phases", three: true });
  return evse;
}

export const acKeys = {
  charge_mode: { to: "DC", show: paidBefore, sees: [false, true] },
  ac_hlc_enabled: { from: false, to: true, show: pilotOf, sees: [[], ["board.pwm_on 5"]] },
  ac_hlc_use_5percent: { to: false, show: pilotOf, sees: [["board.pwm_on 5"], []] },
  ac_enforce_hlc: { to: true, show: afterCard, sees: ["T_step_EF", "PrepareCharging"] },
  ac_nominal_voltage: {
    to: 115,
    async show(config: Config) {
      const evse = await station(config);
      evse.evse.energy.capabilities = { ...boardCapabilities };
      enforce(evse, 32, 6900);
      return evse.evse.state.limit.ampere;
    },
    sees: [10, 20],
  },
  ac_max_reactive_power: {
    besides: { ac_hlc_enabled: true },
    to: 5000,
    show: async (config: Config) =>
      (await atModule(config, ({ last }) => last("hlc.update_ac_parameters")))?.includes(
        '"evse_max_reactive_power":5000',
      ),
    sees: [false, true],
  },
  supported_iso_ac_bpt: {
    besides: { ac_hlc_enabled: true },
    to: true,
    show: async (config: Config) =>
      (await atModule(config, ({ last }) => last("hlc.update_energy_transfer_modes")))?.includes("AC_BPT"),
    sees: [false, true],
  },
  ev_receipt_required: {
    besides: { ac_hlc_enabled: true },
    to: true,
    show: (config: Config) => atModule(config, ({ last }) => last("hlc.receipt_is_required")),
    sees: ["hlc.receipt_is_required false", "hlc.receipt_is_required true"],
  },
  has_ventilation: {
    to: false,
    async show(config: Config) {
      const evse = await paid(config);
      evse.board("C", "PowerOn", "D");
      return evse
        .news()
        .findLast((call) => call.startsWith("board.allow_power_on"))
        ?.includes("true");
    },
    sees: [true, false],
  },
  lock_connector_in_state_b: { to: false, show: lockedInB, sees: [true, false] },
  unlock_when_deauthorized: { to: true, show: lockedInB, sees: [true, false] },
  sleep_before_enabling_pwm_hlc_mode_ms: {
    to: 1200,
    async show(config: Config) {
      const evse = await station(config);
      evse.board("B");
      return waited(evse, seen(evse, /board\.pwm_on 5$/));
    },
    sees: [500, 1200],
  },
  state_F_after_fault_ms: {
    to: 1000,
    async show(config: Config) {
      const evse = await basicCharging(config);
      const fault = { type: "evse_board_support/DiodeFault", severity: "Medium" } as const;
      evse.evse.fault("bsp", { ...fault, sub_type: "", description: "", vendor_id: "" }, true);
      evse.board("B", "PowerOff");
      const began = evse.news().includes("board.cp_state_F");
      return began && waited(evse, seen(evse, /cp_state_X1/));
    },
    sees: [300, 1000],
  },
  switch_3ph1ph_delay_s: {
    to: 2,
    async show(config: Config) {
      const evse = await switching(config);
      return waited(evse, seen(evse, /ac_switch_three_phases/));
    },
    sees: [10_000, 2000],
  },
  switch_3ph1ph_cp_state: {
    to: "F",
    show: async (config: Config) => (await switching(config)).news().filter((call) => /cp_state/.test(call)),
    sees: [["board.cp_state_X1"], ["board.cp_state_F"]],
  },
  soft_over_current_tolerance_percent: {
    to: 0,
    show: (config: Config) => overCurrent(config, 18),
    sees: ["never", 7000],
  },
  soft_over_current_measurement_noise_A: {
    to: 0,
    show: (config: Config) => overCurrent(config, 18),
    sees: ["never", 7000],
  },
  soft_over_current_timeout_ms: {
    to: 9000,
    show: (config: Config) => overCurrent(config, 25),
    sees: [7000, 9000],
  },
  hlc_charge_loop_without_energy_timeout_s: {
    to: 2,
    async show(config: Config) {
      const evse = await contractCharging(config);
      evse.evse.feed({ type: "limit", ampere: 0, validUntil: 1e9 });
      return waited(evse, () => evse.evse.state.name !== "Charging");
    },
    sees: [5000, 2000],
  },
  hack_simplified_mode_limit_10A: {
    to: true,
    async show(config: Config) {
      const evse = await station(config, { hlc: false });
      evse.evse.authorizeResponse(cardToken, accepted);
      evse.board("C");
      await evse.settle();
      return Number(pwm(evse.news()).at(-1)?.slice(off.length)).toFixed(1);
    },
    sees: ["26.7", "16.7"],
  },
  uk_smartcharging_random_delay_enable: {
    to: true,
    show: async (config: Config) => (await lessEnergy(config)).ampere,
    sees: [10, 16],
  },
  uk_smartcharging_random_delay_max_duration: {
    besides: { uk_smartcharging_random_delay_enable: true },
    to: 100,
    show: async (config: Config) => Number((await lessEnergy(config)).told) < 100,
    sees: [false, true],
  },
  uk_smartcharging_random_delay_at_any_change: {
    besides: { uk_smartcharging_random_delay_enable: true },
    to: false,
    show: async (config: Config) => (await lessEnergy(config)).ampere,
    sees: [16, 10],
  },
} as const;
