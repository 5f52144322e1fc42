/** States of the SLAC matching. */
import { z } from "zod";

/** How far both ends have found each other. */
export const State = z.enum(["UNMATCHED", "MATCHING", "MATCHED"]);
export type State = z.infer<typeof State>;
