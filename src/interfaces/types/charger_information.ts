/** The charger's type plate. */
import { z } from "zod";

/** Vendor, model and serial number, as printed on the charger. */
export const ChargerInformation = z.strictObject({
  vendor: z.string(),
  model: z.string(),
  chargepoint_serial: z.string().exactOptional(),
  chargebox_serial: z.string().exactOptional(),
  friendly_name: z.string().exactOptional(),
  manufacturer: z.string().exactOptional(),
  manufacturer_url: z.string().exactOptional(),
  model_url: z.string().exactOptional(),
  model_number: z.string().exactOptional(),
  model_revision: z.string().exactOptional(),
  board_revision: z.string().exactOptional(),
  firmware_version: z.string().exactOptional(),
});
export type ChargerInformation = z.infer<typeof ChargerInformation>;
