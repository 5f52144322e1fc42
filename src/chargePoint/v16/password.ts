/** The password of security profiles 1 and 2 (security whitepaper of OCPP 1.6, A00). */
import { fromHex } from "../../util/bytes.ts";

/** AuthorizationKey is 16 to 20 octets in hexadecimal; many a CSMS is given shorter or plain ones all the same. */
const FULL_KEY = /^(?:[\da-f]{2}){16,20}$/i;
const HEX = /^(?:[\da-f]{2})+$/i;

/** The octets that the station sends: those that the text stands for, or else the text itself. */
export function passwordOf(authorizationKey: string): string | Uint8Array {
  if (!HEX.test(authorizationKey)) return authorizationKey;
  const octets = fromHex(authorizationKey);
  return FULL_KEY.test(authorizationKey) || octets.every(isPrintable) ? octets : authorizationKey;
}

function isPrintable(octet: number): boolean {
  return octet >= 0x20 && octet < 0x7f;
}
