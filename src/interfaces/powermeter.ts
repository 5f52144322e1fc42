import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { powermeter_errors } from "./errors/powermeter.ts";
import { Powermeter, TransactionReq, TransactionStartResponse, TransactionStopResponse } from "./types/powermeter.ts";

/** A meter, with signed transactions when it is fit for billing. */
export const powermeter = defineInterface({
  name: "powermeter",
  cmds: {
    start_transaction: { args: { value: TransactionReq }, result: TransactionStartResponse },
    stop_transaction: { args: { transaction_id: z.string() }, result: TransactionStopResponse },
  },
  vars: {
    powermeter: Powermeter,
    public_key_ocmf: z.string(),
  },
  errors: [...powermeter_errors],
});
