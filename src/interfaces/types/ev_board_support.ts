/** What the car's board measures. */
import { z } from "zod";

/** The state that the car shows on the control pilot (IEC 61851-1). */
export const EvCpState = z.enum(["A", "B", "C", "D", "E"]);
export type EvCpState = z.infer<typeof EvCpState>;
