/** Errors that were active once. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";

/** Who has raised an error. */
export const ImplementationIdentifier = z.object({
  module_id: z.string().min(2),
  implementation_id: z.string().min(2),
});
export type ImplementationIdentifier = z.infer<typeof ImplementationIdentifier>;

/** Whether an error is still there, and how it went. */
export const State = z.enum(["Active", "ClearedByModule", "ClearedByReboot"]);
export type State = z.infer<typeof State>;

/** The least or only severity that is asked for. */
export const SeverityFilter = z.enum(["HIGH_GE", "MEDIUM_GE", "LOW_GE"]);
export type SeverityFilter = z.infer<typeof SeverityFilter>;

/** From when to when errors are asked for. */
export const TimeperiodFilter = z.object({
  timestamp_from: dateTime,
  timestamp_to: dateTime,
});
export type TimeperiodFilter = z.infer<typeof TimeperiodFilter>;

/** Which errors are asked for; every criterion that is absent matches. */
export const FilterArguments = z.object({
  state_filter: State.exactOptional(),
  origin_filter: ImplementationIdentifier.exactOptional(),
  type_filter: z.string().exactOptional(),
  severity_filter: SeverityFilter.exactOptional(),
  timeperiod_filter: TimeperiodFilter.exactOptional(),
  handle_filter: z.string().exactOptional(),
});
export type FilterArguments = z.infer<typeof FilterArguments>;

/** How bad an error is. */
export const Severity = z.enum(["High", "Medium", "Low"]);
export type Severity = z.infer<typeof Severity>;

/** An error as it was raised, and its state. */
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
