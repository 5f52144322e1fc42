import { defineModule } from "../../framework/module.ts";
import type { Timer } from "../../util/clock.ts";
import { manifest } from "./manifest.ts";
import { Supply } from "./supply.ts";

/** Between two measurements of an output that nothing happens to. */
const INTERVAL_MS = 500;

const noTransactions = { status: "NOT_SUPPORTED", error: "this meter signs no transactions" } as const;

export const DCSupplySimulator = defineModule(manifest, ({ clock, implConfig, provides }) => {
  const supply = new Supply(implConfig.main, clock);
  let timer: Timer | undefined;
  const tell = () => {
    timer?.cancel();
    timer = clock.setTimer(INTERVAL_MS, tell);
    provides.main.publish("voltage_current", supply.output);
    provides.powermeter.publish("powermeter", supply.read());
  };
  const changed = (): null => {
    // Before the station is ready nobody listens, and after it has stopped nobody shall.
    if (timer) tell();
    return null;
  };
  return {
    provides: {
      main: {
        setMode({ mode, phase }) {
          supply.setMode(mode, phase);
          provides.main.publish("mode", mode);
          return changed();
        },
        setExportVoltageCurrent(setting) {
          supply.set("Export", setting);
          return changed();
        },
        setImportVoltageCurrent(setting) {
          supply.set("Import", setting);
          return changed();
        },
      },
      powermeter: {
        start_transaction: () => noTransactions,
        stop_transaction: () => noTransactions,
      },
    },
    ready() {
      provides.main.publish("capabilities", supply.capabilities);
      tell();
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
  };
});
