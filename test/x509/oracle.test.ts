/** Whole chains of many shapes, with OpenSSL as the second opinion. */
import { describe, expect, test } from "vitest";
import {
  anyExtension,
  authorityKeyIdentifier,
  basicConstraints,
  type Certificate,
  createCertificate,
  extendedKeyUsage,
  keyUsage,
  nameConstraints,
  subjectAltName,
  subjectKeyIdentifier,
  toPem,
  validatePath,
} from "../../src/x509/index.ts";
import { createLeaf, createRoot, createSub, type Holder, noon } from "./authority.ts";
import { openssl, opensslTest } from "./openssl.ts";

const day = 24 * 3600_000;
const root = await createRoot("Root");
const sub = await createSub(root, "Sub");
const leaf = await createLeaf(sub, "Leaf");
const other = await createRoot("Other");
const certs = (...holders: readonly Holder[]) => holders.map(({ certificate }) => certificate);

interface Shape {
  readonly leaf: Holder;
  readonly chain: readonly Certificate[];
  readonly trust: readonly Certificate[];
  /** The names of the path, or the reason. */
  readonly expected: string;
  /** Where OpenSSL sees it otherwise, and why it may. */
  readonly opensslDiffers?: string;
}

const shapes: Record<string, Shape> = {
  "the usual": { leaf, chain: certs(sub), trust: certs(root), expected: "Leaf < Sub < Root" },
  "a root that is sent as well": { leaf, chain: certs(sub, root), trust: certs(root), expected: "Leaf < Sub < Root" },
  "another's root": { leaf, chain: certs(sub, root), trust: certs(other), expected: "unknown_issuer" },
};

/** The shape of a leaf below CAs with these changes. */
async function add(
  name: string,
  { top = {}, middle = {}, end = {} }: { top?: object; middle?: object; end?: object },
  expected: string,
  opensslDiffers?: string,
): Promise<void> {
  const above = await createRoot("Root", top);
  const between = await createSub(above, "Sub", middle);
  const below = await createLeaf(between, "Leaf", end);
  const differs = opensslDiffers === undefined ? {} : { opensslDiffers };
  shapes[name] = { leaf: below, chain: certs(between), trust: certs(above), expected, ...differs };
}

const OK = "Leaf < Sub < Root";
const unknown = (critical: boolean) => ({ extensions: [anyExtension("1.2.3.4", critical, new Uint8Array([5, 0]))] });
const only = (...extensions: readonly object[]) => ({ plain: true, extensions });

await add("a root that has ended", { top: { notAfter: noon - day } }, "expired");
await add("a root yet to come", { top: { notBefore: noon + day } }, "not_yet_valid");
await add("a root with an unknown critical extension", { top: unknown(true) }, "critical_extension");
await add("a root with an unknown extension", { top: unknown(false) }, OK);
await add("a root that may not sign", { top: only(basicConstraints(true), keyUsage(["cRLSign"])) }, "key_usage");
await add(
  "a root without basicConstraints",
  { top: only(keyUsage(["keyCertSign"])) },
  "not_a_ca",
  "takes key usage for it",
);
await add("a root that says it is no CA", { top: only(basicConstraints(false)) }, "not_a_ca");
await add("a root of path length 0", { top: only(basicConstraints(true, 0)) }, "pathlen");
await add("a root of path length 1", { top: only(basicConstraints(true, 1)) }, OK);
await add("a root with serverAuth alone", { top: { extensions: [extendedKeyUsage(["serverAuth"])] } }, OK);
await add("a root signed with SHA-1", { top: { hash: "sha1" } }, OK);
await add("a root with a wrong own signature", { top: { odd: { signature: flipped } } }, OK);
await add("a sub-CA with an empty subject", { middle: { subject: {} } }, "empty_name", "bears it unless strict");
await add("a sub-CA without key identifiers", { middle: only(basicConstraints(true)) }, OK);
await add("a sub-CA signed with SHA-1", { middle: { hash: "sha1" } }, "weak_hash", "bears it on its lowest level");
await add("a sub-CA of P-521", { middle: { kind: "P-521" } }, OK);
await add("a sub-CA of Ed448", { middle: { kind: "Ed448" } }, OK);
await add("a sub-CA of RSA", { middle: { kind: "RSA-2048" } }, OK);
await add("a leaf of RSA", { end: { kind: "RSA-2048" } }, OK);
await add(
  "a leaf older than its sub-CA",
  { middle: { notBefore: noon - day }, end: { notBefore: noon - 9 * day } },
  OK,
);
await add(
  "a leaf that outlives its sub-CA",
  { middle: { notAfter: noon + day }, end: { notAfter: noon + 9 * day } },
  OK,
);
await add("a leaf with the root's name", { end: { subject: { CN: "Root", O: "Test", C: "DE" } } }, "Root < Sub < Root");
await add("a leaf with the sub-CA's name", { end: { subject: { CN: "Sub", O: "Test", C: "DE" } } }, "Sub < Sub < Root");
await add(
  "an authority key identifier of nobody",
  { end: only(authorityKeyIdentifier("0102")) },
  OK,
  "takes it for a rule",
);
await add("host names below a subtree", names(["example.com"], ["a.example.com", "b.c.example.com"]), OK);
await add(
  "one of two host names beside it",
  names(["example.com"], ["a.example.com", "a.example.org"]),
  "name_constraints",
);
await add(
  "a host name in CN beside it",
  { top: permitted("example.com"), end: { subject: { CN: "a.example.org" } } },
  "name_constraints",
);
await add(
  "a host name in CN below it",
  { top: permitted("example.com"), end: { subject: { CN: "a.example.com" } } },
  "a.example.com < Sub < Root",
);
await add("a CN that is no host name", { top: permitted("example.com") }, OK);
await add(
  "constraints of the sub-CA alone",
  { middle: permitted("example.com"), end: named(["a.example.org"]) },
  "name_constraints",
);
await add(
  "permitted by the root, excluded by the sub-CA",
  { top: permitted("example.com"), middle: excluded("a.example.com"), end: named(["x.a.example.com"]) },
  "name_constraints",
);
await add(
  "constraints on a leaf's directory name",
  { top: { extensions: [nameConstraints({ permitted: [{ directory: { C: "FR" } }] })] } },
  "name_constraints",
);

