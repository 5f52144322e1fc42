import { defineModule } from "../../framework/module.ts";
import { isoTime, repeatedly, type Timer } from "../../util/clock.ts";
import { manifest } from "./manifest.ts";

/** As often as EVerest tells everything. */
const PERIOD_MS = 1000;

export const EvAPI = defineModule(manifest, ({ clock, requires, externalMqtt }) => {
  const cars = requires.ev_manager.map((car) => {
    const topic = `everest_api/${car.moduleId}/var`;
    let state = "Unknown";
    const tell = () => {
      const datetime = isoTime(clock.now());
      externalMqtt.publish(`${topic}/session_info`, JSON.stringify({ state, datetime }));
    };
    car.subscribe("ev_info", (info) => externalMqtt.publish(`${topic}/ev_info`, JSON.stringify(info)));
    car.subscribe("bsp_event", ({ event }) => {
      state = event;
      tell();
    });
    return {
      id: car.moduleId,
      tell() {
        externalMqtt.publish(`${topic}/datetime`, isoTime(clock.now()));
        tell();
      },
    };
  });
  const tellAll = () => {
    for (const car of cars) car.tell();
    externalMqtt.publish("everest_api/ev_connectors", JSON.stringify(cars.map(({ id }) => id)));
  };
  let timer: Timer | undefined;
  return {
    provides: {},
    ready() {
      timer = repeatedly(clock, PERIOD_MS, tellAll);
    },
    stop: () => timer?.cancel(),
  };
});
