import { z } from "zod";
import type { ConfigOf } from "../../framework/manifest.ts";
import { defineManifest } from "../../framework/manifest.ts";
import { evse_manager } from "../../interfaces/evse_manager.ts";
import { evse_security } from "../../interfaces/evse_security.ts";
import { ISO15118_charger } from "../../interfaces/ISO15118_charger.ts";
import { ISO15118_vas } from "../../interfaces/ISO15118_vas.ts";
import { iso15118_extensions } from "../../interfaces/iso15118_extensions.ts";

export const manifest = defineManifest({
  description:
    "The station's side of ISO 15118-2 (SECC) for one EVSE: AC and DC charging, by external payment or by contract.",
  config: z.strictObject({
    device: z
      .string()
      .default("eth0")
      .describe(
        "network interface towards the EV; auto takes the first with an IPv6 link-local address, else loopback",
      ),
    supported_DIN70121: z
      .boolean()
      .default(true)
      .describe(
        "whether DIN SPEC 70121 is offered; to EVs without TLS, and by an EVSE with DC_core or DC_extended only",
      ),
    supported_ISO15118_2: z.boolean().default(true).describe("whether ISO 15118-2 is offered"),
    tls_security: z
      .enum(["prohibit", "allow", "force"])
      .default("allow")
      .describe("whether EVs may, or must, connect by TLS; without TLS there is no Plug & Charge"),
    terminate_connection_on_failed_response: z
      .boolean()
      .default(false)
      .describe(
        "close at once after a refusal, instead of leaving the EV two seconds to close; the session is over in either case",
      ),
    tls_key_logging: z.boolean().default(false).describe("write TLS session keys to a file, which opens the traffic"),
    tls_key_logging_path: z.string().default("/tmp").describe("folder of tls_session_keys.log"),
    tls_timeout: z.int().min(1).default(15_000).describe("milliseconds for a TLS handshake"),
    verify_contract_cert_chain: z.boolean().default(false).describe("check contract certificates at the station too"),
    auth_timeout_pnc: z
      .int()
      .min(0)
      .default(55)
      .describe("seconds to wait for the authorization of a contract; 0 is for ever"),
    auth_timeout_eim: z.int().min(0).default(300).describe("seconds to wait for external authorization; 0 is for ever"),
    free_service: z.boolean().default(false).describe("tell cars that charging costs nothing"),
    schedules: z
      .string()
      .default("")
      .describe(
        "JSON file with the schedules and tariffs that cars choose from, see docs/how-to/schedules.md; none for one schedule without a tariff",
      ),
    sales_tariff_key: z
      .string()
      .default("")
      .describe("private key of the mobility operator's Sub-CA 2 that signs tariffs; none to send them unsigned"),
    sales_tariff_key_password: z.string().default("").describe("password of that key"),
    enable_sdp_server: z.boolean().default(true).describe("false when another module answers SECC discovery"),
    publish_telemetry_only_on_change: z.boolean().default(true).describe("without effect: there is no telemetry"),
  }),
  provides: {
    charger: { interface: ISO15118_charger },
    extensions: { interface: iso15118_extensions },
  },
  requires: {
    security: { interface: evse_security },
    iso15118_vas: { interface: ISO15118_vas, min: 0, max: 128 },
    /** Tells of the limits to come, so that cars can be told of them too. */
    evse_manager: { interface: evse_manager, min: 0, max: 1 },
  },
});

export type Config = ConfigOf<(typeof manifest)["config"]>;
