import { createCertificate } from "../../src/x509/create.ts";
import { exportPrivateKey, generateKey } from "../../src/x509/keys.ts";
import { toPemBlock } from "../../src/x509/pem.ts";

/** A root, a sub-CA and a leaf of P-256, as credentials of a TLS server. */
export async function testChain(name: string, passphrase?: string) {
  const [rootKey, subKey, leafKey] = await Promise.all([
    generateKey("P-256"),
    generateKey("P-256"),
    generateKey("P-256"),
  ]);
  const validity = { notBefore: Date.UTC(2020, 0), notAfter: Date.UTC(2049, 0), extensions: [] };
  const root = createCertificate({
    ...validity,
    subject: { CN: `${name} root` },
    publicKey: rootKey.publicKey,
    signingKey: rootKey.privateKey,
    serialNumber: "01",
  });
  const subCa = createCertificate({
    ...validity,
    subject: { CN: `${name} sub-CA` },
    issuer: root,
    publicKey: subKey.publicKey,
    signingKey: rootKey.privateKey,
    serialNumber: "02",
  });
  const leaf = createCertificate({
    ...validity,
    subject: { CN: name },
    issuer: subCa,
    publicKey: leafKey.publicKey,
    signingKey: subKey.privateKey,
    serialNumber: "03",
  });
  return {
    credentials: {
      chain: toPemBlock("CERTIFICATE", leaf.der) + toPemBlock("CERTIFICATE", subCa.der),
      key: exportPrivateKey(leafKey.privateKey, "pkcs8", passphrase),
      ...(passphrase === undefined ? {} : { passphrase }),
    },
    plainKey: exportPrivateKey(leafKey.privateKey, "pkcs8"),
    leaf: leaf.der,
    subCa: subCa.der,
    root: root.der,
  };
}
