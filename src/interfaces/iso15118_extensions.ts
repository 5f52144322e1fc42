import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { ChargingNeeds, EvInformation, RequestExiStreamSchema, ResponseExiStreamStatus } from "./types/iso15118.ts";

/** What only a CSMS can answer in an ISO 15118 session, and what it wants to know of it. */
export const iso15118_extensions = defineInterface({
  name: "iso15118_extensions",
  cmds: {
    set_get_certificate_response: { args: { certificate_response: ResponseExiStreamStatus }, result: z.null() },
  },
  vars: {
    iso15118_certificate_request: RequestExiStreamSchema,
    charging_needs: ChargingNeeds,
    ev_info: EvInformation,
    service_renegotiation_supported: z.boolean(),
  },
});
