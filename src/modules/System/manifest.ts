import { z } from "zod";
import { type ConfigOf, defineManifest } from "../../framework/manifest.ts";
import { kvs } from "../../interfaces/kvs.ts";
import { system } from "../../interfaces/system.ts";

const config = z.strictObject({
  DefaultRetries: z.number().default(1).describe("attempts to get or to put a file when the request does not say"),
  DefaultRetryInterval: z.number().default(1).describe("seconds between them when the request does not say"),
  ResetDelay: z.int().min(0).default(0).describe("seconds between the order and the reset"),
  ResetAfterUpdate: z.boolean().default(true).describe("reset when signed firmware was installed"),
});
export type Config = ConfigOf<typeof config>;

export const manifest = defineManifest({
  description: "The computer that the station runs on: firmware, logs, reset.",
  config,
  provides: { main: { interface: system } },
  requires: { store: { interface: kvs, min: 0, max: 1 } },
});
