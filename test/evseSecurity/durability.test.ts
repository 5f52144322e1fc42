/** What is on disk after a crash, or after the disk refused, at any moment: the old state or the new one. */
import { spawn } from "node:child_process";
import { createHash, sign } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CertificateStore } from "../../src/evseSecurity/index.ts";
import { type Files, nodeFiles } from "../../src/util/files.ts";
import { cryptoRandom } from "../../src/util/random.ts";
import {
  createCertificate,
  createOcspResponse,
  createSerialNumber,
  ocspCertId,
  parseCertificateSigningRequest,
  toPem,
} from "../../src/x509/index.ts";
import { dying } from "./dying.ts";
import { clock, hashOf, makePki, openWorld, shared, temporaryFolder } from "./world.ts";

const { secc, cpoSub2, moRoot, mfRoot } = shared.members;
const v2g = { certificate_type: "V2G" } as const;
const subject = { country: "DE", organization: "Acme", common: "SECC1", use_tpm: false } as const;
const newRoot = (await makePki()).members.moRoot.certificate;
const seccHash = hashOf(secc.certificate, cpoSub2.certificate);
let template = "";
let newChain = "";

/** A station with an OCSP entry and a key that waits for the certificate in `newChain`. */
beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), "plugcharge-store-"));
  const { store } = await openWorld({ dir: template });
  const { csr = "" } = await store.generate_certificate_signing_request({ ...v2g, ...subject });
  const request = parseCertificateSigningRequest(csr);
  const leaf = createCertificate({
    subject: { CN: "SECC1", O: "Acme", C: "DE", DC: "CPO" },
    issuer: cpoSub2.certificate,
    publicKey: request.publicKey,
    signingKey: cpoSub2.key,
    serialNumber: createSerialNumber(cryptoRandom),
    notBefore: clock.now() - 1000,
    notAfter: clock.now() + 1e9,
    extensions: [...request.extensions.values()],
  });
  newChain = toPem(leaf, ...shared.chain("secc"));
  await store.update_ocsp_cache({ certificate_hash_data: seccHash, ocsp_response: seccResponse() });
});
afterAll(() => rm(template, { recursive: true, force: true }));

function seccResponse(): string {
  const certId = ocspCertId(secc.certificate, cpoSub2.certificate);
  const answers = [{ status: "good", certId, thisUpdate: clock.now() - 1000, nextUpdate: clock.now() + 1e8 }] as const;
  const signer = shared.ocspSigners.find(({ issuer }) => issuer === cpoSub2.certificate) ?? cpoSub2;
  const response = { answers, signer, certificates: [signer.certificate], producedAt: clock.now() };
  return Buffer.from(createOcspResponse(response)).toString("base64");
}

/** The `nth` operation that changes the disk fails with `code`. */
function failing(nth: number, code: string) {
  let count = 0;
  const guard =
    <A extends unknown[], R>(operation: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> => {
      const fails = count++ === nth;
      return fails ? Promise.reject(Object.assign(new Error(code), { code })) : operation(...args);
    };
  const { write, remove, rename } = nodeFiles;
  const files: Files = { ...nodeFiles, write: guard(write), remove: guard(remove), rename: guard(rename) };
  return { files, count: () => count };
}

/** Answers and files, without what differs from run to run. */
async function stateOf(folder: string): Promise<unknown> {
  const { store } = await openWorld({ pki: "none", dir: folder });
  const answers = [
    await store.get_leaf_certificate_info({ ...v2g, include_ocsp: true }),
    await store.get_installed_certificates({ certificate_types: ["V2GCertificateChain", "MORootCertificate"] }),
  ];
  const plain = (text: string) =>
    text.replaceAll(folder, "").replace(/M\d\d_D\d\d_Y\d{4}_H\d\d_M\d\d_S\d\d_i\d+_r[0-9a-f]+/g, "NAME");
  const files: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    if ((await stat(path)).isFile()) files.push(`${plain(name)} ${await digestOf(path)}`);
  }
  return { answers: JSON.parse(plain(JSON.stringify(answers))), files: files.sort() };
}

async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex")
    .slice(0, 8);
}

async function copyOfTemplate(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(template, folder, { recursive: true });
  return folder;
}

const operations: Readonly<Record<string, (store: CertificateStore) => Promise<unknown>>> = {
  "install a root": (store) => store.install_ca_certificate({ certificate: toPem(newRoot), certificate_type: "MO" }),
  "delete a root": (store) =>
    store.delete_certificate({ certificate_hash_data: hashOf(moRoot.certificate, moRoot.certificate) }),
  "delete a leaf": (store) => store.delete_certificate({ certificate_hash_data: seccHash }),
  "update the leaf": (store) => store.update_leaf_certificate({ ...v2g, certificate_chain: newChain }),
};

