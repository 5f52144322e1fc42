import type { ProvidedIdToken, ValidationResult } from "../../interfaces/types/authorization.ts";
import type { BspEvent } from "../../interfaces/types/board_support_common.ts";
import type { StopTransactionRequest } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import { type ActParts, actsOf } from "./acts.ts";
import { Availability } from "./availability.ts";
import { isRunning } from "./charger/events.ts";
import type { ChargerEvent, ChargerState, SessionNews } from "./charger/model.ts";
import { type DcEvents, DcSide } from "./dcSide.ts";
import { EnergyNode } from "./energyNode.ts";
import type { EvseOptions } from "./evseOptions.ts";
import { FaultDesk } from "./faultDesk.ts";
import type { Fault } from "./faults.ts";
import { FirstReading } from "./firstReading.ts";
import { SessionJournal } from "./journal.ts";
import { Machines } from "./machines.ts";
import { phaseCurrents } from "./meter.ts";
import { OfferedLimits } from "./offeredLimits.ts";
import { Payment } from "./payment.ts";
import type { CpEvent, PilotEffect } from "./pilotModel.ts";
import { commandBoard, spreadPilotEvent } from "./pilotOutputs.ts";
import type { DcPort, EvsePorts } from "./ports.ts";

/** For `dbg_hlc_auth_after_tstep`. */
const readyToCharge: ReadonlySet<string> = new Set(["Charging", "ChargingPausedEV", "ChargingPausedEVSE"]);

/** One EVSE: carries out what its machines decide, and tells them what happens. */
export class Evse {
  readonly payment: Payment;
  readonly energy: EnergyNode;
  readonly availability: Availability;
  /** Of a DC EVSE. */
  readonly dc: DcSide | undefined;
  readonly #options: EvseOptions;
  readonly #ports: EvsePorts;
  readonly #machines: Machines;
  readonly #journal: SessionJournal;
  readonly #faults: FaultDesk;
  readonly #limits: OfferedLimits;
  readonly #firstReading: FirstReading;
  #running = false;
  #stopped = false;
  #matching = false;
  #newCar: () => void = () => {};
  #dcListener: Pick<DcEvents, "supplyChanged" | "targetChanged"> = { supplyChanged() {}, targetChanged() {} };

