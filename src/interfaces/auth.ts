import { z } from "zod";
import { defineInterface } from "../framework/interface.ts";
import { generic_errors } from "./errors/generic.ts";
import {
  TokenValidationStatusMessage,
  WithdrawAuthorizationRequest,
  WithdrawAuthorizationResult,
} from "./types/authorization.ts";

/** The authority that decides who may charge where. */
export const auth = defineInterface({
  name: "auth",
  cmds: {
    set_connection_timeout: { args: { connection_timeout: z.int().min(10).max(300) }, result: z.null() },
    set_master_pass_group_id: { args: { master_pass_group_id: z.string().max(36) }, result: z.null() },
    withdraw_authorization: { args: { request: WithdrawAuthorizationRequest }, result: WithdrawAuthorizationResult },
  },
  vars: {
    token_validation_status: TokenValidationStatusMessage,
  },
  errors: [...generic_errors],
});
