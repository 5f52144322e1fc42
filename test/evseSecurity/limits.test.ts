import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { createCertificate, createSerialNumber, exportPrivateKey, generateKey, toPem } from "../../src/x509/index.ts";
import { hashOf, openWorld, shared } from "./world.ts";

const day = 24 * 3600_000;
const v2g = { certificate_type: "V2G" } as const;
const subject = { country: "DE", organization: "Acme", common: "SECC1", use_tpm: false } as const;
const install = { certificate: toPem(shared.members.v2gRoot.certificate), certificate_type: "MO" } as const;
const start = Date.UTC(2026, 5, 1, 12);

/** A leaf with its own key, valid for `days` from the start of the tests. */
async function writeLeaf(folder: string, name: string, days: number): Promise<void> {
  const { privateKey, publicKey } = await generateKey("P-256");
  const leaf = createCertificate({
    subject: { CN: name, DC: "CPO" },
    issuer: shared.members.cpoSub2.certificate,
    publicKey,
    signingKey: shared.members.cpoSub2.key,
    serialNumber: createSerialNumber(cryptoRandom),
    notBefore: start - 100 * day + days * 1000,
    notAfter: start + days * day,
    extensions: [],
  });
  await writeFile(join(folder, `${name}.pem`), toPem(leaf, ...shared.chain("secc")));
  await writeFile(join(folder, `${name}.key`), exportPrivateKey(privateKey, "pkcs8"));
}

describe("Given a full store", () => {
  test("When it may hold no more files, Then all that would add one is refused politely", async () => {
    const { store, at } = await openWorld({ limits: { maxFiles: 3 } });
    const before = await readdir(at("."), { recursive: true });
    expect(await store.install_ca_certificate(install)).toBe("CertificateStoreMaxLengthExceeded");
    const update = { ...v2g, certificate_chain: toPem(shared.members.secc.certificate) };
    expect(await store.update_leaf_certificate(update)).toBe("CertificateStoreMaxLengthExceeded");
    expect(await store.generate_certificate_signing_request({ ...v2g, ...subject })).toEqual({ status: "KeyGenError" });
    expect(await readdir(at("."), { recursive: true })).toEqual(before);
  });
  test("When it may hold no more octets, Then too", async () => {
    const { store } = await openWorld({ limits: { maxBytes: 4000 } });
    expect(await store.install_ca_certificate(install)).toBe("CertificateStoreMaxLengthExceeded");
  });
  test("When there are expired leaves beyond those to keep, Then they make room, and no valid leaf goes", async () => {
    const { store, at } = await openWorld({ limits: { maxFiles: 20, keptChains: 2 } });
    for (let i = 1; i <= 8; i++) await writeLeaf(at("client/cso"), `OLD${i}`, -i);
    await writeLeaf(at("client/cso"), "YOUNG", 5);
    expect(await store.install_ca_certificate(install)).toBe("Accepted");
    const left = (await readdir(at("client/cso"))).filter((name) => name.endsWith(".key"));
    expect(left).toEqual(["OLD1.key", "OLD2.key", "SECC_LEAF.key", "YOUNG.key"]);
    expect((await store.get_leaf_certificate_info({ ...v2g, include_ocsp: false })).status).toBe("Accepted");
  });
  test("When something is deleted, Then that is always possible", async () => {
    const { store } = await openWorld({ limits: { maxFiles: 1 } });
    const { certificate } = shared.members.moRoot;
    expect(await store.delete_certificate({ certificate_hash_data: hashOf(certificate, certificate) })).toBe(
      "Accepted",
    );
  });
});

describe("Given keys without a certificate", () => {
  test("Then those of requests go after an hour; those of people stay for ever", async () => {
    const clock = new ManualClock(start);
    const { store, at } = await openWorld({ clock });
    await writeFile(at("client/cso/CPO_SUB_CA2.key"), exportPrivateKey(shared.members.cpoSub2.key, "pkcs8"));
    await store.generate_certificate_signing_request({ ...v2g, ...subject });
    const keys = async () => (await readdir(at("client/cso"))).filter((name) => name.endsWith(".key")).length;
    await store.collect_garbage();
    expect(await keys()).toBe(3);
    await clock.advance(3600_001 + 1000);
    await store.collect_garbage();
    expect(await keys()).toBe(2);
  });
});
