import { defineInterface } from "../framework/interface.ts";
import { ChargerInformation } from "./types/charger_information.ts";

/** What is printed on the charger's type plate. */
export const charger_information = defineInterface({
  name: "charger_information",
  cmds: {
    get_charger_information: { args: {}, result: ChargerInformation },
  },
});
