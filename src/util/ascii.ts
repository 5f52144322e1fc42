/** Upper case for identifiers. Only ASCII has capitals here: those of other letters may be ASCII, and a long s must not pass for an S. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}
