import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { OfferedServices, ParameterSet, SelectedService } from "./types/iso15118_vas.ts";

/** A provider of value added services for ISO 15118. */
export const ISO15118_vas = defineInterface({
  name: "ISO15118_vas",
  cmds: {
    get_service_parameters: { args: { service_id: z.int() }, result: z.array(ParameterSet) },
    selected_services: { args: { selected_services: z.array(SelectedService) }, result: z.null() },
  },
  vars: {
    offered_vas: OfferedServices,
  },
});
