/** Tokens of EVerest as OCPP 1.6 writes them: an idTag of at most 20 characters (7.28). */
import type { ProvidedIdToken } from "../../interfaces/types/authorization.ts";

const MAX_ID_TAG = 20;

/** Undefined for what is too long for an idTag; an eMAID is the same without its hyphens. */
export function toIdTag({ id_token }: Pick<ProvidedIdToken, "id_token">): string | undefined {
  const text = plain(id_token);
  return text.length <= MAX_ID_TAG ? text : undefined;
}

/** The beginning of what is too long, where a message cannot do without. */
export function toShortIdTag({ id_token }: Pick<ProvidedIdToken, "id_token">): string {
  return plain(id_token).slice(0, MAX_ID_TAG);
}

function plain({ value, type }: ProvidedIdToken["id_token"]): string {
  return type === "eMAID" ? value.replaceAll("-", "") : value;
}
