/**
 * The e-mobility account identifier of a contract (ISO 15118-2, Annex H): two letters of the country, three characters of
 * the provider, nine of the account and a check digit that may be left out; dashes between the parts and the case of the
 * letters carry no meaning.
 */

import { upperAscii } from "../util/ascii.ts";

const SHAPE = /^[A-Z]{2}[A-Z0-9]{3}[A-Z0-9]{9}[A-Z0-9]?$/;

/** The one form in which eMAIDs are compared and passed on: upper case, no dashes. Anything else is left as it is. */
export function normaliseEmaid(text: string): string {
  return upperAscii(text.replaceAll("-", ""));
}

/** Whether two spellings name the same account. */
export function sameEmaid(a: string, b: string): boolean {
  return normaliseEmaid(a) === normaliseEmaid(b);
}

/** Whether `text` is an eMAID in any spelling: 14 characters, or 15 with check digit, dashes not counted. */
export function isEmaid(text: string): boolean {
  return SHAPE.test(normaliseEmaid(text));
}
