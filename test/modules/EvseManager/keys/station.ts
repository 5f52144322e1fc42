/** Keys about the station around a session: start, logs, faults, energy. */
import { basename, dirname } from "node:path";
import type { MeterPort } from "../../../../src/modules/EvseManager/ports.ts";
import { accepted, cardToken, fakeEvse } from "../fakeNeighbours.ts";
import { atModule, type Config, station, waited } from "./scenes.ts";

const meter: MeterPort = {
  start_transaction: async () => ({ status: "OK" }),
  stop_transaction: async () => ({ status: "OK" }),
};
const brokenMeter: MeterPort = {
  ...meter,
  start_transaction: async () => ({ status: "UNEXPECTED_ERROR", error: "no memory" }),
};

/** Files that one session leaves. */
const logsOf = (config: Config) =>
  atModule({ ac_hlc_enabled: true, ...config }, async ({ tested, line, written }) => {
    await line("B");
    tested.mock.hlc[0]?.publish("v2g_messages", { id: "SessionSetupReq", xml: "<content>" });
    await tested.heard();
    await line("A");
    await tested.heard();
    return written;
  });

/** Ampere that an EVSE without a car asks for. */
const askedInIdle = (config: Config) =>
  atModule(config, async ({ tested }) => {
    await tested.clock.advance(2000);
    const text = (await tested.heard()).findLast((said) => said.startsWith("energy_grid.energy_flow_request"));
    return text?.match(/"limits_to_leaves":\{"ac_max_current_A":\{"value":(\d+)/)?.[1];
  });

const pausesAnnounced = async (config: Config) => {
  const { board, clock, news } = await station({ charge_mode: "DC", ...config });
  board("B");
  await clock.advance(6000);
  return news().filter((call) => call.startsWith("hlc.no_energy_pause_charging"));
};

const logging = { session_logging: true };
const none: readonly string[] = [];

export const stationKeys = {
  initial_meter_value_timeout_ms: {
    to: 2000,
    async show(config: Config) {
      const evse = fakeEvse({ config, meter });
      void evse.evse.boot();
      return waited(evse, () => evse.news().includes("publish.ready true"));
    },
    sees: [5000, 2000],
  },
  fail_on_powermeter_errors: {
    besides: { initial_meter_value_timeout_ms: 0 },
    to: false,
    async show(config: Config) {
      const evse = await station(config, { hlc: false, meter: brokenMeter });
      evse.board("B");
      evse.evse.authorizeResponse(cardToken, accepted);
      await evse.settle();
      return evse.told().includes("TransactionStarted");
    },
    sees: [false, true],
  },
  external_ready_to_start_charging: {
    to: true,
    async show(config: Config) {
      const evse = fakeEvse({ config });
      await evse.evse.boot();
      return evse.news().filter((call) => /ready/.test(call));
    },
    sees: [
      ["publish.waiting_for_external_ready false", "publish.ready true"],
      ["publish.waiting_for_external_ready true"],
    ],
  },
  inoperative_error_use_vendor_id: {
    to: true,
    show: (config: Config) =>
      atModule(config, async ({ tested, bsp }) => {
        const vendors: string[] = [];
        tested.on.evse.subscribeErrors(({ vendor_id }) => void vendors.push(vendor_id));
        bsp?.raiseError("evse_board_support/DiodeFault", { message: "diode", vendor_id: "acme" });
        await tested.heard();
        return vendors;
      }),
    sees: [[""], ["acme"]],
  },
  session_id_type: {
    to: "SHORT_BASE64",
    async show(config: Config) {
      const { board, events } = await station(config);
      board("B");
      return events.at(-1)?.uuid.length;
    },
    sees: [36, 16],
  },
  session_logging: { to: true, show: async (config: Config) => (await logsOf(config)).length, sees: [0, 1] },
  session_logging_path: {
    besides: logging,
    to: "/var/log/sessions",
    show: async (config: Config) => (await logsOf(config)).map(({ path }) => dirname(dirname(path))),
    sees: [["/tmp"], ["/var/log/sessions"]],
  },
  session_logging_xml: {
    besides: logging,
    to: false,
    show: async (config: Config) => (await logsOf(config)).map(({ content }) => content.includes("<content>")),
    sees: [[true], [false]],
  },
  logfile_suffix: {
    besides: logging,
    to: "outlet-7",
    show: async (config: Config) =>
      (await logsOf(config)).map(({ path }) => basename(dirname(path)).endsWith("-outlet-7")),
    sees: [[false], [true]],
  },
  request_zero_power_in_idle: { to: true, show: askedInIdle, sees: ["32", "0"] },
  zero_power_ignore_pause: {
    to: false,
    show: pausesAnnounced,
    sees: [none, ['hlc.no_energy_pause_charging "PauseBeforeCableCheck"']],
  },
  zero_power_allow_ev_to_ignore_pause: {
    besides: { zero_power_ignore_pause: false },
    to: true,
    show: pausesAnnounced,
    sees: [
      ['hlc.no_energy_pause_charging "PauseBeforeCableCheck"'],
      ['hlc.no_energy_pause_charging "AllowEvToIgnorePause"'],
    ],
  },
} as const;
