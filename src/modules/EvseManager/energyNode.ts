import type { EnforcedLimits } from "../../interfaces/types/energy.ts";
import type { HardwareCapabilities } from "../../interfaces/types/evse_board_support.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { Timer } from "../../util/clock.ts";
import type { ChargerStateName } from "./charger/model.ts";
import { energyRequest, grantedAmpere, grantedWatt } from "./energy.ts";
import type { EvsePorts } from "./ports.ts";
import { RandomDelay } from "./randomDelay.ts";

export interface EnergyNodeOptions {
  /** The node's name in the tree. */
  readonly uuid: string;
  readonly nominalVoltage: number;
  readonly requestZeroPowerInIdle: boolean;
  readonly randomDelay: { readonly enabled: boolean; readonly maxSeconds: number; readonly atAnyChange: boolean };
}

/** What the node tells. */
export interface EnergyNodeEvents {
  /** Ampere a phase, until `validUntil` (ms, monotonic). */
  granted(ampere: number, validUntil: number): void;
  /** Watt on the grid's side, for a DC output; until `validUntil` (ms, monotonic). */
  grantedPower(watt: number, validUntil: number): void;
  /** @returns whether the charger does it. */
  switchPhases(three: boolean): boolean;
}

type Ports = Pick<EvsePorts, "clock" | "random" | "log" | "publish">;

const REQUEST_INTERVAL_MS = 1000;
/** A car that is already there when the station starts is seen within this time. */
const STARTUP_MS = 5000;

/** Before the board has said what it can do, it can do nothing. */
const nothing: HardwareCapabilities = {
  max_current_A_import: 0,
  min_current_A_import: 0,
  max_phase_count_import: 1,
  min_phase_count_import: 1,
  max_current_A_export: 0,
  min_current_A_export: 0,
  max_phase_count_export: 1,
  min_phase_count_export: 1,
  supports_changing_phases_during_charging: false,
  supports_cp_state_E: false,
  connector_type: "IEC62196Type2Cable",
};

/** The EVSE in the energy tree: asks every second and at both ends of a session, and obeys. */
export class EnergyNode {
  readonly randomDelay: RandomDelay;
  readonly #options: EnergyNodeOptions;
  readonly #ports: Ports;
  readonly #events: EnergyNodeEvents;
  #capabilities = nothing;
  #activePhases = 0;
  #state: ChargerStateName = "Disabled";
  #cableAmpere: number | undefined;
  #supply: { watt: number; efficiency: number | undefined } | undefined;
  #meters: { gridSide?: Powermeter; carSide?: Powermeter } = {};
  #readyAt = 0;
  #timer: Timer | undefined;

  constructor(options: EnergyNodeOptions, ports: Ports, events: EnergyNodeEvents) {
    this.#options = options;
    this.#ports = ports;
    this.#events = events;
    this.randomDelay = new RandomDelay({ clock: ports.clock, random: ports.random, ...options.randomDelay });
  }

  get capabilities(): HardwareCapabilities {
    return this.#capabilities;
  }

  /** Phases offered to the car; 0 before the board has told. */
  get activePhases(): number {
    return this.#activePhases;
  }

  start(): void {
    this.#readyAt = this.#ports.clock.monotonic();
    this.#repeat(true);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  set capabilities(value: HardwareCapabilities) {
    this.#capabilities = value;
    if (this.#activePhases === 0) this.#activePhases = value.max_phase_count_import;
    if (this.#activePhases > value.max_phase_count_import) this.#activePhases = value.min_phase_count_import;
  }

  set cableAmpere(value: number | undefined) {
    this.#cableAmpere = value;
  }

  /** A DC output: watt that its supply can give, and the share of what it takes that comes out. */
  supply(watt: number, efficiency: number | undefined): void {
    this.#supply = { watt, efficiency };
  }

  measured(side: "gridSide" | "carSide", value: Powermeter): void {
    this.#meters = { ...this.#meters, [side]: value };
  }

  stateChanged(state: ChargerStateName): void {
    this.#state = state;
    if (state === "WaitingForAuthentication" || state === "Finished") this.#request(true);
  }

  /** The command `enforce_limits`; limits of other nodes are passed over. */
  enforce(value: EnforcedLimits): void {
    if (value.uuid !== this.#options.uuid) return;
    if (this.#activePhases === 0) {
      this.#ports.log.warn({}, "a limit came before the board told its number of phases; it is not applied");
      return;
    }
    this.#changePhases(value.limits_root_side.ac_max_phase_count?.value);
    const granted = grantedAmpere(value, this.#options.nominalVoltage, this.#activePhases);
    const { limit, countdown } = this.randomDelay.apply(granted, this.#carNeedsEnergy, this.#hasJustStarted);
    if (countdown) this.#ports.publish.countdown(countdown);
    this.#ports.publish.enforced_limits(this.#withinCable(value, limit));
    const validUntil = this.#ports.clock.monotonic() + value.valid_for * 1000;
    // Without feeding back, a limit below zero means that nothing may be drawn.
    this.#events.granted(Math.max(0, limit), validUntil);
    const { nominalVoltage } = this.#options;
    this.#events.grantedPower(grantedWatt(value, nominalVoltage, this.#activePhases), validUntil);
  }

  get #carNeedsEnergy(): boolean {
    return ["WaitingForAuthentication", "PrepareCharging", "Charging"].includes(this.#state);
  }

  get #hasJustStarted(): boolean {
    return this.#ports.clock.monotonic() - this.#readyAt < STARTUP_MS;
  }

  #changePhases(phases: number | undefined): void {
    if (phases === undefined || phases === this.#activePhases) return;
    if (!this.#capabilities.supports_changing_phases_during_charging) {
      this.#ports.log.warn(
        { phases },
        "the energy manager wants another number of phases, but the board cannot switch",
      );
      return;
    }
    if (this.#events.switchPhases(phases === 3)) this.#activePhases = phases;
    else this.#ports.log.warn({ phases }, "phases cannot be switched while the car charges by ISO 15118");
  }

  #withinCable(value: EnforcedLimits, limit: number): EnforcedLimits {
    const ampere = value.limits_root_side.ac_max_current_A;
    if (!ampere || this.#cableAmpere === undefined) return value;
    const limited = { ...ampere, value: Math.min(limit, this.#cableAmpere) };
    return { ...value, limits_root_side: { ...value.limits_root_side, ac_max_current_A: limited } };
  }

  #repeat(priority: boolean): void {
    this.#request(priority);
    this.#timer = this.#ports.clock.setTimer(REQUEST_INTERVAL_MS, () => this.#repeat(false));
  }

  #request(priority: boolean): void {
    const { uuid, requestZeroPowerInIdle } = this.#options;
    const request = energyRequest({
      uuid,
      state: this.#state,
      capabilities: this.#capabilities,
      activePhases: this.#activePhases,
      cableAmpere: this.#cableAmpere,
      supply: this.#supply,
      requestZeroPowerInIdle,
      now: this.#ports.clock.now(),
      priority,
      ...this.#meters,
    });
    this.#ports.publish.energy_flow_request(request);
  }
}
