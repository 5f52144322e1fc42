/** Value added services of ISO 15118. */
import { z } from "zod";

export const ParameterValue = z.strictObject({
  finite_string: z.string().max(80).exactOptional(),
  rational_number: z.number().exactOptional(),
  byte_value: z.int().exactOptional(),
  short_value: z.int().exactOptional(),
  int_value: z.int().exactOptional(),
  bool_value: z.boolean().exactOptional(),
});
export type ParameterValue = z.infer<typeof ParameterValue>;

export const Parameter = z.strictObject({
  name: z.string().min(1).max(80),
  value: ParameterValue,
});
export type Parameter = z.infer<typeof Parameter>;

export const ParameterSet = z.strictObject({
  set_id: z.int(),
  parameters: z.array(Parameter),
});
export type ParameterSet = z.infer<typeof ParameterSet>;

export const SelectedService = z.strictObject({
  service_id: z.int(),
  parameter_set_id: z.int(),
});
export type SelectedService = z.infer<typeof SelectedService>;

export const OfferedService = z.strictObject({
  service_id: z.int(),
  service_name: z.string().min(1).max(32).exactOptional(),
  service_scope: z.string().min(1).max(64).exactOptional(),
  free_service: z.boolean().exactOptional(),
});
export type OfferedService = z.infer<typeof OfferedService>;

export const OfferedServices = z.object({
  services: z.array(OfferedService),
});
export type OfferedServices = z.infer<typeof OfferedServices>;
