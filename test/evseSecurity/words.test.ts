/** Every word that a result of evse_security may be, with what brings it about. */
import { chmod, unlink } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type * as T from "../../src/evseSecurity/types.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import {
  type Certificate,
  createCertificate,
  createSerialNumber,
  exportPrivateKey,
  generateKey,
  keyUsage,
  toPem,
} from "../../src/x509/index.ts";
import { chainOf, clock, hashOf, makePki, openWorld, shared } from "./world.ts";

const v2g = { certificate_type: "V2G" } as const;
const info = { ...v2g, include_ocsp: true } as const;
const subject = { country: "DE", organization: "Acme", common: "SECC1", use_tpm: false } as const;
const { secc, cpoSub2, v2gRoot, csmsClient, csmsRoot } = shared.members;
const day = 24 * 3600_000;
const flip = ({ der }: Certificate) => ({ der: der.with(-1, (der.at(-1) ?? 0) ^ 1) });

type World = Awaited<ReturnType<typeof openWorld>>;

/** A new SECC leaf, whose key the store has. */
async function signed({ at }: World, change: Partial<Parameters<typeof createCertificate>[0]> = {}) {
  const { privateKey, publicKey } = await generateKey("P-256");
  await nodeFiles.write(at("client/cso/NEW.key"), exportPrivateKey(privateKey, "pkcs8"), 0o600);
  return createCertificate({
    subject: { CN: "SECC1", O: "Acme", C: "DE", DC: "CPO" },
    issuer: cpoSub2.certificate,
    publicKey,
    signingKey: cpoSub2.key,
    serialNumber: createSerialNumber(cryptoRandom),
    notBefore: clock.now() - 1000,
    notAfter: clock.now() + day,
    extensions: [keyUsage(["digitalSignature", "keyAgreement"])],
    ...change,
  });
}

const updates: Readonly<Record<T.InstallCertificateResult, (world: World) => Promise<T.InstallCertificateResult>>> = {
  Accepted: async (world) => update(world, await signed(world)),
  Expired: async (world) => update(world, await signed(world, { notAfter: clock.now() - 1000 })),
  InvalidSignature: async (world) => update(world, flip(await signed(world))),
  InvalidCertificateChain: async (world) => update(world, await signed(world, { extensions: [keyUsage(["cRLSign"])] })),
  InvalidCommonName: async (world) => update(world, await signed(world, { subject: { O: "Acme", DC: "CPO" } })),
  InvalidFormat: (world) => world.store.update_leaf_certificate({ ...v2g, certificate_chain: "nothing" }),
  NoRootCertificateInstalled: async (world) => {
    await world.store.delete_certificate({ certificate_hash_data: hashOf(v2gRoot.certificate, v2gRoot.certificate) });
    return update(world, await signed(world));
  },
  WriteError: async (world) => {
    const leaf = await signed(world);
    await unlink(world.at("client/cso/NEW.key"));
    return update(world, leaf);
  },
  CertificateStoreMaxLengthExceeded: async () => {
    const full = await openWorld({ limits: { maxFiles: 1 } });
    return update(full, await signed(full));
  },
};

function update({ store }: World, leaf: { readonly der: Uint8Array }) {
  return store.update_leaf_certificate({ ...v2g, certificate_chain: toPem(leaf, ...shared.chain("secc")) });
}

test.each(Object.entries(updates))("InstallCertificateResult %s for a leaf", async (word, bringAbout) => {
  expect(await bringAbout(await openWorld())).toBe(word);
});

const roots: Readonly<Partial<Record<T.InstallCertificateResult, (world: World) => Promise<string>>>> = {
  Accepted: async () => toPem((await makePki()).members.moRoot.certificate),
  Expired: async () => toPem((await makePki("contract:expired")).members.moRoot.certificate),
  InvalidSignature: async () => toPem(flip(shared.members.moRoot.certificate)),
  InvalidCertificateChain: async () => toPem(shared.members.moSub1.certificate),
  InvalidFormat: async () => "nothing",
  WriteError: async ({ at }) => {
    await chmod(at("ca/mo"), 0o500);
    return toPem((await makePki()).members.moRoot.certificate);
  },
};

