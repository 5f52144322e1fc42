import { defineInterface } from "../framework/interface.ts";
import { DataTransferRequest, DataTransferResponse } from "./types/ocpp.ts";

/** Vendor specific messages of OCPP. */
export const ocpp_data_transfer = defineInterface({
  name: "ocpp_data_transfer",
  cmds: {
    data_transfer: { args: { request: DataTransferRequest }, result: DataTransferResponse },
  },
});
