/** eMAIDs (ISO 15118-1 annex H): the same contract however it is written. */
import { normalizeEmaid } from "../../evseSecurity/profiles/index.ts";

/** 14 characters in upper case without hyphens; the check digit, which only repeats what they say, is left out. */
export function canonicalEmaid(text: string): string {
  return normalizeEmaid(text).slice(0, 14);
}
