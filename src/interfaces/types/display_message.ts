/** Messages on a display. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { MessageContent } from "./text_message.ts";

export const IdentifierType = z.enum(["IdToken", "SessionId", "TransactionId"]);
export type IdentifierType = z.infer<typeof IdentifierType>;

export const MessagePriorityEnum = z.enum(["AlwaysFront", "InFront", "NormalCycle"]);
export type MessagePriorityEnum = z.infer<typeof MessagePriorityEnum>;

export const MessageStateEnum = z.enum(["Charging", "Faulted", "Idle", "Unavailable", "Suspending", "Discharging"]);
export type MessageStateEnum = z.infer<typeof MessageStateEnum>;

export const DisplayMessageStatusEnum = z.enum([
  "Accepted",
  "NotSupportedMessageFormat",
  "Rejected",
  "NotSupportedPriority",
  "NotSupportedState",
  "UnknownTransaction",
]);
export type DisplayMessageStatusEnum = z.infer<typeof DisplayMessageStatusEnum>;

export const ClearMessageResponseEnum = z.enum(["Accepted", "Unknown"]);
export type ClearMessageResponseEnum = z.infer<typeof ClearMessageResponseEnum>;

export const DisplayMessage = z.strictObject({
  id: z.int().exactOptional(),
  priority: MessagePriorityEnum.exactOptional(),
  state: MessageStateEnum.exactOptional(),
  timestamp_from: dateTime.exactOptional(),
  timestamp_to: dateTime.exactOptional(),
  identifier_id: z.string().max(36).exactOptional(),
  identifier_type: IdentifierType.exactOptional(),
  message: MessageContent,
  qr_code: z.string().exactOptional(),
});
export type DisplayMessage = z.infer<typeof DisplayMessage>;

export const SetDisplayMessageResponse = z.object({
  status: DisplayMessageStatusEnum,
  status_info: z.string().exactOptional(),
});
export type SetDisplayMessageResponse = z.infer<typeof SetDisplayMessageResponse>;

export const GetDisplayMessageRequest = z.object({
  id: z.array(z.int()).exactOptional(),
  priority: MessagePriorityEnum.exactOptional(),
  state: MessageStateEnum.exactOptional(),
});
export type GetDisplayMessageRequest = z.infer<typeof GetDisplayMessageRequest>;

export const GetDisplayMessageResponse = z.object({
  status_info: z.string().exactOptional(),
  messages: z.array(DisplayMessage).exactOptional(),
});
export type GetDisplayMessageResponse = z.infer<typeof GetDisplayMessageResponse>;

export const ClearDisplayMessageRequest = z.object({
  id: z.int(),
});
export type ClearDisplayMessageRequest = z.infer<typeof ClearDisplayMessageRequest>;

export const ClearDisplayMessageResponse = z.object({
  status: ClearMessageResponseEnum,
  status_info: z.string().exactOptional(),
});
export type ClearDisplayMessageResponse = z.infer<typeof ClearDisplayMessageResponse>;
