/** The `settings` section of a station's configuration. */
import { z } from "zod";

/** EVerest's keys; those without a default are decided by who starts the station. */
export const Settings = z.strictObject({
  prefix: z.string().exactOptional(),
  config_file: z.string().exactOptional(),
  configs_dir: z.string().exactOptional(),
  schemas_dir: z.string().exactOptional(),
  modules_dir: z.string().exactOptional(),
  interfaces_dir: z.string().exactOptional(),
  types_dir: z.string().exactOptional(),
  errors_dir: z.string().exactOptional(),
  www_dir: z.string().exactOptional(),
  logging_config_file: z.string().exactOptional(),
  mqtt_broker_socket_path: z.string().exactOptional(),
  mqtt_broker_host: z.string().exactOptional(),
  mqtt_broker_port: z.int().min(1).max(65535).exactOptional(),
  mqtt_everest_prefix: z.string().default("everest"),
  mqtt_external_prefix: z.string().default(""),
  telemetry_prefix: z.string().default("everest-telemetry"),
  run_as_user: z.string().exactOptional(),
  controller_port: z.int().min(0).max(65535).default(8849),
  controller_rpc_timeout_ms: z.int().min(0).default(2000),
  telemetry_enabled: z.boolean().default(false),
  /** Checks every value that passes between modules against its interface. */
  validate_schema: z.boolean().default(false),
  forward_exceptions: z.boolean().default(false),
});
export type Settings = z.infer<typeof Settings>;
