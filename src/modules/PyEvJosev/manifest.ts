import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { ISO15118_ev } from "../../interfaces/ISO15118_ev.ts";

const config = z.strictObject({
  /** Interface to find a charger on; `auto` takes the first with an IPv6 link-local address, else loopback. */
  device: z.string().default("eth0"),
  supported_DIN70121: z.boolean().default(false),
  supported_ISO15118_2: z.boolean().default(false),
  supported_ISO15118_20_AC: z.boolean().default(false),
  supported_ISO15118_20_DC: z.boolean().default(false),
  /** Ask for TLS. */
  tls_active: z.boolean().default(false),
  /** Rather no session than one without TLS. */
  enforce_tls: z.boolean().default(false),
  /** Have a contract installed through the station, also where there is one. */
  is_cert_install_needed: z.boolean().default(false),
  /** TLS 1.3 as well. */
  enable_tls_1_3: z.boolean().default(false),
  /** Select the internet service where it is offered. */
  is_internet_service_needed: z.boolean().default(false),
  request_all_service_details: z.boolean().default(false),
  select_all_vas_services: z.boolean().default(false),
  /** Energy services of ISO 15118-20, the most wanted first. */
  supported_d20_energy_services: z.string().default("DC,DC_BPT"),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "The car's side of ISO 15118: finds a charger, checks it, authorises itself and charges",
  config,
  provides: { ev: { interface: ISO15118_ev } },
  enable_external_mqtt: true,
});
