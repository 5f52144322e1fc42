/** A CMS SignedData without a signature, in which certificates travel (RFC 5652, 5; "certs-only" of RFC 8551, 3.2.2). */
import type { Certificate } from "./certificate.ts";
import { writeDer } from "./der.ts";

const SIGNED_DATA = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02);
const DATA = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01);
const VERSION_1 = Uint8Array.of(0x02, 0x01, 0x01);
const EMPTY_SET = Uint8Array.of(0x31, 0x00);
const SEQUENCE = 0x30;
/** [0], constructed: the explicit content, and the implicit set of certificates. */
const CONTEXT_0 = 0xa0;

/** DER. Of certificates in the order of their octets, as DER wants a set. */
export function createCertsOnly(certificates: readonly Pick<Certificate, "der">[]): Uint8Array {
  const sorted = certificates.map(({ der }) => der).sort(Buffer.compare);
  const set = writeDer(CONTEXT_0, ...sorted);
  const signedData = writeDer(SEQUENCE, VERSION_1, EMPTY_SET, writeDer(SEQUENCE, DATA), set, EMPTY_SET);
  return writeDer(SEQUENCE, SIGNED_DATA, writeDer(CONTEXT_0, signedData));
}
