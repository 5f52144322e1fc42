import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AuthorizationReq, iso2, type V2G_Message } from "../../src/iso15118/iso2/index.ts";
import {
  type SignatureVerdict,
  type SignedElement,
  signFragments,
  verifySignature,
} from "../../src/iso15118/signature.ts";
import { type Reference, type Signature, type SignedInfo, xmldsig } from "../../src/iso15118/xmldsig.ts";
import { fromHex, toHex } from "../../src/util/bytes.ts";

/** Of ../vectors/pnc_session.jsonl: a DC session with real keys, made by EXIficient; what was hashed is written down. */
interface SignedMessage {
  readonly id: string;
  readonly exi: string;
  readonly signature: {
    readonly signedInfo: string;
    readonly references: readonly { readonly id: string; readonly fragment: string; readonly digest: string }[];
    readonly signerPublicKeyPem: string;
  };
}

const session = readFileSync(new URL("../vectors/pnc_session.jsonl", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.includes('"signature"'))
  .map((line) => JSON.parse(line) as SignedMessage);

/** Everything in a message that carries an Id, as a signature may refer to it. */
function elementsWithId(value: unknown, name: string): SignedElement[] {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return [];
  if (Array.isArray(value)) return value.flatMap((item) => elementsWithId(item, name));
  const id = (value as { "@Id"?: string })["@Id"];
  const own = id === undefined ? [] : [{ set: iso2, name, id, value }];
  return [...own, ...Object.entries(value).flatMap(([key, child]) => elementsWithId(child, key))];
}

function read(message: SignedMessage) {
  const { value } = iso2.decode(fromHex(message.exi)) as { value: V2G_Message };
  const signature = value.Header.Signature;
  if (!signature) throw new TypeError(`${message.id} is not signed`);
  const ids = message.signature.references.map(({ id }) => id);
  const found = elementsWithId(value.Body, "Body");
  const elements = ids.flatMap((id) => found.filter((element) => element.id === id));
  return { signature, elements, publicKey: createPublicKey(message.signature.signerPublicKeyPem) };
}

describe("the signed messages of a recorded session", () => {
  test("there are five of them", () => {
    expect(session).toHaveLength(5);
  });

  test.each(session)("$id verifies, over the very octets that were signed", (message) => {
    const verdict = verifySignature(read(message));
    expect(verdict).toMatchObject({ ok: true });
    expect(toHex(verdict.hashed.signedInfo)).toBe(message.signature.signedInfo);
    expect(verdict.hashed.elements.map(({ id, fragment, digest }) => [id, toHex(fragment), toHex(digest)])).toEqual(
      message.signature.references.map(({ id, fragment, digest }) => [id, fragment, digest]),
    );
  });
});

const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const authorization: AuthorizationReq = { "@Id": "id1", GenChallenge: new Uint8Array(16).fill(7) };

function element(value: AuthorizationReq = authorization, id = "id1"): SignedElement {
  return { set: iso2, name: "AuthorizationReq", id, value };
}

const good = signFragments({ elements: [element()], key });

function verdictOn(signature: Signature, elements = [element()], by: KeyObject = publicKey): SignatureVerdict {
  return verifySignature({ signature, elements, publicKey: by });
}

function withInfo(change: Partial<SignedInfo>): Signature {
  return { ...good, SignedInfo: { ...good.SignedInfo, ...change } };
}

function withReference(change: Partial<Reference>): Signature {
  return withInfo({ Reference: good.SignedInfo.Reference.map((reference) => ({ ...reference, ...change })) });
}

describe("a signature of our own", () => {
  test("verifies, also after it went over the wire", () => {
    const { value } = xmldsig.decode(xmldsig.encode("Signature", good)) as { value: Signature };
    expect(verdictOn(value)).toMatchObject({ ok: true });
  });

  test("covers several elements", () => {
    const elements = [element(), element({ ...authorization, "@Id": "id2" }, "id2")];
    expect(verdictOn(signFragments({ elements, key }), elements)).toMatchObject({ ok: true });
  });

  test("encodes SignedInfo with xmldsig alone: code 32 of 46", () => {
    expect(toHex(verdictOn(good).hashed.signedInfo)).toMatch(/^8081/);
  });
});

const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
const larger = generateKeyPairSync("ec", { namedCurve: "P-384" });
const [reference] = good.SignedInfo.Reference;

describe("bad case:", () => {
  test.each<[string, SignatureVerdict, string]>([
    ["another key", verdictOn(good, [element()], other.publicKey), "not made with the signer's key"],
    ["a key on another curve", verdictOn(good, [element()], larger.publicKey), "not on P-256"],
    ["another challenge", verdictOn(good, [element({ ...authorization, GenChallenge: new Uint8Array(16) })]), "digest"],
    ["an element that is not referenced", verdictOn(good, [element(authorization, "id2")]), "names no element"],
    ["a second element that is not referenced", verdictOn(good, [element(), element(authorization, "id2")]), "id2"],
    ["no references that count", verdictOn(good, []), 'a reference to "#id1" names no element'],
    ["a reference without URI", verdictOn(withInfo({ Reference: stripped("@URI") })), "names no element"],
    ["the same reference twice", verdictOn(withInfo({ Reference: twice() })), "more than one reference"],
    ["no transform", verdictOn(withInfo({ Reference: stripped("Transforms") })), "exactly one transform"],
    ["a second transform", verdictOn(withReference({ Transforms: { Transform: twoTransforms() } })), "exactly one"],
    [
      "another transform",
      verdictOn(withReference({ Transforms: { Transform: [{ "@Algorithm": "urn:x" }] } })),
      "urn:x",
    ],
    ["another digest method", verdictOn(withReference({ DigestMethod: { "@Algorithm": "urn:md5" } })), "urn:md5"],
    ["a short digest", verdictOn(withReference({ DigestValue: new Uint8Array(20) })), "digest"],
    ["XML canonicalisation", verdictOn(withInfo({ CanonicalizationMethod: { "@Algorithm": "c14n" } })), "c14n"],
    ["another signature method", verdictOn(withInfo({ SignatureMethod: { "@Algorithm": "hmac" } })), "hmac"],
    ["a DER signature", verdictOn({ ...good, SignatureValue: { "#text": new Uint8Array(71) } }), "71 octets"],
    ["an all-zero signature", verdictOn({ ...good, SignatureValue: { "#text": new Uint8Array(64) } }), "not made"],
    ["a long text", verdictOn(withInfo({ SignatureMethod: { "@Algorithm": "x".repeat(9999) } })), "xxx"],
  ])("%s", (_, verdict, reason) => {
    expect(verdict).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
    expect((verdict as { reason: string }).reason.length).toBeLessThan(250);
  });

  function stripped(key: "@URI" | "Transforms"): Reference[] {
    return good.SignedInfo.Reference.map(({ [key]: _, ...rest }) => rest);
  }

  function twoTransforms() {
    const [transform] = reference?.Transforms?.Transform ?? [];
    return transform ? [transform, transform] : [];
  }

  function twice(): Reference[] {
    return reference ? [reference, reference] : [];
  }
});

describe("any flipped bit is refused", () => {
  const flip = (bytes: Uint8Array, bit: number) => {
    const copy = bytes.slice();
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7));
    return copy;
  };
  const bit = (bytes: Uint8Array) => fc.nat(bytes.length * 8 - 1);

  test("in the signature value", () => {
    const value = good.SignatureValue["#text"];
    fc.assert(
      fc.property(bit(value), (at) => !verdictOn({ ...good, SignatureValue: { "#text": flip(value, at) } }).ok),
    );
  });

  test("in the challenge", () => {
    const { GenChallenge = new Uint8Array() } = authorization;
    fc.assert(
      fc.property(bit(GenChallenge), (at) => {
        return !verdictOn(good, [element({ ...authorization, GenChallenge: flip(GenChallenge, at) })]).ok;
      }),
    );
  });

  test("in SignedInfo, wherever the octets still decode", () => {
    const encoded = xmldsig.encodeFragment("SignedInfo", good.SignedInfo);
    // The first 14 bits are header and root, the last ones end the stream.
    fc.assert(
      fc.property(fc.integer({ min: 14, max: encoded.length * 8 - 9 }), (at) => {
        const SignedInfo = decoded(flip(encoded, at));
        return !SignedInfo || !verdictOn({ ...good, SignedInfo }).ok;
      }),
      { numRuns: 500 },
    );
  });

  function decoded(bytes: Uint8Array): SignedInfo | undefined {
    try {
      return xmldsig.decodeFragment(bytes).value as SignedInfo;
    } catch {
      return undefined;
    }
  }
});
