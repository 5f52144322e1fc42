/** What the car's board measures. */
import { z } from "zod";

export const EvCpState = z.enum(["A", "B", "C", "D", "E"]);
export type EvCpState = z.infer<typeof EvCpState>;
