import { chmod, mkdir, readdir, stat, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolvePaths } from "../../src/evseSecurity/index.ts";
import { createPki } from "../../src/pki/index.ts";
import { UserError } from "../../src/util/errors.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import {
  createCertificate,
  createSerialNumber,
  loadPrivateKey,
  parseCertificateSigningRequest,
  parsePemChain,
  samePublicKey,
  toPem,
} from "../../src/x509/index.ts";
import { chainOf, clock, hashOf, makePki, ocspUrl, openWorld, password, shared } from "./world.ts";

const day = 24 * 3600_000;
const subject = { country: "DE", organization: "Acme", common: "SECC1", use_tpm: false } as const;
const v2g = { certificate_type: "V2G" } as const;
const info = { ...v2g, encoding: "PEM", include_ocsp: false } as const;

/** The CSMS's answer to a request: a SECC certificate under CPO sub-CA 2. */
function signSecc(csr: string, change: { notBefore?: number; notAfter?: number; DC?: string } = {}) {
  const request = parseCertificateSigningRequest(csr);
  const { DC = "CPO", ...times } = change;
  return createCertificate({
    subject: { CN: request.subject.CN ?? "", O: request.subject.O ?? "", C: request.subject.C ?? "", DC },
    issuer: shared.members.cpoSub2.certificate,
    publicKey: request.publicKey,
    signingKey: shared.members.cpoSub2.key,
    serialNumber: createSerialNumber(cryptoRandom),
    notBefore: clock.now() - 60_000,
    notAfter: clock.now() + 60 * day,
    extensions: [...request.extensions.values()],
    ...times,
  });
}

const cpoChain = shared.chain("secc");

describe("Given the files of a test PKI", () => {
  test("When the leaf is asked for, Then it has chain, key and password", async () => {
    const { store, at } = await openWorld();
    expect(await store.get_leaf_certificate_info(info)).toEqual({
      status: "Accepted",
      info: {
        key: at("client/cso/SECC_LEAF.key"),
        certificate: at("client/cso/CPO_CERT_CHAIN.pem"),
        certificate_single: at("client/cso/SECC_LEAF.pem"),
        certificate_count: 3,
        password,
      },
    });
  });
  test("When all are asked for, Then the root comes along", async () => {
    const { store } = await openWorld();
    const { status, info: all } = await store.get_all_valid_certificates_info({ ...info, include_ocsp: true });
    expect(status).toBe("Accepted");
    expect(all[0]?.certificate_root).toBe(toPem(shared.members.v2gRoot.certificate));
    expect(all[0]?.ocsp?.map(({ hash }) => hash)).toEqual([
      hashOf(shared.members.secc.certificate, shared.members.cpoSub2.certificate),
      hashOf(shared.members.cpoSub2.certificate, shared.members.cpoSub1.certificate),
      hashOf(shared.members.cpoSub1.certificate, shared.members.v2gRoot.certificate),
    ]);
  });
  test("When files change behind its back, Then it sees the disk", async () => {
    const { store, at } = await openWorld();
    expect(await store.is_ca_certificate_installed({ certificate_type: "MO" })).toBe(true);
    await unlink(at("ca/mo/MO_ROOT_CA.pem"));
    expect(await store.is_ca_certificate_installed({ certificate_type: "MO" })).toBe(false);
  });
  test("When a contract is verified, Then the verdict is EVerest's word for it", async () => {
    const verify = async (pem: string, pki = shared) => {
      const { store } = await openWorld({ pki });
      return store.verify_certificate({ certificate_chain: pem, certificate_types: ["MO", "V2G"] });
    };
    expect(await verify(chainOf(shared, "contract"))).toBe("Valid");
    const cases = { expired: "Expired", "bad-signature": "InvalidLeafSignature", "unknown-root": "IssuerNotFound" };
    for (const [fault, word] of Object.entries({ ...cases, "wrong-dc": "InvalidChain", "is-ca": "InvalidChain" })) {
      const pki = await makePki(`contract:${fault}`);
      expect(await verify(chainOf(pki, "contract"), pki), fault).toBe(word);
    }
    expect(await verify("garbage")).toBe("Unknown");
  });
  test("When OCSP requests for a contract are asked for, Then there is one a certificate below the root", async () => {
    const { store } = await openWorld();
    const { members } = shared;
    const certificate_chain = chainOf(shared, "contract");
    expect(await store.get_mo_ocsp_request_data({ certificate_chain })).toEqual({
      ocsp_request_data_list: [
        [members.contract, members.moSub2],
        [members.moSub2, members.moSub1],
        [members.moSub1, members.moRoot],
      ].map(([certificate, issuer]) => ({
        certificate_hash_data: certificate && issuer && hashOf(certificate.certificate, issuer.certificate),
        responder_url: ocspUrl,
      })),
    });
    await store.delete_certificate({
      certificate_hash_data: hashOf(members.moRoot.certificate, members.moRoot.certificate),
    });
    expect(await store.get_mo_ocsp_request_data({ certificate_chain })).toEqual({ ocsp_request_data_list: [] });
  });
  test("When an expired contract is asked about, Then there are OCSP requests all the same", async () => {
    const pki = await makePki("contract:expired");
    const { store } = await openWorld({ pki });
    const data = await store.get_mo_ocsp_request_data({ certificate_chain: chainOf(pki, "contract") });
    expect(data.ocsp_request_data_list).toHaveLength(3);
  });
  test("When installed certificates are asked for, Then roots and the chain come by hash", async () => {
    const { store } = await openWorld();
    const { members } = shared;
    const all = await store.get_installed_certificates({
      certificate_types: ["V2GRootCertificate", "MORootCertificate", "V2GCertificateChain"],
    });
    const root = (id: "v2gRoot" | "moRoot") => hashOf(members[id].certificate, members[id].certificate);
    expect(all).toEqual({
      status: "Accepted",
      certificate_hash_data_chain: [
        { certificate_type: "V2GRootCertificate", certificate_hash_data: root("v2gRoot") },
        { certificate_type: "MORootCertificate", certificate_hash_data: root("moRoot") },
        {
          certificate_type: "V2GCertificateChain",
          certificate_hash_data: hashOf(members.secc.certificate, members.cpoSub2.certificate),
          child_certificate_hash_data: [
            hashOf(members.cpoSub2.certificate, members.cpoSub1.certificate),
            hashOf(members.cpoSub1.certificate, members.v2gRoot.certificate),
          ],
        },
      ],
    });
  });
  test("When days to the end are asked for, Then they are whole ones, and 0 without a leaf", async () => {
    const { store, at } = await openWorld();
    expect(await store.get_leaf_expiry_days_count(v2g)).toBe(90);
    await unlink(at("client/cso/SECC_LEAF.key"));
    expect(await store.get_leaf_expiry_days_count(v2g)).toBe(0);
    expect((await store.get_leaf_certificate_info(info)).status).toBe("PrivateKeyNotFound");
  });
});

