/** Errors that were active once. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

export const ImplementationIdentifier = z.object({
  module_id: z.string().min(2),
  implementation_id: z.string().min(2),
});
export type ImplementationIdentifier = z.infer<typeof ImplementationIdentifier>;

export const State = z.enum(["Active", "ClearedByModule", "ClearedByReboot"]);
export type State = z.infer<typeof State>;

export const SeverityFilter = z.enum(["HIGH_GE", "MEDIUM_GE", "LOW_GE"]);
export type SeverityFilter = z.infer<typeof SeverityFilter>;

export const TimeperiodFilter = z.object({
  timestamp_from: dateTime,
  timestamp_to: dateTime,
});
export type TimeperiodFilter = z.infer<typeof TimeperiodFilter>;

export const FilterArguments = z.object({
  state_filter: State.exactOptional(),
  origin_filter: ImplementationIdentifier.exactOptional(),
  type_filter: z.string().exactOptional(),
  severity_filter: SeverityFilter.exactOptional(),
  timeperiod_filter: TimeperiodFilter.exactOptional(),
  handle_filter: z.string().exactOptional(),
});
export type FilterArguments = z.infer<typeof FilterArguments>;

export const Severity = z.enum(["High", "Medium", "Low"]);
export type Severity = z.infer<typeof Severity>;

export const ErrorObject = z.strictObject({
  type: z.string().min(2),
  sub_type: z.string().exactOptional(),
  description: z.string().min(2),
  message: z.string().min(2),
  severity: Severity,
  origin: ImplementationIdentifier,
  timestamp: dateTime,
  uuid: z.string().min(2),
  state: State,
});
export type ErrorObject = z.infer<typeof ErrorObject>;
