/** States of the SLAC matching. */
import { z } from "zod";

export const State = z.enum(["UNMATCHED", "MATCHING", "MATCHED"]);
export type State = z.infer<typeof State>;