  constructor(options: EvseOptions, ports: EvsePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#limits = new OfferedLimits(options.moduleId, ports);
    this.#firstReading = new FirstReading(options.initialMeterValueTimeoutMs);
    this.#faults = new FaultDesk(ports.errors, options.inoperativeUsesVendorId, () => this.#faultsChanged());
    this.payment = new Payment(options.payment, ports);
    this.availability = new Availability({
      state: () => this.state,
      feed: (event) => this.feed(event),
      tell: (news) => this.#tell(news),
    });
    this.#journal = new SessionJournal(
      {
        evseId: options.evseId,
        sessionIdType: options.sessionIdType,
        reservationId: () => this.availability.reservationId,
        switchedBy: () => this.availability.switchedBy,
        log: ports.sessionLog,
      },
      ports,
    );
    this.#machines = new Machines(options, ports.clock, {
      board: (effect) => this.#command(effect),
      pilotEvent: (event) => this.#pilotEvent(event),
      act: actsOf(options, ports, this.#actParts()),
    });
    this.energy = new EnergyNode(options.energy, ports, {
      granted: (ampere, validUntil) => this.feed({ type: "limit", ampere, validUntil }),
      grantedPower: (watt, validUntil) => this.dc?.feed({ type: "grant", watt, validUntil }),
      switchPhases: (three) => this.#switchPhases(three),
    });
    this.dc = ports.dc && this.#dcSide(ports.dc);
  }

  #actParts(): ActParts {
    return {
      journal: this.#journal,
      feed: (event) => this.feed(event),
      tell: (news) => this.#tell(news),
      stateChanged: (name) => {
        this.energy.stateChanged(name);
        this.dc?.feed({ type: "charger", name });
      },
      limited: (ampere) => this.#limits.ampere(ampere),
      authorizationTimedOut: () => this.payment.timedOut(),
      raise: (fault) => this.#faults.raise(fault),
      clearErrors: (error) => this.#faults.clearOwn(error),
    };
  }

  #dcSide(port: DcPort): DcSide {
    return new DcSide(this.#options.dc, this.#ports, port, {
      feed: (event) => this.feed(event),
      raise: (fault) => this.#faults.raise(fault),
      supplyChanged: (capabilities) => {
        this.energy.supply(capabilities.max_export_power_W, capabilities.conversion_efficiency_export);
        this.#dcListener.supplyChanged(capabilities);
      },
      targetChanged: (voltage, current) => this.#dcListener.targetChanged(voltage, current),
    });
  }

  get state(): ChargerState {
    return this.#machines.charger;
  }

  get sessionId(): string {
    return this.#journal.sessionId;
  }

  /** Everything before the first car: the meter's first value, left-overs of a loss of power, who must say go. Never rejects. */
  async boot(): Promise<void> {
    const { publish, clock, meter } = this.#ports;
    const { evseId, waitForExternalReady } = this.#options;
    publish.evse_id(evseId);
    this.dc?.boot();
    this.payment.offer("open");
    this.feed({ type: "limit", ampere: 0, validUntil: clock.monotonic() });
    if (meter) await this.#firstReading.wait(this.#ports);
    await this.#journal.closeLeftOvers();
    if (this.#stopped) return;
    this.energy.start();
    publish.waiting_for_external_ready(waitForExternalReady);
    if (!waitForExternalReady) this.run();
  }

  /** Cars are served from now on. @returns false when they already were. */
  run(): boolean {
    if (this.#running || this.#stopped) return false;
    this.#running = true;
    const { enabled } = this.availability;
    this.feed({ type: "tick" });
    if (enabled) this.#tell({ event: "Enabled" });
    if (enabled) this.#machines.input({ type: "enable", value: true });
    this.#ports.publish.ready(true);
    return true;
  }

  /** Opens the contactor and stops all timers. */
  stop(): void {
    this.#stopped = true;
    this.#firstReading.giveUp();
    this.dc?.stop();
    this.#machines.input({ type: "allowPower", allow: false, reason: "PowerOff" });
    this.#machines.stop();
    this.energy.stop();
  }

  /** Calls `act` whenever a session starts or ends. */
  onNewCar(act: () => void): void {
    this.#newCar = act;
  }

  /** Who wants to hear when the DC supply can give something else, and when it is set anew. */
  onDc(listener: Pick<DcEvents, "supplyChanged" | "targetChanged">): void {
    this.#dcListener = listener;
  }

  feed(event: ChargerEvent): void {
    this.#machines.feed(event);
  }

  boardEvent({ event }: BspEvent): void {
    this.#machines.input({ type: "board", event });
  }

  /** Phases available to the car. */
  phasesAvailable(count: number): void {
    this.#limits.phases(count);
  }

  cable(ampere: number | undefined): void {
    this.energy.cableAmpere = ampere;
    this.feed({ type: "cable", ampere });
  }

  /** A value of the billing meter. */
  metered(value: Powermeter): void {
    this.#journal.reading = value;
    this.#firstReading.came();
    this.feed({ type: "drawn", amperes: phaseCurrents(value) });
    this.#ports.publish.powermeter(value);
    this.#ports.hlc?.update_meter_info(value);
  }

  slacMatching(started: boolean): void {
    this.#matching = started;
    this.feed({ type: "matching", started });
  }

  /** The car presented its contract. */
  requireContract(token: ProvidedIdToken): void {
    this.payment.requireContract(token, this.state.authorization?.token);
  }

  requireEim(): void {
    const { authorization, name } = this.state;
    const late = this.#options.tellEimOnlyWhenReady && !readyToCharge.has(name);
    this.payment.requireEim(authorization !== undefined && !late);
  }

  /** The ISO 15118 side wants the data link to end, to sleep, or to start anew. */
  dlink(what: "error" | "pause" | "terminate"): void {
    const { slac } = this.#ports;
    this.feed({ type: "dlink", what });
    if (what === "error") slac?.dlink_error();
    else if (what === "pause") slac?.dlink_pause();
    else slac?.dlink_terminate();
  }

  /** Auth's answer. */
  authorizeResponse(token: ProvidedIdToken, result: ValidationResult): void {
    const taken = this.payment.decided(token, result, () => {
      this.feed({ type: "authorize", token, result });
      return this.state.authorization?.token === token;
    });
    if (taken && result.reservation_id !== undefined) this.availability.useReservation(result.reservation_id);
  }

  withdrawAuthorization(): void {
    if (this.state.authorization) this.availability.cancelReservation();
    this.feed({ type: "withdraw" });
  }

  /** @returns false when there is no transaction. */
  stopTransaction(request: StopTransactionRequest): boolean {
    const running = isRunning(this.state);
    if (running) this.feed({ type: "stop", request });
    return running;
  }

  /** @returns false when there is no transaction. */
  pause(paused: boolean): boolean {
    if (this.state.transaction !== "active") return false;
    this.feed({ type: paused ? "pause" : "resume" });
    return true;
  }

  /** @returns false when there is no lock. */
  forceUnlock(): boolean {
    if (!this.#ports.lock) return false;
    this.stopTransaction({ reason: "UnlockCommand" });
    this.#machines.input({ type: "forceUnlock" });
    return true;
  }

  /** Something connected raised or cleared an error. */
  fault(source: string, fault: Fault, active: boolean): void {
    this.#faults.set(source, fault, active);
  }

  /** The DC output hears of the contactor first, as none opens under load. */
  #command(effect: Exclude<PilotEffect, { do: "event" }>): void {
    if (effect.do === "allow_power_on") {
      this.dc?.feed({ type: "contactorAllowed", allowed: effect.value.allow_power_on });
    }
    commandBoard(effect, this.#ports);
  }

  #pilotEvent(event: CpEvent): void {
    if (event === "CarPluggedIn" || event === "CarUnplugged") this.payment.forgetCar();
    if (event === "CarUnplugged") this.dc?.feed({ type: "unplugged" });
    if (event === "PowerOn" || event === "PowerOff") this.dc?.feed({ type: "contactor", open: event === "PowerOff" });
    spreadPilotEvent(event, this.#ports, this.#matching);
  }

  /** Modules that act on a session event must find ISO 15118 already told of what may be offered. */
  #tell(news: SessionNews): void {
    const { publish } = this.#ports;
    const [starts, ends] = [news.event === "SessionStarted", news.event === "SessionFinished"];
    if (starts || ends) this.#newCar();
    if (starts) publish.selected_protocol("IEC61851-1");
    this.payment.hear(news);
    if (ends) publish.selected_protocol("Unknown");
    this.#journal.tell(news);
    this.availability.hear(news);
  }

  #switchPhases(three: boolean): boolean {
    if (this.state.hlcActive) return false;
    this.feed({ type: "phases", three });
    return true;
  }

  #faultsChanged(): void {
    const { level } = this.#faults;
    if (level === this.state.fault) return;
    if (level !== "none") this.availability.cancelReservation();
    this.feed({ type: "fault", level });
  }
}
