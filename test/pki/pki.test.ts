import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createPki, createTestPki, faults, members } from "../../src/pki/index.ts";
import { UserError } from "../../src/util/errors.ts";
import { nodeFiles } from "../../src/util/files.ts";
import { ManualClock } from "../../src/util/manualClock.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import { loadPrivateKey, parsePemChain, samePublicKey, toPem, validatePath } from "../../src/x509/index.ts";
import { openssl, opensslTest } from "../x509/openssl.ts";

const clock = new ManualClock();
const options = { clock, random: cryptoRandom, ocspUrl: "http://127.0.0.1:8889/ocsp" };
const folders: string[] = [];
afterAll(() => Promise.all(folders.map((dir) => rm(dir, { recursive: true, force: true }))));

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "plugcharge-pki-"));
  folders.push(dir);
  return dir;
}

const ids = members.map(({ id }) => id);

describe.each([
  { profile: "iso2", keyKind: "P-256" },
  { profile: "iso20", keyKind: "P-521" },
  { profile: "iso20", curve: "Ed448", keyKind: "Ed448" },
  { profile: "iso2", csmsKey: "RSA-2048", keyKind: "P-256" },
] as const)("Given a PKI of $profile with $keyKind", ({ keyKind, ...profile }) => {
  test("Then every certificate has a path to its root", async () => {
    const pki = await createPki({ ...options, ...profile });
    for (const id of ids) {
      const leaf = pki.members[id].certificate;
      const question = { leaf, intermediates: pki.chain(id), anchors: [pki.root(id)], time: clock.now() };
      expect(validatePath(question), id).toMatchObject({ ok: true });
      expect(samePublicKey(pki.members[id].key, leaf.publicKey), id).toBe(true);
    }
    expect(pki.members.contract.certificate.keyKind).toBe(keyKind);
  });
  opensslTest("openssl verifies every certificate strictly", async () => {
    const pki = await createPki({ ...options, ...profile });
    const leaves = Object.fromEntries(ids.map((id) => [`${id}.pem`, toPem(pki.members[id].certificate)]));
    const subs = toPem(...ids.flatMap((id) => pki.chain(id)));
    const files = { ...leaves, subs, roots: toPem(...ids.map((id) => pki.root(id))) };
    const args = "verify -x509_strict -check_ss_sig -CAfile roots -untrusted subs -attime".split(" ");
    const { text } = openssl(files, [...args, String(clock.now() / 1000), ...Object.keys(leaves)]);
    for (const id of ids) expect(text).toContain(`${id}.pem: OK`);
  });
});

describe("Given PKIs with faults", () => {
  test("Then no other certificate of the PKI is wrong", async () => {
    const pki = await createPki({ ...options, faults: faults.filter(({ name }) => name === "contract:expired") });
    const leaf = pki.members.secc.certificate;
    const question = { leaf, intermediates: pki.chain("secc"), anchors: pki.trust.v2g, time: clock.now() };
    expect(validatePath(question).ok).toBe(true);
  });
  test("bad case: a fault that does not exist names those that do", async () => {
    const dir = await folder();
    const wanted = createTestPki({ ...options, dir, files: nodeFiles, contract: "bored" });
    await expect(wanted).rejects.toThrow(UserError);
    await expect(wanted).rejects.toMatchObject({ details: { expected: expect.stringContaining("contract:revoked") } });
  });
});

describe("Given a car that has not been given everything", () => {
  test.each([
    ["contract", ["mo", "vehicle"], ["MO_LEAF.key", "MO_LEAF.pem"]],
    ["provisioning", ["mo", "oem", "vehicle"], ["MO_LEAF_PASSWORD.txt"]],
  ] as const)("Then it has its %s only", async (car, folders, contractFiles) => {
    const { carCerts } = await createTestPki({ ...options, dir: await folder(), files: nodeFiles, car });
    const found = await nodeFiles.list(join(carCerts, "client"));
    const files = await nodeFiles.list(join(carCerts, "client/mo"));
    expect(files).toEqual(expect.arrayContaining([...contractFiles]));
    expect(files.includes("MO_LEAF.key")).toBe(car === "contract");
    expect(await nodeFiles.info(join(carCerts, "client/oem/OEM_LEAF.key"))).toEqual(
      car === "contract" ? undefined : expect.anything(),
    );
    expect(found).toEqual(expect.arrayContaining([...folders]));
  });
});

describe("Given the test PKI of a session on disk", () => {
  const made = folder().then((dir) =>
    createTestPki({ ...options, dir, files: nodeFiles, eMAID: "DEABCC1A2B3C4D5", contract: "revoked" }),
  );
  test("Then station and car find their files under EVerest's names", async () => {
    const { stationCerts, carCerts, password } = await made;
    const read = async (path: string) => Buffer.from(await nodeFiles.read(path)).toString();
    const [leaf] = parsePemChain(await read(join(stationCerts, "client/cso/CPO_CERT_CHAIN.pem")));
    const key = loadPrivateKey(await read(join(stationCerts, "client/cso/SECC_LEAF.key")), password);
    expect(leaf && samePublicKey(leaf.publicKey, key)).toBe(true);
    expect(await read(join(carCerts, "client/mo/MO_LEAF.key"))).toContain("DEK-Info: AES-128-CBC");
    expect(parsePemChain(await read(join(carCerts, "client/mo/MO_CERT_CHAIN.pem")))).toHaveLength(3);
    expect(parsePemChain(await read(join(carCerts, "ca/v2g/V2G_ROOT_CA.pem")))).toHaveLength(1);
  });
  test("Then keys are for their owner alone, and the car has no key of a CA or of the station", async () => {
    const { stationCerts, carCerts } = await made;
    expect((await stat(join(stationCerts, "client/cso/SECC_LEAF.key"))).mode & 0o777).toBe(0o600);
    expect(await nodeFiles.list(join(carCerts, "client"))).toEqual(["mo", "oem", "vehicle"]);
    expect(await nodeFiles.info(join(carCerts, "client/mo/MO_SUB_CA2.key"))).toBeUndefined();
    expect(await nodeFiles.info(join(stationCerts, "client/cso/CPO_SUB_CA2.key"))).toBeUndefined();
  });
  test("Then the responder knows that the contract is revoked", async () => {
    const { csms, pki, eMAID } = await made;
    expect(csms.ocsp.revoked).toEqual([pki.members.contract.certificate]);
    expect(eMAID).toBe("DEABCC1A2B3C4D5");
    expect(csms.ocsp.signers.map(({ issuer }) => issuer)).toContain(pki.members.moSub2.certificate);
  });
});
