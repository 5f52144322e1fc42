import { describe, expect, test } from "vitest";
import {
  checkOcspResponse,
  createOcspError,
  createOcspRequest,
  createOcspResponse,
  extendedKeyUsage,
  type OcspResponseTemplate,
  ocspCertId,
  ocspNoCheck,
  parseOcspRequest,
  toPem,
} from "../../src/x509/index.ts";
import { createLeaf, createRoot, createSub, noon } from "./authority.ts";
import { openssl, opensslBytes, opensslTest } from "./openssl.ts";

const root = await createRoot("Root");
const sub = await createSub(root, "Sub");
const leaf = await createLeaf(sub, "Leaf");
const responder = await createLeaf(sub, "Responder", {
  extensions: [extendedKeyUsage(["OCSPSigning"]), ocspNoCheck()],
});
const certId = ocspCertId(leaf.certificate, sub.certificate);
const hour = 3600_000;
const good = { status: "good", certId, thisUpdate: noon - hour, nextUpdate: noon + hour } as const;
const nonce = new Uint8Array(16).fill(7);

function respond(change: Partial<OcspResponseTemplate> = {}): Uint8Array {
  return createOcspResponse({
    answers: [good],
    signer: responder,
    certificates: [responder.certificate],
    producedAt: noon,
    nonce,
    ...change,
  });
}

function check(response: Uint8Array, time = noon) {
  return checkOcspResponse({ response, certId, issuer: sub.certificate, time, nonce });
}

test("Given a request, When the responder reads it, Then it finds the same certificate and nonce", () => {
  expect(parseOcspRequest(createOcspRequest([certId], nonce))).toEqual({ certIds: [certId], nonce });
});

describe("Given a response, When it is checked", () => {
  test("Then one of a delegated responder is good", () => {
    expect(check(respond())).toEqual({ outcome: "good", thisUpdate: good.thisUpdate, nextUpdate: good.nextUpdate });
  });
  test("Then one of the issuer itself is good without any certificate in it", () => {
    expect(check(respond({ signer: sub, certificates: [] })).outcome).toBe("good");
  });
  test("Then revoked comes with time and reason, also when the news is old", () => {
    const answer = { ...good, status: "revoked", revokedAt: noon - 2 * hour, reason: 1 } as const;
    expect(check(respond({ answers: [answer] }))).toEqual({
      outcome: "revoked",
      revokedAt: noon - 2 * hour,
      reason: 1,
    });
    expect(check(respond({ answers: [answer] }), noon + 9 * hour).outcome).toBe("revoked");
  });
  test("Then unknown, stale, early and refused are outcomes of their own", () => {
    expect(check(respond({ answers: [{ ...good, status: "unknown" }] })).outcome).toBe("unknown");
    expect(check(respond(), noon + 2 * hour)).toEqual({ outcome: "stale", since: good.nextUpdate });
    expect(check(respond(), noon - 2 * hour).outcome).toBe("notYetValid");
    expect(check(createOcspError("tryLater"))).toEqual({ outcome: "refused", status: "tryLater" });
  });
  test("Then one without nextUpdate goes stale after a week", () => {
    const { nextUpdate: _, ...answer } = good;
    expect(check(respond({ answers: [answer] }), noon + 6 * 24 * hour).outcome).toBe("good");
    expect(check(respond({ answers: [answer] }), noon + 8 * 24 * hour).outcome).toBe("stale");
  });
  test("bad case: an answer for another certificate", () => {
    const other = { ...certId, serialNumber: "7" };
    expect(check(respond({ answers: [{ ...good, certId: other }] })).outcome).toBe("wrongCertificate");
  });
  test("bad case: another nonce", () => {
    expect(check(respond({ nonce: new Uint8Array(16) })).outcome).toBe("nonceMismatch");
  });
  test("bad case: every single octet changed is never good", () => {
    const response = respond();
    for (let i = 0; i < response.length; i++) {
      const { outcome } = check(response.with(i, (response[i] ?? 0) ^ 0x01));
      expect(outcome, `octet ${i}`).not.toMatch(/good|revoked/);
    }
  });
  test("bad case: a signer without OCSPSigning, or delegated by another CA", async () => {
    const plain = await createLeaf(sub, "Plain");
    expect(check(respond({ signer: plain, certificates: [plain.certificate] })).outcome).toBe("wrongResponder");
    const foreign = await createLeaf(root, "Foreign", { extensions: [extendedKeyUsage(["OCSPSigning"])] });
    expect(check(respond({ signer: foreign, certificates: [foreign.certificate] })).outcome).toBe("wrongResponder");
  });
  test("bad case: a signer whose certificate has ended", async () => {
    const ended = await createLeaf(sub, "Ended", {
      notAfter: noon - hour,
      extensions: [extendedKeyUsage(["OCSPSigning"])],
    });
    expect(check(respond({ signer: ended, certificates: [ended.certificate] })).outcome).toBe("wrongResponder");
  });
  test("bad case: octets that are no response", () => {
    for (const bytes of [new Uint8Array(), new Uint8Array([0x30, 0x00]), new Uint8Array(40).fill(0x30)]) {
      expect(check(bytes).outcome).toBe("malformed");
    }
  });
});

opensslTest("openssl verifies our response and reads its answer", () => {
  const files = {
    "root.pem": toPem(root.certificate),
    "sub.pem": toPem(sub.certificate),
    "leaf.pem": toPem(leaf.certificate),
    "response.der": respond(),
  };
  const args =
    "ocsp -respin response.der -issuer sub.pem -sha256 -cert leaf.pem -CAfile root.pem -verify_other sub.pem";
  const { text } = openssl(files, [
    ...args.split(" "),
    "-attime",
    String(noon / 1000),
    "-no_nonce",
    "-validity_period",
    "999999999",
  ]);
  expect(text).toContain("Response verify OK");
  expect(text).toContain("leaf.pem: good");
});

opensslTest("we read openssl's request, SHA-1 and SHA-256 in one", () => {
  const files = { "sub.pem": toPem(sub.certificate), "leaf.pem": toPem(leaf.certificate) };
  const args = "ocsp -issuer sub.pem -cert leaf.pem -sha256 -cert leaf.pem -reqout out";
  const request = parseOcspRequest(opensslBytes(files, args.split(" ")));
  expect(request.certIds).toEqual([ocspCertId(leaf.certificate, sub.certificate, "SHA1"), certId]);
  expect(request.nonce?.length).toBeGreaterThan(0);
});
