import { defineModule } from "../../framework/module.ts";
import { manifest } from "./manifest.ts";
import { type End, Matching, type State } from "./matching.ts";

export const SlacSimulator = defineModule(manifest, ({ clock, simulation, provides }) => {
  const tellState = (end: End, state: State) =>
    end === "ev" ? provides.ev.publish("state", state) : provides.evse.publish("state", state);
  const tellLink = (end: End, ready: boolean) =>
    end === "ev" ? provides.ev.publish("dlink_ready", ready) : provides.evse.publish("dlink_ready", ready);
  const matching = new Matching({
    clock,
    delayFactor: simulation.delayFactor,
    onChange(end, state, link) {
      tellState(end, state);
      if (link) tellLink(end, link === "up");
    },
  });
  const unmatch = () => {
    matching.reset("evse");
    return null;
  };
  return {
    provides: {
      evse: {
        reset: unmatch,
        enter_bcd() {
          matching.start("evse");
          return null;
        },
        leave_bcd: unmatch,
        dlink_terminate: unmatch,
        dlink_error: unmatch,
        /** Without a power line there is nothing to save power on. */
        dlink_pause: () => null,
      },
      ev: {
        reset() {
          matching.reset("ev");
          return null;
        },
        trigger_matching() {
          matching.start("ev");
          return true;
        },
      },
    },
    ready() {
      tellState("evse", matching.state("evse"));
      tellState("ev", matching.state("ev"));
    },
    stop: () => matching.stop(),
  };
});
