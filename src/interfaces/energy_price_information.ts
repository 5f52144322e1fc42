import { defineInterface } from "../framework/interface.ts";
import { EnergyPriceSchedule } from "./types/energy_price_information.ts";

/** A forecast of energy prices. */
export const energy_price_information = defineInterface({
  name: "energy_price_information",
  vars: {
    energy_pricing: EnergyPriceSchedule,
  },
});
