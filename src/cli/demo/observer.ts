/** A module of the demo's own that watches the station from inside, as EVerest's probe modules do. */
import { defineManifest } from "../../framework/manifest.ts";
import { defineModule, type Module } from "../../framework/module.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { ISO15118_charger } from "../../interfaces/ISO15118_charger.ts";
import { ISO15118_ev } from "../../interfaces/ISO15118_ev.ts";
import { ocpp } from "../../interfaces/ocpp.ts";
import type { SessionEventEnum } from "../../interfaces/types/evse_manager.ts";

export interface Observations {
  /** The CSMS has taken the station in. */
  booted(): void;
  /** The station cannot speak to cars. */
  cannotListen(reason: string): void;
  sessionEvent(event: SessionEventEnum): void;
  /** The car has ended its V2G session, for whatever reason. */
  carFinished(): void;
}

const manifest = defineManifest({
  description: "Watches a station for the demo.",
  provides: {},
  requires: {
    evse_manager: { interface: evse_manager },
    charger: { interface: ISO15118_charger },
    ev: { interface: ISO15118_ev },
    ocpp: { interface: ocpp },
  },
});

/** @param observations are told of everything, from the station's start on. */
export function observer(observations: Observations): Module {
  return defineModule(manifest, ({ requires }) => {
    for (const evse of requires.evse_manager) {
      evse.subscribe("session_event", ({ event }) => observations.sessionEvent(event));
    }
    for (const charger of requires.charger) {
      charger.subscribeErrors(({ type, state, message }) => {
        if (type === "generic/CommunicationFault" && state === "Active") observations.cannotListen(message);
      });
    }
    for (const ev of requires.ev) ev.subscribe("v2g_session_finished", () => observations.carFinished());
    for (const station of requires.ocpp) {
      station.subscribe("boot_notification_response", ({ status }) => {
        if (status === "Accepted") observations.booted();
      });
    }
    return { provides: {} };
  });
}
