import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { kvs } from "../../interfaces/kvs.ts";

const config = z.strictObject({
  setup_wifi: z.boolean().default(false).describe("no network is set up here: true is a warning"),
  localization: z.boolean().default(false).describe("told to the world outside"),
  setup_simulation: z.boolean().default(false).describe("told to the world outside"),
  online_check_host: z.string().default("lfenergy.org").describe("without effect: part of the set-up of networks"),
  initialized_by_default: z.boolean().default(true).describe("say that the charger is set up, whatever was stored"),
  release_metadata_file: z.string().default("release.json").describe("told to the world outside; not read"),
  ap_interface: z.string().default("wlan0").describe("without effect: part of the set-up of networks"),
  ap_ipv4: z.string().default("192.168.1.1/24").describe("without effect: part of the set-up of networks"),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "Whether the charger is set up, its mode and its languages, for a user interface.",
  config,
  provides: {},
  requires: { store: { interface: kvs } },
  enable_external_mqtt: true,
});