describe("Given a root to install", () => {
  test("Then it is appended once, and the bundle keeps what it has", async () => {
    const other = await makePki();
    const { store, read, updates } = await openWorld();
    const certificate = toPem(other.members.v2gRoot.certificate);
    const install = () => store.install_ca_certificate({ certificate, certificate_type: "V2G" });
    expect(await install()).toBe("Accepted");
    expect(await install()).toBe("Accepted");
    const bundle = parsePemChain(await read("ca/v2g/V2G_ROOT_CA.pem"));
    expect(bundle.map(({ fingerprint }) => fingerprint)).toEqual([
      shared.members.v2gRoot.certificate.fingerprint,
      other.members.v2gRoot.certificate.fingerprint,
    ]);
    expect(updates[0]).toEqual({ operation: "Installed", ca_certificate_type: "V2G" });
  });
  test("Then what is no root is refused with the word for it", async () => {
    const { store } = await openWorld();
    const past = await createPki({ clock: new ManualClock(0), random: cryptoRandom });
    const install = (certificate: string) => store.install_ca_certificate({ certificate, certificate_type: "MO" });
    expect(await install("InvalidCertificate")).toBe("InvalidFormat");
    expect(await install(toPem(shared.members.moRoot.certificate, shared.members.v2gRoot.certificate))).toBe(
      "InvalidFormat",
    );
    expect(await install(toPem(shared.members.moSub1.certificate))).toBe("InvalidCertificateChain");
    expect(await install(toPem(shared.members.secc.certificate))).toBe("InvalidCertificateChain");
    expect(await install(toPem({ der: flip(shared.members.moRoot.certificate.der) }))).toBe("InvalidSignature");
    expect(await install(toPem(past.members.moRoot.certificate))).toBe("Expired");
  });
  test("Then a folder gets a file of its own", async () => {
    const { at, store: _, ...world } = await openWorld({ pki: "none" });
    await mkdir(at("roots"));
    const paths = resolvePaths({ mo_ca_bundle: "roots" }, world.folder);
    const { store } = await openWorld({ pki: "none", dir: world.folder, paths });
    const certificate = toPem(shared.members.moRoot.certificate);
    expect(await store.install_ca_certificate({ certificate, certificate_type: "MO" })).toBe("Accepted");
    const [file = ""] = await readdir(at("roots"));
    expect(file).toMatch(/^MO_ROOT_M06_D01_Y2026_H12_M00_S00_i\d+_r[0-9a-f]{8}\.pem$/);
    expect(await store.get_verify_file({ certificate_type: "MO" })).toBe(join(at("roots"), file));
    expect(await store.get_verify_location({ certificate_type: "MO" })).toBe(at("roots"));
  });
});

