import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  authorityInfoAccess,
  basicConstraints,
  certificateHashData,
  createCertificate,
  createCertificateDer,
  extendedKeyUsage,
  parseCertificate,
  parseCertificateSigningRequest,
  parseOcspRequest,
  parseOcspResponse,
  parsePemChain,
  sameHashData,
  subjectAltName,
  toPem,
  X509Error,
} from "../../src/x509/index.ts";
import { createLeaf, createRoot, createSub, noon } from "./authority.ts";
import { openssl, opensslTest } from "./openssl.ts";

const root = await createRoot("Root");
const sub = await createSub(root, "Sub", { kind: "P-521", pathLength: 0 });
const leaf = await createLeaf(sub, "DE-ABC", {
  kind: "Ed448",
  subject: { CN: "DE-ABC", O: ["A", "Ä"], C: "DE", DC: ["V2G", "CPO"] },
  serialNumber: "00ff12",
  extensions: [
    extendedKeyUsage(["clientAuth", "1.2.3"]),
    authorityInfoAccess({ ocsp: "http://ocsp.example/", caIssuers: "http://ca.example/" }),
    subjectAltName([{ dns: "a.example" }, { ip: new Uint8Array([127, 0, 0, 1]) }, { uri: "urn:a" }]),
  ],
});

describe("Given a certificate", () => {
  test("Then everything in it can be asked for", () => {
    const { certificate } = leaf;
    expect(certificate).toMatchObject({
      version: 3,
      serialNumber: "ff12",
      isCa: false,
      keyKind: "Ed448",
      extendedKeyUsage: ["clientAuth", "1.2.3"],
      aia: { ocsp: "http://ocsp.example/", caIssuers: "http://ca.example/" },
      authorityKeyId: sub.certificate.subjectKeyId,
      isSelfIssued: false,
    });
    expect(certificate.subject).toMatchObject({ CN: "DE-ABC", O: "A", C: "DE", DC: "V2G" });
    expect(certificate.subject.all("DC")).toEqual(["V2G", "CPO"]);
    expect(certificate.subject.toString()).toBe("CN=DE-ABC, O=A, O=Ä, C=DE, DC=V2G, DC=CPO");
    expect([...(certificate.keyUsage ?? [])]).toEqual(["digitalSignature", "keyAgreement"]);
    expect(certificate.signatureAlgorithm).toMatchObject({ name: "ecdsa-with-SHA512", keyType: "ec" });
    expect(certificate.subjectAltNames?.map(({ type }) => type)).toEqual(["dns", "ip", "uri"]);
    expect(sub.certificate).toMatchObject({ isCa: true, pathLength: 0, keyKind: "P-521" });
  });
  test("Then Node reads the same", () => {
    const node = new X509Certificate(leaf.certificate.der);
    expect(new Date(leaf.certificate.notBefore)).toEqual(new Date(node.validFrom));
    expect(leaf.certificate.fingerprint).toBe(node.fingerprint256.replaceAll(":", "").toLowerCase());
    expect(node.verify(sub.certificate.publicKey)).toBe(true);
  });
  test("Then PEM goes both ways, with other blocks passed over", () => {
    const text = `note\n${toPem(leaf.certificate, sub.certificate)}-----BEGIN X-----\nAAAA\n-----END X-----\n`;
    expect(parsePemChain(text).map(({ der }) => der)).toEqual([leaf.certificate.der, sub.certificate.der]);
  });
});

describe("Given octets that are no proper certificate, Then they are an X509Error", () => {
  test("bad case: every truncation", () => {
    const { der } = leaf.certificate;
    for (let i = 0; i < der.length; i++) expect(() => parseCertificate(der.subarray(0, i))).toThrow(X509Error);
  });
  test("bad case: an octet behind the end, BER lengths, a repeated extension, 31 February, too much", () => {
    const { der } = root.certificate;
    const reject = (bytes: Uint8Array) => expect(() => parseCertificate(bytes)).toThrow(X509Error);
    reject(new Uint8Array([...der, 0]));
    reject(new Uint8Array([0x30, 0x80, ...der.subarray(4), 0, 0]));
    reject(new Uint8Array([0x30, 0x83, 0, ...der.subarray(2)]));
    const time = Buffer.from("250601120000Z");
    const at = Buffer.from(der).indexOf(time);
    expect(at).toBeGreaterThan(0);
    reject(new Uint8Array(Buffer.concat([der.subarray(0, at), Buffer.from("250231120000Z"), der.subarray(at + 13)])));
    reject(new Uint8Array(100_000));
    const twice = [basicConstraints(true), basicConstraints(false)];
    const key = { publicKey: root.certificate.publicKey, signingKey: root.key };
    const times = { notBefore: noon, notAfter: noon, serialNumber: "01" };
    reject(createCertificateDer({ subject: { CN: "x" }, ...key, ...times, extensions: twice }));
  });
  test("bad case: whatever happens to octets, nothing else is thrown by any reader", () => {
    const readers = [parseCertificate, parseCertificateSigningRequest, parseOcspRequest, parseOcspResponse];
    const { der } = leaf.certificate;
    const edit = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), fc.constantFrom(...readers), (edits, read) => {
        const bytes = new Uint8Array(der);
        for (const [at, octet] of edits) bytes[at] = octet;
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(X509Error);
        }
      }),
      { numRuns: 500 },
    );
  });
  test("bad case: text that is no PEM", () => {
    for (const text of [
      "",
      "garbage",
      "-----BEGIN CERTIFICATE-----",
      "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
    ]) {
      expect(() => parseCertificate(text)).toThrow(X509Error);
    }
  });
  test("bad case: a name with control characters does not reach a terminal", () => {
    const key = { publicKey: root.certificate.publicKey, signingKey: root.key };
    const odd = createCertificate({
      subject: { CN: "a\u001b[31mb\u0000" },
      ...key,
      serialNumber: "01",
      notBefore: noon,
      notAfter: noon,
      extensions: [],
    });
    expect(odd.subject.toString()).toBe("CN=a?[31mb?");
  });
});

describe("Given hash data for OCPP", () => {
  test("Then it is SHA-256 of the issuer's name and key, and the serial number as a number", () => {
    const hash = certificateHashData(leaf.certificate, sub.certificate);
    expect(hash).toMatchObject({ hashAlgorithm: "SHA256", serialNumber: "ff12" });
    expect(sameHashData(hash, { ...hash, serialNumber: "00FF12" })).toBe(true);
    expect(sameHashData(hash, { ...hash, issuerKeyHash: hash.issuerNameHash })).toBe(false);
  });
  opensslTest("openssl's OCSP request has the same hashes", () => {
    const files = { "sub.pem": toPem(sub.certificate), "leaf.pem": toPem(leaf.certificate) };
    const { text } = openssl(files, "ocsp -issuer sub.pem -sha256 -cert leaf.pem -req_text".split(" "));
    const hash = certificateHashData(leaf.certificate, sub.certificate);
    expect(text.toLowerCase()).toContain(`issuer name hash: ${hash.issuerNameHash}`);
    expect(text.toLowerCase()).toContain(`issuer key hash: ${hash.issuerKeyHash}`);
    expect(text.toLowerCase()).toContain(`serial number: ${hash.serialNumber}`);
  });
});