test.each(Object.entries(roots))("InstallCertificateResult %s for a root", async (word, rootOf) => {
  // Who may do everything is refused nothing by the folder's mode.
  const asRoot = word === "WriteError" && process.getuid?.() === 0;
  const now = new ManualClock(word === "Expired" ? clock.now() + 50 * 365 * day : clock.now());
  const refuse = () => Promise.reject(Object.assign(new Error("EROFS"), { code: "EROFS" }));
  const world = await openWorld({ clock: now, ...(asRoot && { disk: { ...nodeFiles, write: refuse } }) });
  const certificate = await rootOf(world);
  expect(await world.store.install_ca_certificate({ certificate, certificate_type: "MO" })).toBe(word);
  await chmod(world.at("ca/mo"), 0o700);
});

const verdicts: Readonly<Record<T.CertificateValidationResult, readonly string[] | "nothing">> = {
  Valid: [],
  Expired: ["contract:expired"],
  InvalidSignature: ["mo:bad-signature"],
  InvalidLeafSignature: ["contract:bad-signature"],
  IssuerNotFound: ["contract:unknown-root"],
  InvalidChain: ["contract:wrong-dc"],
  Unknown: "nothing",
};

test.each(Object.entries(verdicts))("CertificateValidationResult %s", async (word, names) => {
  const pki = names === "nothing" ? shared : await makePki(...names);
  const { store } = await openWorld({ pki });
  const certificate_chain = names === "nothing" ? "nothing" : chainOf(pki, "contract");
  expect(await store.verify_certificate({ certificate_chain, certificate_types: ["MO"] })).toBe(word);
});

describe("GetCertificateInfoStatus", () => {
  const status = async ({ store }: World) => {
    const all = await store.get_all_valid_certificates_info(info);
    const one = await store.get_leaf_certificate_info(info);
    expect(all.status).toBe(one.status);
    return one.status;
  };
  test("Accepted", async () => expect(await status(await openWorld())).toBe("Accepted"));
  test("NotFound", async () => expect(await status(await openWorld({ pki: "none" }))).toBe("NotFound"));
  test("NotFoundValid", async () => {
    expect(await status(await openWorld({ pki: await makePki("secc:expired") }))).toBe("NotFoundValid");
  });
  test("PrivateKeyNotFound", async () => {
    expect(await status(await openWorld({ pki: await makePki("secc:wrong-key") }))).toBe("PrivateKeyNotFound");
  });
  test.each(["MO", "MF"] as const)("Rejected for %s", async (certificate_type) => {
    const { store } = await openWorld();
    expect((await store.get_leaf_certificate_info({ ...info, certificate_type })).status).toBe("Rejected");
    expect((await store.get_all_valid_certificates_info({ ...info, certificate_type })).status).toBe("Rejected");
  });
});

describe("DeleteCertificateResult", () => {
  const remove = ({ store }: World, certificate: Certificate, issuer: Certificate) =>
    store.delete_certificate({ certificate_hash_data: hashOf(certificate, issuer) });
  test("Accepted", async () => {
    expect(await remove(await openWorld(), secc.certificate, cpoSub2.certificate)).toBe("Accepted");
  });
  test("Failed, for the station's own towards the CSMS", async () => {
    expect(await remove(await openWorld(), csmsClient.certificate, csmsRoot.certificate)).toBe("Failed");
  });
  test("NotFound", async () => {
    const stranger = (await makePki()).members.moRoot.certificate;
    expect(await remove(await openWorld(), stranger, stranger)).toBe("NotFound");
  });
});

describe("GetCertificateSignRequestStatus", () => {
  test.each([
    ["Accepted", {}],
    ["InvalidRequestedType", { certificate_type: "MF" }],
    ["GenerationError", { country: "Germany" }],
    ["KeyGenError", { use_tpm: true }],
  ] as const)("%s", async (word, change) => {
    const { store } = await openWorld();
    expect((await store.generate_certificate_signing_request({ ...v2g, ...subject, ...change })).status).toBe(word);
  });
});

test("Given a chain whose root is not there, Then the places of the OCSP list are those of the chain", async () => {
  const { store } = await openWorld();
  await store.delete_certificate({ certificate_hash_data: hashOf(v2gRoot.certificate, v2gRoot.certificate) });
  const { info: leaf } = await store.get_leaf_certificate_info(info);
  expect(leaf?.ocsp?.map(({ hash }) => hash.serial_number)).toEqual([
    secc.certificate.serialNumber,
    cpoSub2.certificate.serialNumber,
    "",
  ]);
});