function flip(der: Uint8Array): Uint8Array {
  return der.with(-1, (der.at(-1) ?? 0) ^ 1);
}

describe("Given a request for a new SECC certificate", () => {
  test("When it is made, Then the key is on disk for the owner alone, encrypted", async () => {
    const { store, at, read } = await openWorld({ pki: "none" });
    const { status, csr = "" } = await store.generate_certificate_signing_request({ ...v2g, ...subject });
    expect(status).toBe("Accepted");
    const request = parseCertificateSigningRequest(csr);
    expect(request).toMatchObject({ signatureValid: true, keyKind: "P-256" });
    expect(request.subject.toString()).toBe("C=DE, O=Acme, CN=SECC1, DC=CPO");
    const [name = ""] = await readdir(at("client/cso"));
    expect(name).toMatch(/^SECC_LEAF_M06_D01_Y2026_.*\.key$/);
    expect((await stat(at(`client/cso/${name}`))).mode & 0o777).toBe(0o600);
    const key = loadPrivateKey(await read(`client/cso/${name}`), password);
    expect(samePublicKey(key, request.publicKey)).toBe(true);
  });
  test("When the answer comes, Then it is stored, complete, and used as the newest", async () => {
    const { store, read, updates, folder } = await openWorld();
    const { csr = "" } = await store.generate_certificate_signing_request({ ...v2g, ...subject });
    const signed = signSecc(csr);
    const certificate_chain = toPem(signed, ...cpoChain.toReversed(), shared.members.v2gRoot.certificate);
    expect(await store.update_leaf_certificate({ ...v2g, certificate_chain })).toBe("Accepted");
    expect(updates).toEqual([{ operation: "Installed", leaf_certificate_type: "V2G" }]);
    const { info: leaf } = await store.get_leaf_certificate_info(info);
    const stored = parsePemChain(await read((leaf?.certificate ?? "").slice(folder.length)));
    expect(stored.map(({ fingerprint }) => fingerprint)).toEqual(
      [signed, ...cpoChain].map(({ fingerprint }) => fingerprint),
    );
  });
  test("When the answer is wrong, Then it is refused with the word for it, and nothing is stored", async () => {
    const { store, at } = await openWorld();
    const { csr = "" } = await store.generate_certificate_signing_request({ ...v2g, ...subject });
    const before = await readdir(at("client/cso"));
    const update = (certificate_chain: string, certificate_type: "V2G" | "MO" | "CSMS" = "V2G") =>
      store.update_leaf_certificate({ certificate_chain, certificate_type });
    const chain = toPem(...cpoChain);
    expect(await update("mock signed certificate")).toBe("InvalidFormat");
    expect(await update(toPem(signSecc(csr)) + chain, "MO")).toBe("WriteError");
    expect(await update(toPem(signSecc(csr, { DC: "CPS" })) + chain)).toBe("InvalidCertificateChain");
    expect(await update(toPem(signSecc(csr, { notAfter: clock.now() - 1000 })) + chain)).toBe("Expired");
    expect(await update(toPem(signSecc(csr)))).toBe("NoRootCertificateInstalled");
    expect(await update(toPem({ der: flip(signSecc(csr).der) }) + chain)).toBe("InvalidSignature");
    const foreign = await makePki();
    const { store: elsewhere } = await openWorld({ pki: foreign });
    expect(await elsewhere.update_leaf_certificate({ ...v2g, certificate_chain: toPem(signSecc(csr)) + chain })).toBe(
      "NoRootCertificateInstalled",
    );
    const { store: keyless } = await openWorld();
    expect(await keyless.update_leaf_certificate({ ...v2g, certificate_chain: toPem(signSecc(csr)) + chain })).toBe(
      "WriteError",
    );
    expect(await readdir(at("client/cso"))).toEqual(before);
  });
  test("When the answer begins tomorrow, Then it is kept for then", async () => {
    const { store } = await openWorld({ pki: shared });
    const { csr = "" } = await store.generate_certificate_signing_request({ ...v2g, ...subject });
    const future = signSecc(csr, { notBefore: clock.now() + day, notAfter: clock.now() + 200 * day });
    const certificate_chain = toPem(future, ...cpoChain);
    expect(await store.update_leaf_certificate({ ...v2g, certificate_chain })).toBe("Accepted");
    expect(await store.get_leaf_expiry_days_count(v2g)).toBe(90);
    expect((await store.get_v2g_ocsp_request_data()).ocsp_request_data_list).toHaveLength(3);
  });
  test("bad case: a TPM, a type that is not ours, a subject that does not fit", async () => {
    const { store } = await openWorld({ pki: "none" });
    const ask = (change: object) => store.generate_certificate_signing_request({ ...v2g, ...subject, ...change });
    expect(await ask({ use_tpm: true })).toEqual({ status: "KeyGenError" });
    expect(await ask({ certificate_type: "MO" })).toEqual({ status: "InvalidRequestedType" });
    expect(await ask({ country: "Germany" })).toEqual({ status: "GenerationError" });
    expect(await ask({ common: "x".repeat(65) })).toEqual({ status: "GenerationError" });
  });
});

