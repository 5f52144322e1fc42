import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkNewContract } from "../../src/evcc/newContract.ts";
import type { ContractResponse } from "../../src/iso15118/contractMessages.ts";
import type { Pki } from "../../src/pki/pki.ts";
import { samePublicKey } from "../../src/x509/index.ts";
import { type Delivered, delivery, derOf, good, now, type Order, pkiWith, read } from "./provisioning.ts";

const day = 24 * 3600_000;
const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" });

interface Scene {
  readonly pki?: Pki;
  readonly time?: number;
  readonly renewed?: string;
}

function check({ header, body }: Delivered, { pki = good, time = now, renewed }: Scene = {}) {
  const ownKey = pki.members.oem.key;
  const eMAID = renewed === undefined ? {} : { eMAID: renewed };
  return checkNewContract({ header, body, roots: pki.trust.v2g, time, ownKey, ...eMAID });
}

const came = read(delivery());

function changed(change: Partial<ContractResponse>): Delivered {
  return { header: came.header, body: { ...came.body, ...change } };
}

describe("a contract that came for the car", () => {
  test("is taken with its chain and its key", () => {
    const verdict = check(came);
    if (!verdict.ok) throw new TypeError(verdict.reason);
    expect(verdict.contract.eMAID).toBe("UKSWI123456791A");
    expect(verdict.contract.chain).toEqual(derOf(good, "contract"));
    expect(samePublicKey(verdict.contract.key, good.members.contract.key)).toBe(true);
    expect(verdict.provisionedBy).toContain("CN=CPS Leaf");
  });

  test("is taken whatever the capitals and dashes of its eMAID", () => {
    const verdict = check(read(delivery({ change: { eMAID: "ukswi123456791a" } })));
    expect(verdict).toMatchObject({ ok: true, contract: { eMAID: "UKSWI123456791A" } });
  });

  test.each([
    ["cps:wrong-dc", "wrong dc"],
    ["cps:expired", "expired"],
    ["cps:bad-signature", "signature"],
    ["cps:key-usage", "key usage"],
    ["secc:unknown-root", "unknown issuer"],
    ["cps:wrong-key", "signer's key"],
  ])("bad case: its provisioning service is %s", async (fault, words) => {
    const pki = await pkiWith(fault);
    const verdict = check(read(delivery({ pki })), { pki });
    expect(verdict).toMatchObject({ ok: false, reason: expect.stringContaining(words), fix: expect.any(String) });
  });

  test("bad case: it was signed by a charger instead of a provisioning service", () => {
    const provisioningChain = [good.members.secc.certificate, ...good.chain("secc")].map(({ der }) => der);
    const verdict = check(read(delivery({ change: { provisioningChain }, signingKey: good.members.secc.key })));
    expect(verdict).toMatchObject({ ok: false, reason: expect.stringContaining("wrong dc") });
  });

  const others = { "#text": new Uint8Array(65).fill(4) };

  test.each<[string, Delivered, RegExp]>([
    [
      "another certificate",
      changed({
        ContractSignatureCertChain: {
          ...came.body.ContractSignatureCertChain,
          Certificate: good.members.oem.certificate.der,
        },
      }),
      /digest of ContractSignatureCertChain/,
    ],
    [
      "another encrypted key",
      changed({ ContractSignatureEncryptedPrivateKey: { "@Id": "id2", "#text": new Uint8Array(48) } }),
      /digest of ContractSignatureEncryptedPrivateKey/,
    ],
    ["another DHpublickey", changed({ DHpublickey: { "@Id": "id3", ...others } }), /digest of DHpublickey/],
    ["another eMAID", changed({ eMAID: { "@Id": "id4", "#text": "UKSWI123456792A" } }), /digest of eMAID/],
    ["no signature", { header: { SessionID: came.header.SessionID }, body: came.body }, /not signed/],
  ])("bad case: on the way it got %s", (_, delivered, reason) => {
    expect(check(delivered)).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each<[string, Order, RegExp]>([
    [
      "signed with another key than the provisioning certificate's",
      { signingKey: otherKey.privateKey },
      /signer's key/,
    ],
    ["encrypted for another car", { recipient: otherKey.publicKey }, /no private key|is not that of/],
    ["with the key of another contract", { contractKey: otherKey.privateKey }, /is not that of CN=UKSWI123456791A/],
    [
      "with another eMAID than its certificate's",
      { change: { eMAID: "DEABCC12345678" } },
      /DEABCC12345678 came with a certificate for UKSWI/,
    ],
    ["with a DHpublickey that is no point", { change: { DHpublickey: new Uint8Array(65) } }, /no uncompressed point/],
    ["with half a key", { change: { encryptedPrivateKey: new Uint8Array(32) } }, /32 octets instead of 48/],
    ["with octets instead of a certificate", { change: { contractChain: [Uint8Array.of(1, 2)] } }, /cannot be read/],
    [
      "with octets instead of a provisioning certificate",
      { change: { provisioningChain: [Uint8Array.of(1)] } },
      /malformed/,
    ],
  ])("bad case: %s", (_, order, reason) => {
    expect(check(read(delivery(order)))).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
  });

  test.each([
    ["is not valid yet", -2 * day],
    ["has expired", 731 * day],
  ])("bad case: the contract certificate %s", async (_, shift) => {
    // The provisioning chain must outlive the contract for the contract's own dates to be looked at.
    const pki = await pkiWith(shift < 0 ? "contract:not-yet-valid" : "contract:expired");
    expect(check(read(delivery({ pki })), { pki })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("is valid from"),
    });
  });

  test("that renews another must be for the same account", () => {
    expect(check(came, { renewed: "UK-SWI-123456791-A" })).toMatchObject({ ok: true });
    expect(check(came, { renewed: "DEABCC12345678" })).toMatchObject({
      ok: false,
      reason: expect.stringContaining("was to be renewed"),
    });
  });
});
