import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  anyExtension,
  authorityKeyIdentifier,
  basicConstraints,
  type Certificate,
  keyUsage,
  nameConstraints,
  type PathQuestion,
  subjectAltName,
  validatePath,
  validateRoot,
} from "../../src/x509/index.ts";
import { createLeaf, createRoot, createSub, type Holder, type HolderOptions, noon } from "./authority.ts";

const root = await createRoot("Root");
const sub1 = await createSub(root, "Sub 1", { pathLength: 1 });
const sub2 = await createSub(sub1, "Sub 2", { pathLength: 0 });
const leaf = await createLeaf(sub2, "Leaf");
const subs = [sub2.certificate, sub1.certificate];
const whole = "Leaf < Sub 2 < Sub 1 < Root";
const unknownCritical = anyExtension("1.2.3.4", true, new Uint8Array([5, 0]));
const flipLast = (signature: Uint8Array) => signature.with(-1, (signature.at(-1) ?? 0) ^ 1);

/** The names of the path, leaf first, or the reason why there is none. */
function judge(
  end: Holder,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[] = [root.certificate],
  more: Partial<PathQuestion> = {},
) {
  const verdict = validatePath({ leaf: end.certificate, intermediates, anchors, time: noon, ...more });
  return verdict.ok ? verdict.path.map(({ subject }) => subject.CN).join(" < ") : verdict.reason;
}

describe("Given a chain of two sub-CAs", () => {
  test("Then its path is found, whatever the order and whatever lies beside it", async () => {
    const { certificate: junk } = await createRoot("Junk");
    expect(judge(leaf, subs)).toBe(whole);
    expect(judge(leaf, [junk, ...subs.toReversed(), ...subs, root.certificate])).toBe(whole);
    expect(judge(leaf, subs, [junk, root.certificate])).toBe(whole);
  });
  test("Then both ends of the validity belong to it", () => {
    const { notBefore, notAfter } = leaf.certificate;
    const at = (time: number | "any") => judge(leaf, subs, undefined, { time });
    expect(at(notBefore)).toBe(whole);
    expect(at(notBefore - 1)).toBe("not_yet_valid");
    expect(at(notAfter + 999)).toBe(whole);
    expect(at(notAfter + 1000)).toBe("expired");
    expect(at("any")).toBe(whole);
  });
  test("Then a missing link, a missing root and no root at all are told apart", () => {
    expect(judge(leaf, [])).toBe("unknown_issuer");
    expect(judge(leaf, [sub2.certificate])).toBe("incomplete_chain");
    expect(judge(leaf, subs, [])).toBe("no_trust_anchor");
    expect(judge(leaf, [], [sub2.certificate])).toBe("no_root");
    expect(judge(leaf, [], [sub2.certificate], { partialChains: true })).toBe("Leaf < Sub 2");
    expect(judge(root, [], [sub1.certificate])).toBe("self_signed");
  });
  test("Then sub-CAs in the store help to find the path", () => {
    expect(judge(leaf, [], [...subs, root.certificate])).toBe(whole);
  });
  test("Then the number of sub-CAs can be bounded", () => {
    expect(judge(leaf, subs, undefined, { maxIntermediates: 2 })).toBe(whole);
    expect(judge(leaf, subs, undefined, { maxIntermediates: 1 })).toBe("too_long");
  });
});