describe("Given a certificate to delete", () => {
  const { members } = shared;
  test("Then a root goes from its bundle, in whatever case its hash is written", async () => {
    const { store, read, updates } = await openWorld();
    const hash = hashOf(members.moRoot.certificate, members.moRoot.certificate);
    const upper = {
      ...hash,
      serial_number: `00${hash.serial_number.toUpperCase()}`,
      issuer_key_hash: hash.issuer_key_hash.toUpperCase(),
    };
    expect(await store.delete_certificate({ certificate_hash_data: upper })).toBe("Accepted");
    expect(await read("ca/mo/MO_ROOT_CA.pem")).toBe("");
    expect(updates).toEqual([{ operation: "Deleted", ca_certificate_type: "MO" }]);
    expect(await store.delete_certificate({ certificate_hash_data: hash })).toBe("NotFound");
    expect(await store.get_installed_certificates({ certificate_types: ["MORootCertificate"] })).toEqual({
      status: "NotFound",
      certificate_hash_data_chain: [],
    });
  });
  test("Then a SECC leaf goes with its files and its key", async () => {
    const { store, at } = await openWorld();
    const hash = hashOf(members.secc.certificate, members.cpoSub2.certificate);
    expect(await store.delete_certificate({ certificate_hash_data: hash })).toBe("Accepted");
    expect((await readdir(at("client/cso"))).filter((name) => !name.endsWith(".txt"))).toEqual([]);
  });
  test("Then the certificate towards the CSMS stays", async () => {
    const { store } = await openWorld();
    const hash = hashOf(members.csmsClient.certificate, members.csmsRoot.certificate);
    expect(await store.delete_certificate({ certificate_hash_data: hash })).toBe("Failed");
  });
});

describe("Given several valid leaves", () => {
  async function withTwo(leafChoice: "newest" | "longest") {
    const { store, folder } = await openWorld({ leafChoice });
    const { csr = "" } = await store.generate_certificate_signing_request({ ...v2g, ...subject });
    const signed = signSecc(csr, { notBefore: clock.now() - 60_000, notAfter: clock.now() + 10 * day });
    await store.update_leaf_certificate({ ...v2g, certificate_chain: toPem(signed, ...cpoChain) });
    const { info: leaf } = await store.get_leaf_certificate_info(info);
    return (leaf?.certificate ?? "").slice(folder.length + 1);
  }
  test("Then the one that began last is used", async () => {
    expect(await withTwo("newest")).toMatch(/CPO_CERT_SECC_LEAF_CHAIN_/);
  });
  test("Then by choice the one that ends last", async () => {
    expect(await withTwo("longest")).toBe("client/cso/CPO_CERT_CHAIN.pem");
  });
  test("Then there is one for each V2G root", async () => {
    const { store, folder } = await openWorld();
    const other = await makePki();
    await writeFile(join(folder, "client/cso/OTHER.pem"), chainOf(other, "secc"));
    await writeFile(
      join(folder, "client/cso/OTHER.key"),
      other.members.secc.key.export({ type: "pkcs8", format: "pem" }),
    );
    expect((await store.get_all_valid_certificates_info(info)).info).toHaveLength(1);
    await store.install_ca_certificate({ ...v2g, certificate: toPem(other.members.v2gRoot.certificate) });
    expect((await store.get_all_valid_certificates_info(info)).info).toHaveLength(2);
  });
});

