import { z } from "zod";
import { defineManifest } from "../../framework/manifest.ts";
import { config201, ocppConfig, ocppProvides, ocppRequires } from "../ocppCommon/manifest.ts";

export const manifest = defineManifest({
  description: "An OCPP 2.0.1 charge point: the station's side towards its CSMS",
  config: z.strictObject({ ...ocppConfig, ...config201 }),
  provides: ocppProvides,
  requires: ocppRequires,
  enable_external_mqtt: true,
});
