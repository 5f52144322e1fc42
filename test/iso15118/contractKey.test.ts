import {
  createCipheriv,
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openContractKey, sealContractKey } from "../../src/iso15118/contractKey.ts";
import { fromHex, toHex } from "../../src/util/bytes.ts";
import { InternalError } from "../../src/util/errors.ts";
import { samePublicKey } from "../../src/x509/keys.ts";

/** Made with Python's `cryptography` (ECDH, ConcatKDFHash, AES-CBC): three keys, the last two at the ends of what P-256 allows. */
interface KnownAnswer {
  readonly contract: string;
  readonly recipient: string;
  readonly ephemeral: string;
  readonly iv: string;
  readonly DHpublickey: string;
  readonly encryptedPrivateKey: string;
}

const knownAnswers = JSON.parse(
  readFileSync(new URL("../vectors/contract_key.json", import.meta.url), "utf8"),
) as readonly KnownAnswer[];

function privateKey(scalar: string): KeyObject {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(scalar, "hex");
  const point = curve.getPublicKey();
  const text = (octets: Uint8Array) => Buffer.from(octets).toString("base64url");
  const [x, y, d] = [text(point.subarray(1, 33)), text(point.subarray(33)), text(fromHex(scalar))];
  return createPrivateKey({ key: { kty: "EC", crv: "P-256", x, y, d }, format: "jwk" });
}

const newKey = (namedCurve = "P-256") => generateKeyPairSync("ec", { namedCurve }).privateKey;

const own = newKey();
const contract = newKey();
const ephemeral = newKey();
const sealed = sealContractKey({
  key: contract,
  recipient: createPublicKey(own),
  ephemeral,
  iv: new Uint8Array(16).fill(9),
});

describe("a contract's private key on its way to the car", () => {
  test.each(knownAnswers)("is sealed as others seal it: $encryptedPrivateKey", (answer) => {
    const { DHpublickey, encryptedPrivateKey } = sealContractKey({
      key: privateKey(answer.contract),
      recipient: createPublicKey(privateKey(answer.recipient)),
      ephemeral: privateKey(answer.ephemeral),
      iv: fromHex(answer.iv),
    });
    expect(toHex(DHpublickey)).toBe(answer.DHpublickey);
    expect(toHex(encryptedPrivateKey)).toBe(answer.encryptedPrivateKey);
  });

  test.each(knownAnswers)("is opened: $encryptedPrivateKey", ({ DHpublickey, encryptedPrivateKey, ...answer }) => {
    const message = { DHpublickey: fromHex(DHpublickey), encryptedPrivateKey: fromHex(encryptedPrivateKey) };
    const opened = openContractKey(message, privateKey(answer.recipient));
    expect(opened.ok && samePublicKey(opened.key, privateKey(answer.contract))).toBe(true);
  });

  test("is no secret of anybody else's: another key gives another result or none", () => {
    const opened = openContractKey(sealed, newKey());
    expect(opened.ok && samePublicKey(opened.key, contract)).toBe(false);
  });

  test("comes back whatever the keys are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (iv) => {
        const [key, mine] = [newKey(), newKey()];
        const message = sealContractKey({ key, recipient: createPublicKey(mine), ephemeral: newKey(), iv });
        expect([message.DHpublickey.length, message.encryptedPrivateKey.length]).toEqual([65, 48]);
        const opened = openContractKey(message, mine);
        expect(opened.ok && samePublicKey(opened.key, key)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ["a key that is too short", { encryptedPrivateKey: sealed.encryptedPrivateKey.subarray(0, 47) }, /47 octets/],
    ["a key that is too long", { encryptedPrivateKey: new Uint8Array(49) }, /49 octets instead of 48/],
    ["no point", { DHpublickey: new Uint8Array(0) }, /no uncompressed point/],
    ["a compressed point", { DHpublickey: sealed.DHpublickey.with(0, 2) }, /no uncompressed point/],
    [
      "a point that is not on the curve",
      { DHpublickey: sealed.DHpublickey.with(64, (sealed.DHpublickey[64] ?? 0) ^ 1) },
      /no uncompressed point/,
    ],
    ["the point at infinity", { DHpublickey: Uint8Array.of(4, ...new Uint8Array(64)) }, /no uncompressed point/],
  ])("is refused without a throw: %s", (_, change, reason) => {
    expect(openContractKey({ ...sealed, ...change }, own)).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
    });
  });

  test("cannot be zero or beyond the order of the group", () => {
    const zero = { ...sealed, encryptedPrivateKey: forged(new Uint8Array(32)) };
    const all = { ...sealed, encryptedPrivateKey: forged(new Uint8Array(32).fill(0xff)) };
    for (const message of [zero, all]) {
      expect(openContractKey(message, own)).toMatchObject({ ok: false, reason: /no private key/ });
    }
  });

  test("travels by P-256 only", () => {
    expect(openContractKey(sealed, newKey("P-384"))).toMatchObject({ ok: false });
    const question = {
      key: newKey("P-384"),
      recipient: createPublicKey(own),
      ephemeral: newKey(),
      iv: new Uint8Array(16),
    };
    expect(() => sealContractKey(question)).toThrow(InternalError);
  });
});

/** A message like {@link sealed}, in which `plain` is encrypted: scalars that no key has. */
function forged(plain: Uint8Array): Uint8Array {
  const secret = diffieHellman({ privateKey: ephemeral, publicKey: createPublicKey(own) });
  const derived = createHash("sha256")
    .update(Uint8Array.of(0, 0, 0, 1))
    .update(secret)
    .update("\u0001UV")
    .digest();
  const iv = new Uint8Array(16);
  const cipher = createCipheriv("aes-128-cbc", derived.subarray(0, 16), iv).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([iv, cipher.update(plain), cipher.final()]));
}
