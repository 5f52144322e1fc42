import { describe, expect, test } from "vitest";
import {
  basicConstraints,
  createCertificateSigningRequest,
  exportPrivateKey,
  generateKey,
  type KeyKind,
  keyKind,
  keyUsage,
  loadPrivateKey,
  parseCertificateSigningRequest,
  samePublicKey,
  X509Error,
} from "../../src/x509/index.ts";
import { openssl, opensslTest } from "./openssl.ts";

const kinds: readonly KeyKind[] = ["P-256", "P-384", "P-521", "Ed25519", "Ed448", "RSA-2048"];
const keys = await Promise.all(kinds.map((kind) => generateKey(kind)));
const made = kinds.map((kind, i) => ({ kind, pair: keys[i] as (typeof keys)[number] }));

describe.each(made)("Given a key of $kind", ({ kind, pair }) => {
  test("Then it is written and read, open and encrypted, in both forms", () => {
    expect(keyKind(pair.privateKey)).toBe(kind);
    for (const form of ["pkcs8", "traditional"] as const) {
      expect(samePublicKey(loadPrivateKey(exportPrivateKey(pair.privateKey, form)), pair.publicKey)).toBe(true);
      if (form === "traditional" && kind.startsWith("Ed")) continue;
      const text = exportPrivateKey(pair.privateKey, form, "123456");
      expect(text).toContain("ENCRYPTED");
      expect(samePublicKey(loadPrivateKey(text, "123456"), pair.publicKey)).toBe(true);
      expect(() => loadPrivateKey(text)).toThrow("there is no password for it");
      expect(() => loadPrivateKey(text, "654321")).toThrow("the password does not open the key");
    }
  });
  test("Then its DER is read too", () => {
    const der = pair.privateKey.export({ format: "der", type: "pkcs8" });
    expect(samePublicKey(loadPrivateKey(new Uint8Array(der)), pair.publicKey)).toBe(true);
  });
  test("Then a request signed by it says what it is for", () => {
    const csr = createCertificateSigningRequest({
      subject: { C: "DE", O: "Acme", CN: "SECC1", DC: "CPO" },
      privateKey: pair.privateKey,
      extensions: [keyUsage(["digitalSignature"]), basicConstraints(false)],
    });
    const request = parseCertificateSigningRequest(csr);
    expect(request).toMatchObject({ signatureValid: true, keyKind: kind, basicConstraints: { ca: false } });
    expect(request.subject.toString()).toBe("C=DE, O=Acme, CN=SECC1, DC=CPO");
    const forged = request.der.with(-1, (request.der.at(-1) ?? 0) ^ 1);
    expect(parseCertificateSigningRequest(forged).signatureValid).toBe(false);
  });
  opensslTest("openssl opens the key and verifies the request", () => {
    const csr = createCertificateSigningRequest({ subject: { CN: "x" }, privateKey: pair.privateKey, extensions: [] });
    const files = { "key.pem": exportPrivateKey(pair.privateKey, "pkcs8", "123456"), "csr.pem": csr };
    expect(openssl(files, "pkey -in key.pem -passin pass:123456 -noout".split(" ")).ok).toBe(true);
    expect(openssl(files, "req -in csr.pem -verify -noout".split(" ")).text).toContain("OK");
  });
});

opensslTest("we open what openssl writes, with EC PARAMETERS in front", () => {
  const { text } = openssl({}, "ecparam -name prime256v1 -genkey".split(" "));
  expect(text).toContain("BEGIN EC PARAMETERS");
  expect(keyKind(loadPrivateKey(text))).toBe("P-256");
});

test("bad case: files without a key", () => {
  for (const text of [
    "",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
  ]) {
    expect(() => loadPrivateKey(text)).toThrow(X509Error);
  }
  expect(() => loadPrivateKey(new Uint8Array([0x30, 0x00]))).toThrow(X509Error);
});