function flipped(signature: Uint8Array): Uint8Array {
  return signature.with(-1, (signature.at(-1) ?? 0) ^ 1);
}

function permitted(dns: string) {
  return { extensions: [nameConstraints({ permitted: [{ dns }] })] };
}

function excluded(dns: string) {
  return { extensions: [nameConstraints({ excluded: [{ dns }] })] };
}

function named(hosts: readonly string[]) {
  return { extensions: [subjectAltName(hosts.map((dns) => ({ dns })))] };
}

function names(subtrees: readonly string[], hosts: readonly string[]) {
  return { top: { extensions: [nameConstraints({ permitted: subtrees.map((dns) => ({ dns })) })] }, end: named(hosts) };
}

/** A second certificate for a CA that is there: the same name and key. */
function again(holder: Holder, issuer: Holder, change: object = {}): Certificate {
  return createCertificate({
    subject: { CN: holder.certificate.subject.CN ?? "", O: "Test", C: "DE" },
    ...(issuer !== holder && { issuer: issuer.certificate }),
    publicKey: holder.certificate.publicKey,
    signingKey: issuer.key,
    serialNumber: "0abc",
    notBefore: noon - day,
    notAfter: noon + day,
    extensions: [
      basicConstraints(true),
      keyUsage(["keyCertSign"]),
      subjectKeyIdentifier(holder.certificate.publicKey),
      authorityKeyIdentifier(issuer.certificate.subjectKeyId ?? ""),
    ],
    ...change,
  });
}

const renewed = again(root, root, { notAfter: noon + 2 * day });
const ended = again(root, root, { notAfter: noon - 1000 });
shapes["a root renewed with its key, both trusted, the old one ended"] = {
  ...{ leaf, chain: certs(sub), trust: [ended, renewed], expected: "Leaf < Sub < Root" },
};
shapes["only the root that has ended"] = { leaf, chain: certs(sub), trust: [ended], expected: "expired" };
const newRoot = await createRoot("Root");
const newWithOld = again(newRoot, root);
const newSub = await createSub(newRoot, "New sub");
shapes["a root's new key, vouched for by the old"] = {
  leaf: await createLeaf(newSub, "Leaf"),
  chain: [newSub.certificate, newWithOld],
  trust: certs(root),
  expected: "Leaf < New sub < Root < Root",
};
const [a, b, c] = [await createRoot("A"), await createRoot("B"), await createRoot("C")];
const ring = [again(a, b), again(b, c), again(c, a)];
const inRing = await createLeaf(a, "Leaf");
shapes["three CAs in a ring, one of them trusted"] = {
  leaf: inRing,
  chain: ring,
  trust: certs(c),
  expected: "Leaf < A < B < C",
};
shapes["three CAs in a ring, none of them trusted"] = {
  leaf: inRing,
  chain: ring,
  trust: certs(other),
  expected: "loop",
};
const bad = again(sub, root, { odd: { signature: flipped } });
shapes["a sub-CA twice, once with a wrong signature"] = {
  ...{ leaf, chain: [bad, sub.certificate], trust: certs(root), expected: "Leaf < Sub < Root" },
  opensslDiffers: "does not look back",
};
shapes["a sub-CA twice, once it has ended"] = {
  ...{ leaf, chain: [again(sub, root, { notAfter: noon - 1000 }), sub.certificate], trust: certs(root) },
  expected: "Leaf < Sub < Root",
};
const strangers = await Promise.all([...Array(40).keys()].map((i) => createRoot(i % 2 ? "Sub" : `Stranger ${i}`)));
shapes["forty strangers, half of them namesakes of the sub-CA"] = {
  ...{ leaf, chain: [...certs(...strangers), sub.certificate], trust: certs(root), expected: "Leaf < Sub < Root" },
};
shapes["a leaf that trusts in itself"] = { leaf, chain: certs(sub), trust: certs(leaf), expected: "incomplete_chain" };
shapes["a sub-CA as the only root"] = { leaf, chain: [], trust: certs(sub), expected: "no_root" };

function judge({ leaf: { certificate }, chain, trust }: Shape): string {
  const verdict = validatePath({ leaf: certificate, intermediates: chain, anchors: trust, time: noon });
  return verdict.ok ? verdict.path.map(({ subject }) => subject.CN).join(" < ") : verdict.reason;
}

describe("Given a chain, Then there is one verdict", () => {
  test.each(Object.entries(shapes))("%s", (_, shape) => {
    expect(judge(shape)).toBe(shape.expected);
  });
  opensslTest("Then OpenSSL says the same, but where it is said why not", () => {
    const options = ["verify", "-attime", String(noon / 1000), "-CAfile", "trust.pem", "-untrusted", "chain.pem"];
    const differing = Object.entries(shapes).filter(([, { leaf: end, chain, trust, expected, opensslDiffers }]) => {
      const files = {
        "leaf.pem": toPem(end.certificate),
        "chain.pem": toPem(...chain, end.certificate),
        "trust.pem": toPem(...trust),
      };
      const accepts = openssl(files, [...options, "leaf.pem"]).ok;
      return accepts !== expected.includes("<") && opensslDiffers === undefined;
    });
    expect(differing.map(([name]) => name)).toEqual([]);
  });
});
