/**
 * Certificates that no schema would write, one oddity each. What RFC 5280 and X.690 say decides; OpenSSL, which bears more,
 * is asked for what is accepted here: it must accept that too.
 */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { judgeRaw } from "../../src/evseSecurity/index.ts";
import { derChildren, readDer } from "../../src/x509/der.ts";
import { parseCertificate, parseCertificateSigningRequest, publicKeyDer, X509Error } from "../../src/x509/index.ts";
import { toPemBlock } from "../../src/x509/pem.ts";
import { createLeaf, createRoot, createSub, noon } from "./authority.ts";
import { openssl, opensslTest } from "./openssl.ts";
import {
  attribute,
  bits,
  type Changes,
  CN,
  DC,
  der,
  extension,
  integer,
  join,
  octets,
  oid,
  rebuild,
  sequence,
  TRUE,
  text,
} from "./rebuilt.ts";

const root = await createRoot("Root");
const sub = await createSub(root, "Sub", { pathLength: 0 });
const leaf = await createLeaf(sub, "Leaf");

const UTF8 = 0x0c;
const utc = (value: string) => text(0x17, value);
const general = (value: string) => text(0x18, value);
const begun = utc("250101000000Z");
const until = (end: Uint8Array): Changes => ({ validity: sequence(begun, end) });
const serial = (...content: readonly number[]): Changes => ({ serial: integer(...content) });
const constraints = extension("2.5.29.19", sequence(), TRUE);
const usage = (unused: number, ...content: readonly number[]): Changes => ({
  extensions: [constraints, extension("2.5.29.15", bits(unused, ...content), TRUE)],
});
const basic = (...content: readonly Uint8Array[]): Changes => ({
  extensions: [extension("2.5.29.19", sequence(...content), TRUE)],
});
const more = (id: string, value: Uint8Array, critical?: Uint8Array): Changes => ({
  more: [extension(id, value, critical)],
});
const altName = (...names: readonly Uint8Array[]) => more("2.5.29.17", sequence(...names));
const named = (tag: number, value: string): Changes => ({ subject: sequence(attribute(CN, text(tag, value))) });
const issuer = (...attributes: readonly Uint8Array[]): Changes => ({ issuer: sequence(...attributes) });
const O = attribute("2.5.4.10", text(UTF8, "Test"));
const C = attribute("2.5.4.6", text(0x13, "DE"));