describe.each(Object.entries(operations))("Given a store that is to %s", (_, operation) => {
  async function run(disk: Files, begin = () => {}, death: Promise<"dead"> = new Promise(() => {})) {
    const folder = await copyOfTemplate();
    const { store } = await openWorld({ pki: "none", dir: folder, disk });
    begin();
    return { folder, result: await Promise.race([operation(store), death]) };
  }

  test("When the process dies between any two system calls, Then the old or the new state is found", async () => {
    const before = await stateOf(await copyOfTemplate());
    const whole = dying(Number.POSITIVE_INFINITY);
    const complete = await run(whole.files, whole.begin);
    expect(complete.result).toBe("Accepted");
    const after = await stateOf(complete.folder);
    expect(after).not.toEqual(before);
    const found = new Set<unknown>();
    for (let nth = 0; nth < whole.steps(); nth++) {
      const { files, begin, death, bury } = dying(nth);
      const { folder, result } = await run(files, begin, death);
      await bury();
      expect(result).toBe("dead");
      const state = await stateOf(folder);
      expect([before, after], `after ${nth} of ${whole.steps()} calls`).toContainEqual(state);
      found.add(JSON.stringify(state));
    }
    expect(found.size).toBe(2);
  });

  test.each(["ENOSPC", "EROFS", "EACCES"])(
    "When the disk says %s once, Then nothing is lost and the enum says so",
    async (code) => {
      const before = await stateOf(await copyOfTemplate());
      const whole = failing(Number.POSITIVE_INFINITY, code);
      const after = await stateOf((await run(whole.files)).folder);
      for (let nth = 0; nth < whole.count(); nth++) {
        const { folder, result } = await run(failing(nth, code).files);
        expect(["Accepted", "WriteError", "Failed"]).toContain(result);
        const state = await stateOf(folder);
        if (result === "Accepted") expect(state).toEqual(after);
        else expect([before, after], `${result} after ${nth} operations`).toContainEqual(state);
      }
    },
  );
});

test("Given a process that is killed by the system in the middle of a leaf update, Then it is as with the others", async () => {
  const before = await stateOf(await copyOfTemplate());
  const folder = await copyOfTemplate();
  await nodeFiles.write(join(folder, "chain.pem"), newChain);
  const script = join(import.meta.dirname, "killed.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, folder, "20"], { stdio: "ignore" });
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
  await nodeFiles.remove(join(folder, "chain.pem"));
  const state = await stateOf(folder);
  expect(state).not.toEqual(before);
  expect(JSON.stringify(state)).toContain("/client/cso/CPO_CERT_SECC_LEAF_CHAIN_NAME.pem");
});

test("Given a disk that may only be read, Then every query is answered and every change refused", async () => {
  const folder = await copyOfTemplate();
  const refuse = () => Promise.reject(Object.assign(new Error("EROFS"), { code: "EROFS" }));
  const disk: Files = { ...nodeFiles, write: refuse, remove: refuse, rename: refuse, makeFolder: refuse };
  const { store } = await openWorld({ pki: "none", dir: folder, disk });
  expect((await store.get_leaf_certificate_info({ ...v2g, include_ocsp: false })).status).toBe("Accepted");
  for (const [name, operation] of Object.entries(operations)) {
    expect(await operation(store), name).toMatch(/WriteError|Failed/);
  }
  const request = await store.generate_certificate_signing_request({ ...v2g, ...subject });
  expect(request).toEqual({ status: "KeyGenError" });
});

test("Given a journal that is not ours, Then it is put away and changes nothing", async () => {
  const folder = await copyOfTemplate();
  const before = await stateOf(folder);
  await nodeFiles.write(join(folder, "client/cso/.evse_security.journal"), '[{"remove":7}]');
  expect(await stateOf(folder)).toEqual(before);
});

test("Given a firmware file, When its signature is checked, Then only the right one holds", async () => {
  const { store, at } = await openWorld();
  await nodeFiles.write(at("firmware.bin"), "firmware");
  const signature = sign("sha256", Buffer.from("firmware"), mfRoot.key).toString("base64");
  const check = (args: object) =>
    store.verify_file_signature({
      file_path: at("firmware.bin"),
      signing_certificate: toPem(mfRoot.certificate),
      signature,
      ...args,
    });
  expect(await check({})).toBe(true);
  expect(await check({ signature: `${signature.slice(0, -8)}AAAAAAA=` })).toBe(false);
  expect(await check({ signature: "!" })).toBe(false);
  expect(await check({ file_path: at("none.bin") })).toBe(false);
  expect(await check({ signing_certificate: toPem(secc.certificate) })).toBe(false);
});
