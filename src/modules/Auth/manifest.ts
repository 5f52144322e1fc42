import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { auth } from "../../interfaces/auth.ts";
import { auth_token_provider } from "../../interfaces/auth_token_provider.ts";
import { auth_token_validator } from "../../interfaces/auth_token_validator.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { kvs } from "../../interfaces/kvs.ts";
import { reservation } from "../../interfaces/reservation.ts";

const selectionAlgorithms = z.enum(["FindFirst", "PlugEvents", "PlugEventsLIFO"]);

const config = z.strictObject({
  /** How the EVSE for a token is chosen that names none: see selection.ts. */
  selection_algorithm: z
    .enum([...selectionAlgorithms.options, "UserInput"])
    .refine(
      (algorithm) => algorithm !== "UserInput",
      "another algorithm: Auth does not do UserInput, because nothing here asks a person for the EVSE",
    )
    .pipe(selectionAlgorithms)
    .default("FindFirst"),
  /** Seconds for which an authorization waits for its transaction; the OCPP module replaces it. */
  connection_timeout: z.int().min(1),
  /** Tokens of this group can stop every transaction and start none; empty for no such group. */
  master_pass_group_id: z.string().default(""),
  /** With a free EVSE, a token whose group runs a transaction elsewhere starts a new one and does not stop that one. */
  prioritize_authorization_over_stopping_transaction: z.boolean().default(true),
  /** Faulted EVSEs are offered too. */
  ignore_connector_faults: z.boolean().default(false),
  /** With more than one EVSE: a car that nobody authorizes within connection_timeout must be plugged in again. */
  plug_in_timeout_enabled: z.boolean().default(false),
  /** Showing the token of a transaction again stops it. */
  stop_transaction_on_reswipe: z.boolean().default(true),
});

export const manifest = defineManifest({
  description: "Decides which EVSE a token authorizes, and which reservations hold",
  config,
  provides: { main: { interface: auth }, reservation: { interface: reservation } },
  requires: {
    token_provider: { interface: auth_token_provider, min: 1, max: 128 },
    token_validator: { interface: auth_token_validator, min: 1, max: 128 },
    evse_manager: { interface: evse_manager, min: 1, max: 128 },
    kvs: { interface: kvs, min: 0, max: 1 },
  },
});
