/** Value added services of ISO 15118. */
import { z } from "zod";

/** A value; exactly one of its forms is given. */
export const ParameterValue = z.strictObject({
  finite_string: z.string().max(80).exactOptional(),
  rational_number: z.number().exactOptional(),
  byte_value: z.int().exactOptional(),
  short_value: z.int().exactOptional(),
  int_value: z.int().exactOptional(),
  bool_value: z.boolean().exactOptional(),
});
export type ParameterValue = z.infer<typeof ParameterValue>;

/** A named value. */
export const Parameter = z.strictObject({
  name: z.string().min(1).max(80),
  value: ParameterValue,
});
export type Parameter = z.infer<typeof Parameter>;

/** One way to use a service. */
export const ParameterSet = z.strictObject({
  set_id: z.int(),
  parameters: z.array(Parameter),
});
export type ParameterSet = z.infer<typeof ParameterSet>;

/** The service and the way that the car chose. */
export const SelectedService = z.strictObject({
  service_id: z.int(),
  parameter_set_id: z.int(),
});
export type SelectedService = z.infer<typeof SelectedService>;

/** A service; free ones cost the driver nothing. */
export const OfferedService = z.strictObject({
  service_id: z.int(),
  service_name: z.string().min(1).max(32).exactOptional(),
  service_scope: z.string().min(1).max(64).exactOptional(),
  free_service: z.boolean().exactOptional(),
});
export type OfferedService = z.infer<typeof OfferedService>;

/** All services of one provider. */
export const OfferedServices = z.object({
  services: z.array(OfferedService),
});
export type OfferedServices = z.infer<typeof OfferedServices>;