const leafCases: Readonly<Record<string, [HolderOptions, RegExp]>> = {
  "a signature of another message": [{ odd: { signature: flipLast } }, /^signature$/],
  "an empty signature": [{ odd: { signature: () => new Uint8Array() } }, /^signature$/],
  "two algorithms": [{ odd: { innerAlgorithm: "1.2.840.10045.4.3.3" } }, /^alg_mismatch$/],
  "SHA-1": [{ hash: "sha1" }, /^weak_hash$/],
  "an unknown critical extension": [{ extensions: [unknownCritical] }, /^critical_extension$/],
  "an unknown extension": [{ extensions: [{ ...unknownCritical, critical: false }] }, /< Root$/],
  "serial number 0": [{ serialNumber: "00" }, /^serial$/],
  "a serial number of 21 octets": [{ serialNumber: `7f${"00".repeat(20)}` }, /^serial$/],
  "its end a second ago": [{ notAfter: noon - 1000 }, /^expired$/],
  "no subject": [{ subject: {} }, /^empty_name$/],
  "no subject but a critical name": [{ subject: {}, extensions: [subjectAltName([{ dns: "a.b" }], true)] }, /< Root$/],
  "name constraints": [{ extensions: [nameConstraints({ permitted: [{ dns: "a" }] })] }, /^name_constraints$/],
  "keyCertSign but no CA": [{ plain: true, extensions: [keyUsage(["keyCertSign"])] }, /^key_usage$/],
  "version 1": [{ plain: true, odd: { version: 1 } }, /^version$/],
};

test.each(Object.entries(leafCases))(
  "Given a leaf with %s, Then the verdict says so",
  async (_, [options, verdict]) => {
    expect(judge(await createLeaf(sub2, "Leaf", options), subs)).toMatch(verdict);
  },
);

const subCases: Readonly<Record<string, [HolderOptions & { pathLength?: number }, RegExp]>> = {
  "pathLen 0": [{ pathLength: 0 }, /< Root$/],
  "its end a second ago": [{ notAfter: noon - 1000 }, /^expired$/],
  "SHA-1": [{ hash: "sha1" }, /^weak_hash$/],
  "an unknown critical extension": [{ extensions: [unknownCritical] }, /^critical_extension$/],
  "a wrong signature": [{ odd: { signature: flipLast } }, /^signature$/],
  "no basicConstraints": [{ plain: true }, /^not_a_ca$/],
  "basicConstraints not critical": [
    { plain: true, extensions: [basicConstraints(true, undefined, false)] },
    /^bc_not_critical$/,
  ],
  "no key usage at all": [{ plain: true, extensions: [basicConstraints(true)] }, /< Root$/],
  "key usage without keyCertSign": [
    { plain: true, extensions: [basicConstraints(true), keyUsage(["cRLSign"])] },
    /^key_usage$/,
  ],
};

test.each(Object.entries(subCases))(
  "Given a sub-CA with %s, Then the verdict says so",
  async (_, [options, verdict]) => {
    const sub = await createSub(sub1, "Odd", options);
    expect(judge(await createLeaf(sub, "Leaf"), [sub.certificate, sub1.certificate])).toMatch(verdict);
  },
);

describe("Given authorities that go beyond their authority", () => {
  test("Then a leaf is no issuer", async () => {
    expect(judge(await createLeaf(leaf, "Child"), [leaf.certificate, ...subs])).toBe("not_a_ca");
  });
  test("Then a sub-CA below pathLen 0 is one too many, but a self-issued one does not count", async () => {
    const third = await createSub(sub2, "Third");
    expect(judge(await createLeaf(third, "Leaf"), [third.certificate, ...subs])).toBe("pathlen");
    const renewed = await createSub(sub2, "Sub 2");
    const end = await createLeaf(renewed, "Leaf");
    expect(judge(end, [renewed.certificate, ...subs])).toBe("Leaf < Sub 2 < Sub 2 < Sub 1 < Root");
    expect(judge(end, [renewed.certificate, ...subs], undefined, { maxIntermediates: 2 })).toMatch(/< Root$/);
  });
});

describe("Given several ways up", () => {
  test("When a cross-certificate of the root has ended, Then the other way is found", async () => {
    const other = await createRoot("Other");
    const cross = await createSub(other, "Root", { keyOf: root, notAfter: noon - 1000 });
    expect(judge(leaf, [cross.certificate, ...subs], [other.certificate, root.certificate])).toBe(whole);
    expect(judge(leaf, [cross.certificate, ...subs], [other.certificate])).toBe("expired");
  });
  test("When only a cross-certificate leads to a trusted root, Then it is taken", async () => {
    const other = await createRoot("Other");
    const cross = await createSub(other, "Root", { keyOf: root });
    expect(judge(leaf, [cross.certificate, ...subs], [other.certificate])).toBe(`${whole} < Other`);
  });
  test("When a namesake of the root is installed, Then the right one is found, or its absence is told", async () => {
    const namesake = await createRoot("Root");
    expect(judge(leaf, subs, [namesake.certificate, root.certificate])).toBe(whole);
    expect(judge(leaf, subs, [namesake.certificate])).toBe("unknown_issuer");
  });
  test("When the key identifier points elsewhere, Then it was only a hint", async () => {
    const misled = await createLeaf(sub2, "Leaf", { plain: true, extensions: [authorityKeyIdentifier("0102")] });
    expect(judge(misled, subs)).toBe(whole);
  });
});

