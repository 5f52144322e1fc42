/** All that a car may call a CA by when it says whom it trusts (RFC 6066, 6). */
import { createHash } from "node:crypto";
import type { TrustedAuthority } from "../../transport/clientHello.ts";
import type { Certificate } from "../../x509/index.ts";

/** More than one hash of the key: the RFC has the bit string of an EC key and the modulus of RSA, EVerest all of SubjectPublicKeyInfo. */
export function authoritiesOf(ca: Certificate): TrustedAuthority[] {
  const modulus = rsaModulus(ca);
  const keys = [ca.publicKeyBits, ca.spki, ...(modulus ? [modulus] : [])];
  return [
    { kind: "cert_sha1_hash", value: sha1(ca.der) },
    ...keys.map((key) => ({ kind: "key_sha1_hash", value: sha1(key) }) as const),
    { kind: "x509_name", value: ca.subject.der },
  ];
}

/** As big-endian octets without leading zeros. */
function rsaModulus({ publicKey }: Certificate): Uint8Array | undefined {
  if (publicKey.asymmetricKeyType !== "rsa") return undefined;
  const { n = "" } = publicKey.export({ format: "jwk" });
  return new Uint8Array(Buffer.from(n, "base64url"));
}

function sha1(octets: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha1").update(octets).digest());
}
