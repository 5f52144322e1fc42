/** Limits of a DC output. */
import { z } from "zod";

/** Ampere and watt that must not be exceeded; absent for no limit. */
export const ExternalDerating = z.strictObject({
  max_export_current_A: z.number().exactOptional(),
  max_import_current_A: z.number().exactOptional(),
  max_export_power_W: z.number().exactOptional(),
  max_import_power_W: z.number().exactOptional(),
});
export type ExternalDerating = z.infer<typeof ExternalDerating>;
