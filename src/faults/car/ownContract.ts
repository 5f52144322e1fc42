/** Contracts that a car makes itself: chains under a root of its own, and copies of a contract with another key. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { CertificateChain } from "../../iso15118/iso2/index.ts";
import { basicConstraints, type Certificate, createCertificate, keyUsage, parseCertificate } from "../../x509/index.ts";
import type { Context } from "../fault.ts";

const HOUR_MS = 3_600_000;

const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

/** A leaf with the given eMAID under a root that nobody knows, with so many sub-CAs. */
export function ownChain(eMAID: string, subs: number, { now }: Context): CertificateChain {
  let issuer: { certificate?: Certificate; key: KeyObject } = { key: newKey() };
  const made = Array.from({ length: subs + 2 }, (_, depth) => {
    const [isLeaf, key] = [depth === subs + 1, depth === 0 ? issuer.key : newKey()];
    const certificate = createCertificate({
      subject: { CN: isLeaf ? eMAID : `Own CA ${depth}`, O: "Nobody", C: "DE", DC: "MO" },
      ...(issuer.certificate && { issuer: issuer.certificate }),
      publicKey: createPublicKey(key),
      signingKey: issuer.key,
      serialNumber: `0${depth + 1}`,
      notBefore: now - HOUR_MS,
      notAfter: now + 1000 * HOUR_MS,
      extensions: [basicConstraints(!isLeaf), keyUsage(isLeaf ? ["digitalSignature"] : ["keyCertSign"])],
    });
    issuer = { certificate, key };
    return certificate.der;
  });
  const [leaf = new Uint8Array(0), ...above] = made.reverse();
  const subCas = above.slice(0, -1);
  return { Certificate: leaf, ...(subCas.length > 0 && { SubCertificates: { Certificate: subCas } }) };
}

/** The leaf with everything it has but the key, and so the signature: names and serial number are somebody's. */
export function copyOf({ Certificate: der, SubCertificates }: CertificateChain): CertificateChain {
  const leaf = parseCertificate(der);
  const [issuer] = (SubCertificates?.Certificate ?? []).map((each) => parseCertificate(each));
  const key = newKey();
  const { CN = "", O = "", C = "", DC = "" } = leaf.subject;
  const copy = createCertificate({
    subject: { CN, O, C, DC },
    ...(issuer && { issuer }),
    publicKey: createPublicKey(key),
    signingKey: key,
    serialNumber: leaf.serialNumber,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    extensions: [...leaf.extensions.values()],
  });
  return { Certificate: copy.der, ...(SubCertificates && { SubCertificates }) };
}
