/** Messages on a display. */
import { z } from "zod";
import { dateTime } from "../scalars.ts";
import { MessageContent } from "./text_message.ts";

/** What `identifier_id` of a message identifies. */
export const IdentifierType = z.enum(["IdToken", "SessionId", "TransactionId"]);
export type IdentifierType = z.infer<typeof IdentifierType>;

/** Which message is shown when there are several. */
export const MessagePriorityEnum = z.enum(["AlwaysFront", "InFront", "NormalCycle"]);
export type MessagePriorityEnum = z.infer<typeof MessagePriorityEnum>;

/** In which state of the station a message is shown. */
export const MessageStateEnum = z.enum(["Charging", "Faulted", "Idle", "Unavailable", "Suspending", "Discharging"]);
export type MessageStateEnum = z.infer<typeof MessageStateEnum>;

/** Whether a message is shown, or why not. */
export const DisplayMessageStatusEnum = z.enum([
  "Accepted",
  "NotSupportedMessageFormat",
  "Rejected",
  "NotSupportedPriority",
  "NotSupportedState",
  "UnknownTransaction",
]);
export type DisplayMessageStatusEnum = z.infer<typeof DisplayMessageStatusEnum>;

/** Whether there was such a message. */
export const ClearMessageResponseEnum = z.enum(["Accepted", "Unknown"]);
export type ClearMessageResponseEnum = z.infer<typeof ClearMessageResponseEnum>;

/** A message, when to show it and for how long. */
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

/** What became of a request to show messages. */
export const SetDisplayMessageResponse = z.object({
  status: DisplayMessageStatusEnum,
  status_info: z.string().exactOptional(),
});
export type SetDisplayMessageResponse = z.infer<typeof SetDisplayMessageResponse>;

/** Which messages are asked for; every criterion that is absent matches. */
export const GetDisplayMessageRequest = z.object({
  id: z.array(z.int()).exactOptional(),
  priority: MessagePriorityEnum.exactOptional(),
  state: MessageStateEnum.exactOptional(),
});
export type GetDisplayMessageRequest = z.infer<typeof GetDisplayMessageRequest>;

/** The messages that match. */
export const GetDisplayMessageResponse = z.object({
  status_info: z.string().exactOptional(),
  messages: z.array(DisplayMessage).exactOptional(),
});
export type GetDisplayMessageResponse = z.infer<typeof GetDisplayMessageResponse>;

/** Which message to take away. */
export const ClearDisplayMessageRequest = z.object({
  id: z.int(),
});
export type ClearDisplayMessageRequest = z.infer<typeof ClearDisplayMessageRequest>;

/** Whether it was there. */
export const ClearDisplayMessageResponse = z.object({
  status: ClearMessageResponseEnum,
  status_info: z.string().exactOptional(),
});
export type ClearDisplayMessageResponse = z.infer<typeof ClearDisplayMessageResponse>;
