/** What EVerest wraps every message in: `{"msg_type": T, "data": D}`. */
import { z } from "zod";
import { jsonText } from "../delivery.ts";

export const MessageType = z.enum([
  "Var",
  "Cmd",
  "CmdResult",
  "ExternalMQTT",
  "RaiseError",
  "ClearError",
  "ConfigurationRequest",
  "ConfigurationResponse",
  "Heartbeat",
  "ModuleReady",
  "GlobalReady",
]);
export type MessageType = z.infer<typeof MessageType>;

/**
 * Numbers the messages that one bus sends on one topic, from 1 without a gap, so that who receives them sees what is
 * missing or comes twice. EVerest's modules neither send nor read it.
 */
const Stamp = z.object({ bus: z.string().max(64), n: z.int().min(1) });
export type Stamp = z.infer<typeof Stamp>;

const Envelope = z.object({ msg_type: MessageType, data: z.unknown(), plugcharge: Stamp.exactOptional() });
export type Envelope = z.infer<typeof Envelope>;

/** What a message of another process may be long; one of EVerest with a whole certificate store in it is far below. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

export function seal(msg_type: MessageType, data: unknown, plugcharge?: Stamp): string {
  return jsonText({ msg_type, data: data ?? null, ...(plugcharge && { plugcharge }) });
}

/** @returns undefined for what is no message of the framework. */
export function unseal(text: string): Envelope | undefined {
  return readJson(text, Envelope);
}

/** @returns undefined for what is no JSON or not what the schema asks for. */
export function readJson<T extends z.ZodType>(text: string, schema: T): z.infer<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