const p256 = oid("1.2.840.10045.3.1.7");
const point = publicKeyDer(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey).subarray(-65);
const isOdd = (point[64] ?? 0) & 1;
const ec = (at: Uint8Array, parameters: Uint8Array = p256): Changes => ({
  spki: sequence(sequence(oid("1.2.840.10045.2.1"), parameters), bits(0, ...at)),
});
const curve = (namedCurve: string): Changes => ({
  spki: publicKeyDer(generateKeyPairSync("ec", { namedCurve }).publicKey),
});
const ed448 = publicKeyDer(generateKeyPairSync("ed448").publicKey).subarray(-57);
const edwards = (key: Uint8Array, ...parameters: readonly Uint8Array[]): Changes => ({
  spki: sequence(sequence(oid("1.3.101.113"), ...parameters), bits(0, ...key)),
});
const { n = "" } = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
const modulus = Buffer.from(n, "base64url");
const rsa = (exponent: Uint8Array, value: Uint8Array = integer(0, ...modulus)): Changes => ({
  spki: sequence(sequence(oid("1.2.840.113549.1.1.1"), octets(5, 0)), bits(0, ...sequence(value, exponent))),
});
const rsaOf = (modulusLength: number): Changes => ({
  spki: publicKeyDer(generateKeyPairSync("rsa", { modulusLength }).publicKey),
});
const ecdsa = oid("1.2.840.10045.4.3.2");
/** Explicit parameters with P-256's own values: prime field, curve, generator, order (SEC 1, C.2). */
const explicit = (() => {
  const hex = (value: string) => new Uint8Array(Buffer.from(value, "hex"));
  const prime = hex("00ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
  const a = hex("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc");
  const b = hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b");
  const g = hex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
  );
  const order = hex("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
  const field = sequence(oid("1.2.840.10045.1.1"), der(2, prime));
  return sequence(integer(1), field, sequence(der(4, a), der(4, b)), der(4, g), der(2, order), integer(1));
})();

/** Name, change, and the verdict: `ok` or the reason. */
const cases: readonly (readonly [string, Changes, string])[] = [
  // Times: RFC 5280, 4.1.2.5
  ["an end in 2049 as UTCTime", until(utc("491231235959Z")), "ok"],
  ["an end in 1950 as UTCTime", until(utc("500101000000Z")), "expired"],
  ["an end before 2050 as GeneralizedTime", until(general("20300101000000Z")), "ok"],
  ["no end at all: 9999", until(general("99991231235959Z")), "ok"],
  ["a leap day", until(utc("280229000000Z")), "ok"],
  ["a leap day in another year", until(utc("270229000000Z")), "malformed"],
  ["a leap day in 2100, which has none", until(general("21000229000000Z")), "malformed"],
  ["a leap second", until(utc("301231235960Z")), "malformed"],
  ["hour 24", until(utc("301231240000Z")), "malformed"],
  ["month 0", until(utc("300001000000Z")), "malformed"],
  ["fractions of a second", until(general("20500101000000.5Z")), "malformed"],
  ["no seconds", until(utc("3001010000Z")), "malformed"],
  ["another time zone", until(utc("300101000000+0100")), "malformed"],
  ["local time", until(general("20500101000000")), "malformed"],
  ["an end before its begin", { validity: sequence(utc("300101000000Z"), begun) }, "not_yet_valid"],
  ["three times", { validity: sequence(begun, utc("300101000000Z"), begun) }, "malformed"],
  // Serial numbers: 4.1.2.2
  ["a serial number of 20 octets", serial(0x7f, ...Array(19).fill(1)), "ok"],
  ["a serial number of 21 octets", serial(0x7f, ...Array(20).fill(1)), "serial"],
  ["a serial number of 160 bits, so 21 octets", serial(0, 0xff, ...Array(19).fill(1)), "serial"],
  ["serial number 0", serial(0), "serial"],
  ["serial number -1", serial(0xff), "serial"],
  ["a padded serial number", serial(0, 1), "malformed"],
  ["an empty serial number", serial(), "malformed"],
  ["a serial number that is none", { serial: der(10, octets(1)) }, "malformed"],
  // Versions: 4.1.2.1
  ["extensions in version 1", { version: octets() }, "malformed"],
  ["extensions in version 2", { version: octets(0xa0, 3, 2, 1, 1) }, "malformed"],
  ["version 4", { version: octets(0xa0, 3, 2, 1, 3) }, "version"],
  ["version 1", { version: octets(), extensions: "none" }, "version"],
  ["version 3 without extensions", { extensions: "none" }, "ok"],
  // Extensions: 4.2
  ["an unknown extension", more("1.2.3.4", octets(1, 2, 3)), "ok"],
  ["FALSE spelt out", more("1.2.3.4", octets(5, 0), octets(1, 1, 0)), "ok"],
  ["TRUE as 1", more("1.2.3.4", octets(5, 0), octets(1, 1, 1)), "malformed"],
  ["TRUE of two octets", more("1.2.3.4", octets(5, 0), octets(1, 2, 0xff, 0xff)), "malformed"],
  ["basicConstraints twice", { more: [constraints] }, "malformed"],
  ["an extension of four parts", { more: [sequence(oid("1.2.3.4"), der(4), octets(5, 0))] }, "malformed"],
  ["an extension without a value", { more: [sequence(oid("1.2.3.4"), octets(5, 0))] }, "malformed"],
  [
    "a critical authority key identifier",
    { extensions: [extension("2.5.29.35", sequence(), TRUE)] },
    "critical_extension",
  ],
  ["a critical subject key identifier", { extensions: [extension("2.5.29.14", der(4), TRUE)] }, "critical_extension"],
  ["critical CRL distribution points", more("2.5.29.31", sequence(), TRUE), "critical_extension"],
  ["a critical issuer's alternative name", more("2.5.29.18", altNameOf("a"), TRUE), "critical_extension"],
  ["a critical Netscape type", more("2.16.840.1.113730.1.1", bits(6, 0x40), TRUE), "critical_extension"],
  ["a Netscape type", more("2.16.840.1.113730.1.1", bits(6, 0x40)), "ok"],
  ["OCSP no check", more("1.3.6.1.5.5.7.48.1.5", octets(5, 0)), "ok"],
  ["TLS features", more("1.3.6.1.5.5.7.1.24", sequence(integer(5))), "ok"],
  [
    "policies with a qualifier",
    more("2.5.29.32", sequence(policy(sequence(oid("1.3.6.1.5.5.7.2.1"), text(0x16, "a"))))),
    "ok",
  ],
  ["a policy twice", more("2.5.29.32", sequence(policy(), policy())), "malformed"],
  [
    "octets behind basicConstraints",
    { extensions: [extension("2.5.29.19", join(sequence(), octets(5, 0)))] },
    "malformed",
  ],
  ["three fields in basicConstraints", basic(TRUE, integer(0), octets(5, 0)), "malformed"],
  ["a negative path length", basic(TRUE, integer(0xff)), "malformed"],
  ["CA: FALSE spelt out", basic(octets(1, 1, 0)), "ok"],
  ["a path length without CA", basic(integer(0)), "ok"],
  ["no key usage at all in keyUsage", usage(0), "malformed"],
  ["only zeros in keyUsage", usage(0, 0), "malformed"],
  ["unused bits in keyUsage that are set", usage(7, 0xff), "malformed"],
  ["eight unused bits in keyUsage", usage(8, 0x80), "malformed"],
  ["trailing zeros in keyUsage", usage(0, 0x80), "ok"],
  ["the ninth bit of keyUsage", usage(7, 0x08, 0x80), "ok"],
  ["no purpose in extendedKeyUsage", more("2.5.29.37", sequence()), "malformed"],
  ["any purpose, critical", more("2.5.29.37", sequence(oid("2.5.29.37.0")), TRUE), "ok"],
  ["no alternative name", altName(), "malformed"],
  ["an alternative name of Latin-1", altName(text(0x82, "\xe4.example")), "malformed"],
  ["an address of five octets", altName(text(0x87, "12345")), "malformed"],
  ["an alternative name of a tenth kind", altName(text(0x89, "x")), "malformed"],
  [
    "other and registered names",
    altName(der(0xa0, oid("1.2.3"), der(0xa0, text(UTF8, "x"))), der(0x88, octets(42))),
    "ok",
  ],
  ["authorityInfoAccess of nothing", more("1.3.6.1.5.5.7.1.1", octets(5, 0)), "malformed"],
  // Names: 4.1.2.4
  ["a name of UTF-8", named(UTF8, "L\xc3\xa4f"), "ok"],
  ["a name of PrintableString", named(0x13, "Leaf"), "ok"],
  ["a PrintableString with what it must not have", named(0x13, "Le*f@"), "ok"],
  ["a name of IA5String", named(0x16, "Leaf"), "ok"],
  ["an IA5String of Latin-1", named(0x16, "L\xe4f"), "malformed"],
  ["a name of TeletexString", named(0x14, "L\xe4f"), "ok"],
  ["a name of BMPString", named(0x1e, "\0L\0f"), "ok"],
  ["a BMPString of half a character", named(0x1e, "\0L\0"), "malformed"],
  ["a name of UniversalString", named(0x1c, "\0\0\0L"), "ok"],
  ["broken UTF-8", named(UTF8, "\xff\xfe"), "malformed"],
  ["an empty set in a name", { subject: sequence(attribute(CN, text(UTF8, "L")), der(0x31)) }, "malformed"],
  ["two attributes in a set", { subject: sequence(der(0x31, pair(CN, "a"), pair(DC, "b"))) }, "ok"],
  [
    "an attribute of three parts",
    { subject: sequence(der(0x31, sequence(oid(CN), text(UTF8, "a"), octets(5, 0)))) },
    "malformed",
  ],
  ["no subject", { subject: sequence() }, "empty_name"],
  ["its issuer in other capitals and string types", issuer(attribute(CN, text(0x13, "SUB")), O, C), "ok"],
  ["its issuer with other white space", issuer(attribute(CN, text(UTF8, " Sub ")), O, C), "ok"],
  ["its issuer in another order", issuer(C, attribute(CN, text(UTF8, "Sub")), O), "unknown_issuer"],
  // Keys: RFC 5480, RFC 8410, RFC 8017
  ["a compressed point", ec(octets(2 + isOdd, ...point.subarray(1, 33))), "ok"],
  ["a hybrid point", ec(octets(6 + isOdd, ...point.subarray(1))), "malformed"],
  ["the point at infinity", ec(octets(0)), "malformed"],
  ["no point", ec(octets()), "malformed"],
  ["a point beside the curve", ec(point.with(64, (point[64] ?? 0) ^ 1)), "malformed"],
  ["half a point", ec(point.subarray(0, 64)), "malformed"],
  ["no curve", ec(point, octets()), "malformed"],
  ["NULL as curve", ec(point, octets(5, 0)), "malformed"],
  ["a curve by explicit parameters", ec(point, explicit), "weak_key"],
  ["another curve", curve("secp256k1"), "weak_key"],
  ["a small curve", curve("secp224r1"), "weak_key"],
  [
    "octets behind a key",
    { spki: sequence(sequence(oid("1.2.840.10045.2.1"), p256), bits(0, ...point), octets(5, 0)) },
    "malformed",
  ],
  ["Ed448", edwards(ed448), "ok"],
  ["Ed448 with parameters", edwards(ed448, octets(5, 0)), "malformed"],
  ["half of Ed448", edwards(ed448.subarray(1)), "malformed"],
  ["RSA", rsa(integer(1, 0, 1)), "ok"],
  ["RSA with exponent 3", rsa(integer(3)), "ok"],
  ["RSA with exponent 1, under which everybody can sign", rsa(integer(1)), "weak_key"],
  ["RSA with exponent 2", rsa(integer(2)), "weak_key"],
  ["RSA with an endless exponent", rsa(integer(...Array(200).fill(1))), "weak_key"],
  ["RSA with an even modulus", rsa(integer(3), integer(0, ...modulus.subarray(0, 255), 2)), "weak_key"],
  ["RSA with a negative modulus", rsa(integer(3), integer(...modulus)), "malformed"],
  ["RSA of 1024 bits", rsaOf(1024), "weak_key"],
  ["RSA of 2047 bits", rsaOf(2047), "weak_key"],
  ["a key of an unknown kind", { spki: sequence(sequence(oid("1.2.3")), bits(0, 1)) }, "malformed"],
  // Signatures: RFC 5758, RFC 3279
  ["NULL in ECDSA's algorithm", { algorithm: sequence(ecdsa, octets(5, 0)) }, "signature"],
  ["a curve in ECDSA's algorithm", { algorithm: sequence(ecdsa, p256) }, "signature"],
  ["an unknown algorithm", { algorithm: sequence(oid("1.2.3.4")) }, "signature"],
  ["NULL in the outer algorithm alone", { outer: sequence(ecdsa, octets(5, 0)) }, "alg_mismatch"],
  ["r and s side by side", { signature: () => bits(0, ...Array(64).fill(1)) }, "signature"],
  ["r and s of zero", { signature: () => bits(0, ...sequence(integer(0), integer(0))) }, "signature"],
  ["a padded r", { signature: paddedR }, "signature"],
  ["an octet behind the signature", { signature: (s) => bits(0, ...s, 0) }, "signature"],
  ["unused bits in the signature", { signature: (s) => bits(1, ...s) }, "malformed"],
  ["an octet string as signature", { signature: (s) => der(4, s) }, "malformed"],
  // Encoding: X.690
  ["an octet behind the end", { wrap: (whole) => join(whole, octets(0)) }, "malformed"],
  ["a fourth part", { wrap: (whole) => sequence(readDer(whole).content, octets(5, 0)) }, "malformed"],
  ["a part behind the extensions", { behind: octets(5, 0) }, "malformed"],
  [
    "an indefinite length",
    { wrap: (whole) => join(octets(0x30, 0x80), readDer(whole).content, octets(0, 0)) },
    "malformed",
  ],
  ["a length longer than need be", { wrap: longLength }, "malformed"],
];

function altNameOf(host: string): Uint8Array {
  return sequence(text(0x82, host));
}

function policy(...qualifier: readonly Uint8Array[]): Uint8Array {
  return sequence(oid("1.2.3"), ...qualifier.map((one) => sequence(one)));
}

function pair(id: string, value: string): Uint8Array {
  return sequence(oid(id), text(UTF8, value));
}

function paddedR(signature: Uint8Array): Uint8Array {
  const [r, s] = derChildren(readDer(signature).content);
  return bits(0, ...sequence(der(2, octets(0), r?.content ?? octets()), s?.raw ?? octets()));
}

function longLength(certificate: Uint8Array): Uint8Array {
  const { content } = readDer(certificate);
  return join(octets(0x30, 0x83, 0, content.length >> 8, content.length & 0xff), content);
}

function judge(end: Uint8Array, chain: readonly Uint8Array[], trust: Uint8Array = root.certificate.der): string {
  const verdict = judgeRaw({ role: "any", leaf: end, chain, anchors: [trust], time: noon });
  return verdict.ok ? "ok" : verdict.reason;
}

const leaves = cases.map(([name, changes, expected]) => {
  return { name, expected, octets: rebuild(leaf.certificate, sub.key, changes) };
});

describe("Given a leaf, Then one oddity decides", () => {
  test.each(leaves)("$name: $expected", ({ octets, expected }) => {
    expect(judge(octets, [sub.certificate.der])).toBe(expected);
  });

  opensslTest("Then OpenSSL accepts what is accepted here", () => {
    const accepted = leaves.filter(({ expected }) => expected === "ok");
    const files = accepted.map(({ octets }, i) => [`${i}.pem`, toPemBlock("CERTIFICATE", octets)] as const);
    const trust = { "root.pem": pem(root.certificate.der), "sub.pem": pem(sub.certificate.der) };
    const options = ["verify", "-attime", String(noon / 1000), "-CAfile", "root.pem", "-untrusted", "sub.pem"];
    const { text } = openssl({ ...trust, ...Object.fromEntries(files) }, [...options, ...files.map(([name]) => name)]);
    const verdicts = accepted.map(({ name }, i) => [name, text.includes(`${i}.pem: OK`)]);
    expect(verdicts.filter(([, ok]) => !ok)).toEqual([]);
  });
});

function pem(octets: Uint8Array): string {
  return toPemBlock("CERTIFICATE", octets);
}

describe("Given a sub-CA, Then the same oddities end the path", () => {
  const end = leaf.certificate.der;
  const odd = cases.filter(([, , expected]) =>
    ["malformed", "serial", "version", "critical_extension"].includes(expected),
  );
  /** The sub-CA's own extensions stay, and its key, or the leaf would not be below it. */
  const suits = ({ extensions, spki, subject }: Changes) => !extensions && !spki && !subject;
  test.each(odd.filter(([, changes]) => suits(changes)))("%s", (_, changes, expected) => {
    expect(judge(end, [rebuild(sub.certificate, root.key, changes)])).toBe(expected);
  });
});

describe("Given a key that Node must not be asked about, for it would end the process", () => {
  const infinity = ec(new Uint8Array(1));
  test("bad case: in a certificate", () => {
    expect(() => parseCertificate(rebuild(leaf.certificate, sub.key, infinity))).toThrow(X509Error);
  });
  test("bad case: in a certificate signing request", () => {
    const info = sequence(integer(0), sequence(O), infinity.spki ?? octets(), der(0xa0));
    const request = sequence(info, sequence(ecdsa), bits(0, ...sequence(integer(1), integer(1))));
    expect(() => parseCertificateSigningRequest(request)).toThrow(/no point that may be used/);
  });
});