describe("Given a station that cannot present a certificate", () => {
  const explain = async (...names: string[]) => {
    const { store } = await openWorld({ pki: await makePki(...names) });
    return store.explain_leaf(v2g);
  };
  test("Then one sentence names the file and the fix", async () => {
    const { store, at } = await openWorld({ pki: "none" });
    const none = await store.explain_leaf(v2g);
    expect(none).toBeInstanceOf(UserError);
    expect(none?.describe()).toContain(at("client/cso"));
    expect((await explain("secc:expired"))?.describe()).toMatch(/CPO_CERT_CHAIN\.pem: .* ended at .* Renew it/);
    expect((await explain("secc:wrong-key"))?.describe()).toContain("no private key belongs to the SECC certificate");
    expect((await explain("cpo:expired"))?.describe()).toMatch(
      /CPO_CERT_CHAIN\.pem: .*\(expired\).* Renew CN=CPOSubCA1/,
    );
    expect(await explain()).toBeUndefined();
  });
  test("Then a wrong password is said to be one", async () => {
    const { store, at } = await openWorld({ password: "wrong" });
    const fault = await store.explain_leaf(v2g);
    expect(fault?.describe()).toContain(`${at("client/cso/SECC_LEAF.key")}: the password does not open the key`);
    expect(fault?.describe()).toContain("Set private_key_password of EvseSecurity.");
  });
});

describe("Given odd things in the folders", () => {
  test("Then they are passed over and the others load", async () => {
    const { store, at } = await openWorld();
    const long = `${"x".repeat(251)}.pem`;
    await writeFile(at(`client/cso/${long}`), "garbage");
    await writeFile(at("client/cso/new\nline.pem"), "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n");
    await writeFile(Buffer.from(`${at("client/cso/")}\xff.pem`, "latin1"), "x");
    await symlink("LOOP.pem", at("client/cso/LOOP.pem"));
    await mkdir(at("client/cso/FOLDER.pem"));
    expect((await store.get_leaf_certificate_info(info)).status).toBe("Accepted");
    expect((await store.get_all_valid_certificates_info(info)).info).toHaveLength(1);
  });
  test("Then a bundle with a broken certificate in it serves the others and keeps it on install", async () => {
    const { store, at, read } = await openWorld();
    const broken = "# ours\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    await writeFile(at("ca/mo/MO_ROOT_CA.pem"), `${broken}${await read("ca/mo/MO_ROOT_CA.pem")}`);
    expect(await store.is_ca_certificate_installed({ certificate_type: "MO" })).toBe(true);
    const certificate = toPem(shared.members.v2gRoot.certificate);
    expect(await store.install_ca_certificate({ certificate, certificate_type: "MO" })).toBe("Accepted");
    expect((await read("ca/mo/MO_ROOT_CA.pem")).startsWith(broken)).toBe(true);
  });
});

test("bad case: roots and leaves in one folder are refused with the key's name", () => {
  const paths = { v2g_ca_bundle: "client/cso" };
  expect(() => resolvePaths(paths, "/certs")).toThrow(UserError);
});

test.skipIf(process.getuid?.() === 0)("bad case: a folder that may not be written gives WriteError", async () => {
  const { store, at } = await openWorld();
  await chmod(at("ca/mo"), 0o500);
  const certificate = toPem(shared.members.v2gRoot.certificate);
  expect(await store.install_ca_certificate({ certificate, certificate_type: "MO" })).toBe("WriteError");
  await chmod(at("ca/mo"), 0o700);
});

test("Given files with no certificate at all, Then every query has an answer", async () => {
  const { store } = await openWorld({ pki: "none", files: nodeFiles });
  expect(await store.get_leaf_certificate_info(info)).toEqual({ status: "NotFound" });
  expect(await store.get_all_valid_certificates_info(info)).toEqual({ status: "NotFound", info: [] });
  expect(await store.get_verify_file(v2g)).toBe("");
  expect(await store.get_v2g_ocsp_request_data()).toEqual({ ocsp_request_data_list: [] });
  expect(await store.get_leaf_certificate_info({ ...info, certificate_type: "MO" })).toEqual({ status: "Rejected" });
});
