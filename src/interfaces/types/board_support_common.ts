/** What both ends of the control pilot share. */
import { z } from "zod";

/** A change of the control pilot's state or of the contactor. */
export const BspEvent = z.strictObject({
  event: z.enum(["A", "B", "C", "D", "E", "F", "PowerOn", "PowerOff", "Disconnected"]),
});
export type BspEvent = z.infer<typeof BspEvent>;

/** What the cable can carry, by its resistor (IEC 61851-1, Table B.2). */
export const ProximityPilot = z.strictObject({
  ampacity: z.enum(["None", "A_13", "A_20", "A_32", "A_63_3ph_70_1ph"]),
});
export type ProximityPilot = z.infer<typeof ProximityPilot>;

/** What the car's board measures; the duty cycle is in percent, 100 for a steady signal. */
export const BspMeasurement = z.object({
  proximity_pilot: ProximityPilot,
  rcd_current_mA: z.number().exactOptional(),
  cp_pwm_duty_cycle: z.number(),
});
export type BspMeasurement = z.infer<typeof BspMeasurement>;
