/** eMAIDs (ISO 15118-1 annex H): the same contract however it is written. */

/** 14 characters in upper case without hyphens; the check digit, which only repeats what they say, is left out. */
export function canonicalEmaid(text: string): string {
  return text.replaceAll("-", "").toUpperCase().slice(0, 14);
}