describe("Given a hostile chain, When it is judged, Then it takes no long time", () => {
  test("bad case: two CAs that sign each other", async () => {
    const a = await createRoot("A");
    const b = await createRoot("B");
    const ab = await createSub(b, "A", { keyOf: a });
    const ba = await createSub(a, "B", { keyOf: b });
    expect(judge(await createLeaf(a, "Leaf"), [ab.certificate, ba.certificate])).toBe("loop");
  });
  test("bad case: every one of many could have signed every other", async () => {
    const [first, ...others] = await Promise.all([...Array(10)].map(() => createRoot("Same", { kind: "P-521" })));
    if (!first) return;
    const all = [first, ...others];
    const mesh = await Promise.all(
      all.flatMap((a) =>
        all.map((b) => createSub(b, "Same", { keyOf: a, plain: true, extensions: [basicConstraints(true)] })),
      ),
    );
    const end = await createLeaf(first, "Leaf", { plain: true });
    const before = process.cpuUsage();
    expect(
      judge(
        end,
        mesh.map(({ certificate }) => certificate),
      ),
    ).toBe("too_much_work");
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
  test("bad case: many names against many constraints", async () => {
    const list = [...Array(500).keys()].map((i) => ({ dns: `d${i}.example` }));
    const names = [...Array(500).keys()].map(() => ({ dns: "d499.example" }));
    const hostile = await createRoot("Hostile", { extensions: [nameConstraints({ permitted: list })] });
    const end = await createLeaf(hostile, "Leaf", { extensions: [subjectAltName(names)] });
    expect(judge(end, [], [hostile.certificate])).toMatch(/name_constraints|too_much_work/);
  });
});

describe("Given a root to trust", () => {
  const check = (holder: Holder, more = {}) => {
    const verdict = validateRoot(holder.certificate, { time: noon, ...more });
    return verdict.ok ? "ok" : verdict.reason;
  };
  test("Then it signs itself, is a CA and is valid", async () => {
    expect(check(root)).toBe("ok");
    expect(check(sub1)).toBe("no_root");
    expect(check(root, { time: noon + 1e12 })).toBe("expired");
    expect(check(await createRoot("Root", { plain: true }))).toBe("not_a_ca");
    expect(check(await createRoot("Root", { odd: { signature: flipLast } }))).toBe("signature");
  });
  test("Then one without any extension is taken only where such are allowed, and never as a sub-CA", async () => {
    const bare = await createRoot("Bare", { plain: true, odd: { version: 1 } });
    expect(check(bare)).toBe("not_a_ca");
    expect(check(bare, { bareAllowed: true })).toBe("ok");
    const end = await createLeaf(bare, "Leaf", { plain: true, odd: { version: 1 } });
    expect(judge(end, [], [bare.certificate], { bareAllowed: true })).toBe("Leaf < Bare");
    const sub = await createSub(bare, "Sub", { plain: true, odd: { version: 1 } });
    expect(judge(await createLeaf(sub, "Leaf"), [sub.certificate], [bare.certificate], { bareAllowed: true })).toBe(
      "not_a_ca",
    );
  });
  test("bad case: a key too small, or of a curve nobody asked for", async () => {
    const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const odd = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
    for (const { privateKey, publicKey } of [small, odd]) {
      const holder = await createRoot("Weak", { publicKey, signingKey: privateKey });
      expect(check(holder)).toBe("weak_key");
    }
  });
});
