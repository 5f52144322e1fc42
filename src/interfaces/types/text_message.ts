/** Text in some language and format. */
import { z } from "zod";

/** How the text is written. */
export const MessageFormat = z.enum(["ASCII", "HTML", "URI", "UTF8", "QRCODE"]);
export type MessageFormat = z.infer<typeof MessageFormat>;

/** A text, its format and its language (RFC 5646). */
export const MessageContent = z.object({
  format: MessageFormat.exactOptional(),
  language: z.string().exactOptional(),
  content: z.string(),
});
export type MessageContent = z.infer<typeof MessageContent>;
