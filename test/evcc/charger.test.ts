import { describe, expect, test } from "vitest";
import { checkCharger } from "../../src/evcc/charger.ts";
import { createPki, type Pki } from "../../src/pki/pki.ts";
import { requireFault } from "../../src/pki/testPki.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { createOcspResponse, type OcspStatus, ocspCertId } from "../../src/x509/index.ts";

const now = Date.UTC(2026, 5, 1);

function pki(...names: string[]): Promise<Pki> {
  return createPki({ clock: new ManualClock(now), random: cryptoRandom, faults: names.map(requireFault) });
}

function shown(pki: Pki, ocsp?: Uint8Array) {
  const chain = [pki.members.secc.certificate, ...pki.chain("secc")].map(({ der }) => der);
  return { chain, ...(ocsp && { ocsp }) };
}

function staple({ members, chain, ocspSigners }: Pki, status: OcspStatus, hash: "SHA1" | "SHA256", thisUpdate = now) {
  const [issuer] = chain("secc");
  const signer = ocspSigners.find((candidate) => candidate.issuer === issuer);
  if (!issuer || !signer) throw new TypeError("no responder for the SECC leaf");
  const certId = ocspCertId(members.secc.certificate, issuer, hash);
  return createOcspResponse({
    answers: [{ ...status, certId, thisUpdate, nextUpdate: thisUpdate + 3600_000 }],
    signer,
    certificates: [signer.certificate],
    producedAt: thisUpdate,
  });
}

const good = await pki();
const check = (world: Pki, ocsp?: Uint8Array) =>
  checkCharger({ shown: shown(world, ocsp), roots: world.trust.v2g, time: now });

describe("the charger's certificates", () => {
  test("are trusted with a path to a V2G root; the root is named", () => {
    const { ok, title, detail } = check(good);
    expect(ok).toBe(true);
    expect(title).toContain("CN=V2GRootCA");
    expect(detail).toMatchObject({ leaf: expect.stringContaining("CN=SECCCert"), OCSP: "not stapled" });
  });

  test.each(["SHA1", "SHA256"] as const)("are trusted with a good staple (%s)", (hash) => {
    expect(check(good, staple(good, { status: "good" }, hash))).toMatchObject({
      ok: true,
      detail: { OCSP: "stapled" },
    });
  });

  test.each([
    ["secc:expired", "expired"],
    ["secc:unknown-root", "unknown issuer"],
    ["secc:wrong-dc", "wrong dc"],
    ["secc:key-usage", "key usage"],
    ["secc:wrong-curve", "wrong curve"],
    ["secc:bad-signature", "signature"],
    ["cpo:missing", "incomplete chain"],
  ])("bad case: %s", async (fault, words) => {
    const verdict = check(await pki(fault));
    expect(verdict).toMatchObject({ ok: false, rule: expect.any(String), fix: expect.stringMatching(/^[A-Z].*\.$/) });
    expect(verdict.title).toContain(words);
  });

  test("bad case: no certificate", () => {
    expect(checkCharger({ shown: { chain: [] }, roots: good.trust.v2g, time: now })).toMatchObject({ ok: false });
  });

  test("bad case: rubbish instead of a certificate", () => {
    const rubbish = { chain: [new Uint8Array(64).fill(0x30)] };
    expect(checkCharger({ shown: rubbish, roots: good.trust.v2g, time: now })).toMatchObject({ ok: false });
  });

  test("bad case: no V2G root in the car", () => {
    expect(checkCharger({ shown: shown(good), roots: [], time: now })).toMatchObject({ ok: false });
  });

  test.each(["SHA1", "SHA256"] as const)("bad case: a staple that says revoked (%s)", (hash) => {
    const verdict = check(good, staple(good, { status: "revoked", revokedAt: now - 1000 }, hash));
    expect(verdict).toMatchObject({ ok: false, title: expect.stringContaining("revoked") });
  });

  test("bad case: a responder that does not know the certificate", () => {
    expect(check(good, staple(good, { status: "unknown" }, "SHA1"))).toMatchObject({ ok: false });
  });

  test.each<[string, Uint8Array]>([
    ["that is old", staple(good, { status: "good" }, "SHA1", now - 10 * 24 * 3600_000)],
    ["that is rubbish", Uint8Array.of(1, 2, 3)],
  ])("a staple %s proves nothing", (_, ocsp) => {
    expect(check(good, ocsp)).toMatchObject({ ok: true });
  });
});
