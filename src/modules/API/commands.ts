/** The commands that the world outside may give to an EVSE. */

import { isoTime } from "../../util/clock.ts";
import { UserError } from "../../util/errors.ts";
import type { Context, EnergySink, EvseManager } from "./context.ts";
import { readAmpereAndPhases, readEnable, readInteger, readLimit, readSwitch } from "./orders.ts";

type Command = (payload: string) => Promise<unknown>;

/** Takes commands below `everest_api/<module id>/cmd`; one that cannot be read is logged and does nothing. */
function take({ externalMqtt, log }: Context, moduleId: string, commands: Readonly<Record<string, Command>>): void {
  for (const [name, act] of Object.entries(commands)) {
    externalMqtt.subscribe(`everest_api/${moduleId}/cmd/${name}`, async (payload) => {
      try {
        await act(payload);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        log.error({ payload }, `${name} is ignored: ${error.describe()}`);
      }
    });
  }
}

/** @param ready resolves when the EVSE can be ordered about. */
export function takeEvseCommands(ctx: Context, evse: EvseManager, ready: Promise<void>): void {
  const whenReady =
    (act: (payload: string) => Promise<unknown>): Command =>
    async (payload) => {
      await ready;
      return act(payload);
    };
  take(ctx, evse.moduleId, {
    enable_disable: whenReady(async (payload) => evse.call("enable_disable", readEnable(payload))),
    enable: whenReady(async (payload) => evse.call("enable_disable", readSwitch(payload, "Enable"))),
    disable: whenReady(async (payload) => evse.call("enable_disable", readSwitch(payload, "Disable"))),
    pause_charging: whenReady(() => evse.call("pause_charging")),
    resume_charging: whenReady(() => evse.call("resume_charging")),
    stop_charging: whenReady(() => evse.call("stop_transaction", { request: { reason: "Local" } })),
    force_unlock: whenReady(async (payload) => {
      const connector_id = payload === "" ? 1 : readInteger(payload, "the number of a connector");
      await evse.call("stop_transaction", { request: { reason: "UnlockCommand" } });
      return evse.call("force_unlock", { connector_id });
    }),
  });
}

/** The delay of the EVSE's own module. */
export function takeDelayCommands(ctx: Context, evse: EvseManager): void {
  const delay = ctx.requires.random_delay.find(({ moduleId }) => moduleId === evse.moduleId);
  if (!delay) return;
  take(ctx, evse.moduleId, {
    async uk_random_delay(payload) {
      if (payload === "enable" || payload === "disable" || payload === "cancel") return delay.call(payload);
      throw new UserError(`'${payload.slice(0, 100)}' is no command`, { expected: "enable, disable or cancel" });
    },
    uk_random_delay_set_max_duration_s: async (payload) =>
      delay.call("set_duration_s", { value: readInteger(payload, "seconds") }),
  });
}

/** Limits of the EVSE `evseId`, for which an energy sink must be mapped to it. */
export function takeLimits(ctx: Context, evse: EvseManager, evseId: number): void {
  const sink: EnergySink | undefined = ctx.requires.evse_energy_sink.find(({ mapping }) => mapping?.evse === evseId);
  if (!sink) {
    const message = `limits for EVSE ${evseId} cannot be set: no connection 'evse_energy_sink' leads to a node mapped to it`;
    ctx.log.warn({ evse: evse.moduleId }, message);
    return;
  }
  const now = () => isoTime(ctx.clock.now());
  take(ctx, evse.moduleId, {
    set_limit_amps: async (payload) => sink.call("set_external_limits", { value: readLimit(payload, "A", now()) }),
    set_limit_watts: async (payload) => sink.call("set_external_limits", { value: readLimit(payload, "W", now()) }),
    set_limit_amps_phases: async (payload) =>
      sink.call("set_external_limits", { value: readAmpereAndPhases(payload, now()) }),
  });
}
