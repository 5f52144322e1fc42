import { fromHex } from "../../util/bytes.ts";

const MAX_OCTETS = 32;

/**
 * An EVSE id of DIN SPEC 91286 as it goes into SessionSetupRes (9.4.1.2.3): a nibble a digit, A for the separator.
 * Takes `+49*89*6360` and `49A89A6360` alike; undefined for what does not fit, as an odd number of digits.
 */
export function dinEvseId(text: string): Uint8Array | undefined {
  const digits = text.replace(/^\+/, "").replaceAll("*", "A");
  const fits = /^([0-9A][0-9A])+$/i.test(digits) && digits.length <= 2 * MAX_OCTETS;
  return fits ? fromHex(digits) : undefined;
}
