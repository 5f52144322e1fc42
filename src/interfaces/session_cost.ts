import { defineInterface } from "../framework/interface.ts";
import { DefaultPrice, SessionCost, TariffMessage } from "./types/session_cost.ts";

/** What a session costs, while it runs and when it is over. */
export const session_cost = defineInterface({
  name: "session_cost",
  vars: {
    default_price: DefaultPrice,
    tariff_message: TariffMessage,
    session_cost: SessionCost,
  },
});
