import type { ProvidedIdToken, ValidationResult } from "../../../src/interfaces/types/authorization.ts";
import type { SessionEvent } from "../../../src/interfaces/types/evse_manager.ts";
import { Evse } from "../../../src/modules/EvseManager/evse.ts";
import { type EvseManagerConfig, manifest } from "../../../src/modules/EvseManager/manifest.ts";
import { evseOptions } from "../../../src/modules/EvseManager/options.ts";
import type { EvsePorts, HlcPort, MeterPort, SlacPort } from "../../../src/modules/EvseManager/ports.ts";
import { silentLogger } from "../../../src/util/log.ts";
import { ManualClock } from "../../../src/util/manualClock.ts";
import type { Random } from "../../../src/util/random.ts";
import { Timeline } from "../../../src/util/trace.ts";

/** Ids that can be read: 1, 2, 3. */
export function countingRandom(): Random {
  let count = 0;
  return {
    bytes: (length) => new Uint8Array(length).fill(++count),
    uuid: () => `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
  };
}

export const contractToken: ProvidedIdToken = {
  authorization_type: "PlugAndCharge",
  id_token: { value: "DEABCC12345678", type: "eMAID" },
  certificate: "-----BEGIN CERTIFICATE-----",
};

export const cardToken: ProvidedIdToken = {
  authorization_type: "RFID",
  id_token: { value: "04A1B2C3", type: "ISO14443" },
};

export const accepted: ValidationResult = { authorization_status: "Accepted", tariff_messages: [] };
export const revoked: ValidationResult = {
  authorization_status: "Invalid",
  certificate_status: "CertificateRevoked",
  tariff_messages: [],
};

/** A port whose methods write their name and arguments into `calls`. */
function recorded<Port extends object>(name: string, methods: readonly (keyof Port & string)[], calls: string[]): Port {
  const write =
    (method: string) =>
    (...args: unknown[]) => {
      calls.push([`${name}.${method}`, ...args.map((arg) => JSON.stringify(arg))].join(" "));
    };
  return Object.fromEntries(methods.map((method) => [method, write(method)])) as unknown as Port;
}

export interface FakeOptions {
  readonly config?: Partial<EvseManagerConfig>;
  readonly hlc?: boolean;
  readonly meter?: MeterPort;
  readonly tokensAreHeard?: boolean;
  readonly store?: { session: string | undefined };
  readonly delayFactor?: number;
}

/** One EVSE whose neighbours only write down what they are told. */
export function fakeEvse(options: FakeOptions = {}) {
  const clock = new ManualClock();
  const trace = new Timeline(clock);
  const calls: string[] = [];
  const events: SessionEvent[] = [];
  const tokens: ProvidedIdToken[] = [];
  const hlc = options.hlc ?? true;
  const dc = options.config?.charge_mode === "DC";
  const { store } = options;
  const ports: EvsePorts = {
    clock,
    random: countingRandom(),
    log: silentLogger,
    trace,
    board: recorded(
      "board",
      [
        "enable",
        "pwm_on",
        "cp_state_X1",
        "cp_state_F",
        "allow_power_on",
        "ac_switch_three_phases_while_charging",
        "ac_set_overcurrent_limit_A",
      ],
      calls,
    ),
    lock: recorded("lock", ["lock", "unlock"], calls),
    slac: hlc ? recorded<SlacPort>("slac", slacMethods, calls) : undefined,
    hlc: hlc ? recorded<HlcPort>("hlc", hlcMethods, calls) : undefined,
    dc: dc
      ? {
          supply: recorded("supply", ["setMode", "setExportVoltageCurrent"], calls),
          imd: recorded("imd", ["start", "stop", "start_self_test"], calls),
          overVoltageMonitor: recorded("ovm", ["set_limits", "start", "stop", "reset_over_voltage_error"], calls),
        }
      : undefined,
    meter: options.meter,
    store: store && {
      load: async () => store.session,
      save(session) {
        store.session = session;
      },
    },
    publish: {
      ...recorded("publish", publications, calls),
      session_event: (event) => {
        events.push(event);
        calls.push(`event ${event.event}`);
      },
      provided_token: (token) => {
        tokens.push(token);
        calls.push(`token ${token.id_token.value}`);
      },
      energy_flow_request: () => {},
      limits: () => {},
      nodered: () => {},
    },
    errors: {
      raise: (error, { description }) => void calls.push(`raise ${error}: ${description}`),
      clear: (error) => void calls.push(`clear ${error}`),
    },
    tokensAreHeard: options.tokensAreHeard ?? true,
  };
  const config = manifest.config.parse({ connector_id: 1, ac_hlc_enabled: hlc, ...options.config });
  const surroundings = {
    moduleId: "evse",
    hlcConnected: hlc,
    imdConnected: dc,
    overVoltageMonitorConnected: dc,
    delayFactor: options.delayFactor ?? 1,
  };
  const evse = new Evse(evseOptions(config, surroundings), ports);
  /** What was called since the last look. */
  const news = () => calls.splice(0);
  return {
    evse,
    clock,
    trace,
    events,
    tokens,
    news,
    /** Names of the session events since the last look. */
    told: () => news().flatMap((call) => (call.startsWith("event ") ? call.slice(6) : [])),
    /** Boots it, with energy for a quarter of an hour. */
    async boot(ampere = 16) {
      await evse.boot();
      evse.feed({ type: "limit", ampere, validUntil: clock.monotonic() + 900_000 });
      news();
    },
    board: (...states: ("A" | "B" | "C" | "D" | "E" | "F" | "PowerOn" | "PowerOff")[]) => {
      for (const event of states) evse.boardEvent({ event });
    },
    settle: () => clock.advance(0),
  };
}

export type FakeEvse = ReturnType<typeof fakeEvse>;

const slacMethods = ["reset", "enter_bcd", "leave_bcd", "dlink_terminate", "dlink_error", "dlink_pause"] as const;

const hlcMethods = [
  "setup",
  "set_charging_parameters",
  "session_setup",
  "bpt_setup",
  "receipt_is_required",
  "reset_error",
  "send_error",
  "authorization_response",
  "ac_contactor_closed",
  "dlink_ready",
  "stop_charging",
  "pause_charging",
  "no_energy_pause_charging",
  "update_energy_transfer_modes",
  "update_ac_max_current",
  "update_ac_parameters",
  "update_ac_maximum_limits",
  "update_ac_minimum_limits",
  "update_meter_info",
  "set_powersupply_capabilities",
  "cable_check_finished",
  "update_isolation_status",
  "update_dc_maximum_limits",
  "update_dc_minimum_limits",
  "update_dc_present_values",
] as const;

const publications = [
  "hlc_session_failed",
  "ev_info",
  "car_manufacturer",
  "powermeter",
  "enforced_limits",
  "hw_capabilities",
  "supported_energy_transfer_modes",
  "selected_protocol",
  "evse_id",
  "waiting_for_external_ready",
  "ready",
  "countdown",
] as const;
