/** What the EVSE tells who watches a fleet, in EVerest's categories livedata, session and Evse. */
import type { Telemetry, TelemetryEntries } from "../../framework/telemetry.ts";
import type { SessionEvent, StopTransactionReason } from "../../interfaces/types/evse_manager.ts";
import type { Powermeter } from "../../interfaces/types/powermeter.ts";
import type { Clock, Timer } from "../../util/clock.ts";

const INTERVAL_MS = 10_000;

/** What `Evse/control` says. */
export interface ControlStatus {
  readonly authorisation_finished: boolean;
  readonly emergency_stop: boolean;
  readonly error_stop: boolean;
  readonly normal_stop: boolean;
  readonly contract_payment_enabled: boolean;
  readonly free_charging_enabled: boolean;
}

export class EvseTelemetry {
  readonly #telemetry: Telemetry;
  readonly #clock: Clock;
  #control: ControlStatus;
  #reading: Powermeter | undefined;
  #timer: Timer | undefined;

  constructor(
    telemetry: Telemetry,
    clock: Clock,
    payment: Pick<ControlStatus, "contract_payment_enabled" | "free_charging_enabled">,
  ) {
    this.#telemetry = telemetry;
    this.#clock = clock;
    const nothing = { authorisation_finished: false, emergency_stop: false, error_stop: false, normal_stop: false };
    this.#control = { ...nothing, ...payment };
  }

  /** From now on the meter's last value is told every ten seconds. */
  start(): void {
    if (!this.#telemetry.enabled) return;
    this.#change({});
    this.#repeat();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  metered(value: Powermeter): void {
    this.#reading = value;
  }

  sessionEvent(event: SessionEvent): void {
    const entries = sessionEntries(event);
    if (entries) this.#telemetry.publish("session", "events", entries);
    const change = controlChange(event);
    if (change) this.#change(change);
  }

  /** An error forbids charging. */
  faulted(): void {
    this.#change({ error_stop: true });
  }

  #change(change: Partial<ControlStatus>): void {
    this.#control = { ...this.#control, ...change };
    this.#telemetry.publish("Evse", "control", { ...this.#control });
  }

  #repeat(): void {
    if (this.#reading) this.#telemetry.publish("livedata", "power_meter", meterEntries(this.#reading));
    this.#timer = this.#clock.setTimer(INTERVAL_MS, () => this.#repeat());
  }
}

/** An event of which the timeline of sessions consists; undefined for others. */
export function sessionEntries(event: SessionEvent): TelemetryEntries | undefined {
  const { uuid: session_id, timestamp, session_started, transaction_started, transaction_finished } = event;
  const about = { timestamp, session_id };
  if (session_started) return { ...about, type: "session_started", reason: session_started.reason };
  if (transaction_started) {
    const { meter_value, id_tag } = transaction_started;
    return { ...about, type: "transaction_started", ...counters(meter_value), id_tag: id_tag.id_token.value };
  }
  if (transaction_finished) {
    const { meter_value, reason } = transaction_finished;
    return { ...about, type: "transaction_finished", ...counters(meter_value), ...(reason && { reason }) };
  }
  return event.event === "SessionFinished" ? { ...about, type: "session_finished" } : undefined;
}

function counters({ energy_Wh_import, energy_Wh_export }: Powermeter): TelemetryEntries {
  return {
    energy_counter_import_wh: energy_Wh_import.total,
    ...(energy_Wh_export && { energy_counter_export_wh: energy_Wh_export.total }),
  };
}

const errorReasons: ReadonlySet<StopTransactionReason> = new Set([
  "GroundFault",
  "OvercurrentFault",
  "PowerQuality",
  "Timeout",
  "PowerLoss",
]);

function controlChange({ event, transaction_finished }: SessionEvent): Partial<ControlStatus> | undefined {
  if (event === "Authorized") return { authorisation_finished: true };
  if (event === "AuthRequired" || event === "Deauthorized") return { authorisation_finished: false };
  if (event === "TransactionStarted") {
    return { authorisation_finished: true, normal_stop: false, error_stop: false, emergency_stop: false };
  }
  if (!transaction_finished) return undefined;
  const { reason = "Other" } = transaction_finished;
  if (reason === "EmergencyStop") return { emergency_stop: true };
  return errorReasons.has(reason) ? { error_stop: true } : { normal_stop: true };
}

/** Quantities of the meter with their names in telemetry: before the phase, and behind it. */
const quantities = [
  ["energy_Wh_import", "energy_import", "_Wh"],
  ["energy_Wh_export", "energy_export", "_Wh"],
  ["power_W", "power", "_W"],
  ["VAR", "var", ""],
  ["voltage_V", "voltage", "_V"],
  ["current_A", "current", "_A"],
  ["frequency_Hz", "frequency", "_Hz"],
] as const satisfies readonly (readonly [keyof Powermeter, string, string])[];

export function meterEntries(value: Powermeter): TelemetryEntries {
  const { timestamp, meter_id = "N/A", phase_seq_error } = value;
  const measured = quantities.flatMap(([quantity, before, behind]) =>
    Object.entries(value[quantity] ?? {}).flatMap(([phase, number]) =>
      typeof number === "number" ? [[`${before}_${phase}${behind}`, number] as const] : [],
    ),
  );
  return {
    ...{ timestamp, type: "power_meter", meter_id },
    ...Object.fromEntries(measured),
    ...(phase_seq_error === undefined ? {} : { phase_seq_error }),
  };
}
