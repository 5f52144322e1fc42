/** What is told of one EVSE: at once what changes, and every second what somebody who has just come wants to know. */
import { isoTime } from "../../util/clock.ts";
import type { Context, EvseManager } from "./context.ts";
import type { Rounding } from "./rounding.ts";
import { SessionInfo } from "./sessionInfo.ts";

export interface EvseReport {
  readonly moduleId: string;
  /** Resolves when the EVSE says that it is ready. */
  readonly ready: Promise<void>;
  /** Tells what is told every second. */
  tell(): void;
}

export function reportEvse(ctx: Context, evse: EvseManager, rounding: Rounding): EvseReport {
  const { clock, externalMqtt } = ctx;
  const session = new SessionInfo(clock);
  const say = (variable: string, payload: string) =>
    externalMqtt.publish(`everest_api/${evse.moduleId}/var/${variable}`, payload);
  const tell = (variable: string, value: unknown) => say(variable, JSON.stringify(value));
  const latest = { hardware_capabilities: "", selected_protocol: "" };
  evse.subscribe("hw_capabilities", (value) => {
    latest.hardware_capabilities = JSON.stringify(rounding.capabilities(value));
    say("hardware_capabilities", latest.hardware_capabilities);
  });
  evse.subscribe("powermeter", (reading) => {
    tell("powermeter", rounding.powermeter(reading));
    session.onPowermeter(reading);
  });
  evse.subscribe("limits", (value) => tell("limits", rounding.limits(value)));
  evse.subscribe("telemetry", (value) => tell("telemetry", rounding.telemetry(value)));
  evse.subscribe("ev_info", (value) => tell("ev_info", value));
  evse.subscribe("selected_protocol", (value) => {
    latest.selected_protocol = value;
  });
  evse.subscribeErrors(({ type, state }) => {
    if (type === "evse_manager/Inoperative") session.onInoperative(state === "Active");
  });
  evse.subscribe("session_event", (event) => {
    session.onEvent(event);
    const path = event.session_started?.logging_path;
    if (path !== undefined) say("logging_path", path);
    if (event.event === "TransactionFinished") tell("session_info", session.tell());
  });
  for (const delay of ctx.requires.random_delay) {
    if (delay.moduleId === evse.moduleId) delay.subscribe("countdown", (value) => session.onCountdown(value));
  }
  const ready = new Promise<void>((resolve) => {
    evse.subscribe("ready", (isReady) => {
      if (isReady) resolve();
    });
  });
  return {
    moduleId: evse.moduleId,
    ready,
    tell() {
      say("datetime", isoTime(clock.now()));
      tell("session_info", session.tell());
      say("hardware_capabilities", latest.hardware_capabilities);
      say("selected_protocol", latest.selected_protocol);
    },
  };
}
